"""What must or must not go together in one PATCH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action, correct
from truto_tickets_nb.plans.rules.context import Rule, RuleFinding, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.problem import Severity
    from truto_tickets_nb.plans.rules.context import RuleContext


def together(patch: Patch, context: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Find where two fields exclude each other."""
    fact = context.profile.fact("either")
    fields = {change.field for change in patch.changes}
    if fact.value and set(fact.value) <= fields:
        message = f"{context.name} takes either {' or '.join(fact.value)} in one PATCH, not both ({fact.told})"
        apart = (Action("send_apart", fact.value[1]),)
        yield (
            fact.value[0],
            RuleFinding("fields.exclude_each_other", "", message, apart, severity_of(fact), tuple(fact.value)),
        )


def lacking(patch: Patch, context: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Return which tickets do not give what a PATCH of them needs."""
    record = context.records.get(patch.ticket)
    if record is None:
        return
    _, missing = context.request_spec.parameters(record)
    for name in missing:
        message = f"a PATCH needs the query parameter {name} here ({_known(name, context)}), and this ticket has none"
        action = Action("load_again") if name == "etag" else Action("set_parameter", name)
        severity: Severity = "error" if name in context.learnt.required_query else "warning"
        yield "", RuleFinding("patch.lacks_parameter", "", message, (action,), severity)
    for name in context.request_spec.carried({change.field: None for change in patch.changes}):
        if not record.get(name):
            fill = correct(f"Fill the column {name!r} of this ticket.")
            message = f"each PATCH needs {name} here, and this ticket has none"
            yield "", RuleFinding("patch.lacks_field", "", message, fill, "error")


def _known(name: str, context: RuleContext) -> str:
    return (
        "the account says so" if name in context.learnt.required_query else context.profile.fact("required_query").told
    )


RULES = (
    Rule(("fields.exclude_each_other",), of_ticket=together),
    Rule(("patch.lacks_parameter", "patch.lacks_field"), of_ticket=lacking),
)
