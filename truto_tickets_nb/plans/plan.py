"""A plan as an analyst uses it: narrow it, split it, save it, read it as a page, a table or a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import orjson

from truto_tickets_nb.actions import actions_of_json
from truto_tickets_nb.api.address import TRUTO
from truto_tickets_nb.argument_checks import of_type, whole_number
from truto_tickets_nb.errors import PlanError, PlanFileError
from truto_tickets_nb.integrations.profile import profile
from truto_tickets_nb.notes import REQUEST_CODES, Note
from truto_tickets_nb.plans import plan_file, preview
from truto_tickets_nb.plans.change import Change, Patch
from truto_tickets_nb.plans.plan_data import PlanData
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.plans.programs.languages import language
from truto_tickets_nb.plans.request_parameters import merged
from truto_tickets_nb.plans.request_spec import RequestSpec, silence
from truto_tickets_nb.plans.request_summary import request_notes
from truto_tickets_nb.plans.strict_models import strictly
from truto_tickets_nb.safe_text import escaped_json
from truto_tickets_nb.show import to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pandas as pd


@dataclass(frozen=True, slots=True)
class Plan(PlanData):
    """Ordered patches and problems of one account. Nothing in it ever changes: each method returns a new plan.

    >>> change = Change("priority", "Normal", "High", {"id": "3"}, {"id": "2"})
    >>> plan = Plan("acc", "jira", (Patch("10001", "Refund", (change,)),))
    >>> len(plan), plan.changes, len(plan.drop("10001"))
    (1, 1, 0)
    """

    def only(self, *names: str) -> Plan:
        """Keep only these columns or ticket ids, and every problem of the plan as a whole.

        A name that is not in the plan is refused with a PlanError that lists what is there.
        """
        columns, tickets = self._sort(names)
        return self._keep(
            lambda ticket, field: (not columns or not field or field in columns) and (not tickets or ticket in tickets)
        )

    def drop(self, *names: str | Problem) -> Plan:
        """Leave out these columns, ticket ids, or the changes behind these problems.

        Behind a problem of the whole plan are all changes, behind one of a whole ticket all changes of that ticket. A name that is
        not in the plan is refused with a PlanError that lists what is there.
        """
        problems = [name for name in names if isinstance(name, Problem)]
        columns, tickets = self._sort([name for name in names if not isinstance(name, Problem)])
        if any(problem.is_of_whole_plan for problem in problems):
            left = tuple(p for p in self.problems if p.is_of_whole_plan and p not in problems)
            return self.narrowed((), left)
        pairs = {(problem.ticket, problem.field) for problem in problems}
        tickets |= {problem.ticket for problem in problems if not problem.field}
        return self._keep(lambda ticket, field: not (field in columns or ticket in tickets or (ticket, field) in pairs))

    def quietly(self) -> Plan:
        """Pass the vendor's documented switch that keeps it from mailing people; where there is none, that is a PlanError."""
        documented = profile(self.integration)
        spec = replace(self.request_spec, fixed=merged(self.request_spec.fixed, silence(documented)))
        return self.noted(request_spec=spec)

    def noted(self, **changes: Any) -> Plan:
        """Make a plan that differs in some parts, with the notes on what goes along with its requests written anew."""
        plan = replace(self, **changes)
        others = (note for note in plan.notes if note.code not in REQUEST_CODES)
        return replace(
            plan, notes=(*others, *request_notes(plan.request_spec, plan.patches, profile(plan.integration)))
        )

    def narrowed(self, patches: tuple[Patch, ...], problems: Iterable[Problem]) -> Plan:
        """Keep these patches and problems; a plan without notes on its requests is not given such notes."""
        narrowed = replace(self, patches=patches, problems=tuple(problems))
        has_notes = any(note.code in REQUEST_CODES for note in self.notes)
        return self.noted(patches=patches, problems=narrowed.problems) if has_notes else narrowed

    def split(self, size: int) -> tuple[Plan, ...]:
        """Split into plans of at most `size` tickets each, in order; problems go with their ticket, those of the whole plan with each part."""
        size = whole_number("The size of a part", size)
        if size < 1:
            raise PlanError(f"A plan can't be split into parts of {size} tickets: give 1 or more.")
        groups = [self.patches[start : start + size] for start in range(0, len(self.patches), size)]
        if not groups and self.problems:
            return (self,)
        return tuple(self._part(group, first=number == 0) for number, group in enumerate(groups))

    def _part(self, patches: tuple[Patch, ...], *, first: bool) -> Plan:
        here = {patch.ticket for patch in patches}
        elsewhere = {patch.ticket for patch in self.patches} - here
        problems = tuple(
            p for p in self.problems if p.is_of_whole_plan or p.ticket in here or (first and p.ticket not in elsewhere)
        )
        return self.narrowed(patches, problems)

    def _sort(self, names: list[str] | tuple[str, ...]) -> tuple[set[str], set[str]]:
        for name in names:
            of_type("What is named of a plan", name, str, "a column or a ticket id as text (several: *names)")
        fields = {change.field for patch in self.patches for change in patch.changes} | {p.field for p in self.problems}
        tickets = {patch.ticket for patch in self.patches} | {problem.ticket for problem in self.problems}
        unknown = [name for name in names if not name or (name not in fields and name not in tickets)]
        if unknown:
            there = ", ".join(sorted(fields - {""})) or "no column"
            raise PlanError(
                f"Not in this plan: {', '.join(map(repr, unknown))}. It changes {there} in {len(self)} tickets; "
                "name a column or a ticket id of it."
            )
        return {name for name in names if name in fields}, {name for name in names if name not in fields}

    def _keep(self, wanted: Callable[[str, str], bool]) -> Plan:
        narrowed = [
            replace(patch, changes=tuple(c for c in patch.changes if wanted(patch.ticket, c.field)))
            for patch in self.patches
        ]
        patches = tuple(patch for patch in narrowed if patch.changes)
        before, after = _fields(self.patches), _fields(patches)
        problems = (
            p
            for p in self.problems
            if p.is_of_whole_plan
            or (wanted(p.ticket, p.field) and _is_left(p, before.get(p.ticket), after.get(p.ticket, frozenset())))
        )
        return self.narrowed(patches, problems)

    def to_json(self) -> str:
        """Write the plan as JSON: the same plan gives the same bytes. A value that JSON can't carry is a PlanError."""
        strictly("query=", self.request_spec.fixed)
        for patch in self.patches:
            for change in patch.changes:
                strictly(f"Ticket {patch.ticket}: {change.field}", [change.old, change.new])
        content = {"truto_tickets_plan": plan_file.VERSION, "fingerprint": self.fingerprint, "plan": self}
        try:
            return escaped_json(
                orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_DATACLASS).decode()
            )
        except TypeError as error:
            raise PlanError(
                f"This plan can't be written as JSON ({error}). Correct the texts in the frame, and plan again."
            ) from error

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a plan back; one in which anything was changed, added or left out is refused, because nobody saw it like that."""
        data = plan_file.content(text)
        plan = cls(**_read(data["plan"]))
        if plan.fingerprint != data["fingerprint"]:
            raise PlanFileError("This plan was changed after it was saved.")
        return plan

    def to_frame(self) -> pd.DataFrame:
        """List the changes as a DataFrame: ticket, title, field, before, after (all str or tuples), one row a change."""
        return preview.frame(self)

    def to_program(self, name: str, base_url: str = TRUTO) -> str:
        """Write a program that sends exactly this plan, in a language by its name: curl, python, javascript, typescript, python_sdk.

        >>> Plan("acc", "jira").to_program("curl") == Plan("acc", "jira").to_curl()
        True

        An unknown language is an ArgumentError that lists those there are.
        """
        return language(name).write(self, base_url)

    def to_curl(self, base_url: str = TRUTO) -> str:
        r"""Write a shell script of curl commands that sends exactly this plan; the token comes from TRUTO_API_TOKEN.

        >>> change = Change("priority", "Normal", "High", {"id": "3"}, {"id": "2"})
        >>> print(Plan("acc", "jira", (Patch("10001", "Refund", (change,)),)).to_curl().split("\n\n")[-1].rpartition(" ")[0])
        # 10001: Refund
        patch 10001 '{"priority":{"id":"2"}}'

        Like every program of a plan it checks nothing (no conflict check, no journal, no undo; account.apply() does), and stops at
        the first answer that is no success. A plan with blocking problems is a PlanError.
        """
        return self.to_program("curl", base_url)

    def to_python(self, base_url: str = TRUTO) -> str:
        """Write a Python program that sends exactly this plan, with requests; see to_curl().

        >>> print(Plan("acc", "jira").to_python().splitlines()[1])
        # 0 tickets to change (0 fields)
        """
        return self.to_program("python", base_url)

    def to_javascript(self, base_url: str = TRUTO) -> str:
        """Write a JavaScript program (an ES module, Node 18 or later) that sends exactly this plan, with fetch; see to_curl().

        >>> print(Plan("acc", "jira").to_javascript().splitlines()[0])
        // 0 tickets to change (0 fields)
        """
        return self.to_program("javascript", base_url)

    def to_typescript(self, base_url: str = TRUTO) -> str:
        """Write a TypeScript program that sends this plan with Truto's own SDK, @truto/truto-ts-sdk; see to_curl().

        >>> "import TrutoApi from" in Plan("acc", "jira").to_typescript()
        True

        The SDK writes the JSON itself: the bytes may differ, what they mean does not. A number that JavaScript would round is a
        PlanError. Source: https://github.com/trutohq/truto-ts-sdk
        """
        return self.to_program("typescript", base_url)

    def to_python_sdk(self, base_url: str = TRUTO) -> str:
        """Write a Python program that sends this plan with Truto's own SDK, truto-python-sdk (Python 3.12); see to_curl().

        >>> "from truto_python_sdk import TrutoApi" in Plan("acc", "jira").to_python_sdk()
        True

        The SDK writes the JSON itself (other bytes, the same meaning) and sets no Idempotency-Key.
        """
        return self.to_program("python_sdk", base_url)

    def __repr__(self) -> str:
        return to_text(preview.page(self))

    def _repr_html_(self) -> str:
        return to_html(preview.page(self))


def _fields(patches: tuple[Patch, ...]) -> dict[str, frozenset[str]]:
    return {patch.ticket: frozenset(change.field for change in patch.changes) for patch in patches}


def _is_left(problem: Problem, before: frozenset[str] | None, after: frozenset[str]) -> bool:
    """Return whether what a problem is about is still in a plan: its fields, or any change of its ticket."""
    if problem.together:
        return after.issuperset(problem.together)
    return before is None or bool(after) or bool(problem.field)


def _read(plan: dict[str, Any]) -> dict[str, Any]:
    """Turn lists back into the tuples that the values hold."""
    return {
        **plan,
        "request_spec": RequestSpec.of_json(plan["request_spec"]),
        "patches": tuple(_patch(patch) for patch in plan["patches"]),
        "problems": tuple(_problem(problem) for problem in plan["problems"]),
        "notes": tuple(map(Note.of_json, plan["notes"])),
        "budget": tuple(plan["budget"]),
    }


def _problem(problem: dict[str, Any]) -> Problem:
    parts = {"actions": actions_of_json(problem["actions"]), "together": tuple(problem["together"])}
    return Problem(**{**problem, **parts})


def _patch(patch: dict[str, Any]) -> Patch:
    return Patch(patch["ticket"], patch["title"], tuple(_change(change) for change in patch["changes"]))


def _change(change: dict[str, Any]) -> Change:
    texts = {key: tuple(change[key]) if isinstance(change[key], list) else change[key] for key in ("before", "after")}
    return Change(**{**change, **texts})
