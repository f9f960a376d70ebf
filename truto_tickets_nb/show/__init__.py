"""Templates -> HTML and plain text; this room knows no domain words."""

from truto_tickets_nb.show.html import to_document, to_html
from truto_tickets_nb.show.page import Answers, Cell, Group, Moved, Note, Page, Row, Sets, Tone
from truto_tickets_nb.show.progress import Bar
from truto_tickets_nb.show.text import to_text

__all__ = [
    "Answers",
    "Bar",
    "Cell",
    "Group",
    "Moved",
    "Note",
    "Page",
    "Row",
    "Sets",
    "Tone",
    "to_document",
    "to_html",
    "to_text",
]
