"""What must or must not go together in one PATCH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.plans.rules.context import RuleFinding, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.problem import Severity
    from truto_tickets_nb.plans.rules.context import RuleContext


def together(patch: Patch, book: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Say where two fields exclude each other."""
    fact = book.profile.fact("either")
    fields = {change.field for change in patch.changes}
    if fact.value and set(fact.value) <= fields:
        message = f"{book.name} takes either {' or '.join(fact.value)} in one PATCH, not both ({fact.told})"
        apart = (Action("send_apart", fact.value[1]),)
        yield (
            fact.value[0],
            RuleFinding("fields.exclude_each_other", "", message, apart, severity_of(fact), tuple(fact.value)),
        )


def lacking(patch: Patch, book: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Say which tickets do not give what a PATCH of them needs."""
    record = book.records.get(patch.ticket)
    if record is None:
        return
    _, missing = book.way.parameters(record)
    for name in missing:
        message = f"a PATCH needs the query parameter {name} here ({_known(name, book)}), and this ticket has none"
        action = Action("load_again") if name == "etag" else Action("set_parameter", name)
        severity: Severity = "error" if name in book.learnt.required_query else "warning"
        yield "", RuleFinding("patch.lacks_parameter", "", message, (action,), severity)
    for name in book.way.carried({change.field: None for change in patch.changes}):
        if not record.get(name):
            fill = correct(f"Fill the column {name!r} of this ticket.")
            message = f"each PATCH needs {name} here, and this ticket has none"
            yield "", RuleFinding("patch.lacks_field", "", message, fill, "error")


def _known(name: str, book: RuleContext) -> str:
    return "the account says so" if name in book.learnt.required_query else book.profile.fact("required_query").told
