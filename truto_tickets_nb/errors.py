"""Every error of the toolkit, drawn as a tree.

::

    TicketsError
    |-- SetupError (ValueError)             a token, an address or an argument that can't work
    |   |-- ArgumentError (TypeError)       an argument of another type than the function takes
    |   `-- SandboxError (OSError)          a practice server that can't start: its port, its file
    |-- AccountClosed (RuntimeError)        work for an account that was closed
    |-- FrameError (ValueError)             an edited frame that can't be laid over its snapshot
    |-- StepError (ValueError)              a step or a filter that can't be made
    |-- RecipeError (ValueError)            a recipe or a saved draft that can't be read
    |-- PlanError (ValueError)              a plan that can't be sent as it is
    |   |-- PlanFileError                   a saved plan that can't be read, or was changed
    |   |-- ConfirmError                    the number typed is not the plan's number
    |   `-- ServerWrote                     asked to check only, the tool changed a ticket; `.undo` puts it back
    |-- AuditError (ValueError)             an audit that can't be run, read or compared as asked
    |-- SnapshotError (ValueError)          a saved snapshot that can't be read
    |-- JournalError (OSError)              the journal can't be read or written; nothing was sent
    |   |-- RunNotFound (LookupError)       the journal has no run of this id
    |   `-- RunUnreadable (ValueError)      one run of the journal can't be read: it is damaged, or of another version
    |-- LoadInterrupted (KeyboardInterrupt) a load was stopped; what it has is in `.snapshot`
    |-- RunInterrupted (KeyboardInterrupt)  a run was stopped; what it did is in `.run`, the rest can be resumed
    `-- ApiError (OSError)                  an answer that is no success; of a load, what it has is in `.snapshot`
        |-- TokenRefused (PermissionError)      401: the token
        |-- NeedsReauth (PermissionError)       401 from the provider: the connection must be renewed
        |-- NotAllowed (PermissionError)        403
        |-- NotFound (LookupError)              404
        |-- ReadOnly (PermissionError)          405
        |-- Rejected (ValueError)               400, 409, 412, 422: this request, as it is
        |-- AccountBlocked (PermissionError)    503
        |-- RateLimited                         429
        |-- ServerTrouble                       500, 502, 504
        |-- NoAnswer (ConnectionError)          the network, a time-out, or an answer that is not JSON
        |   `-- UnexpectedAnswer                JSON, but not what was asked for: another ticket, a list without rows
        |-- LookTooOld                          a change that was held back, because its ticket was read too long ago
        `-- Stopped                             the work was stopped before this request began

Policy: an error says what was wrong, with the ticket, the field and the value where there are any, and what to do next. The
errors of a library stay chained as the cause. Foreign text is shortened and stripped of control characters, and the token is
never part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.safe_text import printable, printable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST = 300  # characters of foreign text shown in a message
_MOST = 20_000  # characters of a message, whatever stands in it


class TicketsError(Exception):
    """Name the root of all errors of this toolkit; nothing in the message of one is obeyed by a terminal."""

    def __init__(self, message: object = "", *more: object) -> None:
        super().__init__(_message(message), *more)


class SetupError(TicketsError, ValueError):
    """Which token, address or argument can't work, before anything is sent."""


class ArgumentError(SetupError, TypeError):
    """Which argument is of another type than the function takes, what was given, and what to give."""


class SandboxError(SetupError, OSError):
    """Why a practice server can't start: its port is taken, its file can't be read or written."""


class AccountClosed(TicketsError, RuntimeError):
    """An account was closed, so that nothing more can be asked of it."""


