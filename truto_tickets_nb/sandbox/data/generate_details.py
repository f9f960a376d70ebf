"""What tickets hold besides: who wrote, by which way, with which files, in which language. Drawn after everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data.sample_accounts import has
from truto_tickets_nb.sandbox.data.sample_texts import FILES, LANGUAGES, SOURCES

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from truto_tickets_nb.sandbox.data.sample_accounts import SampleAccount
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]
_DONE = (
    "closed",
    "completed",
    "done",
    "resolved",
    "accepted",
    "released",
    "canceled",
    "cancelled",
    "wontfix",
    "solved",
)


def details(
    chance: random.Random, account: tuple[PlayedIntegration, SampleAccount], record: Record, earlier: list[Record]
) -> Record:
    """Make the further fields that the tool has, and take away what goes not together."""
    played, sample = account
    drawn = {name: draw(chance, sample, record) for name, draw in _DRAWN.items()}
    fields: Record = {name: value for name, value in drawn.items() if has(played, name)}
    if not has(played, "number"):
        fields["number"] = None
    if "contacts" in sample:
        fields["contact"] = whole(chance.choice(sample["contacts"]))
    if earlier and has(played, "parent_ticket") and chance.random() < 0.15:
        parent = chance.choice(earlier)
        fields["parent_ticket"] = {"id": parent["id"], "name": parent["name"]}
    if played.own.get("all_fields"):
        fields |= {"organization": {"id": "org-1", "name": "Northwind Group"}, "etag": f'W/"{record["id"]}/0"'}
        fields |= _filled(sample, {**record, **fields}, earlier) if int(record["number"]) % 2 == 0 else {}
    return {**fields, **_apart(played, {**record, **fields})}


def _apart(played: PlayedIntegration, record: Record) -> Record:
    """Take away what the tool's rules forbid to stand together."""
    emptied: Record = {}
    together = [name for name in played.fact("either", ()) if record.get(name)]
    for name in together[:-1]:
        emptied[name] = [] if isinstance(record[name], list) else None
    types = played.fact("status_for_types", ())
    if types and (record.get("ticket_type") or {}).get("name") not in types:
        emptied["status"] = None
    return emptied


def _filled(sample: SampleAccount, record: Record, earlier: list[Record]) -> Record:
    """Fill what chance left empty: every second ticket of such a tool holds all fields of the page."""
    parent, person = earlier[-1], whole(sample["contacts"][0])
    full: Record = {
        "priority": {"id": sample["ticket_priorities"][0]["id"], "name": sample["ticket_priorities"][0]["name"]},
        "assignees": [whole(sample["users"][0])],
        "tags": [sample["tags"][0]],
        "description": "Works on my phone, not on the laptop.",
        "due_date": record["updated_at"],
        "completed_at": record["updated_at"],
        "parent_ticket": {"id": parent["id"], "name": parent["name"]},
        "additional_contacts": [person],
        "attachments": [{"id": f"{record['id']}-f0", "file_name": FILES[0], "file_url": record["ticket_url"]}],
    }
    return {name: value for name, value in full.items() if not record.get(name)}


def whole(person: Record) -> Record:
    """Show a person with everything that a ticket tells of one."""
    return {key: value for key, value in person.items() if key != "is_active"}


def _creator(chance: random.Random, sample: SampleAccount, record: Record) -> Record:
    of = "contacts" if "contacts" in sample and chance.random() < 0.8 else "users"
    person = chance.choice(sample[of])
    return {"id": person["id"], "name": person["name"], "type": of.removesuffix("s")}


def _source(chance: random.Random, sample: SampleAccount, record: Record) -> Record:
    identity, name = chance.choice(SOURCES)
    return {"id": identity, "name": name}


def _talk(chance: random.Random, sample: SampleAccount, record: Record) -> list[Record]:
    ids = [f"{record['id']}-m{n}" for n in range(1, chance.choice((2, 2, 3, 4)))]
    return [{"id": identity, "name": record["name"].strip(), "type": "email"} for identity in ids]


def _others(chance: random.Random, sample: SampleAccount, record: Record) -> list[Record]:
    return [
        whole(person) for person in chance.sample(sample.get("contacts", sample["users"]), chance.choice((0, 0, 1)))
    ]


def _files(chance: random.Random, sample: SampleAccount, record: Record) -> list[Record]:
    names = chance.sample(FILES, chance.choice((0, 0, 0, 1, 2)))
    url = f"https://tickets.example.com/files/{record['id']}"
    return [
        {"id": f"{record['id']}-f{n}", "file_name": name, "file_url": f"{url}/{n}"} for n, name in enumerate(names, 1)
    ]


def _languages(chance: random.Random, sample: SampleAccount, record: Record) -> list[str]:
    return [chance.choice(LANGUAGES)]


def _unread(chance: random.Random, sample: SampleAccount, record: Record) -> bool:
    return chance.random() < 0.2


def _completed(chance: random.Random, sample: SampleAccount, record: Record) -> str | None:
    status = str((record.get("status") or {}).get("name", "")).lower()
    return record["updated_at"] if status in _DONE else None


_DRAWN: dict[str, Callable[[random.Random, SampleAccount, Record], Any]] = {
    "created_by": _creator, "source": _source, "conversations": _talk, "additional_contacts": _others, "attachments": _files,
    "languages": _languages, "is_unread": _unread, "completed_at": _completed,
}  # fmt: skip
