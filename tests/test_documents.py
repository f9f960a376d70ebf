"""The tables of the documentation are made from the code, and stay as they are made."""

from __future__ import annotations

import pytest
from documents import DOCS, PAGES


@pytest.mark.parametrize("file", PAGES)
def test_documented_tables(file):
    """What the code knows stands in the documentation; `make docs` writes it."""
    assert (DOCS / file).read_text(encoding="utf-8") == PAGES[file]()
