"""Spellings and duplicates as frames, for those who want only these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from truto_tickets_nb.audits import duplicates as alike
from truto_tickets_nb.audits.audit_snapshot import audited
from truto_tickets_nb.audits.checks.vocabulary_spellings import listed_values
from truto_tickets_nb.audits.similarity import pairs
from truto_tickets_nb.audits.similarity import spellings as groups_of
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.tickets import AuditedTickets
    from truto_tickets_nb.edits.source import Source

SPELLINGS = ["group", "value", "tickets", "keep"]
DUPLICATES = ["kind", "group", "id", "text"]


def spellings(source: Source, field: str, by: str | None) -> pd.DataFrame:
    """List the values of a column that are one value in several spellings; see Snapshot.spellings."""
    tickets = audited(source)
    _check(tickets, field)
    if by is not None:
        _check(tickets, by)
    rows: list[tuple[object, ...]] = []
    for place, part in _parts(tickets, by):
        counts = {str(value): int(count) for value, count in tickets.counts(field, part).items()}
        for group in groups_of.groups(counts, listed_values(tickets, field)):
            number = len({row[1] for row in rows}) + 1
            rows += [(place, number, value, group.counts[value], group.keep) for value in group.ranked]
    frame = pd.DataFrame(rows, columns=[by or "", *SPELLINGS])
    return frame if by else frame[SPELLINGS]


def _parts(tickets: AuditedTickets, by: str | None) -> Iterator[tuple[str, object]]:
    if by is None:
        yield "", None
        return
    cells = tickets.frame[by].astype(object)
    for value in sorted(map(str, cells.dropna().unique())):
        yield value, (cells == value).to_numpy(bool)


def duplicates(source: Source, field: str) -> pd.DataFrame:
    """List the groups of tickets that are alike in a text; see Snapshot.duplicates."""
    tickets = audited(source)
    _check(tickets, field)
    texts = tickets.texts(field)
    same = [tuple(tickets.ids[at] for at in group) for group in pairs.same(list(texts))]
    together = {frozenset(pair) for group in same for pair in alike.pairs_of(group)}
    similar = [pair for pair in alike.look_alike(tickets, field=field).pairs if frozenset(pair) not in together]
    rows = [
        (kind, number, identity, texts[identity])
        for number, (kind, group) in enumerate([*(("same", g) for g in same), *(("look alike", g) for g in similar)], 1)
        for identity in group
    ]
    return pd.DataFrame(rows, columns=DUPLICATES)


def _check(tickets: AuditedTickets, field: str) -> None:
    if field not in tickets.frame.columns:
        meant = near(field, tickets.frame.columns)
        hint = f" Did you mean {meant[0]!r}?" if meant else ""
        raise AuditError(f"There is no column {field!r} in these tickets.{hint}")
