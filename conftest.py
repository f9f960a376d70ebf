"""What tests, doctests and notebooks share: which of them one process runs, and what is watched while a notebook runs."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/conformance", "tests/ui")  # folders whose tests share a table, or a browser
# What takes longest begins first, so that no process is idle while another one works through the last long file.
LONG = ("tests/ui", "tests/test_terminal.py", "tests/test_excel.py", "tests/test_hostile.py", "tests/conformance",
        "tests/test_programs.py", "tests/test_disorder.py", "tests/test_chaos.py", "tests/test_bounds.py", "tests/test_odd_answers.py")  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Let one process run all tests of a file, all cells of a notebook, and all files of some folders."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415  (only there where tests run side by side)

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = str(PurePosixPath(file).parent)
            return folder if folder in TOGETHER else file

    config.option.loadscopereorder = False  # the order below is the better one
    return ByFile(config, log)


WATCHES: pytest.StashKey[tuple[ExitStack, Path]] = pytest.StashKey()


class SendsNothingUnconfirmed(pytest.Item):
    """Check, after the last cell of a notebook, that each PATCH it sent was of a plan that had been confirmed by its number."""

    def runtest(self) -> None:
        from notebook_watch import check_confirmed  # noqa: PLC0415  (of the folder of tests)

        check_confirmed(self.path, self.parent.stash[WATCHES][1])


def _rank(item: pytest.Item) -> int:
    place = item.nodeid.partition("::")[0]
    return next((rank for rank, name in enumerate(LONG) if place.startswith(name)), len(LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest files begin first, and add the check behind the last cell of each notebook."""
    items.sort(key=_rank)
    for file in {item.parent: None for item in items if item.path.suffix == ".ipynb"}:
        last = max(place for place, item in enumerate(items) if item.parent is file)
        items.insert(last + 1, SendsNothingUnconfirmed.from_parent(file, name="Sends nothing unconfirmed"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Watch a notebook from the start of its kernel on, which comes before its first cell."""
    if item.path.suffix == ".ipynb" and WATCHES not in item.parent.stash:
        from notebook_watch import watched  # noqa: PLC0415  (of the folder of tests)

        stack = ExitStack()
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        item.parent.stash[WATCHES] = (stack, stack.enter_context(watched(Path(folder))))
        yield  # starts the kernel
        item.parent.addfinalizer(stack.close)
    else:
        yield
