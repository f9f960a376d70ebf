"""Pin the types of the public names as a type checker sees them. mypy reads this file in test_imports.py; it is never run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

import truto_tickets_nb as tt
from truto_tickets_nb import errors, events

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd


def load_edit_plan_run(df: pd.DataFrame) -> None:
    account = tt.connect()
    assert_type(account, tt.Account)
    assert_type(tt.sandbox("jira", tickets=500), tt.Account)
    assert_type(tt.connect(listeners=(events.log_events,)), tt.Account)
    snapshot = account.load(status="open", updated_at={"gt": "2026-01-01"})
    assert_type(snapshot, tt.Snapshot)
    assert_type(snapshot.frame(), "pd.DataFrame")
    plan = snapshot.plan(df, clear=["due_date"])
    assert_type(plan, tt.Plan)
    assert_type(plan.only("priority").drop("4712"), tt.Plan)
    assert_type(plan.split(500), tuple[tt.Plan, ...])
    assert_type(plan.fingerprint, str)
    assert_type(len(plan), int)
    assert_type(plan.to_frame(), "pd.DataFrame")
    assert_type(plan.to_json(), str)
    assert_type(tt.Plan.from_json("{}"), tt.Plan)
    run = account.apply(plan, confirm=36)
    assert_type(run, tt.Run)
    assert_type(run.undo(), tt.Plan)
    assert_type(run.retry(), tt.Plan)
    assert_type(run.counts, "dict[str, int]")


def edits_as_data(snapshot: tt.Snapshot) -> None:
    draft = snapshot.draft()
    assert_type(draft, tt.Draft)
    assert_type(draft.plan(), tt.Plan)
    recipe = tt.Recipe.load("cleanup.json")
    assert_type(recipe, tt.Recipe)
    assert_type(recipe.to_python(), str)


def wrong_arguments_are_errors(account: tt.Account, snapshot: tt.Snapshot) -> None:
    tt.connect(token=7)  # type: ignore[arg-type]
    tt.sandbox(listeners=len)  # type: ignore[arg-type]
    account.apply(snapshot)  # type: ignore[arg-type]
    snapshot.plan("df")  # type: ignore[arg-type]
    tt.SafetyLimits(workers="8")  # type: ignore[arg-type]


def errors_are_errors(error: errors.TicketsError) -> Iterator[Any]:
    assert_type(str(error), str)
    yield error
