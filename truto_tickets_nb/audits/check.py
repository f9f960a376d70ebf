"""Checks: what one is, how a user's own is made, and where those are registered."""

from __future__ import annotations

import dataclasses
import inspect
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from truto_tickets_nb.audits.finding import SEVERITIES, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from truto_tickets_nb.audits.tickets import AuditedTickets
    from truto_tickets_nb.edits.steps.step import Step


@dataclass(frozen=True, slots=True)
class Check(ABC):
    """One question about the tickets. Its dataclass fields are its parameters, each with a default."""

    id: ClassVar[str]
    severity: ClassVar[Severity]
    rationale: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()  # columns without which it can't look
    needs_status: ClassVar[bool] = False
    needs_clock: ClassVar[bool] = False
    needs_completion: ClassVar[bool] = False  # completed_at must be a completion date

    @abstractmethod
    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        """Return what was found; nothing where all is well."""

    def finding(  # noqa: PLR0913  (what a finding is made of)
        self,
        tickets: AuditedTickets,
        rows: Any,
        message: str,
        *,
        field: str = "",
        of: int | None = None,
        groups: Iterable[Iterable[str]] = (),
        fix: Iterable[Step] = (),
        advice: str = "",
        severity: Severity | None = None,
        is_private: bool = False,
    ) -> Finding:
        """Make a finding of a mask of rows (numpy bool), or of ids."""
        ids = tickets.chosen(rows) if isinstance(rows, np.ndarray | pd.Series) else tuple(rows)
        return Finding(
            self.id,
            severity or self.severity,
            message,
            field,
            ids,
            len(tickets) if of is None else of,
            tuple(tuple(group) for group in groups),
            self.rationale,
            ", ".join(f"{name}={value!r}" for name, value in self.parameters().items()),
            tuple(fix),
            advice,
            is_private,
            tickets.frame,
        )

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name."""
        return {row.name: getattr(self, row.name) for row in dataclasses.fields(self)}


_USERS: dict[str, UserCheck] = {}


@dataclass(frozen=True, slots=True)
class UserCheck:
    """A check that a user wrote as a function of the frame."""

    id: str
    severity: Severity
    rationale: str
    function: Callable[..., Any]
    needs: tuple[str, ...] = ()
    field: str = ""
    message: str = ""

    needs_status: ClassVar[bool] = False
    needs_clock: ClassVar[bool] = False
    needs_completion: ClassVar[bool] = False

    def __call__(self, frame: pd.DataFrame) -> Any:
        """Call the function itself, as without the decorator."""
        return self.function(frame)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        """Call the function with a copy of the frame, and make a finding of the rows that it returns."""
        frame = tickets.frame.copy(deep=False)
        values = {"now": tickets.clock.now if tickets.clock else None, "is_open": tickets.is_open}
        wanted = list(inspect.signature(self.function).parameters)[1:]
        answer = self.function(frame, **{name: values[name] for name in wanted if name in values})
        ids = _ids(answer, tickets, self.id)
        if ids:
            count = f"{len(ids):,} ticket{'' if len(ids) == 1 else 's'}"
            message = f"{count}: {self.message}" if self.message else f"{count} found by your check {self.id}."
            yield Finding(
                self.id, self.severity, message, self.field, ids, len(tickets), (), self.rationale, source=tickets.frame
            )

    def parameters(self) -> dict[str, Any]:
        """Return the parameters by name: a function has none."""
        return {}


AnyCheck = Check | UserCheck


def _ids(answer: Any, tickets: AuditedTickets, name: str) -> tuple[str, ...]:
    """Read what a user's check returned: a mask, or ids."""
    if answer is None:
        return ()
    if isinstance(answer, pd.DataFrame):
        answer = answer.index
    cells = list(answer)
    if cells and all(isinstance(cell, bool | np.bool_) or cell is pd.NA for cell in cells):
        if isinstance(answer, pd.Series):
            answer = answer.reindex(tickets.ids).fillna(False)
            cells = list(answer)
        if len(cells) != len(tickets):
            raise ValueError(f"{name} returned a mask of {len(cells)} rows for {len(tickets)} tickets.")
        return tickets.chosen(np.array([cell is not pd.NA and bool(cell) for cell in cells]))
    wanted = {str(cell) for cell in cells}
    unknown = wanted - set(tickets.ids)
    if unknown:
        raise ValueError(
            f"{name} returned {min(unknown)!r}, which is no id of a ticket here. Return a mask (df['name'].isna()), or ids "
            "(df.index[...])."
        )
    return tuple(identity for identity in tickets.ids if identity in wanted)


def check(  # noqa: PLR0913  (all but the id are keywords)
    id: str,
    *,
    severity: Severity = "medium",
    needs: str | Iterable[str] = (),
    field: str = "",
    message: str = "",
    rationale: str = "",
) -> Callable[[Callable[..., Any]], UserCheck]:
    """Register a check of your own: a function of the frame that returns a mask (bool), or ids. Every later audit runs it.

    >>> @check("own.short_titles", severity="low", needs="name", message="the title has fewer than 5 characters")
    ... def short_titles(df):
    ...     return df["name"].str.len() < 5
    >>> import truto_tickets_nb as tt
    >>> with tt.sandbox("jira", tickets=[{"id": "1", "name": "Help"}, {"id": "2", "name": "Printer on fire"}]) as account:
    ...     audit = account.load(progress=False).audit()
    >>> audit["own.short_titles"].ids
    ('1',)
    >>> forget("own.short_titles")

    The function may take `now` (a time in UTC) and `is_open` (numpy bool, or None where there is no status) as further parameters.
    Its docstring is the rationale. A later check of the same id replaces it, so that a cell can be run again. A function that raises
    is named in the audit as a check that failed; the others go on.
    """
    if not isinstance(id, str) or "." not in id.strip("."):
        raise ValueError(f'A check needs an id of a family and a name, such as "own.short_titles", not {id!r}.')
    if severity not in SEVERITIES:
        raise ValueError(f"severity={severity!r} is unknown. There are: {', '.join(SEVERITIES)}.")
    columns = (needs,) if isinstance(needs, str) else tuple(needs)

    def register(function: Callable[..., Any]) -> UserCheck:
        why = rationale or inspect.cleandoc(function.__doc__ or "")
        own = UserCheck(id, severity, why, function, columns, field, message)
        _USERS[id] = own
        return own

    return register


def forget(id: str) -> None:
    """Remove a check of your own; one that is not there is no error."""
    _USERS.pop(id, None)


def users() -> Mapping[str, UserCheck]:
    """Return the checks that were registered by users, by id."""
    return dict(_USERS)
