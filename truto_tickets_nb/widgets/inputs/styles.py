"""How forms look: one style sheet on JupyterLab's own variables, and fragments of HTML, all text escaped by show/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812
from markupsafe import Markup

from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.change import Change
from truto_tickets_nb.show import Group, Page, Paragraph, Row, to_html
from truto_tickets_nb.show.html import STYLE as SHOWN
from truto_tickets_nb.show.html import text
from truto_tickets_nb.show.visible_text import clip
from truto_tickets_nb.tickets.cells import shown
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from truto_tickets_nb.tickets.field_kinds import Text

_SIGNS = {"good": "✓ ", "warn": "! ", "bad": "✗ "}
STYLE = f"""<style>{SHOWN}
.tt-form{{max-width:100%;color:var(--jp-ui-font-color1,inherit);overflow-wrap:anywhere}}
.tt-form .widget-html-content{{line-height:1.45;white-space:normal}}
.tt-form .widget-inline-hbox,.tt-form .jupyter-widgets.widget-inline-hbox{{max-width:100%}}
.tt-form .widget-label{{white-space:normal;line-height:1.3;overflow:visible;max-width:100%}}
.tt-form .widget-checkbox .widget-label-basic{{line-height:1.5;white-space:normal;overflow:visible;align-items:flex-start}}
.tt-form .widget-checkbox,.tt-form .widget-html,.tt-form .widget-textarea{{height:auto}}
.tt-form .tt-wrap{{flex-flow:row wrap;align-items:flex-start!important;column-gap:1rem;overflow:visible}}
.tt-form .tt-side{{flex:1 1 15rem;min-width:min(100%,14rem);max-width:100%}}
.tt-form .tt-main{{flex:3 1 24rem;min-width:min(100%,20rem);max-width:100%;position:sticky;top:0}}
.tt-form .tt-row{{flex-flow:row wrap;align-items:center;gap:.15rem .5rem;overflow:visible}}
.tt-form .tt-grow{{flex:1 1 12rem;min-width:min(100%,9rem)}}
.tt-form .tt-facets{{max-height:min(70vh,36rem);overflow:auto}}
.tt-form .tt-facets>*,.tt-form .tt-facet>*{{flex:0 0 auto}}
.tt-form .tt-facet{{border-top:1px solid var(--jp-border-color2,#8888);padding:.1rem 0}}
.tt-form .tt-facet-name.jupyter-button{{text-align:left;background:none;padding:0 .2rem;font-weight:600;box-shadow:none;
 color:var(--jp-ui-font-color1,inherit);width:auto;max-width:100%}}
.tt-form .jupyter-button{{height:auto;min-height:var(--jp-widgets-inline-height,28px);white-space:normal;line-height:1.4}}
.tt-form .tt-operation .widget-toggle-button{{width:auto}}
.tt-form .tt-operation .jupyter-button.mod-active{{font-weight:600;text-decoration:underline}}
.tt-form .tt-chip.jupyter-button{{border-radius:1rem;border:1px solid var(--jp-border-color1,#8888)}}
.tt-form .tt-changed{{border-left:3px solid var(--jp-warn-color1,currentColor);padding-left:.5rem}}
.tt-form .tt-off{{opacity:.75;text-decoration:line-through}}
.tt-form .tt-fields .widget-inline-hbox>.widget-label{{flex:0 0 auto;width:min(11rem,38%)!important}}
.tt-form .tt-fields .tt-chips,.tt-form .tt-fields .tt-note{{margin-left:min(11rem,38%)}}
.tt-form .tt-fields .tt-chips:empty{{display:none}}
.tt-form .tt-quiet .tt{{font-size:.92em}}
.tt-form .tt-count .tt{{font-size:1.15em;font-weight:600}}
.tt-form .widget-dropdown>select{{--jp-widgets-dropdown-arrow:url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Cpath d='M5 7l4 4 4-4' fill='none' stroke='%23888' stroke-width='2'/%3E%3C/svg%3E")}}
.tt-form :focus-visible{{outline:2px solid var(--jp-brand-color1,Highlight);outline-offset:1px}}
</style>"""


def box(*children: Any, css: str = "") -> Any:
    """Put widgets below each other."""
    return classed(W.VBox(children), css)


def row(*children: Any, css: str = "") -> Any:
    """Put widgets beside each other, wrapping where there is no room."""
    return classed(W.HBox(children), f"tt-row {css}")


def classed(widget: Any, css: str) -> Any:
    """Add stable classes to a widget."""
    for name in css.split():
        widget.add_class(name)
    return widget


def wide(**more: Any) -> Any:
    """Lay out a control as wide as its place."""
    return W.Layout(width="auto", max_width="100%", **more)


LABEL = {"description_width": "initial"}


def words(sentence: str, tone: str = "") -> str:
    """Return a sentence as HTML; "" where there is none."""
    if not sentence:
        return ""
    inner = text(sentence)
    if tone:
        inner = Markup('<span class="{}">{}{}</span>').format(tone, _SIGNS.get(tone, ""), inner)
    return str(Markup('<div class="tt">{}</div>').format(inner))


def note(message: str, tone: str) -> str:
    """Return a message that a screen reader speaks."""
    return f'<div class="tt" role="status" aria-live="polite">{words(message, tone)}</div>' if message else ""


def tickets(count: int) -> str:
    """Count tickets in words.

    >>> tickets(1), tickets(4000)
    ('1 ticket', '4,000 tickets')
    """
    return counted(count, "ticket")


def as_text(cell: Any) -> Text:
    """Write a cell as a plan does: a line, the names of a set, or nothing."""
    if isinstance(cell, tuple):
        return tuple(map(shown, cell))
    return None if is_missing(cell) else shown(cell)


def first_rows(sample: pd.DataFrame, hidden: int) -> Group:
    """Show the first cells that a step changes, before -> after."""
    rows = tuple(
        Row(ticket, "" if field == "name" else shown(title), (_moved(before, after),))
        for ticket, title, field, before, after in sample.itertuples(index=False, name=None)
    )
    return Group("first rows", "", "before → after", rows, hidden)


def _moved(before: Any, after: Any) -> Any:
    return preview.cell(Change("", as_text(before), as_text(after), None, None))


def page(headline: str, facts: Iterable[str] = (), blocks: Iterable[Paragraph | Group] = ()) -> str:
    """Write a page as HTML; its style sheet stands in the form already."""
    return to_html(Page(headline, tuple(facts), tuple(blocks))).replace(f"<style>{SHOWN}</style>", "", 1)


def facts_of(headline: str, rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table that opens by a click: each row a name, and what there is to say of it."""
    line, column = Markup('<tr><th scope="row">{}</th>{}</tr>'), Markup("<td>{}</td>")
    table = Markup().join(
        line.format(text(name), Markup().join(column.format(text(clip(cell))) for cell in cells))
        for name, *cells in rows
    )
    if not table:
        return ""
    template = Markup('<div class="tt"><details><summary>{}</summary><table><tbody>{}</tbody></table></details></div>')
    return str(template.format(text(headline), table))
