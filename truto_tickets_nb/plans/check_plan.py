"""Whether something is a plan; if not, how a plan is made of it."""

from __future__ import annotations

from truto_tickets_nb.argument_checks import said
from truto_tickets_nb.errors import ArgumentError
from truto_tickets_nb.plans.plan import Plan

# How a plan is made of what people give instead, by the name of its type: they live in modules above this one.
_MAKING = {
    "DataFrame": "Compare the frame with its snapshot first: plan = snapshot.plan(df).",
    "Snapshot": "Edit a frame of it and compare: df = snapshot.frame(), then plan = snapshot.plan(df).",
    "Draft": "Make the plan of the draft: plan = draft.plan().",
    "Recipe": "Replay the recipe on a snapshot: plan = snapshot.plan(recipe).",
    "Run": "A run is over: plan = run.undo() takes it back, plan = run.retry() tries the rest again.",
    "DryRun": "Give the plan itself: dry_run.plan.",
    "Outcomes": 'Make a plan of the outcomes: plan = run.conflicts.plan(keep="mine").',
    "tuple": "Give the plans of plan.split(n) one by one.",
    "list": "Give plans one by one.",
    "str": "Read a saved plan first: plan = tt.Plan.from_json(text).",
    "bytes": "Read a saved plan first: plan = tt.Plan.from_json(text).",
}


def check_plan(value: object) -> None:
    """Refuse what is no plan, with the way to make one."""
    if not isinstance(value, Plan):
        advice = _MAKING.get(type(value).__name__, "Make one: plan = snapshot.plan(df).")
        raise ArgumentError(f"This takes a plan, not {said(value)}. {advice}")
