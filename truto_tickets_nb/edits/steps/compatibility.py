"""Tell why a step, or a value of it, no longer fits the tickets at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from truto_tickets_nb.actions import correct
from truto_tickets_nb.edits.steps.canonical_names import ambiguity
from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.tickets.choices import Unresolved
from truto_tickets_nb.tickets.column_edits import texts
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.fields import Field

FIRST_YEAR, LAST_YEAR = 1, 9999  # that Python, and ISO 8601 without agreement, can write
_BEYOND = Reason("value.not_in_calendar", f"would leave the years {FIRST_YEAR} to {LAST_YEAR}")


def hindrance(step: Step, frame: pd.DataFrame, source: Source) -> Reason | None:
    """Return why a step as a whole does not apply to these tickets; None where it does."""
    shared = ambiguity(step, source)
    if shared:
        return shared
    for name in sorted(step.reads - step.fields):
        if name not in frame.columns and not _is_write_only(name):
            return no_column(name)
    if (
        step.field
        and step.field not in frame.columns
        and not (step.operation.creates and creatable(step.field, source))
    ):
        return no_column(step.field)
    if step.kind == "shift" and not _fits_shift(step, frame):
        return Reason("column.holds_days", "holds days without a time, and can't be shifted by hours")
    if step.kind in ("add", "remove", "swap") and not _takes_members(step.field, frame):
        message = "holds one value a ticket and no list"
        return Reason("column.holds_one_value", message, correct("Set, fill, map or clear it instead."))
    return None


def no_column(name: str) -> Reason:
    """Return the reason that a column is not there."""
    return Reason("column.missing", f"there is no column {name!r} here")


def _takes_members(name: str, frame: pd.DataFrame) -> bool:
    """Tell whether members can be added to a column: always to a set, to a custom field only where its filled cells are lists."""
    if not name.startswith(CUSTOM) or name not in frame.columns:
        return True
    column = frame[name]
    if not isinstance(column.array, pd.arrays.NumpyExtensionArray):
        return not column.notna().any()
    return all(isinstance(cell, tuple) or is_missing(cell) for cell in column.tolist())


def _fits_shift(step: Step, frame: pd.DataFrame) -> bool:
    naive = getattr(frame[step.field].dtype, "tz", None) is None
    return not (naive and step.options.get("hours", 0) % 24)


def _is_write_only(name: str) -> bool:
    found = field_of(name)
    return found is not None and not (found.readable and found.is_compared)


def creatable(name: str, source: Source) -> bool:
    """Tell whether a column that was not loaded may be made: the API never answers it, or it is a custom field of the account."""
    if name.startswith(CUSTOM):
        return not source.learnt.custom or source.learnt.field(name[len(CUSTOM) :]) is not None
    return _is_write_only(name)


def strangers(row: Field, names: Iterable[Any], source: Source) -> dict[Any, Reason]:
    """Find which of these names are none of the account's, where the account lists what there is."""
    if not _lists(row, source):
        return {}
    known = source.choices[row.choices]
    return {name: reason for name in names if isinstance(name, str) and (reason := _unknown(known, name))}


def _lists(row: Field, source: Source) -> bool:
    """Tell whether the account lists all that this field may hold; where it does not, only the tool knows."""
    known = source.choices.get(row.choices) if row.choices else None
    return known is not None and bool({"list", "schema"} & {*known.origins}) and not _is_free(row, source)


def _is_free(row: Field, source: Source) -> bool:
    """Tell whether a name that does not exist yet is made, as tags are in most tools."""
    told = source.profile.fact("tags")
    return row.name == "tags" and not (told.value == "listed" and told.is_documented)


def spellings(row: Field, cells: Any, source: Source) -> dict[str, str]:
    """Find the names in these cells that the account writes otherwise: as given -> as it writes them."""
    known = source.choices.get(row.choices) if row.choices else None
    if known is None:
        return {}
    is_free = _is_free(row, source)
    names = {name: known.canonical(name if is_free else known.spelled(name)) for name in _distinct(cells) if name}
    return {name: spelled for name, spelled in names.items() if spelled != name}


def _unknown(known: Choices, name: str) -> Reason | None:
    found = known.by_id(name) or known.resolve(name)
    if not isinstance(found, Unresolved) or found.code == "value.ambiguous_name":
        return None
    return Reason(found.code, found.message, found.actions)


def unfit(row: Field, old: Any, new: Any, source: Source) -> dict[int, tuple[Any, Reason]]:
    """Find the new cells that don't fit: row -> the value and why. `old` and `new` are columns of the same length."""
    if row.kind.word == "date" and new.dtype.kind == "M":
        years = pd.Series(new).dt.year
        beyond = np.flatnonzero((years.gt(LAST_YEAR) | years.lt(FIRST_YEAR)).to_numpy())
        return {int(place): (old[int(place)], _BEYOND) for place in beyond}
    if not _lists(row, source):
        return {}
    if row.kind.many:
        return _unfit_sets(row, old, new, source)
    odd = strangers(row, _distinct(new), source)
    cells = pd.Series(new).tolist() if odd else []
    return {place: (cell, odd[cell]) for place, cell in enumerate(cells) if isinstance(cell, str) and cell in odd}


def _distinct(cells: Any) -> list[Any]:
    if isinstance(cells, pd.arrays.ArrowStringArray):
        found: list[Any] = pc.unique(texts(cells)).to_pylist()
        return found
    held = pd.Series(cells).tolist()
    return list(
        dict.fromkeys(x for cell in held for x in (cell if isinstance(cell, tuple) else (cell,)) if isinstance(x, str))
    )


def _unfit_sets(row: Field, old: Any, new: Any, source: Source) -> dict[int, tuple[Any, Reason]]:
    came = [_came(a, b) for a, b in zip(pd.Series(old).tolist(), pd.Series(new).tolist(), strict=True)]
    odd = strangers(row, dict.fromkeys(name for names in came for name in names), source)
    if not odd:
        return {}
    found = ((place, next((name for name in names if name in odd), None)) for place, names in enumerate(came))
    return {place: (name, odd[name]) for place, name in found if name is not None}


def _came(old: Any, new: Any) -> list[str]:
    """List the names that are in the new set and were not in the old one."""
    held = old if isinstance(old, tuple) else ()
    return [name for name in new if isinstance(name, str) and name not in held] if isinstance(new, tuple) else []
