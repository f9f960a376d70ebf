"""Gather what an account tells besides its tickets: choices, and what its update schema takes."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import AccountBlocked, ApiError, NeedsReauth, NotAllowed, NotFound, TokenRefused
from truto_tickets_nb.plans.rules import Learnt
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.tickets.fields import FIELDS
from truto_tickets_nb.tickets.values import Ref, ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.integrations.profile import Profile

FATAL = (TokenRefused, NeedsReauth, AccountBlocked)
_LISTED = {
    row.name: row.choices or row.name
    for row in FIELDS.values()
    if row.kind.word in ("reference", "set") and row.writable
}


class Seen:
    """Gather the values that tickets hold, with the workspace in which they were seen."""

    def __init__(self) -> None:
        self.found: dict[str, dict[tuple[str, str, str], None]] = defaultdict(dict)

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Look through one page."""
        for record in records:
            home = record.get("workspace")
            place = str(home.get("id") or "") if type(home) is dict else str(home or "")
            for name, resource in _LISTED.items():
                value = record.get(name)
                if value:
                    self._note(resource, place, value)

    def _note(self, resource: str, place: str, value: Any) -> None:
        for item in value if type(value) is list else (value,):
            found = ref(item)
            if found:
                self.found[resource][place, found.id, found.name] = None

    def of(self, resource: str) -> list[tuple[str, Ref]]:
        """List what was seen of one resource."""
        return [(place, Ref(identity, name)) for place, identity, name in self.found.get(resource, ())]


def choices(client: Client, profile: Profile, seen: Seen) -> tuple[dict[str, Choices], list[str]]:
    """Fetch the companion lists side by side; where there is none, the values seen in tickets have to do, and are marked."""
    wanted = sorted({row.choices for row in FIELDS.values() if row.choices})
    asked = [resource for resource in wanted if profile.lists(resource) is not False]
    with ThreadPoolExecutor(4, thread_name_prefix="choices") as pool:
        lists = dict(zip(asked, pool.map(lambda resource: _listed(client, resource), asked), strict=True))
    notes = [note for _, note in lists.values() if note]
    found = {
        resource: Choices.from_records(resource, lists[resource][0] if resource in lists else ()) for resource in wanted
    }
    for resource in {*found, *seen.found}:
        found[resource] = found.get(resource, Choices(resource)).with_seen(seen.of(resource))
    return found, notes


def _listed(client: Client, resource: str) -> tuple[list[dict[str, Any]], str]:
    try:
        return client.companions(resource), ""
    except NotFound:
        return [], ""
    except FATAL:
        raise
    except ApiError as error:
        return [], f"The list of {resource} could not be had ({error}); only the values seen in tickets are known."


def learnt(client: Client) -> tuple[Learnt, tuple[str, ...]]:
    """Ask what an update takes: writable fields and required query parameters; unknown where the account does not tell."""
    try:
        meta = client.meta("update")
    except FATAL:
        raise
    except ApiError:
        return Learnt(), ()
    return Learnt(meta.writable), meta.required_query


def hindrances(client: Client, fields: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Ask, as far as an account tells, whether a PATCH of these fields could go out: what hinders it, and what nobody knows."""
    info, unknown = client.account(), []
    if info.status == "needs_reauth":
        return "The connection has lost its access: whoever owns it must connect it again in Truto.", ()
    if info.is_sandbox:
        return "This account is read-only: Truto's sandbox accounts take no writes.", ()
    try:
        told = client.capabilities()
    except (NotFound, NotAllowed):
        unknown.append(
            "The account does not tell what it offers: whether tickets may be updated shows only when one is sent."
        )
    else:
        methods = told.methods("tickets")
        if told.account.is_blocked:
            return "Truto has blocked this account: ask Truto's support.", ()
        if methods is not None and "update" not in methods:
            return (
                "This account does not offer the update of tickets: ask whoever owns the connection for the permission.",
                (),
            )
    unknown += _not_listed(client, fields)
    return "", (*unknown, "Whether the tool itself would refuse or rewrite a value: only sending shows it.")


def _not_listed(client: Client, fields: Iterable[str]) -> list[str]:
    """Name the fields that the schema of updates does not list: it may be incomplete, so this is no proof."""
    try:
        writable = client.meta("update").writable
    except (NotFound, NotAllowed):
        return ["The account has no schema of updates: whether it takes these fields shows only when they are sent."]
    plain = {name.split(".", 1)[0] for name in fields}
    odd = sorted(plain - writable) if writable is not None else []
    return [f"The account's schema of updates does not list {', '.join(odd)}: it may be ignored."] if odd else []
