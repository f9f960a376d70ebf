"""Which snapshot a frame was made from: a short text in `df.attrs`, which pandas carries along and writes into parquet and pickle."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakValueDictionary

import numpy as np

from truto_tickets_nb.errors import FrameError, shorten
from truto_tickets_nb.plans.compare.align import rows
from truto_tickets_nb.plans.compare.candidates import suspects
from truto_tickets_nb.tickets.cells import plain
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.parsing.dates import parse_date, parse_iso

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.tickets.table import Table

SNAPSHOT, DRAFT = "truto_snapshot", "truto_draft"  # keys of df.attrs
CHANGED_AT = "updated_at"
SHOWN = 5  # tickets named in a message

_LIVE: WeakValueDictionary[str, Any] = WeakValueDictionary()  # id -> a snapshot of this process


class SnapshotId(str):
    """Hold the id of a snapshot, and keep that snapshot alive as long as a frame made from it lives.

    In a file and in a pickle it is plain text. pandas copies attrs with every operation, so copies are this very object.
    """

    __slots__ = ("snapshot",)
    snapshot: Any

    def __new__(cls, text: str, snapshot: Any) -> Self:
        made = super().__new__(cls, text)
        made.snapshot = snapshot
        return made

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)


def digest(table: Table, account_id: str, integration: str) -> str:
    """Make the id of a snapshot: 32 hex digits over the account and each ticket as it was answered."""
    hashed = hashlib.blake2b(f"{integration}\0{account_id}\0{','.join(table.chosen)}\0".encode(), digest_size=16)
    for chunk in table.raw.chunks:
        for line in chunk.to_pylist():
            hashed.update(line)
    return hashed.hexdigest()


def register(identity: str, snapshot: Any) -> None:
    """Remember a snapshot by its id while it lives, so that a frame read from a file finds it."""
    _LIVE[identity] = snapshot


def made_from(edited: pd.DataFrame) -> str | None:
    """Return the id of the snapshot that a frame was made from, None where the frame does not say."""
    identity = edited.attrs.get(SNAPSHOT)
    return identity if isinstance(identity, str) and identity else None


def snapshot_of(edited: pd.DataFrame) -> Any | None:
    """Find the snapshot that a frame was made from; None where the frame does not say, or no such snapshot is in memory."""
    identity = made_from(edited)
    if isinstance(identity, SnapshotId):
        return identity.snapshot
    return None if identity is None else _LIVE.get(identity)


def check_snapshot(edited: pd.DataFrame, table: Table, identity: str) -> None:
    """Refuse a frame of another snapshot: its untouched cells would overwrite what was changed between the two loads."""
    named = made_from(edited)
    if named is not None and named != identity:
        raise FrameError(
            "This frame was made from another snapshot: its untouched cells would overwrite what was changed in the tool "
            "between the two loads. Bring your edits over with df = snapshot.rebase(df), which keeps only what you edited and "
            "shows conflicts."
        )
    if named is None:
        check_age(
            edited, table, "df = snapshot.rebase(df, base=...), where base is the snapshot that the frame was made from"
        )


def check_age(edited: pd.DataFrame, table: Table, way_out: str) -> None:
    """Refuse a frame that does not say its snapshot where its own dates show that tickets were changed in the tool since."""
    stale = _stale(edited, table)
    if stale:
        names = ", ".join(shorten(ticket, 40) for ticket in stale[:SHOWN]) + (" …" if len(stale) > SHOWN else "")
        tickets = "1 ticket was" if len(stale) == 1 else f"{len(stale):,} tickets were"
        raise FrameError(
            f"This frame is older than the snapshot: {tickets} changed in the tool since ({CHANGED_AT} of {names}). "
            f"Its untouched cells would overwrite that. Bring your edits over with {way_out}."
        )


def _stale(edited: pd.DataFrame, table: Table) -> list[str]:
    """List the tickets of a frame without identity that were changed after the frame was made, as their dates tell."""
    if CHANGED_AT not in table.frame.columns or list(edited.columns).count(CHANGED_AT) != 1:
        return []
    order, column = rows(table, edited), edited[CHANGED_AT]
    places = suspects(table.frame[CHANGED_AT], column, order.of)
    now = table.frame[CHANGED_AT].array
    return [
        str(table.frame.index[place])
        for row in np.asarray(places).tolist()
        if _is_earlier(column.iat[row], now[place := order.place(row)])
    ]


def _is_earlier(cell: Any, now: Any) -> bool:
    before, after = plain(cell), parse_iso(now)
    if after is None:
        return False
    if is_missing(before):
        return True  # it had never been changed when the frame was made
    earlier = parse_date(before)
    return type(earlier) is type(after) and earlier is not None and bool(earlier < after)
