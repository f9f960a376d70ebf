"""Advice in a terminal: what can be done, said with the words and options of this command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.advice import EVERYWHERE, worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.actions import Action, ActionKind

_PLAN_AGAIN = "Make the plan again, on tickets as they are now."
TERMINAL: Mapping[ActionKind, str] = {
    **EVERYWHERE,
    "write_id": 'To send an id that no list holds, write {{"id": {name!r}}} in the step.',
    "write_set": 'Give a list, such as ["{text}"], or a step that adds or removes.',
    "keep_one": "Keep one in {name!r}.",
    "clear": "To empty it on purpose, add a step that clears {name!r}.",
    "restore": "Take the steps on {name!r} out of the recipe.",
    "leave_out": "To leave it out, take the steps on {name!r} out of the recipe.",
    "leave_out_ticket": "To leave the ticket out, narrow the filter of the step, or choose tickets by --ids.",
    "send_apart": "Take the steps on {name!r} out of the recipe, and send them with a recipe of their own.",
    "try_one": "Try it on one ticket first: --ids <its id>.",
    "quiet": "--quiet asks it not to.",
    "retry": "Make the plan again: what was not sent is in it.",
    "read_unknown": "Make the plan again later: each ticket is read then.",
    "plan_unknown": "Make the plan again: what is still wanted of it is in it.",
    "set_parameter": "A recipe can't give {name!r}: make the plan in a notebook, with query=, and save it for apply.",
    "load_again": _PLAN_AGAIN,
    "load_ticket": "Load that ticket too: --ids {name}.",
    "load_column": _PLAN_AGAIN,
    "open_snapshot": _PLAN_AGAIN,
    "rebase_file": _PLAN_AGAIN,
    "one_row": _PLAN_AGAIN,
    "ids_as_text": _PLAN_AGAIN,
    "one_id": _PLAN_AGAIN,
    "list_changes": "The file of the plan lists every change.",
    "list_problems": "With --json, all are listed.",
}


def in_terminal(action: Action) -> str:
    """Write an action for a person with a recipe and a shell.

    >>> from truto_tickets_nb.actions import Action
    >>> in_terminal(Action("quiet")), in_terminal(Action("leave_out", "tags"))
    ('--quiet asks it not to.', "To leave it out, take the steps on 'tags' out of the recipe.")
    """
    return worded(action, TERMINAL)
