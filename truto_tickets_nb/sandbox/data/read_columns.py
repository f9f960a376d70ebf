"""Read the rows of an export column by column: a field of the ticket, a list of it, or a custom field, with what was guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data import read_dates
from truto_tickets_nb.sandbox.data.headings import COLLECTIONS, Target, custom_key, targets, worded
from truto_tickets_nb.sandbox.data.json_values import counted
from truto_tickets_nb.sandbox.data.json_values import worded as identity
from truto_tickets_nb.sandbox.data.read_references import joined, members, separators, text_of
from truto_tickets_nb.sandbox.profiles.fields import DATES, MANY, ONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record = dict[str, Any]
_TEXTS = ("name", "description", "number", "ticket_url", "html_description", "etag")
_RESOURCES = {**ONE, **MANY}
_SPACED = {"requester external id", "reopens", "satisfaction score", "assignee stations", "group stations"}


@dataclass(slots=True)
class Columns:
    """The columns of an export: each field and each custom field with a value for each row."""

    fields: dict[str, list[Any]] = field(default_factory=dict)
    custom: dict[str, list[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_columns(
    rows: Sequence[Record], chosen: Mapping[str, str] | None, vocabulary: Mapping[str, Mapping[str, str]]
) -> Columns:
    """Read rows; `chosen` says which column a field is in, where its heading does not tell."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    values = {heading: [row.get(heading) for row in rows] for heading in headings}
    read = Columns()
    named = _named(headings, chosen or {})
    targeted = _without_false_dates(targets(headings, named), values, named)
    for name in dict.fromkeys(target.field for target in targeted.values()):
        own = {heading: target for heading, target in targeted.items() if target.field == name}
        read.notes += [f"column {heading!r} is taken for {name}." for heading in own if heading not in named and heading != name]  # fmt: skip
        _field(read, name, own, values, _order(targeted, values))
    _numbered(read, targeted, values)
    for name in read.fields.keys() & vocabulary.keys():
        read.fields[name] = [_explained(value, vocabulary[name]) for value in read.fields[name]]
    _custom(read, {heading: values[heading] for heading in headings if heading not in targeted})
    return read


