"""What an account tells besides its tickets: what it takes, and its choices; asked once, kept for an hour."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import AccountBlocked, ApiError, NeedsReauth, NotFound, TokenRefused
from truto_tickets_nb.plans.learnt import Custom, Learnt
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.tickets.fields import FIELDS
from truto_tickets_nb.tickets.values import Ref, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.integrations.profile import Profile

FATAL = (TokenRefused, NeedsReauth, AccountBlocked)
HOUR = 3600.0  # seconds that what was learnt is kept; Truto caches its capabilities as long
CHANGING = ("tags",)  # lists that our own PATCH requests can make longer
_LISTED = {
    row.name: row.choices or row.name
    for row in FIELDS.values()
    if row.kind.word in ("reference", "set") and row.writable
}
RESOURCES = tuple(sorted({row.choices for row in FIELDS.values() if row.choices}))


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


class Known:
    """Remember for an hour what one account told."""

    def __init__(self, client: Client, profile: Profile, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._profile, self._clock = client, profile, clock
        self._learnt: tuple[float, Learnt] | None = None
        self._lists: dict[str, tuple[float, list[dict[str, Any]], str]] = {}
        self.seen = Seen()  # of the last load

    def learnt(self) -> Learnt:
        """Tell what the account takes and needs, as it says itself."""
        if self._learnt is None or self._is_old(self._learnt[0]):
            self._learnt = (self._clock(), asked(self._client, self._profile))
        return self._learnt[1]

    def choices(self) -> tuple[dict[str, Choices], list[str]]:
        """Tell which values references may take; lists are fetched side by side.

        Where there is no list, the account's schema has to do, else the values seen in the tickets of the last load; they are marked.
        """
        wanted = [resource for resource in RESOURCES if self._profile.lists(resource) is not False]
        self._fetch([name for name in wanted if name not in self._lists or self._is_old(self._lists[name][0])])
        enums = {FIELDS[name].choices: values for name, values in self.learnt().enums.items() if name in FIELDS}
        found = {
            name: Choices.from_records(name, self._lists[name][1] if name in self._lists else ()) for name in RESOURCES
        }
        for resource in {*found, *self.seen.found}:
            made = found.get(resource, Choices(resource)).with_seen(self.seen.of(resource))
            found[resource] = made.with_schema(enums.get(resource, ()))  # only names: a value seen knows its id as well
        return found, [self._lists[name][2] for name in wanted if self._lists[name][2]]

    def _fetch(self, resources: list[str]) -> None:
        with ThreadPoolExecutor(4, thread_name_prefix="choices") as pool:
            for resource, told in zip(resources, pool.map(self._listed, resources), strict=True):
                self._lists[resource] = (self._clock(), *told)

    def _listed(self, resource: str) -> tuple[list[dict[str, Any]], str]:
        try:
            return self._client.companions(resource), ""
        except NotFound:
            return [], ""
        except FATAL:
            raise
        except ApiError as error:
            return [], f"The list of {resource} could not be had ({error}); only the values seen in tickets are known."

    def _is_old(self, since: float) -> bool:
        return self._clock() - since > HOUR

    def forget(self, *resources: str) -> None:
        """Forget lists, or everything; it is asked for anew when it is needed."""
        for name in resources or tuple(self._lists):
            self._lists.pop(name, None)
        if not resources:
            self._learnt = None


def asked(client: Client, profile: Profile) -> Learnt:
    """Ask what an account takes; whatever it does not tell is left open, and said."""
    update, listing, capabilities, fields = (
        _told(call) for call in (
            lambda: client.meta("update"),
            lambda: client.meta("list"),
            client.capabilities,
            lambda: client.companions("fields") if profile.lists("fields") is not False else None,
        )
    )  # fmt: skip
    silent = {"its schema of updates": update, "its schema of lists": listing, "its capabilities": capabilities}
    notes = tuple(f"The account does not tell {what}." for what, found in silent.items() if found is None)
    return Learnt(
        writable=update.writable if update else None,
        required=update.required if update else (),
        required_query=update.required_query if update else (),
        optional_query=update.optional_query if update else (),
        enums=update.enums if update else {},
        filters=listing.filters if listing else None,
        methods=capabilities.methods("tickets") if capabilities else None,
        custom=tuple(custom(row) for row in fields or () if row.get("name")),
        notes=notes,
    )


def _told(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except FATAL:
        raise
    except ApiError:
        return None


def custom(row: Mapping[str, Any]) -> Custom:
    """Read one row of the list of fields.

    >>> custom({"name": "region", "type": "enum", "options": [{"label": "Europe", "value": "EU"}]}).options
    ('EU', 'Europe')
    """
    options = [item for item in row.get("options") or () if isinstance(item, dict)]
    values = [str(item[key]) for item in options for key in ("value", "label") if item.get(key) is not None]
    name, label, kind = (str(row.get(key) or "") for key in ("name", "label", "type"))
    return Custom(name, label, kind, tuple(dict.fromkeys(values)), row.get("is_required") is True)
