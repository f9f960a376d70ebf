"""Advice: actions in words, as an analyst in a notebook follows them. The terminal and the forms have words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.wording import and_more

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from truto_tickets_nb.actions import Action, ActionKind

    Advice = Callable[[Action], str]

LATER = "It is read back after sending, and reported if it stayed."  # of what a tool may ignore
EVERYWHERE: Mapping[ActionKind, str] = {  # kinds that read the same in every front end
    "correct": "{text}",
    "suggest": "Did you mean {quoted}?",
    "choose": "Possible values: {listed}.",
    "choose_in_workspace": "Tickets of this workspace can take: {listed}.",
}
NOTEBOOK: Mapping[ActionKind, str] = {
    **EVERYWHERE,
    "write_id": 'To send an id that no list holds, put {{"id": {name!r}}} into the cell.',
    "write_set": 'Give a tuple, such as ("{text}",), or use df["{name}"].tickets.add(...).',
    "keep_one": "Keep one: df[{name!r}].tickets.set(...).",
    "clear": "To empty it on purpose: snapshot.plan(df, clear=[{name!r}]).",
    "restore": "Take the column as it was loaded: df[{name!r}] = snapshot.frame()[{name!r}].",
    "leave_out": "plan.drop({name!r}) leaves it out.",
    "leave_out_ticket": "plan.drop(<its id>) leaves the ticket out.",
    "send_apart": "plan.drop({name!r}), and send that in a plan of its own.",
    "try_one": "Try it on one ticket first: plan.only(<its id>).",
    "quiet": "snapshot.plan(df, quiet=True) asks it not to.",
    "retry": "run.retry() makes a plan of what was not sent.",
    "read_unknown": "Read it again later: account.dry_run(run.unknown.plan()).",
    "plan_unknown": "run.unknown.plan() makes a plan of it.",
    "set_parameter": 'Give one for all: snapshot.plan(df, query={{"{name}": ...}}).',
    "load_again": "Load it again with all its fields: account.load().",
    "load_ticket": "Load that ticket too: account.load(ids=[{name!r}, ...]).",
    "load_column": "Load it: fields=[..., {name!r}].",
    "open_snapshot": "Read it with the snapshot that it was written from: tt.open_snapshot(path), if it was saved.",
    "rebase_file": "Read it with that snapshot, and bring the edits over: snapshot.rebase(earlier.read_excel(path)).",
    "one_row": "Keep one row per ticket: drop_duplicates().",
    "ids_as_text": "A long id became a number and lost digits: read the file with dtype={{'id': str}}.",
    "one_id": (
        "If the column holds ids of something else, rename it: df.rename(columns={{'id': 'other_id'}}). If it holds the tickets' own, "
        "take the index away: df.reset_index(drop=True)."
    ),
    "list_changes": "plan.to_frame() lists every change.",
    "list_problems": "plan.problems lists all.",
}


def worded(action: Action, words: Mapping[ActionKind, str]) -> str:
    """Write an action with the words of a front end.

    >>> from truto_tickets_nb.actions import Action
    >>> worded(Action("suggest", names=("Open", "On hold")), EVERYWHERE)
    "Did you mean 'Open' or 'On hold'?"
    >>> worded(Action("choose", names=("Open",), more=2), EVERYWHERE)
    'Possible values: Open and 2 more.'
    """
    quoted = [repr(name) for name in action.names]
    more = and_more(action.more)
    return words[action.kind].format(
        name=action.name,
        text=action.text,
        quoted=" or ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:]))),
        listed=(", ".join(action.names) or "nothing") + more,
    )


def in_notebook(action: Action) -> str:
    """Write an action as Python code or as a sentence.

    >>> from truto_tickets_nb.actions import Action
    >>> in_notebook(Action("clear", "due_date"))
    "To empty it on purpose: snapshot.plan(df, clear=['due_date'])."
    """
    return worded(action, NOTEBOOK)


def advised(message: str, actions: Iterable[Action], advice: Advice = in_notebook) -> str:
    """Put a message and what can be done into sentences.

    >>> from truto_tickets_nb.actions import correct
    >>> advised("is no date", correct("Give a date such as 2026-01-31."))
    'is no date. Give a date such as 2026-01-31.'
    """
    sentences = (sentence for action in actions if (sentence := advice(action)))
    return " ".join((f"{message.removesuffix('.')}.", *sentences))
