"""An edited frame as it comes back from an analyst: the cells, and what `df.attrs` says of them. Only this module reads or writes attrs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.errors import FrameError, shorten_repr
from truto_tickets_nb.plans.compare.input_frames import frame_of

if TYPE_CHECKING:
    import pandas as pd

SNAPSHOT, DRAFT, CLEARED, NOTES, CONFLICTS = "truto_snapshot", "truto_draft", "cleared", "notes", "conflicts"


@dataclass(frozen=True, slots=True, eq=False)
class EditedFrame:
    """A frame with what is known of it: which snapshot and draft it was made from, and what reading a file found.

    >>> import pandas as pd
    >>> df = pd.DataFrame({"name": [None]}, index=["7"])
    >>> df.attrs["cleared"] = {"name": ["7"]}
    >>> EditedFrame.of(df).cleared
    {'name': ('7',)}
    """

    frame: pd.DataFrame
    snapshot_id: str | None = None  # None where the frame does not say
    draft_state: str = ""
    cleared: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)  # column -> tickets emptied on purpose
    notes: tuple[str, ...] = ()
    conflicts: tuple[Mapping[str, Any], ...] = ()  # edits that a rebase could not bring over

    @classmethod
    def of(cls, edited: Any) -> Self:
        """Read what an analyst gives: a DataFrame, or a table of polars, duckdb or Arrow. What can't be read is a FrameError."""
        frame = frame_of(edited)
        attrs = frame.attrs
        identity = attrs.get(SNAPSHOT)
        return cls(
            frame,
            identity if isinstance(identity, str) and identity else None,
            str(attrs.get(DRAFT, "")),
            _cleared(attrs.get(CLEARED, {})),
            tuple(map(str, _listed(NOTES, attrs.get(NOTES, ())))),
            tuple(_listed(CONFLICTS, attrs.get(CONFLICTS, ()))),
        )


def _cleared(value: Any) -> dict[str, tuple[Any, ...]]:
    if not isinstance(value, Mapping):
        raise FrameError(
            f'df.attrs["cleared"] is {shorten_repr(value, 60)}. It names tickets by column: {{"due_date": ["10001"]}}; or leave it '
            'out and name whole columns: snapshot.plan(df, clear=["due_date"]).'
        )
    return {str(name): tuple(_listed(CLEARED, tickets)) for name, tickets in value.items()}


def _listed(key: str, value: Any) -> Iterable[Any]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise FrameError(f'df.attrs["{key}"] holds {shorten_repr(value, 60)} where a list belongs.')
    return value


def mark(frame: pd.DataFrame, **marks: Any) -> pd.DataFrame:
    """Write marks into the attrs of a frame, and return it: snapshot=, draft=, cleared=, notes=, conflicts=. An empty one is left out."""
    keys = {"snapshot": SNAPSHOT, "draft": DRAFT}
    frame.attrs |= {keys.get(name, name): value for name, value in marks.items() if value}
    return frame
