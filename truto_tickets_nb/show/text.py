"""Render a page as plain text that reads in a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from truto_tickets_nb.show.page import Answers, BeforeAfter, Group, Paragraph, Sets
from truto_tickets_nb.show.visible_text import EMPTY, columns_of, cut, pair, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.show.page import Cell, Page, Row

_SIGNS = {"plain": " ", "good": "+", "warn": "!", "bad": "x"}
KEY = 20  # columns of an identity before it is cut


def to_text(page: Page, width: int = 80) -> str:
    """Render a page, no line wider than `width` columns."""
    lines = [visible(page.headline), *(f"  {visible(fact)}" for fact in page.facts)]
    for block in page.blocks:
        lines += _note(block, width) if isinstance(block, Paragraph) else ["", *_lines(block, width)]
    if page.footer:
        lines += ["", visible(page.footer)]
    return "\n".join(part for line in lines for part in _fit(line, width))


def _fit(line: str, width: int) -> list[str]:
    if columns_of(line) <= width:
        return [line.rstrip()]
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    if line.isascii():
        return textwrap.wrap(line, width, subsequent_indent=indent, drop_whitespace=True)
    lines, rest = [], line
    while columns_of(rest) > width:
        piece = _piece(rest, width)
        lines.append(piece.rstrip())
        rest = indent + rest[len(piece) :].lstrip()
    return [*lines, rest.rstrip()]


def _piece(text: str, width: int) -> str:
    """Take as much of a text as fits, up to a blank if there is one in its second half: wide letters take two columns."""
    fits = cut(text, width + 1).removesuffix("…")
    while columns_of(fits) > width:
        fits = fits[:-1]
    blank = fits.rfind(" ")
    return fits[: blank + 1] if blank > len(fits) // 2 else fits


def _lines(block: Group | Answers, width: int) -> Iterator[str]:
    if isinstance(block, Group):
        yield from _group(block, width)
        return
    yield f"  {visible(block.label)}"
    for question, answer in block.rows:
        yield from textwrap.wrap(
            f"{visible(question)}: {visible(answer)}" if question else visible(answer),
            width,
            initial_indent="    ",
            subsequent_indent="      ",
        )


def _note(note: Paragraph, width: int) -> list[str]:
    sign = _SIGNS[note.tone]
    return textwrap.wrap(visible(note.text), width, initial_indent=f"{sign} ", subsequent_indent="  ")


def _group(group: Group, width: int) -> Iterator[str]:
    what = one_line(group.what)
    name = visible(group.label)
    label = f"{name}: {what}" if what else name
    count = f" ({group.count})" if label.endswith(".") else f", {group.count}"
    yield from _headed(f"{_SIGNS[group.tone]} {label}", count, group, width)
    keys = min(KEY, max((columns_of(visible(row.key)) for row in group.rows), default=0))
    for row in group.rows:
        yield _row(row, keys, width)
    if group.hidden:
        yield f"      and {group.hidden:,} more"


def _headed(label: str, count: str, group: Group, width: int) -> list[str]:
    """Write the head of a group: a sentence is wrapped, because its end may be the advice; a value is cut."""
    room = max(20, width - columns_of(count))
    if columns_of(label) <= room or not isinstance(group.what, str) or not label.isascii():
        return [cut(label, room) + count]
    lines = textwrap.wrap(label, room, subsequent_indent="    ")
    return [*lines[:-1], lines[-1] + count]


def _row(row: Row, keys: int, width: int) -> str:
    cells = "  ".join(one_line(cell) for cell in row.cells)
    key = cut(visible(row.key), keys)
    head = f"    {key}{' ' * (keys - columns_of(key))}  "
    room = width - columns_of(head)
    if not cells:
        return head + cut(visible(row.title), room)
    title = cut(visible(row.title), min(28, room // 2))
    return head + cut(f"{title}  {cells}" if title else cells, room)


def one_line(cell: Cell) -> str:
    """Write a cell in one line: `before -> after`, `+x -y`, or its text."""
    if isinstance(cell, Sets):
        return " ".join(
            [*(f"+{visible(name)}" for name in cell.added), *(f"-{visible(name)}" for name in cell.removed)]
        )
    if isinstance(cell, BeforeAfter):
        before, after = pair(cell.before or "", cell.after or "", 60)
        return f"{before or EMPTY} -> {after or EMPTY}"
    return visible(cell)
