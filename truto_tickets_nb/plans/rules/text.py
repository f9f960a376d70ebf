"""Texts, dates and custom fields: lengths, formats, options."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from truto_tickets_nb.plans.rules.context import RuleFinding
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.json_values import is_missing, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
SHOWN = 60  # characters of a text named in a problem


def title(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which titles are too long, or gone."""
    if change.field == "name":
        yield from _length(change, book, "title_max")
        if not str(change.new or "").strip():
            yield RuleFinding("", "would leave the ticket without a title", "Give it one, or plan.drop() the ticket.")


def description(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which descriptions are too long, or no field of the ticket at all."""
    if change.field != "description":
        return
    yield from _length(change, book, "description_max")
    fact = book.profile.fact("description_format")
    if fact.value == "messages":
        reason = f"{book.name} has no description of its own, it is the first message of a conversation ({fact.told}); this may be ignored"
        yield RuleFinding("", reason, "Leave messages as they are: plan.drop('description').")


def _length(change: Change, book: RuleContext, name: str) -> Iterator[RuleFinding]:
    fact, length = book.profile.fact(name), len(str(change.new or ""))
    if fact.value and length > fact.value:
        reason = f"is {length:,} characters long, {book.name} takes {fact.value:,} ({fact.told})"
        yield RuleFinding(str(change.new)[:SHOWN], reason, "Shorten it.", fact.is_documented)


def formatting(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say where formatting would be lost, or tags would be read as text."""
    if (
        change.field != "description"
        or is_missing(change.new)
        or book.profile.fact("description_format").value == "messages"
    ):
        return
    fact = book.profile.fact("description_format")
    was, now = bool(_TAG.search(str(change.old or ""))), bool(_TAG.search(str(change.new)))
    if was and not now:
        yield RuleFinding(
            "",
            "came back as HTML, and plain text goes out: its formatting would be lost",
            "Keep its tags, or edit html_description.",
        )
    elif now and fact.value in ("text", "markdown"):
        reason = f"holds HTML tags, and {book.name} takes {'plain text' if fact.value == 'text' else 'Markdown'} ({fact.told})"
        yield RuleFinding("", reason, "People may read the tags as text: take them out, or try one ticket first.")
    elif fact.value == "rich" and not is_missing(change.old):
        reason = f"{book.name} keeps it as a rich document ({fact.told}): tables, pictures and mentions that were in it would be lost"
        yield RuleFinding("", reason, "Look at the ticket in its tool first, or plan.drop('description').")


def no_due_date(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say that a tool has no due date."""
    fact = book.profile.fact("due_date")
    if change.field == "due_date" and fact.value == "none":
        yield RuleFinding(
            str(change.after or ""), f"{book.name} has no due date ({fact.told})", "plan.drop('due_date')."
        )


def past_due_date(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which new due dates lie behind, where a tool takes only dates ahead."""
    fact = book.profile.fact("due_date_ahead")
    if change.field != "due_date" or not fact.value or is_missing(change.new):
        return
    due = moment(change.new)
    if due is not None and _is_over(due, book.now):
        reason = f"lies in the past, and {book.name} takes only due dates that lie ahead ({fact.told})"
        yield RuleFinding(
            str(change.after), reason, "Give a date that lies ahead, or plan.drop('due_date').", fact.is_documented
        )


def _is_over(due: date, now: datetime) -> bool:
    if not isinstance(due, datetime):
        return due < now.date()
    return (due if due.tzinfo else due.replace(tzinfo=UTC)) <= now


def option(change: Change, book: RuleContext) -> Iterator[RuleFinding]:
    """Say which value of a custom field is none of its options, as the account lists them."""
    known = book.learnt.field(change.field[len(CUSTOM) :]) if change.field.startswith(CUSTOM) else None
    if known and known.options and isinstance(change.new, str) and change.new and change.new not in known.options:
        shown = ", ".join(known.options[:8]) + (" …" if len(known.options) > 8 else "")
        yield RuleFinding(
            change.new[:SHOWN], "is none of the options that the account lists for this field", f"There are: {shown}."
        )
