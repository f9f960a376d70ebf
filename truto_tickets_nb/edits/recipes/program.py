"""Put the blocks of a recipe together: imports, one block per step, the plan, and what may be emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.code.block import Block
from truto_tickets_nb.edits.code.literals import column, quote
from truto_tickets_nb.edits.steps.canonical_names import needs_labels
from truto_tickets_nb.edits.steps.operations.cells import by_column, on_purpose
from truto_tickets_nb.edits.steps.operations.cells_code import cells
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.tickets.fields import field as field_of
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from truto_tickets_nb.edits.code.filters import MixedColumns
    from truto_tickets_nb.edits.steps.step import Step


def program(steps: Sequence[Step], titles: Sequence[str], head: str) -> str:
    """Write a program that runs on `snapshot` and makes `plan`, as a recipe does. It sends nothing."""
    mixed = frozenset(name for step in steps for name in _odd(step))
    contested = _emptied(steps, meant=True) & _emptied(steps, meant=False)
    body: list[str] = []
    for number, (step, title) in enumerate(zip(steps, titles, strict=True), 1):
        body += ["", f"# {number}. {shorten(title, 200)}", *_block(step, mixed, contested)]
    frame = "snapshot.frame(labels=True)" if any(map(needs_labels, steps)) else "snapshot.frame()"
    lines = [f"df = {frame}", *_start(contested), *body, "", *_end(steps, contested)]
    return "\n".join([f"# {shorten(head, 200)}", *_imports("\n".join(lines)), *lines]) + "\n"


def _imports(body: str) -> list[str]:
    own = [name for name in ("Filter", "Step", "apply") if f"{name}." in body or f"{name}(" in body]
    lines_ = ["import pandas as pd"] if "pd." in body else []
    lines_ += ["", *[f"from truto_tickets_nb.edits import {', '.join(own)}"]] if own and lines_ else []
    lines_ += [f"from truto_tickets_nb.edits import {', '.join(own)}"] if own and not lines_ else []
    return [*lines_, ""] if lines_ else []


def _odd(step: Step) -> Iterator[str]:
    """Name the columns into which a step puts more than their kind, such as {"id": ...} written out."""
    if step.operation.is_guarded:
        yield from (
            name
            for name, cells in by_column(step).items()
            if any(_is_odd(name, cell) for pair in cells.values() for cell in pair)
        )
    elif any(_holds_object(value) for value in step.options.values()):
        yield step.field


def _is_odd(name: str, cell: Any) -> bool:
    row = field_of(name)
    many = row is not None and row.kind.many
    return _holds_object(cell) or (not is_missing(cell) and isinstance(cell, tuple) != many)


def _holds_object(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(item, dict) for item in value)
    return isinstance(value, dict) and ("id" in value or any(isinstance(item, dict | list) for item in value.values()))


def _emptied(steps: Sequence[Step], *, meant: bool) -> set[str]:
    return {name for step in steps for name in (_purposes(step) if meant else _accidents(step))}


def _purposes(step: Step) -> set[str]:
    """Name the columns in which a step may empty cells on purpose."""
    if step.operation.is_guarded:
        return {name for name, cells in by_column(step).items() if any(on_purpose(step, name, [*cells]))}
    return {step.field} if step.operation.clears(step) else set()


def _accidents(step: Step) -> set[str]:
    """Name the columns in which a step may leave a cell empty without having been told to."""
    if step.operation.is_guarded:
        return {
            name
            for name, cells in by_column(step).items()
            for (_, new), is_meant in zip(cells.values(), on_purpose(step, name, [*cells]), strict=True)
            if is_missing(new) and not is_meant
        }
    return {step.field} if step.operation.may_empty else set()


def _start(contested: set[str]) -> list[str]:
    return [f"cleared = {{{', '.join(f'{quote(name)}: set()' for name in sorted(contested))}}}"] if contested else []


def _block(step: Step, mixed: MixedColumns, contested: set[str]) -> list[str]:
    """Write a step, and keep the books of what it empties where a column is emptied on purpose and by accident."""
    lines = _lines(step, mixed)
    before = []
    for name in sorted(contested & step.fields):
        before.append(f"filled = {column(name)}.map(bool) & {column(name)}.notna()")
        lines = [*lines, *_books(step, name)]
    return [*before, *lines]


def _lines(step: Step, mixed: MixedColumns) -> list[str]:
    """Return the lines of a step; where pandas can't say it plainly, the step does it itself, so that the code always does the same."""
    if step.operation.is_guarded:
        return cells(step, mixed)
    block = Block.of(step.field, step.options, step.rows, mixed)
    plain = step.operation.code(block)
    if not plain:
        return [f"df = apply(Step.of_json({quote(step.titled('').to_json())}), df, snapshot).frame"]
    return [f"rows = {block.where}", *plain] if block.where else plain


def _books(step: Step, name: str) -> list[str]:
    bare = f"~({column(name)}.map(bool) & {column(name)}.notna())"
    emptied = f"set(df.index[filled & {bare}])"
    if not step.operation.is_guarded:
        return [f"cleared[{quote(name)}] {'|=' if step.operation.empties else '-='} {emptied}"]
    cells = by_column(step)[name]
    meant = [t for t, is_meant in zip(cells, on_purpose(step, name, [*cells]), strict=True) if is_meant]
    return [
        f"cleared[{quote(name)}] -= {emptied}",
        *([f"cleared[{quote(name)}] |= {emptied} & {{{', '.join(map(quote, meant))}}}"] if meant else []),
    ]


def _end(steps: Sequence[Step], contested: set[str]) -> list[str]:
    clear = sorted(_emptied(steps, meant=True) - contested)
    lines_ = ['df.attrs["cleared"] = cleared  # what was emptied on purpose'] if contested else []
    return [*lines_, f"plan = snapshot.plan(df{f', clear={quote(clear)}' if clear else ''})"]
