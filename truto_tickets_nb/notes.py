"""Notes: what a person should know about a plan or a run that is no problem, with a code and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from truto_tickets_nb.actions import Action, actions_of_json
from truto_tickets_nb.advice import advised, in_notebook
from truto_tickets_nb.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.advice import Advice

# What goes along with each PATCH: it follows from the request spec alone, and is written anew when a plan is narrowed.
RequestNoteCode = Literal[
    "request.apart",
    "request.fields",
    "request.notifies",
    "request.parameters",
    "request.quiet",
    "request.remote_data",
    "request.whole_custom_fields",
]
NoteCode = Literal[
    RequestNoteCode,
    "account.ended",
    "account.fact",
    "account.unknown",
    "clear.form",
    "columns.ignored",
    "frame.note",  # what reading a file, a rebase or a draft says about a frame
    "mapping.adds",
    "mapping.calls",
    "mapping.overridden",
    "mapping.unread",
    "run.stopped_early",
    "status.workflow",
    "tags.new",
    "tickets.gone",
    "undo.not_restored",
    "undo.unproven",
]
REQUEST_CODES: frozenset[str] = frozenset(get_args(RequestNoteCode))
CODES: tuple[str, ...] = get_args(NoteCode)


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    >>> str(Note("run.stopped_early", "Stopped early", (Action("retry"),)))
    'Stopped early. run.retry() makes a plan of what was not sent.'
    """

    code: NoteCode
    message: str
    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", printable(self.message))

    def words(self, advice: Advice = in_notebook) -> str:
        """Put it into words, with what can be done in the words of a front end."""
        return advised(self.message, self.actions, advice) if self.actions else self.message

    def __str__(self) -> str:
        return self.words()

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a note back from the JSON of its parts."""
        return cls(data["code"], data["message"], actions_of_json(data["actions"]))
