"""Replace text wherever it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.code.block import TEXTS, Block
from truto_tickets_nb.edits.code.literals import quote, raw
from truto_tickets_nb.edits.filters import patterns
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import only_kinds, text_for
from truto_tickets_nb.edits.steps.operations.over_cells import over_texts
from truto_tickets_nb.edits.steps.operations.size_limits import MOST, size_of
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.tickets.column_edits import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.tickets.fields import Field

TEXTUAL = ("text", "reference", "set", "words", "any")
INSTEAD = "Set, shift or clear it instead."
_GROUP = re.compile(r"\\\d")  # \\0 to \\9 in what a pattern is replaced by


class Replace(Operation):
    """Replace text wherever it stands; with `regex` a pattern, without `case` in any capitals."""

    kind: ClassVar[str] = "replace"
    label: ClassVar[str] = "find and replace text"
    prompt: ClassVar[str] = "Type what to find"
    fields: ClassVar[tuple[str, ...]] = ("text", "any")
    inputs: ClassVar[tuple[Input, ...]] = (
        Input("find", "text", "find"),
        Input("by", "text", "replace by"),
        Input("case", "flag", "capitals count", is_required=False),
        Input("regex", "flag", "it is a pattern", is_required=False),
    )
    may_empty: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        options = step.options
        only_kinds(row, TEXTUAL, "searched for text", INSTEAD)
        find, by = text_for("find", options["find"]), text_for("by", options["by"], empty=True)
        if options.get("regex"):
            patterns.checked_replacement(patterns.checked(find), by)
        switches = {"regex": True} if options.get("regex") else {}
        return {"find": find, "by": by, **switches, **({} if options.get("case", True) else {"case": False})}

    def cells(self, chosen: ChosenRows) -> Any:
        options = chosen.step.options
        if not options.get("regex") and options.get("case", True):
            return over_texts(chosen.cells, lambda texts: pc.replace_substring(texts, options["find"], options["by"]))
        pattern, by = needle(options)
        return over_texts(chosen.cells, lambda texts: patterns.replaced(texts, pattern, by))

    def words(self, step: StepData, before: str) -> str:
        find, by = shorten(step.options["find"], 40), shorten(step.options["by"], 40)
        searched = f"the pattern {find!r}" if step.options.get("regex") else repr(find)
        capitals = "" if step.options.get("case", True) else ", in any capitals,"
        return f"{step.field}: {searched}{capitals} " + (f"replaced by {by!r}" if by else "removed")

    def code(self, block: Block) -> list[str]:
        if block.kind not in TEXTS:
            return []
        find, by = needle(block.options)
        cells = block.updated
        if block.options.get("regex") or not block.options.get("case", True):
            return [f"{cells} = {cells}.str.replace({raw(find)}, {raw(by)}, regex=True)"]
        return [f"{cells} = {cells}.str.replace({quote(block['find'])}, {quote(block['by'])}, regex=False)"]

    def size(self, chosen: ChosenRows) -> int:
        """Compute it first as if every place were found, then, where that is too much, by counting what is found."""
        texts = _texts(chosen.cells)
        pattern, by = needle(chosen.step.options)
        groups = len(_GROUP.findall(by))
        letters, size = (int(pc.sum(count(texts)).as_py() or 0) for count in (pc.utf8_length, pc.binary_length))
        base = size * (1 + groups)
        most = base + (letters + len(texts)) * size_of(by)
        if most <= MOST or _finds_nothing(pattern):
            return most
        return base + int(pc.sum(pc.count_substring_regex(texts, pattern)).as_py() or 0) * size_of(by)

    def is_complete(self, given: Mapping[str, Any]) -> bool:
        return bool(given.get("find"))

    def options_of(self, given: Mapping[str, Any]) -> dict[str, Any]:
        options = {"find": given.get("find"), "by": given.get("by") or ""}
        options |= {"regex": True} if given.get("regex") else {}
        return options | ({"case": False} if given.get("case") is False else {})


def needle(options: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a replace step finds as a pattern, and what it puts there."""
    find, by, case = options["find"], options["by"], options.get("case", True)
    if options.get("regex"):
        return (find if case else f"(?i){find}"), by
    return patterns.plain(find, case=case), by.replace("\\", "\\\\")


def _finds_nothing(pattern: str) -> bool:
    """Return whether a pattern finds even an empty text, and so every place between two letters."""
    return bool(patterns.found(pa.array([""], pa.large_string()), pattern, case=True)[0].as_py())


def _texts(cells: Any) -> Any:
    if isinstance(cells, pd.arrays.ArrowStringArray):
        return texts(cells)
    every = [name for cell in cells for name in (cell if isinstance(cell, tuple) else (cell,)) if isinstance(name, str)]
    return pa.chunked_array([pa.array(every, pa.large_string())])
