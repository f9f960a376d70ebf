"""Unwritten tags in titles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.audits.similarity import spellings
from truto_tickets_nb.audits.similarity.title_tags import title_tags
from truto_tickets_nb.wording import by_number, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.audits.finding import Finding, Severity
    from truto_tickets_nb.audits.tickets import AuditedTickets


@dataclass(frozen=True, slots=True)
class TitleTags(Check):
    """Find tags at the beginning of titles that are written in several ways: "[ABFS]", "ABFS:", "[Abfs]"."""

    id: ClassVar[str] = "vocabulary.title_tags"
    severity: ClassVar[Severity] = "low"
    rationale: ClassVar[str] = "Tags in titles can't be filtered, and each spelling hides some of the tickets."
    needs: ClassVar[tuple[str, ...]] = ("name",)

    def find(self, tickets: AuditedTickets) -> Iterator[Finding]:
        tags = title_tags(tickets.texts("name"))
        counts: dict[str, int] = {}
        for tag in tags:
            counts[tag.text] = counts.get(tag.text, 0) + len(tag.places)
        family: dict[str, tuple[str, ...]] = {text: (text,) for text in counts}
        for group in spellings.groups(counts):
            family |= dict.fromkeys(group.ranked, group.ranked)
        groups: dict[tuple[str, ...], list[str]] = {}
        places: set[int] = set()
        for tag in tags:
            groups.setdefault(family[tag.text], []).append(tag.written)
        groups = {texts: written for texts, written in groups.items() if len(written) > 1}
        sizes = {tag.written: len(tag.places) for tag in tags}
        for tag in tags:
            if family[tag.text] in groups:
                places.update(tag.places)
        if not groups:
            return
        ordered = sorted(
            (sorted(written, key=lambda w: (-sizes[w], w)) for written in groups.values()),
            key=lambda g: -sum(sizes[w] for w in g),
        )
        shown = "; ".join(" ".join(f"{w} {sizes[w]:,}" for w in group) for group in ordered[:5])
        more = f"; and {len(ordered) - 5} more" if len(ordered) > 5 else ""
        rows = [identity for at, identity in enumerate(tickets.ids) if at in places]
        message = f"{counted(len(ordered), 'tag')} in {counted(len(rows), 'title')} {by_number(len(ordered), 'is', 'are')} written in several ways: {shown}{more}."
        advice = 'Make them real tags: draft.add("tags", …, where=…), or give each one spelling with draft.replace("name", …).'
        yield self.finding(tickets, rows, message, groups=ordered, advice=advice)
