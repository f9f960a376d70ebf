"""Render a page as HTML without scripts: escaped in one place, readable in light and dark themes."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from truto_tickets_nb.show.page import Answers, BeforeAfter, Paragraph, Sets
from truto_tickets_nb.show.visible_text import EMPTY, clip, pair, visible

if TYPE_CHECKING:
    from truto_tickets_nb.show.page import Cell, Group, Page, Row

# Jupyter sets data-jp-theme-light on <body>; elsewhere the system decides. Colours reach WCAG AA on both grounds.
_LIGHT = "--tt-ink:#1f2328;--tt-soft:#57606a;--tt-line:#d0d7de;--tt-add:#116329;--tt-del:#a40e26;--tt-warn:#7a4d00;--tt-back:#f6f8fa"
_DARK = "--tt-ink:#e6edf3;--tt-soft:#9ba5b0;--tt-line:#3d444d;--tt-add:#6fdd8b;--tt-del:#ff9492;--tt-warn:#e3b341;--tt-back:#1b2027"
STYLE = (
    f".tt{{{_LIGHT};color:var(--tt-ink);font:13px/1.5 system-ui,sans-serif;max-width:62rem;overflow-wrap:anywhere}}"
    f"@media (prefers-color-scheme:dark){{.tt{{{_DARK}}}}}"
    f'body[data-jp-theme-light="true"] .tt{{{_LIGHT}}}body[data-jp-theme-light="false"] .tt{{{_DARK}}}'
    ".tt h3{font-size:1.15em;margin:0 0 .1em;font-weight:650}"
    ".tt .f{color:var(--tt-soft);margin:0 0 .7em}.tt .f span+span::before{content:' · '}"
    ".tt p{margin:.3em 0}.tt .good{color:var(--tt-add)}.tt .warn{color:var(--tt-warn)}.tt .bad{color:var(--tt-del)}"
    ".tt details{border-top:1px solid var(--tt-line);padding:.3em 0}.tt summary{cursor:pointer}"
    ".tt summary b{font-weight:600}.tt .c{color:var(--tt-soft);float:right;padding-left:1em}"
    ".tt table{border-collapse:collapse;width:100%;margin:.3em 0;font-size:.95em;table-layout:auto}"
    ".tt th,.tt td{text-align:left!important;vertical-align:top;padding:.18em .9em .18em 0;border:0;background:none;font-weight:400}"
    ".tt th{font-family:ui-monospace,monospace;white-space:nowrap;color:var(--tt-soft);width:1%}"
    ".tt td{min-width:4.5em}.tt td.t{color:var(--tt-soft);width:38%}.tt ins,.tt del{text-decoration:none;border-radius:3px;padding:0 .25em;background:var(--tt-back)}"
    ".tt ins{color:var(--tt-add)}.tt del{color:var(--tt-del)}.tt i{color:var(--tt-soft)}"
    ".tt .n{border-top:1px solid var(--tt-line);padding-top:.5em;margin-top:.3em;color:var(--tt-soft)}"
    ".tt .n code{font-family:ui-monospace,monospace;color:var(--tt-ink);background:none}"
)
# A notebook that is not trusted yet loses the style sheet: what matters then stands in the elements themselves.
_LEFT = 'style="text-align:left"'
_SIGNS = {"plain": "", "good": "✓ ", "warn": "! ", "bad": "✗ "}


def text(value: str) -> str:
    """Escape foreign text: never HTML, its odd characters made visible, its direction kept to itself."""
    shown = visible(value)
    return html.escape(shown) if shown.isascii() else f"<bdi>{html.escape(shown)}</bdi>"


def to_html(page: Page) -> str:
    """Render a page as a fragment with its own style."""
    facts = "".join(f"<span>{text(fact)}</span>" for fact in page.facts)
    blocks = "".join(_block(block) for block in page.blocks)
    footer = f'<p class="n"><code>{text(page.footer)}</code></p>' if page.footer else ""
    head = f"<h3>{text(page.headline)}</h3>" + (f'<p class="f">{facts}</p>' if facts else "")
    return f'<div class="tt"><style>{STYLE}</style>{head}{blocks}{footer}</div>'


def to_document(page: Page, title: str) -> str:
    """Render a page as a whole HTML file."""
    ground = ":root{color-scheme:light dark}body{margin:2rem auto;max-width:62rem;padding:0 1rem;background:Canvas}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{ground}</style></head><body>{to_html(page)}</body></html>\n'
    )


def _block(block: Paragraph | Group | Answers) -> str:
    if isinstance(block, Paragraph):
        return _note(block)
    return _answers(block) if isinstance(block, Answers) else _group(block)


def _answers(found: Answers) -> str:
    rows = "".join(
        f'<tr><td class="t" {_LEFT}>{text(asked)}</td><td {_LEFT}>{text(told)}</td></tr>'
        if asked
        else f'<tr><td colspan="2" {_LEFT}>{text(told)}</td></tr>'
        for asked, told in found.rows
    )
    return f"<details open><summary><b>{text(found.label)}</b></summary><table><tbody>{rows}</tbody></table></details>"


def _note(note: Paragraph) -> str:
    return f'<p class="{note.tone}">{_SIGNS[note.tone]}{text(note.text)}</p>'


def _group(group: Group) -> str:
    what = cell(group.what)
    label = f"<b>{text(group.label)}</b>" + (f" {what}" if what else "")
    summary = f'<summary class="{group.tone}">{_SIGNS[group.tone]}{label} <span class="c">({text(group.count)})</span></summary>'
    titled = any(row.title for row in group.rows)
    rows = "".join(_row(row, titled=titled) for row in group.rows)
    more = f"<p><i>and {group.hidden:,} more</i></p>" if group.hidden else ""
    return f"<details{' open' if len(group.rows) <= 10 else ''}>{summary}<table><tbody>{rows}</tbody></table>{more}</details>"


def _row(row: Row, *, titled: bool) -> str:
    title = f'<td class="t" {_LEFT}>{text(clip(row.title))}</td>' if titled else ""
    cells = "".join(f"<td {_LEFT}>{cell(item)}</td>" for item in row.cells)
    return f'<tr><th scope="row" {_LEFT}>{text(row.key)}</th>{title}{cells}</tr>'


def cell(value: Cell) -> str:
    """Render a cell; signs tell besides the colours."""
    if isinstance(value, Sets):
        gained = [f"<ins>+{text(name)}</ins>" for name in value.added]
        return " ".join([*gained, *(f"<del>−{text(name)}</del>" for name in value.removed)])
    if isinstance(value, BeforeAfter):
        before, after = pair(value.before or "", value.after or "")
        return f"<del>{_side(before)}</del> → <ins>{_side(after)}</ins>"
    return text(clip(value))


def _side(shown: str) -> str:
    if not shown:
        return EMPTY
    return html.escape(shown) if shown.isascii() else f"<bdi>{html.escape(shown)}</bdi>"
