"""What must or must not go together in one PATCH."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.rules.context import RuleFinding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.rules.context import RuleContext


def together(patch: Patch, book: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Say where two fields exclude each other."""
    fact = book.profile.fact("either")
    fields = {change.field for change in patch.changes}
    if fact.value and set(fact.value) <= fields:
        reason = f"{book.name} takes either {' or '.join(fact.value)} in one PATCH, not both ({fact.told})"
        yield (
            fact.value[0],
            RuleFinding(
                "",
                reason,
                f"plan.drop({fact.value[1]!r}), and send that in a plan of its own.",
                fact.is_documented,
                tuple(fact.value),
            ),
        )


def lacking(patch: Patch, book: RuleContext) -> Iterator[tuple[str, RuleFinding]]:
    """Say which tickets do not give what a PATCH of them needs."""
    record = book.records.get(patch.ticket)
    if record is None:
        return
    _, missing = book.way.parameters(record)
    for name in missing:
        reason = f"a PATCH needs the query parameter {name} here ({_known(name, book)}), and this ticket has none"
        fix = (
            "Load it again with all its fields."
            if name == "etag"
            else f'Give one for all: snapshot.plan(df, query={{"{name}": ...}}).'
        )
        yield "", RuleFinding("", reason, fix, name in book.learnt.required_query)
    for name in book.way.carried({change.field: None for change in patch.changes}):
        if not record.get(name):
            fix = f"Fill the column {name!r} of this ticket."
            yield "", RuleFinding("", f"each PATCH needs {name} here, and this ticket has none", fix, blocking=True)


def _known(name: str, book: RuleContext) -> str:
    return "the account says so" if name in book.learnt.required_query else book.profile.fact("required_query").told
