"""A progress bar that suits terminal and notebook, and never harms what it watches."""

from __future__ import annotations

import contextlib
import sys
from typing import IO, TYPE_CHECKING, Any, Self

from tqdm import tqdm as text_bar

if TYPE_CHECKING:
    from types import TracebackType


class Bar:
    """Show progress; silent where nobody looks (no terminal, no notebook), gone when done, so saved notebooks stay stable.

    >>> with Bar(3, "loading") as bar:
    ...     bar.update(3)
    """

    def __init__(
        self,
        total: int | None = None,
        title: str = "",
        *,
        unit: str = "tickets",
        stream: IO[str] | None = None,
        shown: bool = True,
    ) -> None:
        where = stream or sys.stderr
        self._bar: Any = None
        with contextlib.suppress(Exception):  # a bar that can't be drawn is no reason to stop the work
            if not shown:
                return
            if in_notebook() and stream is None:
                from tqdm.notebook import tqdm as notebook_bar  # noqa: PLC0415  (imports ipywidgets: only where it shows)

                self._bar = notebook_bar(total=total, desc=title, unit=f" {unit}", leave=False)
            elif where.isatty():
                self._bar = text_bar(
                    total=total, desc=title, unit=f" {unit}", leave=False, file=where, dynamic_ncols=True
                )

    def update(self, by: int = 1, **counts: int) -> None:
        """Count `by` more, and show counts such as done=3, failed=1; zero ones are left out."""
        with contextlib.suppress(Exception):
            if self._bar is not None:
                shown = {name: count for name, count in counts.items() if count}
                if shown:
                    self._bar.set_postfix(shown, refresh=False)
                self._bar.update(by)

    def say(self, text: str) -> None:
        """Show why nothing moves, such as "waiting 8 s: Truto's limit"."""
        with contextlib.suppress(Exception):
            if self._bar is not None:
                self._bar.set_postfix_str(text)

    def close(self) -> None:
        """Take the bar away."""
        with contextlib.suppress(Exception):
            if self._bar is not None:
                self._bar.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def in_notebook() -> bool:
    """Tell whether the code runs in a Jupyter kernel."""
    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell else None
    return found is not None and type(found).__name__ == "ZMQInteractiveShell"
