"""Generate tickets: the same integration, seed and number always give the same ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.data.generate_details import details
from truto_tickets_nb.sandbox.data.sample_accounts import has, world
from truto_tickets_nb.sandbox.data.sample_texts import BODIES, HTML_BODIES, MARKDOWN_BODIES, ODD_SUBJECTS, SUBJECTS

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.sample_accounts import SampleAccount
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]
START = datetime(2026, 11, 1, 9, 0, 0, tzinfo=UTC)  # the sandbox's clock starts here, so that nothing depends on today
_BODIES = {"html": HTML_BODIES, "markdown": MARKDOWN_BODIES}


def tickets(played: PlayedIntegration, count: int, seed: int) -> tuple[list[Record], SampleAccount]:
    """Generate `count` tickets and the companion records they refer to."""
    chance = random.Random(f"{played.slug}/{seed}")
    account = world(played)
    records = [_ticket(chance, played, account, number) for number in range(count)]
    if not played.own.get("keeps"):  # drawn from a chance of their own, so that the first draws stay what they were
        more = random.Random(f"{played.slug}/{seed}/details")
        for number, record in enumerate(records):
            record.update(details(more, (played, account), record, records[max(0, number - 20) : number]))
    return [{key: value for key, value in record.items() if value is not None} for record in records], account


def _ticket(chance: random.Random, played: PlayedIntegration, account: SampleAccount, number: int) -> Record:
    """Make one ticket. The order of the draws stays as it is: tests and notebooks show what comes of it."""
    created = START - timedelta(minutes=chance.randrange(60, 60 * 24 * 400))
    updated = created + (START - created) * chance.random() ** 2
    home = chance.choice(account["workspaces"]) if "workspaces" in account else None
    return {
        "id": _identity(chance, played, number),
        "name": _subject(chance),
        "number": _number(played, home, number),
        "status": _named(chance.choice(_statuses(account, home, played))),
        "priority": _priority(chance, account, 12 if played.own.get("keeps") else 3),
        "assignees": _people(chance, account, played),
        "description": chance.choice(_BODIES.get(played.description_format, BODIES)),
        "tags": _tags(chance, account),
        "due_date": _due(chance, played),
        "created_at": stamp(created),
        "updated_at": stamp(updated),
        "ticket_url": f"https://tickets.example.com/{number + 1}",
        "custom_fields": _custom(chance) if has(played, "custom_fields") else None,
        "remote_data": {"raw_id": number, "raw_state": "imported"},
        **_company(chance, account, home),
    }


def _identity(chance: random.Random, played: PlayedIntegration, number: int) -> str:
    """Most ids are short; some have 19 digits, some lead with zeros: both are lost by careless spreadsheets."""
    draw = chance.random()
    if draw < 0.02:
        return str(1_000_000_000_000_000_001 + number)
    if draw < 0.03:
        return f"{number:07d}"
    return str(played.own.get("ids", "{}")).format(10_001 + number)


def _number(played: PlayedIntegration, home: Record | None, number: int) -> str:
    return f"{home['name'][:3].upper()}-{number + 1}" if home and played.slug == "jira" else str(number + 1)


def _subject(chance: random.Random) -> str:
    text = chance.choice(ODD_SUBJECTS if chance.random() < 0.06 else SUBJECTS).format(
        n=chance.randrange(10_000, 99_999), m=chance.randrange(2, 90)
    )
    draw = chance.random()
    if draw < 0.06:
        return text + " "
    if draw < 0.09:
        return "  " + text
    if draw < 0.12:
        return text.replace(" ", "  ", 1)
    return text.replace(" ", "\u00a0", 1) if draw < 0.14 else text


def _statuses(account: SampleAccount, home: Record | None, played: PlayedIntegration) -> list[Record]:
    if not played.status_per_workspace or not home:
        return account["ticket_status"]
    own = [row for row in account["ticket_status"] if row.get("workspace", {}).get("id") == home["id"]]
    return own or account["ticket_status"]


def _priority(chance: random.Random, account: SampleAccount, normal: int) -> Record | None:
    """Choose a priority; `normal` is the weight of Normal, where each other one weighs 2."""
    rows = account.get("ticket_priorities", [])
    if not rows or chance.random() <= 0.04:
        return None
    return _named(chance.choices(rows, [normal if row["name"] == "Normal" else 2 for row in rows])[0])


def _people(chance: random.Random, account: SampleAccount, played: PlayedIntegration) -> list[Record]:
    most = 1 if played.single_assignee else 3
    drawn = chance.sample(account["users"], min(chance.choice((0, 1, 1, 1, most)), most))
    return [_named(person) if played.own.get("keeps") else _person(person) for person in drawn]


def _tags(chance: random.Random, account: SampleAccount) -> list[Record] | None:
    if "tags" not in account:
        return None
    return [_named(tag) for tag in chance.sample(account["tags"], chance.choice((0, 0, 1, 1, 2, 3)))]


def _due(chance: random.Random, played: PlayedIntegration) -> str | None:
    if not has(played, "due_date") or chance.random() < 0.4:
        return None
    day = START + timedelta(days=chance.randrange(-60, 60))
    return day.date().isoformat() if played.fact("due_date") == "date" else stamp(day)


def _custom(chance: random.Random) -> Record:
    fields: Record = {
        "region": chance.choice(("EU", "eu", "US", "APAC", None)),
        "points": chance.choice((1, 2, 3, 5, 8, None)),
    }
    return {**fields, "escalated": chance.random() < 0.1}


def _company(chance: random.Random, account: SampleAccount, home: Record | None) -> Record:
    parts: Record = {"workspace": _named(home) if home else None}
    for field, resource in (("ticket_type", "ticket_types"), ("team", "teams"), ("account", "accounts")):
        parts[field] = _named(chance.choice(account[resource])) if resource in account else None
    groups = account.get("collections", [])
    parts["collections"] = [{**_named(row), "type": row["type"]} for row in chance.sample(groups, min(1, len(groups)))]
    parts["contact"] = _named(chance.choice(account["contacts"])) if "contacts" in account else None
    return parts


def _named(row: Record) -> Record:
    return {"id": row["id"], "name": row["name"]}


def _person(row: Record) -> Record:
    return {key: value for key, value in row.items() if key != "is_active"}


def stamp(when: datetime) -> str:
    """Write an instant as the API does."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
