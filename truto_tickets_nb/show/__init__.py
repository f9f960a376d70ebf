"""Templates -> HTML and plain text; this room knows no domain words."""

from truto_tickets_nb.show.html import to_document, to_html
from truto_tickets_nb.show.page import Answers, BeforeAfter, Cell, Group, Page, Paragraph, Row, Sets, Tone
from truto_tickets_nb.show.progress import ProgressBar
from truto_tickets_nb.show.text import to_text

__all__ = [
    "Answers",
    "BeforeAfter",
    "Cell",
    "Group",
    "Page",
    "Paragraph",
    "ProgressBar",
    "Row",
    "Sets",
    "Tone",
    "to_document",
    "to_html",
    "to_text",
]
