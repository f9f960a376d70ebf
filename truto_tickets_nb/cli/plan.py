"""The command `truto-tickets plan`: a recipe on fresh tickets; what it would change is told and written to a file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.cli import plan_file
from truto_tickets_nb.cli.advice import in_terminal
from truto_tickets_nb.cli.arguments import filters, ids, reached
from truto_tickets_nb.cli.exit_status import CHANGES, DONE, FAILED
from truto_tickets_nb.cli.reports import blocking, plan_text, told, warned
from truto_tickets_nb.edits.recipes.recipe import Recipe
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    import argparse

    from truto_tickets_nb.edits.recipes.report import Report
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.snapshot import Snapshot


def planned(options: argparse.Namespace) -> int:
    """Replay a recipe on fresh tickets and write the plan; nothing is sent."""
    plan_file.place(options.recipe, options.out, options.python, options.markdown)
    recipe = Recipe.load(options.recipe)
    asked, chosen = filters(options.where, options.filter), ids(options.ids)
    with reached(options) as account:
        snapshot = account.load(limit=options.limit, ids=chosen or None, **asked)
    report = recipe.apply_to(snapshot)
    plan = report.plan(quiet=options.quiet)
    _translate(options, recipe)
    inapplicable = len(report.inapplicable())
    if inapplicable and options.strict:
        raise PlanError(f"{_inapplicable_words(inapplicable)} No plan was written, because of --strict.")
    plan_file.write(options.out, plan, _made(options, recipe))
    status = FAILED if plan.blocking else CHANGES if len(plan) else DONE
    hindered = {"error": _blocked(plan)} if plan.blocking else {}
    facts = {"exit": status, **hindered, **_facts(options, report, plan, snapshot)}
    told(options, _text(options, report, plan, snapshot), facts)
    for line in (*hindered.values(), *((_inapplicable_words(inapplicable),) if inapplicable else ())):
        warned(line)
    return status


def _translate(options: argparse.Namespace, recipe: Recipe) -> None:
    if options.python:
        plan_file.put(options.python, recipe.to_python())
    if options.markdown:
        plan_file.put(options.markdown, recipe.to_markdown())


def _blocked(plan: Plan) -> str:
    return f"{blocking(plan)}, so apply will refuse it. Mend the recipe, then plan again."


def _inapplicable_words(count: int) -> str:
    verb = by_number(count, "applies", "apply")
    return f"The recipe no longer {verb} in {counted(count, 'place')}, which the report lists."


def _made(options: argparse.Namespace, recipe: Recipe) -> dict[str, Any]:
    """Return what the plan was made of, and the command that makes it anew."""
    return {
        "recipe": str(options.recipe.resolve()),
        "name": recipe.name,
        "steps": [step.words() for step in recipe.steps],
        "words": _command(options),
    }


def _command(options: argparse.Namespace) -> list[str]:
    words = ["truto-tickets", "plan", str(options.recipe), "--out", str(options.out)]
    for name in ("where", "ids"):
        words += [word for value in getattr(options, name) for word in (f"--{name}", value)]
    for name in ("filter", "limit", "account", "base_url", "home"):
        value = getattr(options, name)
        words += [] if value is None else [f"--{name.replace('_', '-')}", str(value)]
    return words + [f"--{name}" for name in ("quiet", "strict") if getattr(options, name)]


def _text(options: argparse.Namespace, report: Report, plan: Plan, snapshot: Snapshot) -> str:
    notes = "".join(f"\n! {note}" for note in _notes(snapshot))
    steps = repr(report).rpartition("\n\n")[0]  # without what one types next in a notebook
    return f"{steps}{notes}\n\n{plan_text(plan)}\n\n{_next(options, plan)}"


def _notes(snapshot: Snapshot) -> tuple[str, ...]:
    return (*snapshot.notes, *snapshot.table.notes)


def _next(options: argparse.Namespace, plan: Plan) -> str:
    if plan.blocking:
        return f"{len(plan.blocking)} blocking: apply refuses this plan. Mend the recipe, then plan again."
    if not len(plan):
        return "Nothing to change, nothing to send."
    return f"Nothing was sent. To send it:\n  truto-tickets apply {options.out} --confirm {len(plan)}"


def _facts(options: argparse.Namespace, report: Report, plan: Plan, snapshot: Snapshot) -> dict[str, Any]:
    """Return as JSON what the text says."""
    return {
        **plan_facts(plan),
        "loaded": len(snapshot),
        "out": str(options.out.resolve()),
        "recipe": report.recipe.name,
        "steps": report.frame().to_dict("records"),
        "inapplicable": report.inapplicable().to_dict("records"),
        "notes": [*report.notes, *_notes(snapshot), *(note.words(in_terminal) for note in plan.notes)],
    }


def plan_facts(plan: Plan) -> dict[str, Any]:
    """Return a plan in numbers; `confirm` is the number to type."""
    return {
        "integration": plan.integration,
        "account": plan.account_id,
        "fingerprint": plan.fingerprint,
        "confirm": len(plan),
        "changes": plan.changes,
        "fields": dict(Counter(change.field for patch in plan for change in patch.changes)),
        "requests": plan.requests,
        "seconds": round(plan.seconds, 1),
        "problems": list(plan.problems),
    }


def add_reach(job: argparse.ArgumentParser) -> None:
    """Add the options that say where the account is; the token comes from TRUTO_API_TOKEN alone, so that no list of processes shows it."""
    job.add_argument("--account", metavar="ID", help="the integrated account (default: TRUTO_INTEGRATED_ACCOUNT_ID)")
    job.add_argument("--base-url", metavar="URL", help="default: TRUTO_BASE_URL, else Truto")
    add_home(job)
    add_json(job)


def add_home(job: argparse.ArgumentParser) -> None:
    """Add the option that says where the journal is."""
    words = "the folder of the journal (default: TRUTO_TICKETS_HOME, else the platform's)"
    job.add_argument("--home", type=Path, metavar="FOLDER", help=words)


def add_json(job: argparse.ArgumentParser) -> None:
    """Add the option for machines."""
    job.add_argument("--json", action="store_true", help="JSON on stdout and nothing else, for machines")


def add_quiet(job: argparse.ArgumentParser) -> None:
    """Add the option that keeps the tool from mailing people."""
    job.add_argument("--quiet", action="store_true", help="ask the tool not to mail people, where that is documented")


def add_plan(job: argparse.ArgumentParser) -> None:
    """Add the options of plan."""
    job.add_argument("recipe", type=Path, metavar="RECIPE", help="the file that draft.save() or recipe.save() wrote")
    job.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write the plan")
    words = "load only these tickets: status=open, 'updated_at>=2026-01-01' (= != > >= < <=); again for more"
    job.add_argument("--where", action="append", default=[], metavar="TEST", help=words)
    job.add_argument("--filter", metavar="JSON", help='the same as JSON: \'{"status": {"in": ["Open", "To Do"]}}\'')
    job.add_argument("--ids", action="append", default=[], metavar="ID,ID", help="load only these tickets")
    job.add_argument("--limit", type=int, metavar="N", help="load at most so many tickets")
    job.add_argument("--strict", action="store_true", help="what no longer applies is an error: no plan is written")
    job.add_argument("--python", type=Path, metavar="FILE", help="write the recipe as pandas code too")
    job.add_argument("--markdown", type=Path, metavar="FILE", help="write the recipe as a protocol too")
    add_reach(job)
    add_quiet(job)
    job.set_defaults(run=planned)
