"""Write one step as pandas code. What pandas can't say plainly is left to the step itself, so that the code always does the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.edits.recipes.code.cells import cells
from truto_tickets_nb.edits.recipes.code.filters import Odd, filled, rows
from truto_tickets_nb.edits.recipes.code.literals import column, quote, raw
from truto_tickets_nb.edits.steps.operations.dates import length
from truto_tickets_nb.edits.steps.operations.text import BLANKS, needle
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.fields import field as field_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.edits.steps.step import Step

_TIDY = {"trim": "strip()", "collapse": f"replace({quote(BLANKS)}, ' ', regex=True)", "upper": "upper()", "lower": "lower()"}  # fmt: skip
_TEXT = ("text", "reference")


@dataclass(frozen=True, slots=True)
class Block:
    """Hold a step, what its field holds, and how its rows are written."""

    step: Step
    kind: str
    odd: Odd

    @property
    def name(self) -> str:
        return quote(self.step.field)

    @property
    def held(self) -> str:
        return column(self.step.field)

    @property
    def at(self) -> str:
        """Write the cells that it works on."""
        return f"df.loc[{'rows' if self.where else ':'}, {self.name}]"

    @property
    def whole(self) -> str:
        """Write the cells that it works on, as what is changed into itself."""
        return self.at if self.where else self.held

    @property
    def where(self) -> str:
        return rows(self.step.rows, self.odd)

    @property
    def limit(self) -> str:
        return ", where=rows" if self.where else ""

    def __getitem__(self, option: str) -> Any:
        return self.step.options[option]


def lines(step: Step, odd: Odd) -> list[str]:
    """Write the lines of a step."""
    if step.kind == "cells":
        return cells(step, odd)
    row = field_of(step.field)
    plain = row is not None and not step.field.startswith(CUSTOM) and step.field not in odd
    block = Block(step, row.kind.word if row and plain else "any", odd)
    told = _KINDS[step.kind](block)
    if not told:
        return own(step)
    return [f"rows = {block.where}", *told] if block.where else told


def own(step: Step) -> list[str]:
    """Let the step do it itself."""
    return [f"df = apply(Step.of_json({quote(step.titled('').to_json())}), df, snapshot).frame"]


def _set(block: Block) -> list[str]:
    value = block["value"]
    if block.kind in ("set", "words"):
        names = [name for name in value if isinstance(name, str)]
        plain = len(names) == len({*names}) == len(value)
        return [f"{block.held} = {block.held}.tickets.set({_listed(value)}{block.limit})"] if plain else []
    row = field_of(block.step.field)
    creates = row is not None and (row.readable or bool(block.where))
    plain = isinstance(value, str) and creates
    return [f"{block.at} = {quote(value)}"] if plain else []


def _listed(names: list[Any]) -> str:
    return ", ".join(map(quote, names))


def _clear(block: Block) -> list[str]:
    if block.kind in ("set", "words"):
        return [f"{block.held} = {block.held}.tickets.set({block.limit.removeprefix(', ')})"]
    row = field_of(block.step.field)
    return [f"{block.at} = None"] if block.kind != "any" and row is not None and row.readable else []


def _map(block: Block) -> list[str]:
    values = block["values"]
    if block.kind in ("set", "words"):
        return _map_sets(block, values)
    if block.kind not in _TEXT or not all(new is None or isinstance(new, str) for new in values.values()):
        return []
    gone, kept = [old for old, new in values.items() if new is None], {o: n for o, n in values.items() if n is not None}
    chosen = f"{'rows & ' if block.where else ''}{block.held}.isin({quote(gone)})"
    lines = [f"df.loc[{chosen}, {block.name}] = None"] if gone else []
    return [*lines, f"{block.whole} = {block.whole}.replace({quote(kept)})"] if kept else lines


def _map_sets(block: Block, values: dict[str, Any]) -> list[str]:
    """Replace one name after the other, where none of the new names is replaced in turn."""
    if {*values} & {*values.values()} or not all(isinstance(new, str) for new in values.values()):
        return []
    return [
        f"{block.held} = {block.held}.tickets.replace({quote(old)}, {quote(new)}{block.limit})"
        for old, new in values.items()
    ]


def _fill(block: Block) -> list[str]:
    value, both = block["value"], "rows & " if block.where else ""
    if block.kind in _TEXT and isinstance(value, str):
        return [f'df.loc[{both}({block.held}.fillna("") == ""), {block.name}] = {quote(value)}']
    if block.kind == "date":
        return [f"df.loc[{both}{block.held}.isna(), {block.name}] = {quote(value)}"]
    return []


def _copy(block: Block) -> list[str]:
    name = block["from"]
    source = field_of(name)
    if (
        block.kind not in _TEXT
        or source is None
        or source.kind.word not in _TEXT
        or name in block.odd
        or not source.readable
    ):
        return []
    both = "rows & " if block.where else ""
    return [f"df.loc[{both}({filled(name)}), {block.name}] = {column(name)}"]


def _replace(block: Block) -> list[str]:
    if block.kind not in _TEXT:
        return []
    find, by = needle(block.step)
    if not block["find"] or block.step.options.get("regex") or not block.step.options.get("case", True):
        return [f"{block.whole} = {block.whole}.str.replace({raw(find)}, {raw(by)}, regex=True)"]
    return [f"{block.whole} = {block.whole}.str.replace({quote(block['find'])}, {quote(block['by'])}, regex=False)"]


def _tidy(block: Block) -> list[str]:
    pandas = _TIDY.get(block["how"], "")  # none for title case: str.title() writes Can'T and 3Rd
    return [f"{block.whole} = {block.whole}.str.{pandas}"] if pandas and block.kind in _TEXT else []


def _names(block: Block) -> list[str]:
    plain = block.kind in ("set", "words") and all(isinstance(name, str) for name in block["names"])
    return (
        [f"{block.held} = {block.held}.tickets.{block.step.kind}({_listed(block['names'])}{block.limit})"]
        if plain
        else []
    )


def _swap(block: Block) -> list[str]:
    plain = block.kind in ("set", "words") and isinstance(block["old"], str) and isinstance(block["new"], str)
    pair = f"{quote(block['old'])}, {quote(block['new'])}"
    return [f"{block.held} = {block.held}.tickets.replace({pair}{block.limit})"] if plain else []


def _shift(block: Block) -> list[str]:
    days, seconds = divmod(round(length(block.step).total_seconds()), 86_400)
    parts = [f"days={days}"] if days else []
    parts += [f"seconds={seconds}"] if seconds else []
    exact = abs(length(block.step).total_seconds() - round(length(block.step).total_seconds())) < 1e-9
    return [f"{block.whole} += pd.Timedelta({', '.join(parts)})"] if exact else []


_KINDS: dict[str, Callable[[Block], list[str]]] = {
    "set": _set, "clear": _clear, "map": _map, "fill": _fill, "copy": _copy, "replace": _replace, "tidy": _tidy,
    "add": _names, "remove": _names, "swap": _swap, "shift": _shift,
}  # fmt: skip
