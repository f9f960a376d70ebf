"""Actions: what a person can do about a problem, as data. `advice` and each front end write them in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ActionKind = Literal[
    "correct",  # write another value; `text` says which, and reads the same in every front end
    "suggest",  # take one of `names`, which a misspelt name may stand for
    "choose",  # take one of `names`: all that there are
    "choose_in_workspace",  # take one of `names`: all that tickets of this workspace can hold
    "write_id",  # send the id `name`, which no list holds
    "write_set",  # give several values as a set; `name` is the column, `text` a member as an example
    "keep_one",  # keep one member of the column `name`
    "clear",  # confirm that the column `name` is emptied on purpose
    "restore",  # put the column `name` back as it was loaded
    "leave_out",  # do not send the column `name`
    "leave_out_ticket",
    "send_apart",  # send the column `name` in a plan of its own
    "try_one",  # send one ticket first
    "quiet",  # ask the tool not to mail people
    "retry",  # plan again what was not sent
    "read_unknown",  # read the tickets again of which it is unknown what they hold
    "plan_unknown",  # plan again what may not have arrived
    "set_parameter",  # give the query parameter `name` for all tickets
    "load_again",  # load the tickets again with all their fields
    "load_ticket",  # load the ticket `name` too
    "load_column",  # load the column `name` too
    "open_snapshot",  # read the file with the snapshot that it was written from
    "rebase_file",  # do so, and bring its edits over to this snapshot
    "one_row",  # keep one row of each ticket
    "ids_as_text",  # read the file so that ids stay text
    "one_id",  # decide between an index and a column of ids
    "list_changes",  # see every change, also those that a page leaves out
    "list_problems",
]
SHOWN = 6  # names that an action carries


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done; which of the parts are filled depends on the kind.

    >>> Action("suggest", names=("Open",)).kind
    'suggest'
    """

    kind: ActionKind
    name: str = ""
    text: str = ""
    names: tuple[str, ...] = ()
    more: int = 0  # names beyond those that are carried

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", printable(self.text))
        object.__setattr__(self, "names", tuple(map(printable, self.names)))


def correct(text: str) -> tuple[Action, ...]:
    """Make the one action that says in a sentence which value to write.

    >>> correct("Give True or False.")[0].text
    'Give True or False.'
    """
    return (Action("correct", text=text),)


def of_names(kind: ActionKind, names: Sequence[str]) -> Action:
    """Make an action that lists the first names and counts the others.

    >>> of_names("choose", [str(number) for number in range(9)]).more
    3
    """
    return Action(kind, names=tuple(names[:SHOWN]), more=max(0, len(names) - SHOWN))


def actions_of_json(data: Iterable[Mapping[str, Any]]) -> tuple[Action, ...]:
    """Read actions back from the JSON of their parts."""
    return tuple(Action(**{**action, "names": tuple(action["names"])}) for action in data)
