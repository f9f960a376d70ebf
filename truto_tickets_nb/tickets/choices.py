"""Names <-> ids of statuses, priorities, people, tags: resolved in the ticket's own workspace, with did-you-mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from truto_tickets_nb.suggest import Folded
from truto_tickets_nb.tickets.values import Ref, person_name, ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHOWN = 6  # candidates named in a message


class Choice(NamedTuple):
    """Hold one value that a reference may take."""

    id: str
    name: str
    workspace: str = ""  # the id of the one workspace it belongs to; "" where it belongs to all, or nobody says
    email: str = ""
    active: bool = True
    origin: str = "list"  # who names it: the account's "list", its "schema", or tickets in which it was "seen"
    type: str = ""

    @property
    def shown(self) -> str:
        """Tell it apart from its namesakes: name, e-mail, id."""
        mail = f" <{self.email}>" if self.email else ""
        return f"{self.name}{mail} (id {self.id})" if self.name != self.id else self.id


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Say why a name could not be resolved, and what to do."""

    reason: str
    fix: str


@dataclass(frozen=True)
class Choices:
    """Hold the choices of one companion resource of one account."""

    resource: str
    items: tuple[Choice, ...] = ()
    seen: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)  # (workspace, name) -> ids in tickets

    @classmethod
    def from_records(cls, resource: str, records: Iterable[Mapping[str, Any]]) -> Choices:
        """Read a companion list as the API answers it."""
        return cls(resource, tuple(choice(record) for record in records))

    def with_seen(self, seen: Iterable[tuple[str, Ref]]) -> Choices:
        """Add the values that loaded tickets hold, as (workspace id, reference); they are marked as only seen."""
        ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        new: dict[str, Choice] = {}
        known = {item.id for item in self.items}
        words = {item.name.casefold() for item in self.items}
        for workspace, found in seen:
            ids[workspace, found.name].add(found.id)
            bare = (
                found.id == found.name and found.name.casefold() in words
            )  # a name, without the id that the list knows
            if found.id and found.id not in known and not bare:
                new.setdefault(found.id, Choice(found.id, found.name or found.id, origin="seen"))
        held = {key: frozenset(value) for key, value in ids.items()}
        return Choices(self.resource, (*self.items, *new.values()), held)

    def with_schema(self, names: Iterable[str]) -> Choices:
        """Add the values that the account's schema names, where it has no list of them.

        Their name is their id, unless tickets were seen that know another one.
        """
        named = tuple(names)
        if not named or any(item.origin == "list" for item in self.items):
            return self
        held = (item._replace(origin="schema") if {item.id, item.name} & {*named} else item for item in self.items)
        known = {part for item in self.items for part in (item.id, item.name)}
        new = (Choice(name, name, origin="schema") for name in named if name not in known)
        return Choices(self.resource, (*held, *new), self.seen)

    @property
    def origins(self) -> tuple[str, ...]:
        """Tell who names these values: list, schema, seen.

        >>> Choices("ticket_status").with_schema(["open"]).origins
        ('schema',)
        """
        return tuple(dict.fromkeys(item.origin for item in self.items))

    @cached_property
    def _by_id(self) -> dict[str, Choice]:
        return {item.id: item for item in reversed(self.items) if item.id}

    @cached_property
    def _by_name(self) -> dict[str, list[Choice]]:
        return _grouped((item.name, item) for item in self.items)

    @cached_property
    def _by_folded(self) -> dict[str, list[Choice]]:
        pairs = [(name.casefold(), item) for item in self.items for name in {item.name, item.email} if name]
        return _grouped(pairs)

    def by_id(self, identity: str) -> Choice | None:
        """Find a choice by its id."""
        return self._by_id.get(identity)

    def names(self, workspace: str = "") -> tuple[str, ...]:
        """List the names that tickets of a workspace may take, each once, in the order of the list."""
        return tuple(dict.fromkeys(item.name for item in self._within(self.items, workspace)))

    def resolve(self, text: str, workspace: str = "", *, exact: bool = False) -> Choice | Unresolved:
        """Find the one choice that a name, an e-mail or an id means for a ticket of this workspace.

        Names win over ids, exact spelling over other capitals (`exact=True` refuses those).

        >>> people = Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}])
        >>> people.resolve("2").id, people.resolve("Ada").reason
        ('2', "'Ada' is the name of 2 users")
        """
        named = self._by_name.get(text, []) or ([] if exact else self._by_folded.get(text.casefold().strip(), []))
        own = self._preferred(self._within(named, workspace), workspace, text)
        if len(own) == 1:
            return own[0]
        found = self._by_id.get(text)
        if found and not own and found.workspace in ("", workspace):
            return found
        return (
            self._ambiguous(text, own) if own else self._unknown(text, named or ([found] if found else []), workspace)
        )

    def spelled(self, text: str) -> str:
        """Write a name as the account writes it, also where an id or an e-mail was given; text that stands for no one name stays.

        >>> Choices.from_records("tags", [{"id": 7, "name": "Billing"}]).spelled("billing")
        'Billing'
        """
        if text in self._by_name:
            return text
        folded = text.casefold().strip()
        found = self._by_folded.get(folded) or [item for item in [self._by_id.get(text)] if item]
        names = {item.name for item in found}
        if len(names) != 1:
            return text
        name = names.pop()
        return name if name.casefold() == folded or len({item.id for item in self._by_name[name]}) == 1 else text

    def _within(self, items: Iterable[Choice], workspace: str) -> list[Choice]:
        return [item for item in items if not workspace or item.workspace in ("", workspace)]

    def _preferred(self, items: list[Choice], workspace: str, text: str) -> list[Choice]:
        """Where a name stands for several ids, the one that tickets of this very workspace hold is meant."""
        unique = list({item.id: item for item in items}.values())
        ids = self.seen.get((workspace, text), frozenset())
        here = [item for item in unique if item.id in ids]
        return here if workspace and len(unique) > 1 and len(here) == 1 and self.resource != "users" else unique

    def _ambiguous(self, text: str, items: Sequence[Choice]) -> Unresolved:
        return Unresolved(
            f"{text!r} is the name of {len(items)} {self.words}", f"Give the id instead: {_listed(items)}."
        )

    def _unknown(self, text: str, elsewhere: Sequence[Choice], workspace: str) -> Unresolved:
        if elsewhere:
            where = f"{text!r} belongs to another workspace"
            return Unresolved(where, f"Tickets of this workspace can take: {_few(self.names(workspace))}.")
        if (text, workspace) not in self._refusals:
            self._refusals[text, workspace] = self._refusal(text, workspace)
        return self._refusals[text, workspace]

    @cached_property
    def _refusals(self) -> dict[tuple[str, str], Unresolved]:
        """Remember what was said of each unknown name: a column repeats one name thousands of times."""
        return {}

    @cached_property
    def _by_workspace(self) -> dict[str, tuple[tuple[str, ...], Folded]]:
        return {}

    def _refusal(self, text: str, workspace: str) -> Unresolved:
        if workspace not in self._by_workspace:
            names = self.names(workspace)
            self._by_workspace[workspace] = names, Folded(names)
        names, folded = self._by_workspace[workspace]
        meant = folded.near(text, count=3)
        hint = f"Did you mean {_few(meant)}?" if meant else f"There are: {_few(names)}."
        explicit = f'To send an id that no list holds, put {{"id": {text!r}}} into the cell.'
        return Unresolved(f"{text!r} is none of the {self.words} known here", f"{hint if names else explicit}")

    @property
    def words(self) -> str:
        """Tell what the choices are, in words."""
        return self.resource.replace("_", " ").replace("status", "statuses")


def choice(record: Mapping[str, Any]) -> Choice:
    """Read one choice from a companion record; a missing name falls back to the id."""
    identity = str(record.get("id", record.get("name", "")))
    mails = [str(mail.get("email", "")) for mail in record.get("emails") or () if isinstance(mail, dict)]
    home = ref(record.get("workspace") or record.get("project"))
    return Choice(
        identity,
        person_name(dict(record)) or identity,
        workspace=home.id if home else "",
        email=next((mail for mail in mails if mail), ""),
        active=record.get("is_active") is not False and record.get("status") != "inactive",
        type=str(record.get("type") or ""),
    )


def _grouped(pairs: Iterable[tuple[str, Choice]]) -> dict[str, list[Choice]]:
    groups: dict[str, list[Choice]] = defaultdict(list)
    for name, item in pairs:
        groups[name].append(item)
    return dict(groups)


def _listed(items: Sequence[Choice]) -> str:
    return _few([item.shown for item in items])


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown or "nothing"
