"""Write a recipe as a protocol in Markdown: what was done, on which tickets, to how many, in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import shorten
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truto_tickets_nb.edits.steps.step import Step

CELLS = 20  # single cells that are listed; more are counted


def to_markdown(steps: Sequence[Step], counts: Sequence[int], *, name: str = "", integration: str = "") -> str:
    """Return a table of the steps, then the single cells; `counts` has one number a step, or is empty where they are not known."""
    titled = f" {escaped(name)}" if name else ""
    origin = f"Made on {escaped(integration)} tickets. " if integration else ""
    head = [f"# Clean-up{titled}", "", f"{origin}{counted(len(steps), 'step')}, done in this order.", ""]
    has_counts = len(counts) == len(steps) > 0
    table = ["| # | What | Which tickets | How many |", "|--:|---|---|--:|"]
    for number, step in enumerate(steps, 1):
        many = f"{counts[number - 1]:,}" if has_counts else "not known"
        table.append(f"| {number} | {_what(step)} | {_which(step)} | {many} |")
    details = [line for number, step in enumerate(steps, 1) for line in _cells(number, step)]
    return "\n".join([*head, *(table if steps else ["Nothing is done."]), *details]) + "\n"


def _what(step: Step) -> str:
    words = step.operation.words(step, "")
    return f"**{escaped(step.title)}**: {escaped(words)}" if step.title else escaped(words)


def _which(step: Step) -> str:
    if step.operation.is_guarded:
        return f"{counted(len(step.options['cells']), 'ticket')}, each by its id"
    return escaped(step.rows.words()) or "all"


def _cells(number: int, step: Step) -> list[str]:
    """List the single cells of a step."""
    if not step.operation.is_guarded:
        return []
    rows = [
        (ticket, name, *pair) for ticket, columns in step.options["cells"].items() for name, pair in columns.items()
    ]
    lines = [f"| {' | '.join(escaped(_value(part)) for part in row)} |" for row in rows[:CELLS]]
    more = [f"And {len(rows) - CELLS:,} more cells."] if len(rows) > CELLS else []
    return [
        "",
        f"## Step {number}, cell by cell",
        "",
        "| Ticket | Column | Before | After |",
        "|---|---|---|---|",
        *lines,
        *more,
    ]


def _value(part: object) -> str:
    if isinstance(part, list):
        return ", ".join(map(str, part)) or "(empty)"
    return "(empty)" if part is None or part == "" else str(part)


def escaped(text: object) -> str:
    r"""Write foreign text so that Markdown shows it and obeys nothing in it.

    >>> print(escaped("a|b <b>*c*</b>"))
    a\|b &lt;b&gt;\*c\*&lt;/b&gt;
    """
    safe = shorten(text, 200).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]#|~!])", r"\\\1", safe)
