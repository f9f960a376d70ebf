"""Texts, dates and custom fields: lengths, formats, options."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct, of_names
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding, severity_of
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.tickets.json_values import is_missing
from truto_tickets_nb.tickets.parsing.dates import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.plans.rules.context import RuleContext

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
SHOWN = 60  # characters of a text named in a problem


def title(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which titles are too long, or gone."""
    if change.field == "name":
        yield from _length(change, context, "title_max")
        if not str(change.new or "").strip():
            ways = (*correct("Give it one."), Action("leave_out_ticket"))
            yield RuleFinding("title.missing", "", "would leave the ticket without a title", ways)


def description(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which descriptions are too long, or no field of the ticket at all."""
    if change.field != "description":
        return
    yield from _length(change, context, "description_max")
    fact = context.profile.fact("description_format")
    if fact.value == "messages":
        message = f"{context.name} has no description of its own, it is the first message of a conversation ({fact.told}); this may be ignored"
        yield RuleFinding("description.is_message", "", message, (Action("leave_out", "description"),))


def _length(change: Change, context: RuleContext, name: str) -> Iterator[RuleFinding]:
    fact, length = context.profile.fact(name), len(str(change.new or ""))
    if fact.value and length > fact.value:
        message = f"is {length:,} characters long, {context.name} takes {fact.value:,} ({fact.told})"
        yield RuleFinding("text.too_long", str(change.new)[:SHOWN], message, correct("Shorten it."), severity_of(fact))


def formatting(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return where formatting would be lost, or tags would be read as text."""
    if (
        change.field != "description"
        or is_missing(change.new)
        or context.profile.fact("description_format").value == "messages"
    ):
        return
    fact = context.profile.fact("description_format")
    was, now = bool(_TAG.search(str(change.old or ""))), bool(_TAG.search(str(change.new)))
    if was and not now:
        message = "came back as HTML, and plain text goes out: its formatting would be lost"
        yield RuleFinding(
            "description.loses_formatting", "", message, correct("Keep its tags, or edit html_description.")
        )
    elif now and fact.value in ("text", "markdown"):
        message = f"holds HTML tags, and {context.name} takes {'plain text' if fact.value == 'text' else 'Markdown'} ({fact.told})"
        ways = (*correct("People may read the tags as text: take them out."), Action("try_one"))
        yield RuleFinding("description.shows_markup", "", message, ways)
    elif fact.value == "rich" and not is_missing(change.old):
        message = f"{context.name} keeps it as a rich document ({fact.told}): tables, pictures and mentions that were in it would be lost"
        ways = (*correct("Look at the ticket in its tool first."), Action("leave_out", "description"))
        yield RuleFinding("description.loses_formatting", "", message, ways)


def no_due_date(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Find where a tool has no due date."""
    fact = context.profile.fact("due_date")
    if change.field == "due_date" and fact.value == "none":
        message, drop = f"{context.name} has no due date ({fact.told})", (Action("leave_out", "due_date"),)
        yield RuleFinding("due_date.none", str(change.after or ""), message, drop)


def past_due_date(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which new due dates lie behind, where a tool takes only dates ahead."""
    fact = context.profile.fact("due_date_ahead")
    if change.field != "due_date" or not fact.value or is_missing(change.new):
        return
    due = parse_iso(change.new)
    if due is not None and _is_over(due, context.now):
        message = f"lies in the past, and {context.name} takes only due dates that lie ahead ({fact.told})"
        ways = (*correct("Give a date that lies ahead."), Action("leave_out", "due_date"))
        yield RuleFinding("due_date.past", str(change.after), message, ways, severity_of(fact))


def _is_over(due: date, now: datetime) -> bool:
    if not isinstance(due, datetime):
        return due < now.date()
    return (due if due.tzinfo else due.replace(tzinfo=UTC)) <= now


def option(change: Change, context: RuleContext) -> Iterator[RuleFinding]:
    """Return which value of a custom field is none of its options, as the account lists them."""
    field = context.learnt.field(change.field[len(CUSTOM) :]) if change.field.startswith(CUSTOM) else None
    if field and field.options and isinstance(change.new, str) and change.new and change.new not in field.options:
        message = "is not an option that the account lists for this field"
        choose = (of_names("choose", field.options),)
        yield RuleFinding("custom_field.no_option", change.new[:SHOWN], message, choose)


RULES = (
    Rule(("text.too_long", "title.missing"), of_change=title),
    Rule(("text.too_long", "description.is_message"), of_change=description),
    Rule(("description.loses_formatting", "description.shows_markup"), of_change=formatting),
    Rule(("due_date.none",), of_change=no_due_date),
    Rule(("due_date.past",), of_change=past_due_date),
    Rule(("custom_field.no_option",), of_change=option),
)
