"""A progress bar that suits terminal and notebook, and never harms what it watches."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import IO, TYPE_CHECKING, Any, Self

from tqdm import tqdm as text_bar

from truto_tickets_nb.safe_text import printable

if TYPE_CHECKING:
    from types import TracebackType


class ProgressBar:
    """Show progress; silent where nobody looks (no terminal, no notebook), gone when done, so saved notebooks stay stable.

    >>> with ProgressBar(3, "loading") as bar:
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
        self._bar: Any = None
        self._counts, self._reason = "", ""
        self.halted = threading.Event()  # set by whoever watches and wants the work to end in an orderly way
        with contextlib.suppress(Exception):  # a bar that can't be drawn is no reason to stop the work
            if shown:
                self._bar = _drawn(total, printable(title), printable(unit), stream)

    def update(self, by: int = 1, **counts: int) -> None:
        """Count `by` more, and show counts such as done=3, failed=1; zero ones are left out."""
        self._counts = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        self._reason = ""
        with contextlib.suppress(Exception):
            if self._bar is not None:
                self._bar.set_postfix_str(self._counts, refresh=False)
                self._bar.update(by)

    def say(self, text: str) -> None:
        """Show why nothing moves, such as "waiting 8 s: Truto's limit"; the counts stay beside it."""
        self._reason = printable(text)
        with contextlib.suppress(Exception):
            if self._bar is not None:
                self._bar.set_postfix_str(", ".join(part for part in (self._counts, self._reason) if part))

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


def _drawn(total: int | None, title: str, unit: str, stream: IO[str] | None) -> Any:
    """Choose the bar that suits the place; None where nobody looks."""
    where = stream or sys.stderr
    if in_notebook() and stream is None:
        from tqdm.notebook import tqdm as notebook_bar  # noqa: PLC0415  (imports ipywidgets: only where it shows)

        return notebook_bar(total=total, desc=title, unit=f" {unit}", leave=False)
    if not where.isatty():
        return None
    form = (
        "{desc} {n_fmt}/{total_fmt} {bar:12} {remaining} left{postfix}"
        if total
        else f"{{desc}} {{n_fmt}} {unit} {{elapsed}}{{postfix}}"
    )
    return text_bar(total=total, desc=title, leave=False, file=where, dynamic_ncols=True, bar_format=form)


def in_notebook() -> bool:
    """Return whether the code runs in a Jupyter kernel."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell else None
    return running is not None and type(running).__name__ == "ZMQInteractiveShell"
