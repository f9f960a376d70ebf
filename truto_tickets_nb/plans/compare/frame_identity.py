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
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    import pandas as pd

    from truto_tickets_nb.plans.compare.edited_frame import EditedFrame
    from truto_tickets_nb.tickets.table import Table

CHANGED_AT = "updated_at"
SHOWN = 5  # tickets named in a message

_LIVE: WeakValueDictionary[str, Any] = WeakValueDictionary()  # id -> a snapshot of this process


class SnapshotId(str):
    """The id of a snapshot that keeps the snapshot alive as long as a frame made from it lives.

    In a file and in a pickle it is plain text. pandas copies attrs with every operation, so copies are this very object.
    """

    __slots__ = ("snapshot",)
    snapshot: Any

    def __new__(cls, text: str, snapshot: Any) -> Self:
        identity = super().__new__(cls, text)
        identity.snapshot = snapshot
        return identity

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


def snapshot_of(edited: EditedFrame) -> Any | None:
    """Find the snapshot that a frame was made from; None where the frame does not say, or no such snapshot is in memory."""
    identity = edited.snapshot_id
    if isinstance(identity, SnapshotId):
        return identity.snapshot
    return None if identity is None else _LIVE.get(identity)


def check_snapshot(edited: EditedFrame, table: Table, identity: str) -> None:
    """Refuse a frame of another snapshot: its untouched cells would overwrite what was changed between the two loads."""
    if edited.snapshot_id not in (None, identity):
        raise FrameError(
            "This frame was made from another snapshot: its untouched cells would overwrite what was changed in the tool "
            "between the two loads. Bring your edits over with df = snapshot.rebase(df), which keeps only what you edited and "
            "shows conflicts."
        )
    if edited.snapshot_id is None:
        check_age(
            edited.frame,
            table,
            "df = snapshot.rebase(df, base=...), where base is the snapshot that the frame was made from",
        )


def check_age(edited: pd.DataFrame, table: Table, way_out: str) -> None:
    """Refuse a frame that does not say its snapshot where its own dates show that tickets were changed in the tool since."""
    stale = _stale(edited, table)
    if stale:
        names = ", ".join(shorten(ticket, 40) for ticket in stale[:SHOWN]) + (" …" if len(stale) > SHOWN else "")
        tickets = f"{counted(len(stale), 'ticket')} {by_number(len(stale), 'was', 'were')}"
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
