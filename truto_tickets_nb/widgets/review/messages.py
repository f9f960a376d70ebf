"""What a review says, in the words of a person with a mouse: no code, and always the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.errors import Stopped, TicketsError, shorten
from truto_tickets_nb.runs import run_page as page_of_run
from truto_tickets_nb.runs.dry_run import DryRun
from truto_tickets_nb.runs.run import Run
from truto_tickets_nb.widgets.inputs.advice import in_form
from truto_tickets_nb.widgets.inputs.styles import tickets
from truto_tickets_nb.widgets.review.background_plan import fragment
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from truto_tickets_nb.runs.jobs import Job
    from truto_tickets_nb.widgets.review.session import Purpose, ReviewSession

Said = tuple[str, str]  # a sentence, and its tone
VERB: dict[Purpose, str] = {
    "draft": "Apply to", "undo": "Undo:", "retry": "Try again:", "conflicts": "Apply to", "resume": "Go on:",
}  # fmt: skip
_ABOUT: dict[Purpose, str] = {
    "draft": "",
    "undo": "This is the opposite of the run: it puts back what was there before. ",
    "retry": "This is what did not arrive. ",
    "conflicts": "This is what clashed with somebody else's edit: your value would replace theirs. ",
    "resume": "This is what is still open of the run; each ticket is read again first. ",
}


def apply_label(desk: ReviewSession) -> str:
    """Label the button that sends: what it does, to how many, where."""
    return f"{VERB[desk.purpose]} {tickets(len(desk.plan))} in {desk.tool}" if desk.plan else "Nothing to apply"


def number_label(desk: ReviewSession) -> str:
    """Label the box of the number."""
    return f"Type {len(desk.plan)} to confirm:" if desk.plan else "Number:"


def guide(desk: ReviewSession) -> Said:
    """Return what to do next with the plan that is shown."""
    if desk.shown.trouble:
        return desk.shown.trouble, "bad"
    if desk.plan.blocking:
        return desk.hindrance, "bad"
    if not desk.plan:
        return "There is nothing to send yet. Add a step to the draft; it shows here at once.", ""
    if desk.plan.fingerprint in desk.sent:
        return "These very changes were sent already. Load the tickets again before you go on.", "warn"
    number = len(desk.plan)
    return (
        f"{_ABOUT[desk.purpose]}Look through the plan, try a dry run, then type {number} and press “{apply_label(desk)}”.",
        "",
    )


def changed(desk: ReviewSession) -> Said:
    """Return why the plan is another one now."""
    next_step = (
        f" Look at it, then type {len(desk.plan)}." if desk.plan and not desk.plan.blocking else f" {guide(desk)[0]}"
    )
    return f"{desk.news} The plan was drawn anew, and nothing was sent.{next_step}", "warn"


def after(desk: ReviewSession, job: Job[object]) -> Said:
    """Show how a job ended."""
    if isinstance(job.error, Stopped) or (job.error and job.halted.is_set() and not isinstance(job.result, Run)):
        return "Stopped. Nothing was sent.", "warn"
    if isinstance(job.result, DryRun):
        return _rehearsed(job.result, desk)
    if isinstance(job.result, Run):
        return ran(job.result)
    if job.error is not None:
        is_expected = isinstance(job.error, TicketsError)
        return str(
            job.error
        ) if is_expected else f"That failed: {type(job.error).__name__}: {shorten(job.error)}", "bad"
    return "", ""


def _rehearsed(dry_run: DryRun, desk: ReviewSession) -> Said:
    ready, total = len(dry_run.ready), len(dry_run.plan)
    if ready == total:
        return f"Dry run done, nothing was sent: all {tickets(total)} are ready. Type {total} to go on.", "good"
    message = f"Dry run done, nothing was sent: {ready:,} of {tickets(total)} are ready."
    if dry_run.conflicts:
        message += f" {_clashed(len(dry_run.conflicts))} and will be left alone."
    return f"{message} Type {total} to go on all the same.", "warn"


def _clashed(count: int) -> str:
    return f"{tickets(count)} {by_number(count, 'was', 'were')} changed by somebody else meanwhile"


def ran(run: Run) -> Said:
    """Return how a run ended, and what can be done now."""
    if run.open:
        done = len(run.outcomes) - len(run.open)
        return (
            f"Stopped: {done:,} of {tickets(len(run.outcomes))} are done, {len(run.open):,} are still open. “Go on” sends the rest.",
            "warn",
        )
    bad = sum(item.type.stops_run for item in run.outcomes)
    message = f"Done: {tickets(len(run.applied))} changed"
    message += f", {len(run.unchanged):,} held it already" if run.unchanged else ""
    message += f", {bad:,} did not work" if bad else ""
    message += f". {_clashed(len(run.conflicts))} and left alone" if run.conflicts else ""
    return f"{message}. “Undo” plans the way back.", "warn" if bad or run.conflicts else "good"


def earlier(run: Run | None) -> Said:
    """Return what this account did before."""
    if run is None:
        return "", ""
    if run.open:
        return (
            f"An earlier run is not finished: {len(run.open):,} of {tickets(len(run.outcomes))} are still open. “Go on” plans them.",
            "warn",
        )
    return "", ""


def rehearsal_page(dry_run: DryRun) -> str:
    """Draw a dry run."""
    return fragment(dry_run.page(in_form))


def run_page(run: Run) -> str:
    """Draw a run: outcomes grouped by kind."""
    return fragment(page_of_run.page(run, in_form))
