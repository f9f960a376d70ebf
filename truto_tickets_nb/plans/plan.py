"""Plan, patch, change and problem: immutable values that preview, apply and undo only read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.api.address import TRUTO
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.json_text import json_text
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.programs import curl, javascript, python, python_sdk, typescript
from truto_tickets_nb.plans.way import READ, Way, silence
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
    way: Way = field(default_factory=Way)  # how each PATCH is made
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
        """Count the requests that applying it takes in an orderly world: a GET before each PATCH."""
        if not self.way.apart:
            return 2 * len(self.patches)
        return 2 * sum(len(self.way.rounds(patch.changes)) for patch in self.patches)

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
        """Leave out these columns, ticket ids, or the changes behind these problems; a problem of the whole plan is behind all of them.

        A name that is not in the plan is refused with a PlanError that lists what is there.
        """
        pairs = {(name.ticket, name.field) for name in names if isinstance(name, Problem)}
        columns, tickets = self._sort([name for name in names if isinstance(name, str)])
        whole = ("", "") in pairs
        return self._keep(
            lambda ticket, field: not (whole or field in columns or ticket in tickets or (ticket, field) in pairs)
        )

    def quietly(self) -> Plan:
        """Pass the vendor's documented switch that keeps it from mailing people; where there is none, that is a PlanError."""
        remote = {**self.way.fixed.get("remote_query", {}), **silence(profile(self.integration))}
        return replace(self, way=replace(self.way, fixed={**self.way.fixed, "remote_query": remote}))

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
            [self.account_id, self.integration, *self.way.marks],
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
            whole = orjson.loads(json_text(text))
            plan = cls(**_read(whole["plan"]))
        except (ValueError, KeyError, TypeError) as error:
            raise PlanError(f"This is not a plan saved by to_json(): {error!s}. Save the plan again.") from error
        if plan.fingerprint != whole.get("fingerprint"):
            raise PlanError("This plan was changed after it was saved. Make the plan anew: snapshot.plan(df).")
        return plan

    def to_frame(self) -> pd.DataFrame:
        """List the changes as a DataFrame: ticket, title, field, before, after (all str or tuples), one row a change."""
        return preview.frame(self)

    def to_curl(self, base_url: str = TRUTO) -> str:
        r"""Write a shell script of curl commands that sends exactly this plan; the token comes from TRUTO_API_TOKEN.

        >>> change = Change("priority", "Normal", "High", {"id": "3"}, {"id": "2"})
        >>> print(Plan("acc", "jira", (Patch("10001", "Refund", (change,)),)).to_curl().split("\n\n")[-1].rpartition(" ")[0])
        # 10001: Refund
        patch 10001 '{"priority":{"id":"2"}}'

        Like every program of a plan it checks nothing (no conflict check, no journal, no undo; account.apply() does), and stops at
        the first answer that is no success. A plan with blocking problems is a PlanError.
        """
        return curl.program(self, base_url)

    def to_python(self, base_url: str = TRUTO) -> str:
        """Write a Python program that sends exactly this plan, with requests; see to_curl().

        >>> print(Plan("acc", "jira").to_python().splitlines()[1])
        # 0 to add, 0 to change, 0 to delete (0 fields)
        """
        return python.program(self, base_url)

    def to_javascript(self, base_url: str = TRUTO) -> str:
        """Write a JavaScript program (an ES module, Node 18 or later) that sends exactly this plan, with fetch; see to_curl().

        >>> print(Plan("acc", "jira").to_javascript().splitlines()[0])
        // 0 to add, 0 to change, 0 to delete (0 fields)
        """
        return javascript.program(self, base_url)

    def to_typescript(self, base_url: str = TRUTO) -> str:
        """Write a TypeScript program that sends this plan with Truto's own SDK, @truto/truto-ts-sdk; see to_curl().

        >>> "import TrutoApi from" in Plan("acc", "jira").to_typescript()
        True

        The SDK writes the JSON itself: the bytes may differ, what they mean does not. A number that JavaScript would round is a
        PlanError. Source: https://github.com/trutohq/truto-ts-sdk
        """
        return typescript.program(self, base_url)

    def to_python_sdk(self, base_url: str = TRUTO) -> str:
        """Write a Python program that sends this plan with Truto's own SDK, truto-python-sdk (Python 3.12); see to_curl().

        >>> "from truto_python_sdk import TrutoApi" in Plan("acc", "jira").to_python_sdk()
        True

        The SDK writes the JSON itself (other bytes, the same meaning) and sets no Idempotency-Key.
        """
        return python_sdk.program(self, base_url)

    def __repr__(self) -> str:
        return to_text(preview.page(self))

    def _repr_html_(self) -> str:
        return to_html(preview.page(self))


def _read(plan: dict[str, Any]) -> dict[str, Any]:
    """Turn lists back into the tuples that the values hold."""
    known = {name: value for name, value in plan.items() if name != "query"}  # of plans before there was a way
    return {
        **known,
        "way": Way.of_json(plan["way"]) if "way" in plan else Way(tuple(plan.get("query", ())), read=READ),
        "patches": tuple(_patch(patch) for patch in plan["patches"]),
        "problems": tuple(Problem(**problem) for problem in plan["problems"]),
        "notes": tuple(plan["notes"]),
        "budget": tuple(plan["budget"]),
    }


def _patch(patch: dict[str, Any]) -> Patch:
    return Patch(patch["ticket"], patch["title"], tuple(_change(change) for change in patch["changes"]))


def _change(change: dict[str, Any]) -> Change:
    texts = {key: tuple(change[key]) if isinstance(change[key], list) else change[key] for key in ("before", "after")}
    return Change(**{**change, **texts})
