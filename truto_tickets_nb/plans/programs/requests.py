"""What every program sends, whatever its language: the requests of a plan, made once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from truto_tickets_nb.api.address import base_address, query_pairs, segment
from truto_tickets_nb.errors import PlanError, SetupError
from truto_tickets_nb.plans import preview
from truto_tickets_nb.plans.fingerprint import short
from truto_tickets_nb.plans.programs.ticket_values import CarriedField, ParameterSource, carried, taken
from truto_tickets_nb.plans.request_spec import part_of
from truto_tickets_nb.plans.strict_models import strictly
from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.ticket_values import Form

PATH = "/unified/ticketing/tickets"


@dataclass(frozen=True, slots=True)
class ProgramRequest:
    """One PATCH: its ticket, its body as orjson writes it, and its Idempotency-Key; `part` says which of several it is."""

    ticket: str
    title: str
    body: str
    key: str
    part: str = ""

    @property
    def path(self) -> str:
        """Name the ticket as a segment of an address."""
        return segment(self.ticket)

    @property
    def told(self) -> str:
        """Return the comment that says which ticket it is."""
        return f"{self.ticket}: {self.title}{self.part}"


@dataclass(frozen=True, slots=True)
class Script:
    """All that a program is made of."""

    head: tuple[str, ...]  # the lines of its first comment
    base_url: str
    read: tuple[tuple[str, str], ...]  # the query of a GET
    write: tuple[tuple[str, str], ...]  # the query of a PATCH, without what its ticket gives
    taken: tuple[ParameterSource, ...]  # what its ticket gives for the query
    carried: tuple[CarriedField, ...]  # what its ticket gives for the body
    whole: bool  # custom fields go out as a whole object
    sendings: tuple[ProgramRequest, ...]

    @property
    def tickets(self) -> str:
        """Name the address of all tickets."""
        return self.base_url + PATH

    @property
    def looks(self) -> bool:
        """Return whether each ticket is read before its PATCH."""
        return bool(self.taken or self.completes)

    @property
    def forms(self) -> set[Form]:
        """Gather the forms in which values of a ticket are wanted."""
        return {item.form for item in self.taken} | {item.form for item in self.carried}

    @property
    def completes(self) -> bool:
        """Return whether a body is completed from its ticket."""
        return bool(self.carried or self.whole)

    @property
    def wide(self) -> bool:
        """Return whether a query may hold objects of a ticket, to be written by the bracket rule."""
        return any(item.is_wide for item in self.taken)


def script(plan: PlanData, base_url: str) -> Script:
    """Make what every program is made of; a plan that apply() would refuse is refused here too."""
    if plan.blocking:
        raise PlanError(
            f"The plan has {len(plan.blocking)} blocking problems, so no program is written. {preview.remedy(plan)}"
        )
    address, spec, sendings = base_address(base_url), plan.request_spec, tuple(_sendings(plan))
    fields = {part_of(change.field) for patch in plan.patches for change in patch.changes}
    return Script(
        _head(plan),
        address,
        _pairs(plan, spec.read or {}),
        _pairs(plan, spec.parameters({})[0]),
        tuple(taken(name) for name in spec.query if name not in spec.fixed),
        tuple(carried(rule) for rule in spec.carry),
        spec.whole_custom_fields and CUSTOM_FIELDS in fields,
        sendings,
    )


def _head(plan: PlanData) -> tuple[str, ...]:
    return (
        preview.headline(plan),
        f"Plan {short(plan.fingerprint)} of {plan.integration} account {plan.account_id}.",
        "This program sends what the plan shows and checks nothing: no conflict check, no journal, no undo.",
        f"account.apply(plan, confirm={len(plan)}) does all of these.",
    )


def _pairs(plan: PlanData, query: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(query_pairs({"integrated_account_id": plan.account_id, **_without_account(query)}))


def _without_account(query: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what could name another account than the plan's."""
    return {name: value for name, value in query.items() if name != "integrated_account_id"}


def _sendings(plan: PlanData) -> Iterator[ProgramRequest]:
    bodies = [
        _bodies(plan, patch) for patch in plan.patches
    ]  # all of them before the fingerprint: an error names its ticket
    fingerprint = plan.fingerprint  # it is reckoned anew each time
    for patch, parts in zip(plan.patches, bodies, strict=True):
        key = hashlib.sha256(f"{fingerprint}/{patch.ticket}".encode()).hexdigest()[:32]
        for number, body in enumerate(parts, 1):
            several = (f"{key}-{number}", f" ({number} of {len(parts)})") if len(parts) > 1 else (key, "")
            yield ProgramRequest(patch.ticket, patch.title, body, *several)


def _bodies(plan: PlanData, patch: Patch) -> list[str]:
    try:
        segment(patch.ticket)
    except UnicodeEncodeError as error:
        raise SetupError(
            f"{patch.ticket!r} can't be the id of anything: it holds half a character. Check the ids."
        ) from error
    return [
        _body(patch.ticket, plan.request_spec.body(changes, {})) for changes in plan.request_spec.rounds(patch.changes)
    ]


def _body(ticket: str, body: dict[str, Any]) -> str:
    return strictly(f"Ticket {ticket}: {', '.join(body)}", body).decode()


def encoded(pairs: tuple[tuple[str, str], ...]) -> str:
    """Write a query as our own client does.

    >>> encoded((("remote_query[notifyUsers]", "false"), ("etag", 'W/"1 ~*"')))
    'remote_query%5BnotifyUsers%5D=false&etag=W%2F%221+~%2A%22'
    """
    return urlencode(pairs)


def grouped(pairs: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    """Write a query as the object that Truto's SDKs take; they put the brackets of an array themselves.

    >>> grouped((("limit", "5"), ("fields[]", "a"), ("fields[]", "b")))
    {'limit': '5', 'fields': ['a', 'b']}
    """
    by_name: dict[str, str | list[str]] = {}
    for key, value in pairs:
        there = by_name.setdefault(key.removesuffix("[]"), [] if key.endswith("[]") else value)
        if isinstance(there, list):
            there.append(value)
        elif there != value:
            raise PlanError(
                f"The query parameter {key} comes several times, which Truto's SDKs can't write. Use to_python()."
            )
    return by_name
