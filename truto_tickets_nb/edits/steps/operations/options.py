"""What an analyst gave for a step, checked before it is kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.advice import advised
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import StepError, shorten, shorten_repr
from truto_tickets_nb.tickets.cell_problem import CellProblem
from truto_tickets_nb.tickets.cells import is_emptied, json_problem, plain, shown, to_json
from truto_tickets_nb.tickets.fields import CUSTOM, FIELDS, Field
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.typed_values import iso_date, typed_date
from truto_tickets_nb.wording import listed as first_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.tickets.json_values import Json


def field_for(name: object) -> Field:
    """Return the field that a step edits; one that is unknown or only answered by the API is refused."""
    row = field_of(name) if isinstance(name, str) else None
    if row is None:
        meant = near(name, FIELDS)
        hint = f" Did you mean {meant[0]!r}?" if meant else ""
        raise StepError(
            f"{shorten(name, 60)!r} is no field of a ticket.{hint} There are: {', '.join(_editable())}, and {CUSTOM}<key>."
        )
    if not row.writable:
        raise StepError(f"{name!r} is read-only. Editable: {', '.join(_editable())}.")
    return row


def _editable() -> list[str]:
    return [row.name for row in FIELDS.values() if row.writable]


def value_for(row: Field, value: Any) -> Json:
    """Bring a value into the form in which a step keeps it; nothing, and what its field can't hold, is refused."""
    if is_emptied(plain(value)):
        raise StepError(
            f"There is nothing to put into {row.name}. To empty it on purpose: draft.clear({row.name!r}, where=...)."
        )
    plain_value = to_json(value)
    problem = json_problem(plain_value)
    if problem:
        raise StepError(f"{row.name} can't take {shorten_repr(value, 60)}: {problem}, which JSON can't carry.")
    if row.kind.many:
        return [
            item if isinstance(item, dict) else shown(item)
            for item in (plain_value if isinstance(plain_value, list) else [plain_value])
        ]
    if row.kind.word in ("text", "reference") and isinstance(plain_value, list):
        raise StepError(f"{row.name} takes one value, not {len(plain_value)}: {shorten(plain_value, 60)}.")
    if row.kind.word == "text" and (isinstance(plain_value, dict | bool) or isinstance(value, date)):
        raise StepError(f"{row.name} takes text, not {shorten(plain_value, 60)}.")
    if row.kind.word == "date":
        date_value = typed_date(plain_value)
        if isinstance(date_value, CellProblem):
            advice = advised(date_value.message, date_value.actions)
            raise StepError(f"{shorten_repr(plain_value, 40)} {advice}")
        return iso_date(plain_value)
    return plain_value if isinstance(plain_value, dict) or row.kind.word in ("any", "flag") else shown(plain_value)


def text_for(name: str, value: Any, *, empty: bool = False) -> str:
    """Check that an option is text."""
    if not isinstance(value, str) or not (value or empty):
        raise StepError(
            f"{name}= takes text{'' if empty else ' of one character or more'}, not {shorten_repr(value, 60)}."
        )
    return value


def only_kinds(row: Field, kinds: tuple[str, ...], what: str, instead: str) -> None:
    """Refuse an operation on a field whose values it does not know how to treat."""
    if row.kind.word not in kinds:
        raise StepError(f"{row.name} can't be {what}: it holds {_HOLDS[row.kind.word]}. {instead}")


_HOLDS = {
    "text": "text", "reference": "one name", "set": "a set of names", "words": "a set of words", "date": "a date",
    "flag": "yes or no", "any": "values of its own",
}  # fmt: skip


def listed(names: Iterable[str], most: int = 3) -> str:
    """Write the first names, and how many there are more."""
    return first_of((shorten(name, 40) for name in names), most)


def quoted(value: Any) -> str:
    """Write a value as a person would in a sentence."""
    return "nothing" if is_missing(value) else shorten(shown(value), 60)
