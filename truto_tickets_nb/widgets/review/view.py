"""The widgets of a review, and how they are filled from what lies on its desk."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.runs.outcome import kinds_that
from truto_tickets_nb.runs.safety_limits import SafetyLimits
from truto_tickets_nb.widgets.inputs import styles
from truto_tickets_nb.widgets.inputs.private_state import Html, Pick, PrivateState
from truto_tickets_nb.widgets.review import messages
from truto_tickets_nb.widgets.review.session import REHEARSAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.runs.outcome import Outcome
    from truto_tickets_nb.widgets.review.session import Purpose, ReviewSession

MOST = 200  # tickets offered to jump to
OFTEN = 0.2  # seconds between two drawings of the progress
_WORDS: dict[Purpose, str] = {
    "undo": "Undo",
    "retry": "Try again",
    "conflicts": "Plan the conflicts again",
    "resume": "Go on",
}


def _press(label: str, css: str, tip: str = "", style: str = "") -> Any:
    return styles.classed(W.Button(description=label, tooltip=tip, button_style=style, layout=styles.wide()), css)


def _shown(widget: Any, *, when: bool) -> None:
    wanted = None if when else "none"
    if widget.layout.display != wanted:
        widget.layout.display = wanted


def _set(widget: Any, **traits: Any) -> None:
    """Set only what differs: each setting is a message to the browser."""
    for name, value in traits.items():
        if getattr(widget, name) != value:
            setattr(widget, name, value)


class Parts:
    """The widgets of a review."""

    def __init__(self, private: PrivateState) -> None:
        self.plan = styles.classed(
            Html(private, layout=W.Layout(max_height="28rem", overflow="auto", width="auto", margin="0 0 .5rem")),
            "tt-plan",
        )
        self.jump = Pick(private, description="Needs a look:", style=styles.LABEL, layout=styles.wide(flex="1 1 18rem"))
        self.open = _press("Open this ticket", "tt-open")
        self.ticket = styles.box(css="tt-opened")
        self.rehearse = _press(
            "Dry run", "tt-dry-run", "Reads these tickets again and tells what would happen. Nothing is sent."
        )
        self.quiet = W.Checkbox(
            description="Quietly: ask the tool not to mail people", indent=False, layout=styles.wide()
        )
        self.many = W.Checkbox(
            description=f"Yes, more than {SafetyLimits().cap:,} tickets in one run", indent=False, layout=styles.wide()
        )
        self.rehearsed = styles.classed(Html(private), "tt-rehearsed")
        self.number = W.Text(style=styles.LABEL, layout=W.Layout(width="16rem", max_width="100%"))
        self.apply = _press("", "tt-apply", style="primary")
        self.bar = W.IntProgress(layout=W.Layout(width="14rem", max_width="100%"), bar_style="info")
        self.progress = styles.classed(W.HTML(), "tt-progress")
        self.stop = _press("Stop", "tt-stop", "What is in flight lands and is written down; nothing more begins.")
        self.outcome = styles.classed(Html(private), "tt-outcome")
        self.follow: dict[Purpose, Any] = {name: _press(word, f"tt-{name}") for name, word in _WORDS.items()}
        self.back = _press("Back to the draft", "tt-back")
        self.last = _press("Show the last run", "tt-last")
        self._drawn = 0.0

    def rows(self) -> tuple[Any, ...]:
        """Lay them out: what is looked at first stands first; the message of the form comes below."""
        self.jumping = styles.row(self.jump, self.open)
        self.checking = styles.row(self.rehearse, self.quiet, self.many)
        self.confirming = styles.row(self.number, self.apply)
        self.moving = styles.row(self.bar, self.progress, self.stop)
        self.after = styles.row(*self.follow.values(), self.back, self.last)
        return (
            self.plan,
            self.checking,
            self.rehearsed,
            self.outcome,
            self.jumping,
            self.ticket,
            self.confirming,
            self.moving,
            self.after,
        )

    def fill(self, desk: ReviewSession) -> None:
        """Show what lies on the desk."""
        planning = desk.run is None and not desk.is_running
        _set(self.plan, value=desk.shown.page if desk.run is None else "")
        _set(self.rehearsed, value=messages.rehearsal_page(desk.rehearsal) if desk.rehearsal else "")
        _set(self.outcome, value=messages.run_page(desk.run) if desk.run else "")
        self._fill_jump(desk)
        _set(self.quiet, value=desk.quiet, disabled=desk.is_busy)
        _set(self.many, value=desk.many)
        _set(
            self.rehearse, disabled=bool(desk.hindrance) and not desk.is_busy
        )  # a button that goes dead loses the focus
        self.fill_number(desk)
        for widget, when in (
            (self.plan, desk.run is None and not desk.is_foreign),
            (self.rehearsed, desk.rehearsal is not None and planning),
            (self.outcome, desk.run is not None),
            (self.checking, planning),
            (self.confirming, planning),
            (self.quiet, desk.has_switch),
            (self.many, desk.is_large),
            (self.moving, desk.is_busy or (desk.run is not None and desk.over is not None)),
        ):
            _shown(widget, when=when)
        self._fill_after(desk)
        self.move(desk, now=True)

    def fill_number(self, desk: ReviewSession) -> None:
        """Show whether the number is right: only then the button can be pressed."""
        _set(self.number, description=messages.number_label(desk), value=desk.typed, disabled=bool(desk.hindrance))
        _set(self.apply, description=messages.apply_label(desk), disabled=bool(desk.hindrance) or not desk.is_typed)

    def _fill_jump(self, desk: ReviewSession) -> None:
        options = [("choose…", ""), *list(_jumps(desk))[:MOST]]
        if list(self.jump.options) != options:
            self.jump.options = options
        if self.jump.value is None:  # a browser that was sent an empty list chooses nothing
            self.jump.value = ""
        _shown(self.jumping, when=len(options) > 1 and not desk.is_busy)

    def _fill_after(self, desk: ReviewSession) -> None:
        run, counts = desk.run, _counts(desk)
        for name, widget in self.follow.items():
            _set(widget, description=f"{_WORDS[name]} ({counts[name]:,})")
            _shown(widget, when=counts[name] > 0 and not desk.is_busy)
        _shown(self.back, when=not desk.is_busy and (run is not None or desk.purpose != "draft"))
        _shown(self.last, when=not desk.is_busy and run is None and desk.last is not None)

    def move(self, desk: ReviewSession, *, now: bool = False) -> None:
        """Show how far a job is, a few times a second at most."""
        job = desk.job or desk.over
        if job is None or (not now and time.monotonic() - self._drawn < OFTEN):
            return
        self._drawn = time.monotonic()
        what = "Dry run" if job.title == REHEARSAL else "Sending"
        halted = " Stopping: what is in flight lands first." if job.halted.is_set() and job.is_running else ""
        _set(self.bar, max=max(1, job.total), value=job.settled)
        _set(self.progress, value=styles.words(f"{what}: {job.progress_line()}.{halted}"))
        _set(self.stop, description="Ended" if not job.is_running else "Stopping" if job.halted.is_set() else "Stop")


def _counts(desk: ReviewSession) -> dict[Purpose, int]:
    """Count the tickets of what may follow."""
    run, last = desk.run, desk.last
    ended = run if run and not run.open else None
    return {
        "undo": len(run.select(*kinds_that(lambda row: row.can_undo))) if run else 0,
        "retry": len(ended.select(*kinds_that(lambda row: row.retries != "nothing"))) if ended else 0,
        "conflicts": len(ended.conflicts) if ended else 0,
        "resume": len(last.open) if last and (run is last or desk.purpose != "resume") else 0,
    }


def _jumps(desk: ReviewSession) -> Iterator[tuple[str, str]]:
    """Name the tickets that need a look: problems of the plan, or what went wrong in the run."""
    if desk.run is None:
        for problem in desk.plan.problems:
            if problem.ticket:
                yield f"{problem.ticket}, {problem.field}: {problem.message}", problem.ticket
        for item in desk.draft.inapplicable if desk.purpose == "draft" else ():
            yield f"{item.ticket}, {item.field}: {item.reason.message}", item.ticket
        yield from _of(desk.rehearsal.outcomes if desk.rehearsal else ())
    else:
        yield from _of(desk.run.outcomes)


def _of(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str]]:
    for item in outcomes:
        if item.type.needs_look:
            yield f"{item.ticket}: {item.kind}", item.ticket
