"""What a rule is, what it looks at, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from truto_tickets_nb.plans.account_schema import AccountSchema
from truto_tickets_nb.plans.request_spec import RequestSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from truto_tickets_nb.actions import Action
    from truto_tickets_nb.integrations.profile import Fact, Profile
    from truto_tickets_nb.plans.change import Change, Patch
    from truto_tickets_nb.plans.problem import ProblemCode, Severity
    from truto_tickets_nb.tickets.choices import Choices


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What is known: the integration's profile, what the account told, how a PATCH is made, the tickets as loaded."""

    profile: Profile
    learnt: AccountSchema = field(default_factory=AccountSchema)
    request_spec: RequestSpec = field(default_factory=RequestSpec)
    records: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # ticket id -> the ticket, of those that change
    choices: Mapping[str, Choices] = field(default_factory=dict)  # the names of statuses, people, tags…
    now: datetime = field(default_factory=lambda: datetime.now(UTC))  # by which a date lies ahead or behind

    @property
    def name(self) -> str:
        """Name the tool."""
        return self.profile.name or "This integration"


def severity_of(fact: Fact) -> Severity:
    """Return "error" where the fact is documented, "warning" where it is only assumed."""
    return "error" if fact.is_documented else "warning"


class RuleFinding(NamedTuple):
    """What a rule found about one change."""

    code: ProblemCode
    value: str
    message: str
    actions: tuple[Action, ...] = ()
    severity: Severity = "warning"
    together: tuple[str, ...] = ()  # fields of the ticket that it takes all of


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a tool is known, or assumed, to refuse, to drop or to change, with the codes of its problems.

    It looks at each change, at each ticket (and says of which field a finding is), or once at the whole plan.
    """

    codes: tuple[ProblemCode, ...]
    of_change: Callable[[Change, RuleContext], Iterator[RuleFinding]] | None = None
    of_ticket: Callable[[Patch, RuleContext], Iterator[tuple[str, RuleFinding]]] | None = None
    of_plan: Callable[[RuleContext], Iterator[RuleFinding]] | None = None
