"""What tools do to a text that is written: wrap it, trim it, refuse one that is too long."""

from __future__ import annotations

import re

from truto_tickets_nb.sandbox.wire.responses import refused

_TAG = re.compile(r"<[A-Za-z!/][^>]*>")
_TRAILING = re.compile(r"[ \t]+(?=\r?\n|\Z)")


def rewritten(text: str, form: str) -> str:
    r"""Write a description as the tool keeps it.

    >>> rewritten("one\ntwo", "html"), rewritten("<b>one</b>", "html"), rewritten("one  \ntwo ", "rich")
    ('<p>one<br>two</p>', '<b>one</b>', 'one\ntwo')
    """
    if form == "html" and not _TAG.search(text):
        return "<p>" + re.sub(r"\r?\n", "<br>", text) + "</p>"
    return _TRAILING.sub("", text) if form == "rich" else text


def short_enough(name: str, text: str, most: int) -> None:
    """Refuse a text of more than so many characters; 0 is without an end."""
    if most and len(text) > most:
        subject = "The summary" if name == "name" else f"The {name}"
        raise refused(name, f"{subject} must be less than {most} characters")
