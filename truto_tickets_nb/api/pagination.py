"""Pages of a list: read leniently, and watched, so that a list that repeats or never ends is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.api.lenient_json import brief
from truto_tickets_nb.errors import ServerTrouble, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

BARREN = 40  # pages one after another without one new record, after which a list is given up
LONGEST = 16_000  # characters of a cursor: more can't be written into an address


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its records, the cursor of the next page, and notes about irregular rows.

    `cut`: why the list can't be read on, although the page is not the last one; it is "" where all is well.
    """

    records: list[dict[str, Any]]
    next_cursor: str | None
    is_partial: bool
    notes: tuple[str, ...] = ()
    cut: str = ""
    repairs: tuple[str, ...] = ()  # what of its JSON was repaired


def page_of(answer: Any, resource: str) -> Page:
    """Read one page. An answer without a list is an error; a row or a cursor in another form costs a note.

    >>> page_of({"result": [{"id": "1"}, "x"], "next_cursor": ["a"]}, "tickets").notes
    ('1 row is no object and was left out.',)
    """
    rows = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedAnswer(f"The list of {resource} came without its records. Check base_url, or try again.")
    records = [row for row in rows if isinstance(row, dict)]
    other = len(rows) - len(records)
    notes = (f"{other} {'row is no object and was' if other == 1 else 'rows are no objects and were'} left out.",)
    cursor, cut = _cursor(answer.get("next_cursor"))
    is_partial = str(answer.get("is_partial_response")).strip().casefold() == "true"
    return Page(records, cursor, is_partial, notes if other else (), cut, getattr(answer, "repairs", ()))


def _cursor(value: Any) -> tuple[str | None, str]:
    """Read a cursor: text, or the number of a page; what can be no cursor cuts the list."""
    if isinstance(value, int) and not isinstance(value, bool) and value:
        value = str(value)
    if not value:
        return None, ""
    if not isinstance(value, str):
        return None, f"the cursor of the next page is no text: {brief(value)}"
    if len(value) > LONGEST:
        return None, f"the cursor of the next page has {len(value):,} characters, which no address can hold"
    return value, ""


class Watch:
    """Watch the cursors of a list: one that repeats, or goes on and on with nothing new, is given up."""

    def __init__(self, resource: str = "tickets") -> None:
        self._resource = resource
        self._cursors, self._seen, self._barren = set[str](), set[str](), 0

    def check(self, cursor: str, ids: Sequence[str]) -> None:
        """Refuse a cursor that was there before, and the last of many pages that held nothing new."""
        self._barren = 0 if not self._seen.issuperset(ids) else self._barren + 1
        self._seen.update(ids)
        if cursor in self._cursors:
            raise ServerTrouble(f"The list of {self._resource} repeats: a cursor came twice. Try again in a while.")
        if self._barren >= BARREN:
            word = "ticket" if self._resource == "tickets" else "record"
            raise ServerTrouble(
                f"The list of {self._resource} does not end: its last {BARREN} pages held no new {word}. Try again in a while."
            )
        self._cursors.add(cursor)
