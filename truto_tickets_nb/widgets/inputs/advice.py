"""Advice in a form: what can be done by a person with a mouse, without code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.advice import EVERYWHERE, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.actions import Action, ActionKind

_LOAD = "Load the tickets again."
_OF_FRAMES = ""  # a form never reads a frame
FORM: Mapping[ActionKind, str] = {
    **EVERYWHERE,
    "write_id": "No list of this account holds it.",
    "write_set": "Choose its members one by one.",
    "keep_one": "Keep one in {name}.",
    "clear": "To empty {name} on purpose, choose “empty it”.",
    "restore": "Undo the edit of {name}.",
    "leave_out": "To leave it out, switch the steps on {name} off.",
    "leave_out_ticket": "To leave the ticket out, undo its edits.",
    "send_apart": "Switch the steps on {name} off, and send them by themselves later.",
    "try_one": "Try it on one ticket first.",
    "quiet": "Tick “Quietly” to ask it not to.",
    "retry": "The button “Try again” makes a plan of what was not sent.",
    "read_unknown": "Load the tickets again later, and look at it.",
    "plan_unknown": "Load the tickets again: what is still wanted of it shows as a change.",
    "set_parameter": "A form can't give it: make the plan in a notebook, with query=.",
    "load_again": _LOAD,
    "load_ticket": _LOAD,
    "load_column": _LOAD,
    "open_snapshot": _LOAD,
    "rebase_file": _LOAD,
    "one_row": _OF_FRAMES,
    "ids_as_text": _OF_FRAMES,
    "one_id": _OF_FRAMES,
    "list_changes": "",
    "list_problems": "",
}


def in_form(action: Action) -> str:
    """Write an action for a person who clicks; "" where a form offers nothing to do.

    >>> from truto_tickets_nb.actions import Action
    >>> in_form(Action("quiet")), in_form(Action("clear", "due_date"))
    ('Tick “Quietly” to ask it not to.', 'To empty due_date on purpose, choose “empty it”.')
    """
    return worded(action, FORM)
