"""Why a step, or a value of it, does not apply to the tickets at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from truto_tickets_nb.edits.steps.canonical_names import ambiguity
from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.tickets.choices import Unresolved
from truto_tickets_nb.tickets.column_edits import texts
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.fields import Field


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
    return step.operation.hindrance(step, frame) if step.field in frame.columns else None


def no_column(name: str) -> Reason:
    """Return the reason that a column is not there."""
    return Reason("column.missing", f"there is no column {name!r} here")


def _is_write_only(name: str) -> bool:
    row = field_of(name)
    return row is not None and not (row.readable and row.is_compared)


def creatable(name: str, source: Source) -> bool:
    """Return whether a column that was not loaded may be made: the API never answers it, or it is a custom field of the account."""
    if name.startswith(CUSTOM):
        return not source.learnt.custom or source.learnt.field(name[len(CUSTOM) :]) is not None
    return _is_write_only(name)


def strangers(row: Field, names: Iterable[Any], source: Source) -> dict[Any, Reason]:
    """Find which of these names are none of the account's, where the account lists what there is."""
    if not _lists(row, source):
        return {}
    choices = source.choices[row.choices]
    return {name: reason for name in names if isinstance(name, str) and (reason := _unknown(choices, name))}


def _lists(row: Field, source: Source) -> bool:
    """Return whether the account lists all that this field may hold; where it does not, only the tool knows."""
    choices = source.choices.get(row.choices) if row.choices else None
    return choices is not None and bool({"list", "schema"} & {*choices.origins}) and not _is_free(row, source)


def _is_free(row: Field, source: Source) -> bool:
    """Return whether a name that does not exist yet is made, as tags are in most tools."""
    fact = source.profile.fact("tags")
    return row.name == "tags" and not (fact.value == "listed" and fact.is_documented)


def spellings(row: Field, cells: Any, source: Source) -> dict[str, str]:
    """Find the names in these cells that the account writes otherwise: as given -> as it writes them."""
    choices = source.choices.get(row.choices) if row.choices else None
    if choices is None:
        return {}
    is_free = _is_free(row, source)
    names = {name: choices.canonical(name if is_free else choices.spelled(name)) for name in _distinct(cells) if name}
    return {name: spelled for name, spelled in names.items() if spelled != name}


def _unknown(choices: Choices, name: str) -> Reason | None:
    choice = choices.by_id(name) or choices.resolve(name)
    if not isinstance(choice, Unresolved) or choice.code == "value.ambiguous_name":
        return None
    return Reason(choice.code, choice.message, choice.actions)


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
    unknown = strangers(row, _distinct(new), source)
    cells = pd.Series(new).tolist() if unknown else []
    return {
        place: (cell, unknown[cell]) for place, cell in enumerate(cells) if isinstance(cell, str) and cell in unknown
    }


def _distinct(cells: Any) -> list[Any]:
    if isinstance(cells, pd.arrays.ArrowStringArray):
        distinct: list[Any] = pc.unique(texts(cells)).to_pylist()
        return distinct
    every = pd.Series(cells).tolist()
    return list(
        dict.fromkeys(x for cell in every for x in (cell if isinstance(cell, tuple) else (cell,)) if isinstance(x, str))
    )


def _unfit_sets(row: Field, old: Any, new: Any, source: Source) -> dict[int, tuple[Any, Reason]]:
    came = [_came(a, b) for a, b in zip(pd.Series(old).tolist(), pd.Series(new).tolist(), strict=True)]
    unknown = strangers(row, dict.fromkeys(name for names in came for name in names), source)
    if not unknown:
        return {}
    refused = ((place, next((name for name in names if name in unknown), None)) for place, names in enumerate(came))
    return {place: (name, unknown[name]) for place, name in refused if name is not None}


def _came(old: Any, new: Any) -> list[str]:
    """List the names that are in the new set and were not in the old one."""
    before = old if isinstance(old, tuple) else ()
    return [name for name in new if isinstance(name, str) and name not in before] if isinstance(new, tuple) else []
