"""Names <-> ids of statuses, priorities, people, tags: resolved in the ticket's own workspace, with did-you-mean."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.actions import SHOWN, Action, correct, of_names
from truto_tickets_nb.did_you_mean import Folded
from truto_tickets_nb.tickets.choice import Choice, Unresolved, choice
from truto_tickets_nb.tickets.name_matching import folded as fold
from truto_tickets_nb.tickets.name_matching import nfc, outline
from truto_tickets_nb.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from truto_tickets_nb.tickets.json_values import Ref

__all__ = ["Choice", "Choices", "Unresolved"]


@dataclass(frozen=True)
class Choices:
    """The choices of one companion resource of one account."""

    resource: str
    items: tuple[Choice, ...] = ()
    seen: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)  # (workspace, name) -> ids in tickets

    @classmethod
    def from_records(cls, resource: str, records: Iterable[Mapping[str, Any]]) -> Choices:
        """Read a companion list as the API answers it."""
        items = (choice(record) for record in records)
        return cls(resource, tuple(item for item in items if item.id or item.name))

    def with_seen(self, seen: Iterable[tuple[str, Ref]]) -> Choices:
        """Add the values that loaded tickets hold, as (workspace id, reference); they are marked as only seen."""
        ids: dict[tuple[str, str], set[str]] = defaultdict(set)
        new: dict[str, Choice] = {}
        listed = {item.id for item in self.items}
        words = {item.name.casefold() for item in self.items}
        for workspace, reference in seen:
            ids[workspace, nfc(reference.name)].add(reference.id)
            bare = (
                reference.id == reference.name and reference.name.casefold() in words
            )  # a name, without the id that the list knows
            if reference.id and reference.id not in listed and not bare:
                new.setdefault(reference.id, Choice(reference.id, reference.name or reference.id, origin="seen"))
        ids_of = {key: frozenset(value) for key, value in ids.items()}
        return Choices(self.resource, (*self.items, *new.values()), ids_of)

    def with_schema(self, names: Iterable[str]) -> Choices:
        """Add the values that the account's schema names, where it has no list of them.

        Their name is their id, unless tickets were seen that know another one.
        """
        named = tuple(names)
        if not named or any(item.origin == "list" for item in self.items):
            return self
        current = (item._replace(origin="schema") if {item.id, item.name} & {*named} else item for item in self.items)
        listed = {part for item in self.items for part in (item.id, item.name)}
        new = (Choice(name, name, origin="schema") for name in named if name not in listed)
        return Choices(self.resource, (*current, *new), self.seen)

    @property
    def origins(self) -> tuple[str, ...]:
        """Return who names these values: list, schema, seen.

        >>> Choices("ticket_status").with_schema(["open"]).origins
        ('schema',)
        """
        return tuple(dict.fromkeys(item.origin for item in self.items))

    @cached_property
    def _by_id(self) -> dict[str, Choice]:
        return {item.id: item for item in reversed(self.items) if item.id}

    @cached_property
    def _by_name(self) -> dict[str, list[Choice]]:
        return _grouped((nfc(item.name), item) for item in self.items)

    @cached_property
    def _by_folded(self) -> dict[str, list[Choice]]:
        pairs = [(fold(name), item) for item in self.items for name in {item.name, item.email} if name]
        return _grouped(pairs)

    @cached_property
    def _by_label(self) -> dict[str, list[Choice]]:
        return _grouped((fold(label), item) for item in self.items for label in dict.fromkeys(item.labels))

    @cached_property
    def namesakes(self) -> dict[str, tuple[Choice, ...]]:
        """Group those who share a name where one ticket could mean either: NFC name -> two choices or more.

        >>> list(Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}, {"id": 3, "name": "Bo"}]).namesakes)
        ['Ada']
        """
        several = {name: items for name, items in self._by_name.items() if len({item.id for item in items}) > 1}
        return {
            name: tuple({item.id: item for item in items}.values())
            for name, items in several.items()
            if self._meet(name, items)
        }

    def _meet(self, name: str, items: Sequence[Choice]) -> bool:
        """Return whether two of one name belong to one workspace."""
        everywhere = {item.id for item in items if not item.workspace and item.origin != "seen"}
        places: dict[str, set[str]] = defaultdict(set)
        for item in items:
            if item.workspace:
                places[item.workspace].add(item.id)
        for place, ids in self._seen_by_name.get(name, ()):
            places[place] |= ids
        return len(everywhere) > 1 or any(len(everywhere | ids) > 1 for ids in places.values())

    @cached_property
    def _seen_by_name(self) -> dict[str, list[tuple[str, frozenset[str]]]]:
        groups: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for (workspace, name), ids in self.seen.items():
            groups[name].append((workspace, ids))
        return dict(groups)

    def label(self, name: str, identity: str) -> str:
        """Write a name so that it means nobody else: with the e-mail or the id where others share it.

        >>> Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}]).label("Ada", "2")
        'Ada (id 2)'
        """
        twins = self.namesakes.get(nfc(name), ())
        own = self._by_id.get(identity)
        if not twins or own is None:
            return name
        is_told_by_mail = own.email and [item.email for item in twins].count(own.email) == 1
        return f"{name} <{own.email}>" if is_told_by_mail else f"{name} (id {identity})"

    def labelled(self, text: str) -> Choice | None:
        """Find the choice behind a label such as "Jo Smith <jo1@example.com>"; None where it is none, or a name of its own.

        >>> Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}]).labelled("Ada (id 2)").id
        '2'
        """
        if text[-1:] not in (">", ")") or nfc(text) in self._by_name:
            return None
        ids = {item.id: item for item in self._by_label.get(fold(text), ())}
        return next(iter(ids.values())) if len(ids) == 1 else None

    def canonical(self, text: str) -> str:
        """Write a name, a label, an id or an e-mail as a draft's frame holds it; other text stays, as a name that several share does.

        >>> Choices.from_records("users", [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ada"}, {"id": 3, "name": "Bo"}]).canonical("3")
        'Bo'
        """
        named = self._by_name.get(nfc(text))
        if named:
            return named[0].name
        own = self.labelled(text) or self._by_id.get(text) or self._mailed(text)
        if own is None:
            return text
        is_clear = nfc(own.name) in self.namesakes or len({item.id for item in self._by_name[nfc(own.name)]}) == 1
        return self.label(own.name, own.id) if is_clear else text

    def _mailed(self, text: str) -> Choice | None:
        owners = {
            item.id: item
            for item in self._by_folded.get(fold(text), ())
            if "@" in text and fold(item.email) == fold(text)
        }
        return next(iter(owners.values())) if len(owners) == 1 else None

    def ambiguous(self, text: str) -> Unresolved | None:
        """Refuse a name that several share; None where it means one, or nobody knows it."""
        twins = self.namesakes.get(nfc(text))
        return self._ambiguous(text, twins) if twins else None

    @cached_property
    def _by_outline(self) -> dict[str, str]:
        return {outline(item.name): item.name for item in reversed(self.items)}

    def lookalike(self, text: str) -> str:
        """Find the name that differs from a new one only by capitals, blanks, invisible or double-width characters; "" where none does.

        >>> Choices.from_records("tags", [{"id": 1, "name": "bug"}]).lookalike("Bug ")
        'bug'
        """
        return self._by_outline.get(outline(text), "")

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
        >>> people.resolve("2").id, people.resolve("Ada").message
        ('2', "'Ada' is the name of 2 users")
        """
        key = nfc(text)
        named = self._by_name.get(key, []) or ([] if exact else self._by_folded.get(fold(text), []))
        own = self._preferred(self._within(named, workspace), workspace, key)
        if len(own) == 1:
            return own[0]
        other = self._by_id.get(text) or self.labelled(text)
        if other and not own and other.workspace in ("", workspace):
            return other
        return (
            self._ambiguous(text, own) if own else self._unknown(text, named or ([other] if other else []), workspace)
        )

    def spelled(self, text: str) -> str:
        """Write a name as the account writes it, also where an id or an e-mail was given; text that stands for no one name stays.

        >>> Choices.from_records("tags", [{"id": 7, "name": "Billing"}]).spelled("billing")
        'Billing'
        """
        named = self._by_name.get(nfc(text))
        if named:
            return named[0].name
        matches = self._by_folded.get(fold(text)) or [item for item in [self._by_id.get(text)] if item]
        names = {item.name for item in matches}
        if len(names) != 1:
            return text
        name = names.pop()
        is_one = len({item.id for item in self._by_name[nfc(name)]}) == 1
        return name if fold(name) == fold(text) or is_one else text

    def _within(self, items: Iterable[Choice], workspace: str) -> list[Choice]:
        return [item for item in items if not workspace or item.workspace in ("", workspace)]

    def _preferred(self, items: list[Choice], workspace: str, text: str) -> list[Choice]:
        """Where a name stands for several ids, the one that tickets of this very workspace hold is meant."""
        unique = list({item.id: item for item in items}.values())
        ids = self.seen.get((workspace, text), frozenset())  # text in NFC
        here = [item for item in unique if item.id in ids]
        return here if workspace and len(unique) > 1 and len(here) == 1 and self.resource != "users" else unique

    def _ambiguous(self, text: str, items: Sequence[Choice]) -> Unresolved:
        return Unresolved(
            "value.ambiguous_name",
            f"{text!r} is the name of {len(items)} {self.words}",
            correct(f"Give the id, or the name with its e-mail, instead: {_listed(items)}."),
        )

    def _unknown(self, text: str, elsewhere: Sequence[Choice], workspace: str) -> Unresolved:
        if elsewhere:
            message = f"{text!r} belongs to another workspace"
            return Unresolved(
                "value.name_of_other_workspace", message, (of_names("choose_in_workspace", self.names(workspace)),)
            )
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
        hint = of_names("suggest", meant) if meant else of_names("choose", names)
        action = hint if names else Action("write_id", text)
        return Unresolved("value.unknown_name", f"Unknown {self.word} {text!r}", (action,))

    @property
    def words(self) -> str:
        """Return what the choices are, as a plural: ticket statuses, users."""
        return self.resource.replace("_", " ").replace("status", "statuses")

    @property
    def word(self) -> str:
        """Return what one of the choices is.

        >>> [Choices(resource).word for resource in ("users", "ticket_status", "ticket_priorities", "tags")]
        ['user', 'status', 'priority', 'tag']
        """
        name = self.resource.removeprefix("ticket_").replace("_", " ")
        return name if name == "status" else f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def _grouped(pairs: Iterable[tuple[str, Choice]]) -> dict[str, list[Choice]]:
    groups: dict[str, list[Choice]] = defaultdict(list)
    for name, item in pairs:
        groups[name].append(item)
    return dict(groups)


def _listed(items: Sequence[Choice]) -> str:
    return listed((item.shown for item in items), SHOWN)
