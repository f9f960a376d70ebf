"""Make the plan of a draft in a thread of its own: a plan over a hundred thousand tickets must not keep the forms waiting."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from truto_tickets_nb.errors import TicketsError, shorten
from truto_tickets_nb.plans import preview
from truto_tickets_nb.show import to_html
from truto_tickets_nb.show.html import STYLE
from truto_tickets_nb.widgets.inputs.advice import in_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.edits.drafts.draft import Draft
    from truto_tickets_nb.plans.plan import Plan
    from truto_tickets_nb.show import Page

REST = 0.15  # seconds in which further changes are waited for


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan as it is shown, and the revision of the draft that it is of; without a plan, the reason."""

    plan: Plan | None
    page: str
    revision: int = -1
    trouble: str = ""


def fragment(page: Page) -> str:
    """Render a page for a form: the style sheet stands there already, and what one types in a cell has no place in it."""
    return to_html(replace(page, footer="")).replace(f"<style>{STYLE}</style>", "", 1)


def drawn(plan: Plan, revision: int = -1) -> Drawn:
    """Draw a plan."""
    return Drawn(plan, fragment(preview.page(plan, in_form)), revision)


def draw(draft: Draft, *, quiet: bool = False) -> Drawn:
    """Make the plan of a draft and draw it."""
    try:
        return drawn(draft.plan(quiet=quiet), draft.revision)
    except TicketsError as error:
        return Drawn(None, "", draft.revision, str(error))
    except Exception as error:  # noqa: BLE001  (nothing may get lost in a thread)
        return Drawn(None, "", draft.revision, f"The plan can't be made: {type(error).__name__}: {shorten(error)}")


class Planner:
    """Draw the newest state of a draft, in a thread; `done` gets it under the lock."""

    def __init__(self, draft: Draft, lock: threading.RLock, done: Callable[[Drawn], None]) -> None:
        self._draft, self._lock, self._done = draft, lock, done
        self._asked, self._quiet = 0, False
        self._idle = threading.Event()
        self._idle.set()

    def ask(self, *, quiet: bool) -> None:
        """Want a plan of the draft as it is now."""
        with self._lock:
            self._asked, self._quiet = self._asked + 1, quiet
            if self._idle.is_set():
                self._idle.clear()
                threading.Thread(target=self._work, name="plan of a draft", daemon=True).start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the newest plan is there."""
        return self._idle.wait(timeout)

    def _work(self) -> None:
        while not self._try():
            pass

    def _try(self) -> bool:
        """Draw once; False where the draft has changed meanwhile."""
        threading.Event().wait(REST)
        with self._lock:
            asked, quiet = self._asked, self._quiet
            self._draft.frame()  # reckoned here, so that the copy touches nothing that forms use meanwhile
            twin = copy.copy(self._draft)
        plan = draw(twin, quiet=quiet)
        with self._lock:
            if asked != self._asked:
                return False
            self._done(plan)
            self._idle.set()
            return True
