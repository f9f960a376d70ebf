"""Plan, patch, change and problem: immutable values that preview, apply and undo only read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.plans import curl, preview
from truto_tickets_nb.show import to_html, to_text
from truto_tickets_nb.tickets.fields import body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from truto_tickets_nb.tickets.kinds import Text
    from truto_tickets_nb.tickets.values import Json


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one field of one ticket, before -> after: as a person reads it, and as a body wants it (`old`, `new`)."""

    field: str
    before: Text
    after: Text
    old: Json
    new: Json

    def reversed(self) -> Change:
        """Turn the change round."""
        return Change(self.field, self.after, self.before, self.new, self.old)


@dataclass(frozen=True, slots=True)
class Patch:
    """Hold all changes of one ticket: one PATCH request."""

    ticket: str
    title: str
    changes: tuple[Change, ...]

    @property
    def body(self) -> dict[str, Any]:
        """Build the request body: the changed fields and nothing else."""
        return body_of({change.field: change.new for change in self.changes})


@dataclass(frozen=True, slots=True)
class Problem:
    """Say why a change must not go out (`blocking`) or needs a look: ticket, field, value, reason and next step."""

    ticket: str
    field: str
    value: str
    reason: str
    fix: str
    blocking: bool = True

    def __str__(self) -> str:
        where = " ".join(part for part in (f"ticket {self.ticket}" if self.ticket else "", self.field) if part)
        value = f" {self.value!r}" if self.value else ""
        return f"{where}{value}: {self.reason}. {self.fix}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold ordered patches and problems of one account. Nothing in it ever changes; every refinement is a new plan."""

    account_id: str
    integration: str
    patches: tuple[Patch, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    looked_at: int = 0  # tickets compared
    query: tuple[str, ...] = ()  # names of query parameters that this integration's PATCH needs
    undoes: str = ""  # the run that this plan would undo
    budget: tuple[int, float] = (
        50,
        10.0,
    )  # requests per seconds that the expected time is reckoned with; 0 requests: no limit

    def __len__(self) -> int:
        return len(self.patches)

    def __iter__(self) -> Iterator[Patch]:
        return iter(self.patches)

    @property
    def changes(self) -> int:
        """Count the fields that would change."""
        return sum(len(patch.changes) for patch in self.patches)

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """List the problems that keep this plan from going out."""
        return tuple(problem for problem in self.problems if problem.blocking)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """List the problems that only need a look."""
        return tuple(problem for problem in self.problems if not problem.blocking)

    @property
    def requests(self) -> int:
        """Count the requests that applying it takes in an orderly world: one GET and one PATCH a ticket."""
        return 2 * len(self.patches)

    @property
    def seconds(self) -> float:
        """Reckon how long applying takes within the budget, in seconds."""
        size, window = self.budget
        if size <= 0:
            return self.requests * 0.02
        return max(0, -(-self.requests // size) - 1) * window + min(self.requests, size) * 0.05

    def only(self, *names: str) -> Plan:
        """Keep only these columns or ticket ids.

        A name that is neither in the plan is refused with a PlanError that lists what is there.
        """
        columns, tickets = self._sort(names)
        return self._keep(
            lambda ticket, field: (not columns or field in columns) and (not tickets or ticket in tickets)
        )

    def drop(self, *names: str | Problem) -> Plan:
        """Leave out these columns, ticket ids, or the changes behind these problems.

        A name that is not in the plan is refused with a PlanError that lists what is there.
        """
        pairs = {(name.ticket, name.field) for name in names if isinstance(name, Problem)}
        columns, tickets = self._sort([name for name in names if isinstance(name, str)])
        return self._keep(
            lambda ticket, field: field not in columns and ticket not in tickets and (ticket, field) not in pairs
        )

    def split(self, size: int) -> tuple[Plan, ...]:
        """Split into plans of at most `size` tickets each, in order; problems go with their ticket."""
        if size < 1:
            raise PlanError(f"A plan can't be split into parts of {size} tickets: give 1 or more.")
        groups = [self.patches[start : start + size] for start in range(0, len(self.patches), size)]
        return tuple(self._part(group, first=number == 0) for number, group in enumerate(groups))

    def _part(self, patches: tuple[Patch, ...], *, first: bool) -> Plan:
        here = {patch.ticket for patch in patches}
        elsewhere = {patch.ticket for patch in self.patches} - here
        problems = tuple(p for p in self.problems if p.ticket in here or (first and p.ticket not in elsewhere))
        return replace(self, patches=patches, problems=problems)

    def _sort(self, names: list[str] | tuple[str, ...]) -> tuple[set[str], set[str]]:
        fields = {change.field for patch in self.patches for change in patch.changes} | {p.field for p in self.problems}
        tickets = {patch.ticket for patch in self.patches} | {problem.ticket for problem in self.problems}
        unknown = [name for name in names if name not in fields and name not in tickets]
        if unknown:
            there = ", ".join(sorted(fields - {""})) or "no column"
            raise PlanError(
                f"Not in this plan: {', '.join(map(repr, unknown))}. It changes {there} in {len(self)} tickets; "
                "name a column or a ticket id of it."
            )
        return {name for name in names if name in fields}, {name for name in names if name not in fields}

    def _keep(self, wanted: Callable[[str, str], bool]) -> Plan:
        kept = (
            replace(patch, changes=tuple(c for c in patch.changes if wanted(patch.ticket, c.field)))
            for patch in self.patches
        )
        return replace(
            self,
            patches=tuple(patch for patch in kept if patch.changes),
            problems=tuple(p for p in self.problems if wanted(p.ticket, p.field)),
        )

    @property
    def fingerprint(self) -> str:
        """Tell two plans apart: 16 hex digits over the account and everything that would be sent."""
        sent = [
            [self.account_id, self.integration, self.query],
            [[p.ticket, [[c.field, c.old, c.new] for c in p.changes]] for p in self.patches],
        ]
        return hashlib.sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def to_json(self) -> str:
        """Write the plan as JSON: the same plan gives the same bytes."""
        whole = {"truto_tickets_plan": 1, "fingerprint": self.fingerprint, "plan": self}
        return orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_DATACLASS).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a plan back; one that was edited by hand is refused, because nobody saw it like that."""
        try:
            whole = orjson.loads(text)
            plan = cls(**_read(whole["plan"]))
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise PlanError(f"This is not a plan saved by to_json(): {error!s}. Save the plan again.") from error
        if plan.fingerprint != whole.get("fingerprint"):
            raise PlanError("This plan was changed after it was saved. Make the plan anew: snapshot.plan(df).")
        return plan

    def to_frame(self) -> pd.DataFrame:
        """List the changes as a DataFrame: ticket, title, field, before, after (all str or tuples), one row a change."""
        return preview.frame(self)

    def to_curl(self, base_url: str = "https://api.truto.one") -> str:
        """Write a shell script of curl commands that send exactly this plan; the token comes from TRUTO_API_TOKEN."""
        return curl.script(self, base_url)

    def __repr__(self) -> str:
        return to_text(preview.page(self))

    def _repr_html_(self) -> str:
        return to_html(preview.page(self))


def _read(plan: dict[str, Any]) -> dict[str, Any]:
    """Turn lists back into the tuples that the values hold."""
    return {
        **plan,
        "patches": tuple(_patch(patch) for patch in plan["patches"]),
        "problems": tuple(Problem(**problem) for problem in plan["problems"]),
        "notes": tuple(plan["notes"]),
        "query": tuple(plan["query"]),
        "budget": tuple(plan["budget"]),
    }


def _patch(patch: dict[str, Any]) -> Patch:
    return Patch(patch["ticket"], patch["title"], tuple(_change(change) for change in patch["changes"]))


def _change(change: dict[str, Any]) -> Change:
    texts = {key: tuple(change[key]) if isinstance(change[key], list) else change[key] for key in ("before", "after")}
    return Change(**{**change, **texts})
