"""The head of a run in the journal: all of its row but the plan, with a digest by which a row that was changed is recognised."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.process import standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.process import Standing

NAMES = (
    "id", "account", "state", "started", "ended", "way", "notes", "pid", "mark", "who", "host", "tickets", "open", "counts",
    "plan_digest",
)  # fmt: skip
SELECT = f"select {', '.join(NAMES)}, digest from runs"


def digest(*values: object) -> str:
    """Compute a digest of what stands in a row: text, numbers, nothing, or bytes where a text is no UTF-8.

    >>> digest("a", "b") == digest("ab", ""), digest(None) == digest(""), len(digest())
    (False, False, 32)
    """
    texts = [value if isinstance(value, str) else _text(value) for value in values]
    content = "".join([f"{len(text)}:{text}" if text is not None else "-" for text in texts])
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Head:
    """What the journal says of a run without its plan and its outcomes."""

    id: str
    account: str
    state: str
    started: str
    ended: str
    way: str
    notes: str
    pid: int | None
    mark: str | None
    who: str
    host: str
    tickets: int
    open: (
        int | None
    )  # patches without outcome, and below the others by kind; None while it runs, or where its process died
    counts: str | None
    plan_digest: str

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> tuple[Self, bool]:
        """Read a row of SELECT; returns the head, and whether it stands there as it was written."""
        return cls(*row[:-1]), row[-1] == digest(*row[:-1])

    @property
    def row(self) -> tuple[Any, ...]:
        """List the values of the row, the digest last."""
        values = astuple(self)
        return (*values, digest(*values))

    def counted(self, counts: Mapping[str, int], open_: int) -> Self:
        """Return the same head with the number of patches by outcome."""
        return replace(self, counts=orjson.dumps(dict(counts)).decode(), open=open_)

    @property
    def shown_state(self) -> str:
        """Return the state as it is now: a run whose process is gone does not run any more, whatever its row says."""
        return "interrupted" if self.state == "running" and self.standing == "gone" else self.state

    @property
    def standing(self) -> Standing:
        """Return whether the process that works on the run still does."""
        return standing(self.id, self.pid, self.mark, self.host)
