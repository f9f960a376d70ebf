"""Review: look at the plan of a draft, rehearse it, type its number, send it, watch it, undo it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.widgets.form import Form, lock_of
from truto_tickets_nb.widgets.inputs import styles
from truto_tickets_nb.widgets.review import messages
from truto_tickets_nb.widgets.review.background_plan import Drawn, Planner, draw
from truto_tickets_nb.widgets.review.session import ReviewSession
from truto_tickets_nb.widgets.review.view import Parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.account import Account
    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.runs.dry_run import DryRun
    from truto_tickets_nb.runs.run import Run
    from truto_tickets_nb.widgets.review.session import Purpose


class Review(Form):
    """Review the plan of a draft and send it with the mouse. Nothing is sent before exactly the plan's number was typed.

    >>> import truto_tickets_nb as tt
    >>> with tt.sandbox("jira", tickets=20) as account:
    ...     draft = account.load().draft().set("priority", "High", where=["10001", "10002"])
    ...     review = tt.Review(account, draft)
    ...     review.press_apply()
    ...     "Nothing was sent" in review.said
    True
    >>> review
    Review(jira, 2 tickets to change)

    The work is done in a thread of the kernel: cells can be run meanwhile, a closed tab harms nothing, and a Review made anew shows
    what goes on. A draft that changes empties the number and draws its plan anew. `on_ticket(callback)` is told the id of a
    ticket that somebody wants to look at.
    """

    def __init__(self, account: Account, draft: Draft) -> None:
        if draft.source.account_id != account.id:
            raise PlanError(f"The draft is of account {draft.source.account_id}, this is account {account.id}.")
        super().__init__(draft, "tt-review")
        self._lock = lock_of(draft)
        self._callbacks: list[Callable[[str], object]] = []
        self._desk = ReviewSession(account, draft, self._moved)
        self._planner = Planner(draft, self._lock, self._planned)
        self._parts = Parts(self.private)
        self.lay_out(*self._parts.rows())
        self._wire()
        self._begin()

    def _begin(self) -> None:
        with self._lock:
            self._desk.find()
            self._desk.shown = draw(self.draft)
            message = messages.earlier(self._desk.last if not self._desk.is_busy else None)
            self.say(*(message if message[0] else messages.guide(self._desk)))
            self.refresh()

    def _wire(self) -> None:
        parts, desk = self._parts, self._desk
        self.press_dry_run = self.safely(desk.rehearse)
        self.press_apply = self.safely(self._start)
        self.press_stop = self.safely(desk.stop)
        self.press_back = self.safely(self._back)
        for button, handler in (
            (parts.rehearse, self.press_dry_run),
            (parts.apply, self.press_apply),
            (parts.stop, self.press_stop),
            (parts.back, self.press_back),
            (parts.open, self.safely(lambda: self.open_ticket(str(parts.jump.value or "")))),
            (parts.last, self.safely(self._show_last)),
            *((button, self.safely(partial(self._follow, name))) for name, button in parts.follow.items()),
        ):
            button.on_click(handler)
        parts.number.observe(self._typed, "value")
        parts.quiet.observe(lambda change: self.safely(lambda: self._quietly(on=change["new"]))(), "value")
        parts.many.observe(lambda change: self.safely(lambda: self._many(on=change["new"]))(), "value")

    # what a person does

    def safely(self, action: Callable[[], object]) -> Callable[..., None]:
        """Make a handler that shows what went wrong, and then how things stand."""
        handled = super().safely(action)

        def handler(*_: Any) -> None:
            with self._lock:
                handled()
                self.refresh()

        return handler

    def _start(self) -> None:
        self._desk.send()
        self.refresh()
        self._parts.stop.focus()  # the button that was pressed is gone: whoever uses the keyboard stays here

    def _typed(self, change: Any) -> None:
        with self._lock:
            self._desk.typed = str(change["new"])
            self._parts.fill_number(self._desk)

    def type_number(self, number: int | str) -> None:
        """Type the number, as a person would."""
        self._parts.number.value = str(number)

    def press_undo(self) -> None:
        """Lay the opposite plan of the run shown on the desk, to look at first."""
        self.safely(lambda: self._follow("undo"))()

    def press_retry(self) -> None:
        """Lay a plan of what failed on the desk."""
        self.safely(lambda: self._follow("retry"))()

    def press_resume(self) -> None:
        """Lay what is still open of a run on the desk."""
        self.safely(lambda: self._follow("resume"))()

    def _follow(self, purpose: Purpose) -> None:
        self._desk.follow(purpose)
        self._planned_by_hand()

    def _planned_by_hand(self) -> None:
        self.say(*messages.guide(self._desk))
        self.refresh()
        self._parts.number.focus()

    def _back(self) -> None:
        self._desk.idle()
        self._desk.show(draw(self.draft, quiet=self._desk.quiet))
        self._planned_by_hand()

    def _show_last(self) -> None:
        self._desk.idle()
        self._desk.run = self._desk.last
        if self._desk.run is not None:
            self.say(*messages.ran(self._desk.run))
            self.refresh()
            self._parts.back.focus()

    def _quietly(self, *, on: bool) -> None:
        desk = self._desk
        if on == desk.quiet:
            return
        desk.quiet = on
        message = "It will be sent quietly now." if on else "It will not be sent quietly any more."
        if not self._renew(message):
            desk.refine(desk.purpose)

    def _renew(self, news: str) -> bool:
        if not self._desk.renew(news):
            return False
        self.say(f"{news} The plan is being drawn anew.", "warn")
        self._planner.ask(quiet=self._desk.quiet)
        return True

    def _many(self, *, on: bool) -> None:
        self._desk.many = on

    # tickets to look at

    def on_ticket(self, callback: Callable[[str], object]) -> None:
        """Call `callback(id)` when somebody wants to look at a ticket, instead of opening it below."""
        self._callbacks.append(callback)

    def open_ticket(self, ticket: str) -> None:
        """Open a ticket: by the callbacks, else in a form of its own below the plan."""
        if not ticket:
            self.say("Choose a ticket in the list first.", "warn")
            return
        for callback in self._callbacks:
            callback(ticket)
        if not self._callbacks:
            from truto_tickets_nb.widgets.workbench.ticket_form import TicketForm  # noqa: PLC0415  (a review without problems needs none)

            for child in self._parts.ticket.children:
                child.close()
            self._parts.ticket.children = (TicketForm(self.draft, ticket),)

    # what happens by itself

    def _draft_changed(self) -> None:
        with self._lock:
            if self._renew("The draft has changed."):
                self.refresh()
            elif not self._desk.is_running:
                self.say("The draft has changed. “Back to the draft” shows its plan.", "warn")

    def _planned(self, plan: Drawn) -> None:
        if self._desk.purpose == "draft" and not self._desk.is_running:
            self._desk.show(plan)
            self.say(*messages.changed(self._desk))
            self.refresh()

    def _moved(self) -> None:
        """Show how far the job is; called from its own threads, so a lock that is held just now is not waited for long."""
        job = self._desk.job
        if job is not None and job.is_running:
            if self._lock.acquire(blocking=False):
                try:
                    self._parts.move(self._desk)
                finally:
                    self._lock.release()
            return
        with self._lock:
            ended = self._desk.ended()
            if ended is not None:
                self.say(*messages.after(self._desk, ended))
                self.refresh()

    def refresh(self) -> None:
        """Show what lies on the desk now."""
        self._parts.fill(self._desk)

    # for code and tests

    @property
    def plan(self) -> Plan:
        """Return the plan that is shown."""
        return self._desk.plan

    @property
    def rehearsal(self) -> DryRun | None:
        """Return what the last dry run of this plan found."""
        return self._desk.rehearsal

    @property
    def run(self) -> Run | None:
        """Return the run whose outcome is shown, else the newest one of the account."""
        return self._desk.run or self._desk.last

    @property
    def is_busy(self) -> bool:
        """Return whether a run or a dry run is under way."""
        return self._desk.is_busy

    def wait(self, timeout: float | None = None) -> Review:
        """Wait until the newest plan is drawn and no run is under way; cells that need the outcome call it."""
        self._planner.wait(timeout)
        job = self._desk.job
        if job is not None:
            job.wait(timeout)
            self._moved()
        return self

    def __repr__(self) -> str:
        return f"Review({self._desk.account.integration}, {styles.tickets(len(self._desk.plan))} to change)"
