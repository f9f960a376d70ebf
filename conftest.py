"""What tests, doctests and notebooks share: which of them one process runs, where they run side by side."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/conformance", "tests/ui")  # folders whose tests share a table, or a browser


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let one process run all tests of a file, all cells of a notebook, and all files of some folders."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  (only there where tests run side by side)

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = str(PurePosixPath(file).parent)
            return folder if folder in TOGETHER else file

    return ByFile(config, log)