class FrameError(TicketsError, ValueError):
    """Why an edited frame can't be laid over its snapshot; `problems` lists every reason."""

    def __init__(self, message: str, problems: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class StepError(TicketsError, ValueError):
    """Why a step or a filter can't be made: an unknown field, a pattern that does not compile, nothing to set."""


class RecipeError(TicketsError, ValueError):
    """Why a recipe or a saved draft can't be read."""


class PlanError(TicketsError, ValueError):
    """Report why a plan can't be sent as it is."""


class PlanFileError(PlanError):
    """Report why a saved plan can't be read; `what` is the reason without the advice, which each front end words for itself."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Make the plan anew: snapshot.plan(df).")
        self.what = what


class ConfirmError(PlanError):
    """The number typed is not the number of tickets in the plan."""


class ServerWrote(PlanError):
    """A tool that was asked to check only has changed a ticket; `undo` is the plan that puts it back."""

    def __init__(self, message: str, undo: object = None) -> None:
        super().__init__(message)
        self.undo = undo


class AuditError(TicketsError, ValueError):
    """An audit can't be run, read or compared as asked; the message names what and where."""


class SnapshotError(TicketsError, ValueError):
    """Why a saved snapshot can't be read."""


class JournalError(TicketsError, OSError):
    """Why the journal can't be read or written; nothing was sent."""


class RunNotFound(JournalError, LookupError):
    """The journal has no run of this id; the message names the newest ones."""


class RunUnreadable(JournalError, ValueError):
    """Why one run of the journal can't be read: its rows are damaged, or another version wrote them."""


class LoadInterrupted(TicketsError, KeyboardInterrupt):
    """Carry what an interrupted load has so far in `snapshot`, None where it has nothing."""

    def __init__(self, message: str, snapshot: object = None) -> None:
        super().__init__(message)
        self.snapshot = snapshot


class RunInterrupted(TicketsError, KeyboardInterrupt):
    """Carry what an interrupted run has done so far in `run`; the rest waits in the journal."""

    def __init__(self, message: str, run: object = None) -> None:
        super().__init__(message)
        self.run = run


class ApiError(TicketsError, OSError):
    """Carry an answer that is no success: `status`, `remote`, `insight`, `detail`, `retry_after` (seconds)."""

    status: int | None
    remote: bool
    insight: dict[str, object]
    detail: str
    retry_after: float | None

    def __init__(  # noqa: PLR0913  (keyword-only: the facts of one answer)
        self,
        message: str,
        *,
        status: int | None = None,
        remote: bool = False,
        insight: dict[str, object] | None = None,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.remote = remote
        self.insight = dict(insight or {})
        self.detail = detail
        self.retry_after = retry_after
        self.snapshot: object = None  # of a load that failed for good: the tickets that came before
        self.maybe_applied = False  # True where a PATCH may have reached the provider all the same


class TokenRefused(ApiError, PermissionError):
    """Truto does not know the token (401)."""


class NeedsReauth(ApiError, PermissionError):
    """The provider no longer accepts the connection (401 with the remote flag)."""


class NotAllowed(ApiError, PermissionError):
    """What the token or the connection may not do (403)."""


class NotFound(ApiError, LookupError):
    """What is not there, or not visible to this token (404)."""


class ReadOnly(ApiError, PermissionError):
    """This account takes no writes (405)."""


class Rejected(ApiError, ValueError):
    """Why this request was refused as it is (400, 409, 412, 422)."""


class AccountBlocked(ApiError, PermissionError):
    """Truto has blocked this account (503)."""


class RateLimited(ApiError):
    """A limit was reached (429), and for how long in `retry_after`."""


class ServerTrouble(ApiError):
    """Truto or the provider failed (500, 502, 504)."""


class NoAnswer(ApiError, ConnectionError):
    """No usable answer came: the network, a time-out, or something that is not JSON."""


class UnexpectedAnswer(NoAnswer):
    """An answer is JSON, but not what was asked for; nothing of it was used."""


class LookTooOld(ApiError):
    """A change was held back, because too much time had passed since its ticket was read; nothing was sent."""


class Stopped(ApiError):
    """A request was not begun, because the work it belongs to was stopped."""


class _Warned(UserWarning):
    """What a user should know, in a message that no terminal obeys."""

    def __init__(self, message: object = "") -> None:
        super().__init__(_message(message))


class DraftDamaged(_Warned):
    """Warn that an autosaved draft could not be read or written; a damaged one is set aside, its file is kept."""


class JournalDamaged(_Warned):
    """Warn that a journal could not be read and was set aside; its file is kept."""


def shorten_repr(value: object, longest: int = LONGEST) -> str:
    """Write a value as Python does, shortened; also one that Python itself refuses to write.

    >>> shorten_repr("x" * 50, 5), shorten_repr(10**5000)
    ("'xxxx…", '(an int that is too large to be written)')
    """
    return shorten(_written(value, repr), longest)


def _written(value: object, write: Callable[[object], str]) -> str:
    try:
        return write(value)
    except (ValueError, RecursionError):  # a whole number of more than 4,300 digits, lists within lists without end
        name = type(value).__name__
        return f"({'an' if name[0] in 'aeiou' else 'a'} {name} that is too large to be written)"


def cause(error: Exception) -> ValueError:
    """Keep what a library said as the cause of an error of ours, without what a terminal would obey and without a value of a ticket.

    pydantic names the keys of the document that it read, and shows what it found there.
    """
    places = getattr(error, "errors", None)
    places_of = places(include_input=False, include_url=False)[:5] if callable(places) else [str(error)]
    return ValueError(shorten(places_of, _MOST))


def _message(message: object) -> str:
    text = str(message)
    return printable_lines(text if len(text) <= _MOST else text[:_MOST] + "…")


def shorten(text: object, longest: int = LONGEST) -> str:
    r"""Shorten foreign text and take out what a terminal would obey.

    >>> shorten("a\x1b[31mred" + "!" * 400, 12)
    'a\ufffd[31mred!!!…'
    """
    every = text if isinstance(text, str) else _written(text, str)
    return printable(every) if len(every) <= longest else printable(every[:longest]) + "…"
