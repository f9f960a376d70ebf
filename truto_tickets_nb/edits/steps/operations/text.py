"""Operations on text: replace and tidy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.edits.filters import patterns
from truto_tickets_nb.edits.steps.operations.base import Operation, OperationInput
from truto_tickets_nb.edits.steps.operations.options import only_kinds, options_for, text_for
from truto_tickets_nb.edits.steps.operations.set_cells import over_texts
from truto_tickets_nb.edits.steps.title_case import title_case
from truto_tickets_nb.errors import StepError, shorten
from truto_tickets_nb.tickets.columns import coded_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.edits.steps.operations.base import StepData
    from truto_tickets_nb.tickets.fields import Field

_TEXTUAL = ("text", "reference", "set", "words", "any")
_OTHER = "Set, shift or clear it instead."
BLANKS = "[ \t\u00a0\u2007\u202f]+"  # what collapse makes one blank of; line ends stay


def _title(texts: Any) -> Any:
    """Write each distinct text in title case, once."""
    coded = coded_texts(texts)
    new = pa.array(list(map(title_case, coded.dictionary.to_pylist())), pa.large_string())
    return pa.chunked_array([new.take(coded.indices)])


TIDIES: dict[str, Callable[[Any], Any]] = {
    "trim": pc.utf8_trim_whitespace,
    "collapse": lambda texts: pc.replace_substring_regex(texts, BLANKS, " "),
    "upper": pc.utf8_upper,
    "lower": pc.utf8_lower,
    "title": _title,
}
_TIDY_WORDS = {
    "trim": "blanks around it taken off", "collapse": "several blanks made one", "upper": "in capitals",
    "lower": "in small letters", "title": "in title case",
}  # fmt: skip


def _replace_options(step: StepData, row: Field) -> dict[str, Any]:
    told = step.options
    options_for(step.kind, told, ["find", "by"], ["regex", "case"])
    only_kinds(row, _TEXTUAL, "searched for text", _OTHER)
    find, by = text_for("find", told["find"]), text_for("by", told["by"], empty=True)
    if told.get("regex"):
        patterns.checked_replacement(patterns.checked(find), by)
    extra = {"regex": True} if told.get("regex") else {}
    return {"find": find, "by": by, **extra, **({} if told.get("case", True) else {"case": False})}


def needle(step: StepData) -> tuple[str, str]:
    """Write what a replace step finds as a pattern, and what it puts there."""
    find, by, case = step.options["find"], step.options["by"], step.options.get("case", True)
    if step.options.get("regex"):
        return (find if case else f"(?i){find}"), by
    return patterns.plain(find, case=case), by.replace("\\", "\\\\")


def _replace(chosen: OperationInput) -> Any:
    options = chosen.step.options
    if not options.get("regex") and options.get("case", True):
        return over_texts(chosen.cells, lambda texts: pc.replace_substring(texts, options["find"], options["by"]))
    pattern, by = needle(chosen.step)
    return over_texts(chosen.cells, lambda texts: patterns.replaced(texts, pattern, by))


def _replace_words(step: StepData, _held: str) -> str:
    find, by = shorten(step.options["find"], 40), shorten(step.options["by"], 40)
    what = f"the pattern {find!r}" if step.options.get("regex") else repr(find)
    capitals = "" if step.options.get("case", True) else ", in any capitals,"
    return f"{step.field}: {what}{capitals} " + (f"replaced by {by!r}" if by else "taken out")


def _tidy_options(step: StepData, row: Field) -> dict[str, Any]:
    options_for(step.kind, step.options, ["how"])
    only_kinds(row, _TEXTUAL, "tidied", _OTHER)
    if step.options["how"] not in [*TIDIES]:
        raise StepError(f"tidy() knows no {step.options['how']!r}. It knows: {', '.join(TIDIES)}.")
    return {"how": step.options["how"]}


WORDING = {
    "replace": Operation(_replace_options, _replace, _replace_words),
    "tidy": Operation(
        _tidy_options,
        lambda chosen: over_texts(chosen.cells, TIDIES[chosen.step.options["how"]]),
        lambda step, _: f"{step.field}: {_TIDY_WORDS[step.options['how']]}",
    ),
}
