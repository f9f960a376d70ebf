"""Names in a step as the frame of a draft holds them: an id or an e-mail becomes the name, one that several share is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.filters.filters import AllOf, AnyOf, Filter, Not, Test
from truto_tickets_nb.edits.steps.inapplicable import Reason
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.namesakes import can_share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.edits.source import Source
    from truto_tickets_nb.edits.steps.step import Step
    from truto_tickets_nb.tickets.choices import Choices

NAMED = ("is", "is not", "in", "has")  # tests that name a value; the others look for text in it
_LABEL = re.compile(r" (<\S+@\S+>|\(id [^)]+\))$")


def canonical(step: Step, source: Source) -> Step:
    """Write the names of a step as the draft's frame holds them: labels of namesakes, the account's own form of Unicode."""
    rows = canonical_filter(step.rows, source)
    choices = _known(step.field, source)
    options = {
        key: _renamed(value, choices.canonical) if choices and key in step.operation.name_options else value
        for key, value in step.options.items()
    }
    return step if rows == step.rows and options == step.options else replace(step, rows=rows, options=options)


def canonical_filter(rows: Filter, source: Source) -> Filter:
    """Write the names in a filter as the draft's frame holds them."""
    if isinstance(rows, AllOf | AnyOf):
        return type(rows)(tuple(canonical_filter(part, source) for part in rows.parts))
    if isinstance(rows, Not):
        return Not(canonical_filter(rows.part, source))
    choices = _known(rows.field, source) if isinstance(rows, Test) and rows.op in NAMED else None
    return replace(rows, value=_renamed(rows.value, choices.canonical)) if choices and isinstance(rows, Test) else rows


def ambiguity(step: Step, source: Source) -> Reason | None:
    """Return which name of a step, or of its filter, several share, and who they are; None where each means one."""
    return next(_ambiguities(step, source), None)


def _ambiguities(step: Step, source: Source) -> Iterator[Reason]:
    named = [(step.field, step.options[key]) for key in step.operation.name_options if key in step.options]
    for field, value in (*named, *_tests(step.rows)):
        row, choices = field_of(field), _known(field, source)
        if row is None or choices is None or not can_share(row):
            continue
        for name in _names(value):
            refusal = choices.ambiguous(name)
            if refusal:
                yield Reason(refusal.code, refusal.message, refusal.actions)


def needs_labels(step: Step) -> bool:
    """Return whether a step reads people or tags as a draft's frame writes them, and not only by a name that is nobody else's."""
    named = [(name, value) for name in step.fields for value in step.options.values()]
    if any(_can_share(name) and (_is_labelled(value)) for name, value in (*named, *_tests(step.rows))):
        return True
    searched = {test.field for test in _all_tests(step.rows) if test.op not in (*NAMED, "empty", "filled")}
    if step.operation.reads_text:
        searched |= step.reads - step.rows.fields
    return any(map(_can_share, searched))


def _can_share(name: str) -> bool:
    row = field_of(name)
    return row is not None and can_share(row)


def _is_labelled(value: Any) -> bool:
    """Return whether a label such as "Jo Smith <jo1@example.com>" or "bug (id 7)" stands anywhere in a value."""
    return any(_LABEL.search(name) for name in _names(value))


def _all_tests(rows: Filter) -> Iterator[Test]:
    if isinstance(rows, AllOf | AnyOf):
        for part in rows.parts:
            yield from _all_tests(part)
    elif isinstance(rows, Not):
        yield from _all_tests(rows.part)
    elif isinstance(rows, Test):
        yield rows


def _tests(rows: Filter) -> Iterator[tuple[str, Any]]:
    return ((test.field, test.value) for test in _all_tests(rows) if test.op in NAMED)


def _known(field: str, source: Source) -> Choices | None:
    row = field_of(field)
    return source.choices.get(row.choices) if row is not None and row.choices else None


def _renamed(value: Any, name: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return name(value)
    if isinstance(value, dict):
        return (
            value
            if "id" in value or "name" in value
            else {name(old): _renamed(new, name) for old, new in value.items()}
        )
    return type(value)(_renamed(item, name) for item in value) if isinstance(value, list | tuple) else value


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if "id" not in value:
            for old, new in value.items():
                yield old
                yield from _names(new)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)
