"""Generate tickets: the same integration, seed and number always give the same ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.words import BODIES, CONTACTS, ODD_SUBJECTS, PEOPLE, SUBJECTS, TAGS, WORLDS

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles import Played

Record = dict[str, Any]
START = datetime(2026, 11, 1, 9, 0, 0, tzinfo=UTC)  # the sandbox's clock starts here, so that nothing depends on today


def world(played: Played) -> dict[str, list[Record]]:
    """Build the companion records of a generated account: people, statuses, priorities and the like."""
    made: dict[str, list[Record]] = {name: [dict(row) for row in rows] for name, rows in WORLDS[played.slug].items()}
    made["users"] = [_person(n, name, "u", "example.com") for n, name in enumerate(PEOPLE, 1)]
    made["contacts"] = [_person(n, name, "c", "example.org") for n, name in enumerate(CONTACTS, 1)]
    made.setdefault("tags", [{"id": tag, "name": tag} for tag in TAGS])
    made["fields"] = [
        {"id": f"f{n}", "name": key, "label": key.title(), "type": kind} for n, (key, kind) in enumerate(_CUSTOM)
    ]
    return made


_CUSTOM = (("region", "string"), ("points", "number"), ("escalated", "boolean"))


def _person(number: int, name: str, prefix: str, host: str) -> Record:
    first, _, last = name.partition(" ")
    mail = f"{first}.{last}.{number}@{host}".lower().encode("ascii", "ignore").decode()
    return {
        "id": f"{prefix}{number}",
        "name": name,
        "first_name": first,
        "last_name": last,
        "emails": [{"email": mail}],
        "is_active": number != 9,
    }


def tickets(played: Played, count: int, seed: int) -> tuple[list[Record], dict[str, list[Record]]]:
    """Generate `count` tickets and the companion records they refer to."""
    chance = random.Random(f"{played.slug}/{seed}")
    made = world(played)
    return [_ticket(chance, played, made, number) for number in range(count)], made


def _ticket(chance: random.Random, played: Played, made: dict[str, list[Record]], number: int) -> Record:
    created = START - timedelta(minutes=chance.randrange(60, 60 * 24 * 400))
    updated = created + (START - created) * chance.random() ** 2
    home = chance.choice(made["workspaces"]) if "workspaces" in made else None
    record: Record = {
        "id": _identity(chance, played, number),
        "name": _subject(chance),
        "number": f"{home['name'][:3].upper()}-{number + 1}" if home and played.slug == "jira" else str(number + 1),
        "status": _named(chance.choice(_statuses(made, home, played))),
        "priority": _named(chance.choices(made["ticket_priorities"], _weights(made))[0])
        if chance.random() > 0.04
        else None,
        "assignees": _people(chance, made, played),
        "description": chance.choice(BODIES),
        "tags": [_named(tag) for tag in chance.sample(made["tags"], chance.choice((0, 0, 1, 1, 2, 3)))],
        "due_date": _due(chance, played),
        "created_at": _stamp(created),
        "updated_at": _stamp(updated),
        "ticket_url": f"https://tickets.example.com/{number + 1}",
        "custom_fields": _custom(chance),
        "remote_data": {"raw_id": number, "raw_state": "imported"},
    }
    record |= _company(chance, made, home)
    return {key: value for key, value in record.items() if value is not None}


def _identity(chance: random.Random, played: Played, number: int) -> str:
    """Most ids are short; some have 19 digits, some lead with zeros: both are lost by careless spreadsheets."""
    odd = chance.random()
    if odd < 0.02:
        return str(1_000_000_000_000_000_001 + number)
    if odd < 0.03:
        return f"{number:07d}"
    return str(10_001 + number) if played.slug != "microsoftplanner" else f"task-{10_001 + number}-AAA"


def _subject(chance: random.Random) -> str:
    text = chance.choice(ODD_SUBJECTS if chance.random() < 0.06 else SUBJECTS).format(
        n=chance.randrange(10_000, 99_999), m=chance.randrange(2, 90)
    )
    odd = chance.random()
    if odd < 0.06:
        return text + " "
    if odd < 0.09:
        return "  " + text
    if odd < 0.12:
        return text.replace(" ", "  ", 1)
    return text.replace(" ", "\u00a0", 1) if odd < 0.14 else text


def _statuses(made: dict[str, list[Record]], home: Record | None, played: Played) -> list[Record]:
    if not played.status_per_workspace or not home:
        return made["ticket_status"]
    return [row for row in made["ticket_status"] if row.get("workspace", {}).get("id") == home["id"]]


def _weights(made: dict[str, list[Record]]) -> list[int]:
    return [12 if row["name"] == "Normal" else 2 for row in made["ticket_priorities"]]


def _people(chance: random.Random, made: dict[str, list[Record]], played: Played) -> list[Record]:
    most = 1 if played.single_assignee else 3
    return [_named(person) for person in chance.sample(made["users"], min(chance.choice((0, 1, 1, 1, most)), most))]


def _due(chance: random.Random, played: Played) -> str | None:
    if chance.random() < 0.4:
        return None
    day = START + timedelta(days=chance.randrange(-60, 60))
    return day.date().isoformat() if played.slug == "jira" else _stamp(day)


def _custom(chance: random.Random) -> Record:
    made: Record = {
        "region": chance.choice(("EU", "eu", "US", "APAC", None)),
        "points": chance.choice((1, 2, 3, 5, 8, None)),
    }
    return {**made, "escalated": chance.random() < 0.1}


def _company(chance: random.Random, made: dict[str, list[Record]], home: Record | None) -> Record:
    made_up: Record = {"workspace": _named(home) if home else None}
    for field, resource in (("ticket_type", "ticket_types"), ("team", "teams"), ("account", "accounts")):
        made_up[field] = _named(chance.choice(made[resource])) if resource in made else None
    made_up["collections"] = [
        {**_named(row), "type": row["type"]}
        for row in chance.sample(made.get("collections", []), min(1, len(made.get("collections", []))))
    ]
    made_up["contact"] = _named(chance.choice(made["contacts"]))
    return made_up


def _named(row: Record) -> Record:
    return {"id": row["id"], "name": row["name"]}


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
