"""Tidy text: blanks, capitals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.code.block import TEXTS, Block
from truto_tickets_nb.edits.code.literals import quote
from truto_tickets_nb.edits.steps.operations.base import ChosenRows, Input, Operation, StepData
from truto_tickets_nb.edits.steps.operations.options import only_kinds
from truto_tickets_nb.edits.steps.operations.over_cells import over_texts
from truto_tickets_nb.edits.steps.operations.replace import INSTEAD, TEXTUAL
from truto_tickets_nb.edits.steps.title_case import title_case
from truto_tickets_nb.errors import StepError
from truto_tickets_nb.tickets.columns import coded_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.tickets.fields import Field

BLANKS = "[ \t\u00a0\u2007\u202f]+"  # what collapse makes one blank of; line ends stay


def _title(texts: Any) -> Any:
    """Write each distinct text in title case, once."""
    coded = coded_texts(texts)
    new = pa.array(list(map(title_case, coded.dictionary.to_pylist())), pa.large_string())
    return pa.chunked_array([new.take(coded.indices)])


_WAYS: dict[str, Callable[[Any], Any]] = {
    "trim": pc.utf8_trim_whitespace,
    "collapse": lambda texts: pc.replace_substring_regex(texts, BLANKS, " "),
    "upper": pc.utf8_upper,
    "lower": pc.utf8_lower,
    "title": _title,
}
_WORDS = {
    "trim": "blanks around it removed", "collapse": "several blanks made one", "upper": "in capitals",
    "lower": "in small letters", "title": "in title case",
}  # fmt: skip
# None for title case: str.title() writes Can'T and 3Rd.
_PANDAS = {"trim": "strip()", "collapse": f"replace({quote(BLANKS)}, ' ', regex=True)", "upper": "upper()", "lower": "lower()"}  # fmt: skip


class Tidy(Operation):
    """Tidy text: trim (blanks around it), collapse (several blanks to one), upper, lower, title."""

    kind: ClassVar[str] = "tidy"
    label: ClassVar[str] = "tidy text"
    prompt: ClassVar[str] = "Choose how to tidy"
    fields: ClassVar[tuple[str, ...]] = ("text", "any")
    inputs: ClassVar[tuple[Input, ...]] = (
        Input(
            "how",
            "choice",
            "how",
            choices=(
                ("remove blanks around it", "trim"),
                ("make several blanks one", "collapse"),
                ("all capitals", "upper"),
                ("all small letters", "lower"),
                ("title case", "title"),
            ),
        ),
    )
    may_empty: ClassVar[bool] = True
    reads_text: ClassVar[bool] = True

    def check(self, step: StepData, row: Field) -> dict[str, Any]:
        self.check_names(step)
        only_kinds(row, TEXTUAL, "tidied", INSTEAD)
        if step.options["how"] not in [*_WAYS]:
            raise StepError(f"tidy() knows no {step.options['how']!r}. It knows: {', '.join(_WAYS)}.")
        return {"how": step.options["how"]}

    def cells(self, chosen: ChosenRows) -> Any:
        return over_texts(chosen.cells, _WAYS[chosen.step.options["how"]])

    def words(self, step: StepData, before: str) -> str:
        return f"{step.field}: {_WORDS[step.options['how']]}"

    def code(self, block: Block) -> list[str]:
        method = _PANDAS.get(block["how"], "")
        return [f"{block.updated} = {block.updated}.str.{method}"] if method and block.kind in TEXTS else []
