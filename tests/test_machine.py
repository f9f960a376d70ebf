"""Load, edit, apply, foreign edit, fault, death, resume, undo, in any order, against a small model of the server."""

from __future__ import annotations

from examples import examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import truto_tickets_nb as tt
from truto_tickets_nb.plans.request_spec import RequestSpec
from truto_tickets_nb.runs import engine

TICKETS = [str(n) for n in range(1, 6)]
FAULTS = [
    "",
    "lost_after=#2:on=PATCH",
    "lost_before=#1:on=PATCH",
    "limited=#1:wait=0.01",
    "error_502=#3:wait=0.01",
    "ignored=2",
    "recased=3",
]


class Mortal:
    """Pass everything on, and die at the nth request, before or after it."""

    def __init__(self, door, at):
        self.door, self.left, self.account_id = door, at, door.account_id
        self.pair, self.wait, self.is_paused = door.pair, door.wait, False

    def get(self, identity, *, query=None):
        self._step()
        return self.door.get(identity, query=query)

    def patch(self, identity, body, *, query=None, idempotency_key):
        self._step()
        found = self.door.patch(identity, body, query=query, idempotency_key=idempotency_key)
        self._step()
        return found

    def _step(self):
        self.left -= 1
        if self.left == 0:
            raise SystemExit


class Cleaning(RuleBasedStateMachine):
    """Compare the real server with what a person would expect to find there."""

    def __init__(self):
        super().__init__()
        self.account = tt.sandbox("jira", tickets=[{"id": t, "name": f"ticket {t}"} for t in TICKETS], limit=None)
        self.model = {t: f"ticket {t}" for t in TICKETS}  # what each ticket must hold
        self.snapshot, self.edits, self.run, self.count = self.account.load(), {}, None, 0

    @property
    def is_open(self):
        return self.account.journal.last_open(self.account.id) is not None

    @rule()
    def load(self):
        self.account.sandbox.faults()
        self.snapshot, self.edits = self.account.load(), {}

    @rule(ticket=st.sampled_from(TICKETS))
    def edit(self, ticket):
        self.count += 1
        self.edits[ticket] = f"Mine {self.count}"

    @rule(ticket=st.sampled_from(TICKETS))
    def colleague(self, ticket):
        self.count += 1
        self.model[ticket] = f"Theirs {self.count}"
        self.account.sandbox.edit(ticket, name=self.model[ticket])

    @rule(fault=st.sampled_from(FAULTS))
    def fault(self, fault):
        self.account.sandbox.faults(*([fault] if fault else []))

    @precondition(lambda self: self.edits and not self.is_open)
    @rule(at=st.none() | st.integers(1, 12))
    def apply(self, at):
        df = self.snapshot.frame()
        df["name"] = df["name"].mask(df.index.isin(self.edits), df.index.map(lambda t: self.edits.get(t, "")))
        self._applied(self.snapshot.plan(df), at)

    @precondition(lambda self: self.run is not None and not self.is_open)
    @rule(at=st.none() | st.integers(1, 12))
    def undo(self, at):
        plan = self.run.undo()
        if len(plan):
            self._applied(plan, at)

    @precondition(lambda self: self.is_open)
    @rule()
    def resume(self):
        self.run = self.account.resume(progress=False)
        self._believed(self.run)

    def _applied(self, plan, at):
        door = Mortal(self.account._client, at or -1)
        try:
            self.run = engine.apply(
                engine.RunContext(door, self.account.journal, tt.SafetyLimits(workers=1, canary=0)), plan, RequestSpec()
            )
        except SystemExit:
            self.run = None
            self._landed(plan)
        else:
            self._believed(self.run)

    def _landed(self, plan):
        """Whatever had left before the death is at the server: only our own texts, only over what we had loaded."""
        for patch in plan:
            change, held = patch.changes[0], self.account.sandbox.ticket(patch.ticket)["name"]
            if self.model[patch.ticket] == change.old and held in (change.new, change.new.swapcase()):
                self.model[patch.ticket] = held

    def _believed(self, run):
        """Take the run at its word: what it says was applied is expected at the server, and nothing else."""
        assert sum(run.counts.values()) == len(run.plan)
        for item in run.outcomes:
            change, held = item.patch.changes[0], self.model[item.ticket]
            if item.kind == "applied" and held != change.new:
                assert held == change.old, "a colleague's edit was overwritten"
                self.model[item.ticket] = change.new
            if item.kind == "partly applied" and held == change.old:
                self.model[item.ticket] = change.new.swapcase()  # the one fault that rewrites
            if item.kind == "unknown" and held == change.old:
                # rewritten while its answer was lost; or never sent by the process that died, and not sent again unasked
                self.model[item.ticket] = self.account.sandbox.ticket(item.ticket)["name"]
                assert self.model[item.ticket] in (change.old, change.new.swapcase())
            if item.kind == "conflict":
                assert held not in (change.old, change.new)

    @invariant()
    def server_holds_what_was_told(self):
        assert {row["id"]: row["name"] for row in self.account.sandbox.tickets()} == self.model

    def teardown(self):
        self.account.close()


TestCleaning = Cleaning.TestCase
TestCleaning.settings = settings(
    deadline=None, max_examples=examples(25), stateful_step_count=15, suppress_health_check=list(HealthCheck)
)
