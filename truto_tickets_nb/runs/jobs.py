"""Work in a thread of its own, so that the kernel stays free: what it has done, how long it takes, and how to stop it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from truto_tickets_nb.errors import RunInterrupted
from truto_tickets_nb.plans.preview import duration
from truto_tickets_nb.show import ProgressBar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
_AT_WORK: dict[tuple[str, str], Job[Any]] = {}
_STEADY = 3  # tickets after which a time left is worth telling


class Job(ProgressBar, Generic[Result]):
    """Do one piece of work in the background; it is the progress bar that the work itself reports to.

    >>> job = Job[int](2, "counting")
    >>> job.begin(lambda: job.update(2, done=2) or 7)
    >>> job.wait().result, job.progress_line()
    (7, '2 of 2 done')

    Closing a browser tab leaves it alone: the thread belongs to the kernel. Signals don't reach it; `stop()` ends it in an orderly way.
    `of` names what it works on (a journal, an account), so that whoever comes later finds it with at_work().
    """

    def __init__(
        self, total: int, title: str, *, of: tuple[str, str] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(total, title, shown=False)
        self.total, self.title, self._of = total, title, of
        self.settled = self.failed = 0
        self.reason = ""  # why nothing moves just now
        self.result: Result | None = None
        self.error: BaseException | None = None
        self.listeners: list[Callable[[], object]] = []  # called from the job's own threads
        self._clock, self._began = clock, clock()
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def begin(self, work: Callable[[], Result]) -> None:
        """Start the work; a job is begun once."""
        if self._thread is not None:
            raise RuntimeError("This job was begun already.")
        self._began = self._clock()
        if self._of is not None:
            _AT_WORK.setdefault(self._of, self)  # the first one works; a second is refused by the journal
        self._thread = threading.Thread(target=self._work, args=(work,), name=self.title, daemon=True)
        self._thread.start()

    def _work(self, work: Callable[[], Result]) -> None:
        try:
            self.result = work()
        except RunInterrupted as error:
            self.error, self.result = error, error.run  # type: ignore[assignment]
        except BaseException as error:  # noqa: BLE001  (nobody else would hear of it)
            self.error = error
        self._ended.set()
        if self._of is not None and _AT_WORK.get(self._of) is self:
            del _AT_WORK[self._of]
        self._tell()

    def stop(self) -> None:
        """Ask it to stop: what is in flight is finished and recorded, nothing more begins."""
        self.halted.set()

    @property
    def is_running(self) -> bool:
        """Return whether it still works."""
        return self._thread is not None and not self._ended.is_set()

    def wait(self, timeout: float | None = None) -> Job[Result]:
        """Wait until it has ended, or for so many seconds."""
        self._ended.wait(timeout)
        return self

    def update(self, by: int = 1, **counts: int) -> None:
        """Count tickets that have ended."""
        self.settled += by
        self.failed, self.reason = counts.get("failed", 0), ""
        self._tell()

    def say(self, text: str) -> None:
        """Set why nothing moves."""
        self.reason = text
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            with suppress(Exception):  # a listener's troubles never harm a run
                listener()

    @property
    def seconds_left(self) -> float | None:
        """Reckon how long it still takes, from its own pace; None while that can't be told."""
        if self.settled < _STEADY or not self.is_running:
            return None
        return (self._clock() - self._began) / self.settled * (self.total - self.settled)

    def progress_line(self) -> str:
        """Return the progress in one line: 12 of 36 done, 1 failed, 23 waiting, about 8 s left."""
        left = self.seconds_left
        parts = [f"{self.settled - self.failed:,} of {self.total:,} done"]
        parts += [f"{self.failed:,} failed"] * bool(self.failed)
        parts += [f"{self.total - self.settled:,} waiting"] * (self.settled < self.total)
        parts += [f"about {duration(left)} left"] if left is not None and self.settled < self.total else []
        return ", ".join([*parts, self.reason] if self.reason else parts)


def at_work(journal: str, account_id: str) -> Job[Any] | None:
    """Find the job that works on an account's journal in this very kernel."""
    return _AT_WORK.get((journal, account_id))
