"""Render a page as HTML without scripts: escaped by type, readable in light and dark themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from truto_tickets_nb.show.page import Answers, BeforeAfter, Paragraph, Sets
from truto_tickets_nb.show.visible_text import EMPTY, clip, pair, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

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
_LEFT = Markup('style="text-align:left"')
_SIGNS = {"plain": "", "good": "✓ ", "warn": "! ", "bad": "✗ "}
_EMPTY = Markup()


def text(value: str) -> Markup:
    """Return foreign text escaped: never HTML, its odd characters made visible, its direction kept to itself.

    >>> str(text("<b>"))
    '&lt;b&gt;'
    """
    return _isolated(visible(value))


def _isolated(shown: str) -> Markup:
    return escape(shown) if shown.isascii() else Markup("<bdi>{}</bdi>").format(shown)


def to_html(page: Page) -> str:
    """Render a page as a fragment with its own style. Whatever is not `Markup` is escaped where it is put in."""
    facts = _joined(Markup("<span>{}</span>").format(text(fact)) for fact in page.facts)
    blocks = _joined(_block(block) for block in page.blocks)
    footer = Markup('<p class="n"><code>{}</code></p>').format(text(page.footer)) if page.footer else _EMPTY
    line = Markup('<p class="f">{}</p>').format(facts) if facts else _EMPTY
    template = Markup('<div class="tt"><style>{}</style><h3>{}</h3>{}{}{}</div>')
    return str(template.format(Markup(STYLE), text(page.headline), line, blocks, footer))  # noqa: S704


def to_document(page: Page, title: str) -> str:
    """Render a page as a whole HTML file."""
    ground = ":root{color-scheme:light dark}body{margin:2rem auto;max-width:62rem;padding:0 1rem;background:Canvas}"
    head = Markup('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{}</title>').format(title)
    return (
        f'{head}<meta name="viewport" content="width=device-width"><style>{ground}</style></head>'
        f"<body>{to_html(page)}</body></html>\n"
    )


def _joined(parts: Iterable[Markup]) -> Markup:
    return _EMPTY.join(parts)


def _block(block: Paragraph | Group | Answers) -> Markup:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    return _answers(block) if isinstance(block, Answers) else _group(block)


def _answers(block: Answers) -> Markup:
    pair = Markup('<tr><td class="t" {}>{}</td><td {}>{}</td></tr>')
    alone = Markup('<tr><td colspan="2" {}>{}</td></tr>')
    rows = _joined(
        pair.format(_LEFT, text(question), _LEFT, text(answer)) if question else alone.format(_LEFT, text(answer))
        for question, answer in block.rows
    )
    template = Markup("<details open><summary><b>{}</b></summary><table><tbody>{}</tbody></table></details>")
    return template.format(text(block.label), rows)


def _paragraph(block: Paragraph) -> Markup:
    return Markup('<p class="{}">{}{}</p>').format(block.tone, _SIGNS[block.tone], text(block.text))


def _group(group: Group) -> Markup:
    what = cell(group.what)
    label = Markup("<b>{}</b>").format(text(group.label)) + (Markup(" {}").format(what) if what else _EMPTY)
    summary = Markup('<summary class="{}">{}{} <span class="c">({})</span></summary>').format(
        group.tone, _SIGNS[group.tone], label, text(group.count)
    )
    has_titles = any(row.title for row in group.rows)
    rows = _joined(_row(row, has_titles=has_titles) for row in group.rows)
    more = Markup("<p><i>and {} more</i></p>").format(f"{group.hidden:,}") if group.hidden else _EMPTY
    is_open = Markup(" open") if len(group.rows) <= 10 else _EMPTY
    template = Markup("<details{}>{}<table><tbody>{}</tbody></table>{}</details>")
    return template.format(is_open, summary, rows, more)


def _row(row: Row, *, has_titles: bool) -> Markup:
    title = Markup('<td class="t" {}>{}</td>').format(_LEFT, text(clip(row.title))) if has_titles else _EMPTY
    cells = _joined(Markup("<td {}>{}</td>").format(_LEFT, cell(item)) for item in row.cells)
    return Markup('<tr><th scope="row" {}>{}</th>{}{}</tr>').format(_LEFT, text(row.key), title, cells)


def cell(value: Cell) -> Markup:
    """Render a cell; signs tell besides the colours."""
    if isinstance(value, Sets):
        added = [Markup("<ins>+{}</ins>").format(text(name)) for name in value.added]
        return Markup(" ").join([*added, *(Markup("<del>−{}</del>").format(text(name)) for name in value.removed)])
    if isinstance(value, BeforeAfter):
        before, after = pair(value.before or "", value.after or "")
        return Markup("<del>{}</del> → <ins>{}</ins>").format(_side(before), _side(after))
    return text(clip(value))


def _side(shown: str) -> Markup:
    return _isolated(shown) if shown else escape(EMPTY)