def _named(headings: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Turn field -> heading into heading -> field; headings may be given in other capitals."""
    by_words = {worded(heading): heading for heading in headings}
    exact = {name: heading if heading in headings else by_words.get(worded(heading), "") for name, heading in chosen.items()}  # fmt: skip
    unknown = sorted(chosen[name] for name, heading in exact.items() if not heading)
    if unknown:
        raise ValueError(f"columns= names {', '.join(unknown)}, but the file has: {', '.join(headings)}.")
    return {heading: name for name, heading in exact.items()}


def _without_false_dates(
    targeted: dict[str, Target], values: Mapping[str, list[Any]], named: Mapping[str, str]
) -> dict[str, Target]:
    """Leave out columns that only sound like dates: none of their values is one."""
    return {
        heading: target
        for heading, target in targeted.items()
        if target.field not in DATES or heading in named or _has_dates(values[heading])
    }


def _has_dates(values: Sequence[Any]) -> bool:
    filled = [value for value in values if _is_filled(value)]
    return not filled or any(read_dates.read(filled[:1000]).texts)


def _is_filled(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _order(targeted: Mapping[str, Target], values: Mapping[str, list[Any]]) -> read_dates.Order:
    """Return the order in which the dates of the file stand, from those of its columns that leave no doubt."""
    orders = {read_dates.order_of(values[h]) for h, target in targeted.items() if target.field in DATES} - {""}
    return orders.pop() if len(orders) == 1 else ""


def _field(
    read: Columns, name: str, own: Mapping[str, Target], values: Mapping[str, list[Any]], order: read_dates.Order
) -> None:
    if name in DATES:
        heading = next(iter(own))
        read.fields[name] = _dates(read, heading, values[heading], order)
    elif name == "collections":
        columns = [(COLLECTIONS.get(worded(heading), ""), values[heading]) for heading in own]
        read.fields[name] = [
            _collections(parts) for parts in zip(*(_typed(*column) for column in columns), strict=True)
        ]
    elif name in MANY and all(not target.part for target in own.values()):
        heading = next(iter(own))
        signs = _separators(heading, name, values)
        read.fields[name] = [members(value, signs) for value in values[heading]]
    elif name in ONE or name in MANY:
        references = [joined({target.part: values[h][place] for h, target in own.items()}) for place in range(len(next(iter(values.values()))))]  # fmt: skip
        read.fields[name] = [_as_list(item) for item in references] if name in MANY else references
    else:
        cells = values[next(iter(own))]
        read.fields[name] = [text_of(cell) for cell in cells] if name in _TEXTS else [identity(cell) if name == "id" else cell for cell in cells]  # fmt: skip


def _as_list(item: Record | None) -> list[Record]:
    return [item] if item else []


def _dates(read: Columns, heading: str, cells: list[Any], order: read_dates.Order) -> list[Any]:
    """Read dates, and note what had to be assumed; what is no date stays as it is."""
    dates = read_dates.read(cells, order)
    unread = [cell for cell, text in zip(cells, dates.texts, strict=True) if _is_filled(cell) and text is None]
    if dates.ambiguous and not order:
        first, wrong = ("day", "month") if dates.order == "day" else ("month", "day")
        read.notes.append(f"column {heading!r}: no date tells whether the day or the month stands first; the {first} is assumed, not the {wrong}.")  # fmt: skip
    if dates.order and not dates.ambiguous and read_dates.order_of(cells):
        read.notes.append(f"column {heading!r}: the {dates.order} stands first in its dates.")
    if dates.zoneless:
        read.notes.append(f"column {heading!r}: {counted(dates.zoneless, 'time')} without a zone, taken for UTC.")
    if unread:
        read.notes.append(f"column {heading!r}: {counted(len(unread), 'value')} kept as text, not a date: {unread[0]!r}{', …' if len(unread) > 1 else ''}.")  # fmt: skip
    return [text if text is not None else cell for cell, text in zip(cells, dates.texts, strict=True)]


def _separators(heading: str, name: str, values: Mapping[str, list[Any]]) -> str:
    cells = values[heading]
    is_spaced = name == "tags" and bool(_SPACED & set(map(worded, values)))
    if is_spaced and not any(isinstance(cell, str) and set(cell) & set(",;") for cell in cells):
        return r"\s"  # Zendesk's own export; none of its tags holds a blank
    return separators(cells, of_people=name == "assignees" and worded(heading) != "assignees")


def _typed(kind: str, cells: Sequence[Any]) -> list[list[Record]]:
    signs = separators(cells, of_people=False)
    return [[{**item, **({"type": item.get("type") or kind} if kind else {})} for item in members(cell, signs)] for cell in cells]  # fmt: skip


def _collections(parts: Sequence[list[Record]]) -> list[Record]:
    return list({(item["id"], item.get("type")): item for part in parts for item in part}.values())


def _numbered(read: Columns, targeted: Mapping[str, Target], values: Mapping[str, list[Any]]) -> None:
    """Put a number that is the ticket's id too, as GitHub's is, in both fields."""
    heading = next((heading for heading, target in targeted.items() if target.field == "id"), "")
    if worded(heading) in ("number", "key", "issue key", "ticket number", "iid") and "number" not in read.fields:
        read.fields["number"] = [identity(cell) for cell in values[heading]]


def _explained(value: Any, names: Mapping[str, str]) -> Any:
    """Put the tool's own word for a number, as Freshdesk's statuses are numbers."""
    if isinstance(value, dict) and value["id"] == value["name"] and value["id"].isdigit():
        return {**value, "name": names.get(value["id"], value["name"])}
    return value


def _custom(read: Columns, columns: Mapping[str, list[Any]]) -> None:
    """Keep every other column as a custom field; two headings that would share a key get keys of their own."""
    for heading, cells in columns.items():
        key = base = custom_key(heading)
        number = 2
        while key in read.custom:
            key, number = f"{base}_{number}", number + 1
        read.custom[key] = cells
    unknown = [heading for heading in columns if not heading.startswith("custom_fields.")]
    if unknown:
        read.notes.append(
            f"{counted(len(unknown), 'column')} kept as {'a custom field' if len(unknown) == 1 else 'custom fields'}: {', '.join(unknown)}."
        )
