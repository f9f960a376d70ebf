"""What is known of one account, as a page for a person: its tool's profile, what it told itself, its choices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from truto_tickets_nb.integrations.facts import QUESTIONS
from truto_tickets_nb.integrations.profile import WORDS
from truto_tickets_nb.loading.column_info import Column, about
from truto_tickets_nb.show import Answers, Group, Page, Paragraph, Row, to_html, to_text
from truto_tickets_nb.tickets.fields import CUSTOM, FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from truto_tickets_nb.integrations.profile import Fact, Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.tickets.choices import Choices

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "statuses": ("status_model", "status_values", "status_per_workspace", "status_for_types"),
    "people, tags, collections": (
        "assignees", "assignees_write", "tags", "tag_spaces", "tags_write", "collections_write", "collection_types", "ticket_type_values",
    ),
    "texts and dates": ("title_max", "description_format", "description_max", "due_date", "due_date_ahead", "custom_fields_whole"),
    "emptying a field": ("clear",),
    "what goes along, and what can't go together": ("required_query", "optional_query", "either", "apart"),
    "who hears of it": ("notifies", "quiet", "history"),
    "how fast": ("limit", "limit_status", "limit_headers", "lockout", "write_cost", "partial_list"),
    "what guards your work": ("concurrency", "validate", "synced"),
}  # fmt: skip

ALWAYS = (
    "status_model",
    "assignees",
    "clear",
    "notifies",
    "quiet",
    "limit",
    "concurrency",
)  # asked even where nobody answers


@dataclass(frozen=True, slots=True, repr=False)
class AccountProfile:
    """What is known of one account; shown, it reads as a page."""

    account_id: str
    profile: Profile
    learnt: AccountSchema
    choices: Mapping[str, Choices]

    @property
    def slug(self) -> str:
        """Name the integration by its slug."""
        return self.profile.slug

    @property
    def name(self) -> str:
        """Name the tool."""
        return self.profile.name

    @property
    def is_known(self) -> bool:
        """Return whether there is a data file for the tool."""
        return self.profile.is_known

    def fact(self, name: str) -> Fact:
        """Find what the profile knows: value, evidence, source, note."""
        return self.profile.fact(name)

    def columns(self) -> pd.DataFrame:
        """List all columns: kind, editable (bool), why, and the values they take (str); index = column."""
        rows = [(item.column, item.kind, item.editable, item.why, item.takes) for item in self._columns()]
        frame = pd.DataFrame(rows, columns=["column", "kind", "editable", "why", "takes"]).set_index("column")
        return frame.astype({"editable": bool})

    def facts(self) -> pd.DataFrame:
        """List all facts: what is asked, the answer, its evidence and its source (str); index = fact."""
        rows = [(name, item.asks, *self._known(name)) for name, item in QUESTIONS.items()]
        return pd.DataFrame(rows, columns=["fact", "question", "answer", "evidence", "source"]).set_index("fact")

    def _known(self, name: str) -> tuple[str, str, str]:
        fact = self.profile.fact(name)
        return QUESTIONS[name].read(fact.value) if fact.value is not None else "", fact.told, fact.source

    def _columns(self) -> list[Column]:
        customs = [CUSTOM + item.key for item in self.learnt.custom] or [f"{CUSTOM}<key>"]
        names = [*FIELDS, *customs]
        return [about(name, self.profile, self.learnt, self.choices) for name in names]

    def _page(self) -> Page:
        evidence_of: list[str] = [self.profile.fact(name).standing for name in QUESTIONS]
        counted = ((evidence_of.count(evidence), word) for evidence, word in WORDS.items())
        facts = (
            f"{self.slug} account {self.account_id}",
            *(f"{word}: {count}" for count, word in counted if count),
        )
        blocks = (*self._warnings(), *self._groups(), *self._sections(), *self._gaps())
        return Page(
            f"{self.name}: what can be edited here, and what is known", facts, blocks, "df = account.load().frame()"
        )

    def _warnings(self) -> Iterator[Paragraph]:
        ended = self.profile.fact("ended")
        if ended.value:
            yield Paragraph(
                f"{self.name} ended its tickets on {ended.value} ({ended.told}): nothing can be sent to it any more.",
                "bad",
            )
        if self.learnt.can_update is False or (self.learnt.can_update is None and self.profile.can_update is False):
            yield Paragraph(
                f"Truto documents no update of tickets for {self.name}: they can be loaded and audited, not changed.",
                "bad",
            )
        elif not self.profile.is_known:
            yield Paragraph(
                "Nothing is written down about this tool: what stands here, the account told itself.", "warn"
            )
        if self.learnt.overridden:
            yield Paragraph(
                f"This environment changed Truto's mapping of {self.name} tickets (env_overridden): what is documented may not hold here.",
                "warn",
            )
        if self.profile.slug_evidence == "inferred":
            yield Paragraph(f"That {self.name} is called {self.slug!r} by Truto is our assumption.", "warn")
        yield from (Paragraph(note, "warn") for note in self.learnt.notes)

    def _groups(self) -> Iterator[Group | Answers]:
        """Show the columns by who says what of them: those that are taken with their values, the others in a line."""
        by_reason: dict[tuple[bool, str], list[Column]] = defaultdict(list)
        for item in self._columns():
            by_reason[item.standing == "taken", item.why].append(item)
        for (yes, why), members in by_reason.items():
            if yes:
                rows = tuple(Row(item.column, "", (item.takes,) if item.takes else ()) for item in members)
                yield Group("columns you can edit", why, f"{len(rows)}", rows)
        others = tuple(
            (why, ", ".join(item.column for item in members)) for (yes, why), members in by_reason.items() if not yes
        )
        yield Answers("columns that an update leaves alone", others)

    def _sections(self) -> Iterator[Answers]:
        for label, names in SECTIONS.items():
            rows = tuple(
                self._row(name) for name in names if self.profile.fact(name).value is not None or name in ALWAYS
            )
            own = tuple(self._own(label))
            if rows or own:
                yield Answers(label, (*own, *rows))

    def _row(self, name: str) -> tuple[str, str]:
        fact, item = self.profile.fact(name), QUESTIONS[name]
        note = f" {fact.note}" if fact.note else ""
        if fact.value is None:
            return item.asks, f"{fact.told}."
        return item.asks, f"{item.read(fact.value)} ({fact.told}).{note}"

    def _own(self, label: str) -> Iterator[tuple[str, str]]:
        """Add what the account itself told, which wins over the files."""
        if label.startswith("what goes along"):
            if self.learnt.required_query:
                yield "what each PATCH needs", f"{', '.join(self.learnt.required_query)} (the account's own schema)."
            if self.learnt.required:
                words = ", ".join(rule.replace("|", " or ") for rule in self.learnt.required)
                yield "fields that always go along", f"{words} (the account's own schema)."
            for place, text in self.learnt.unseen:
                yield f"what Truto adds to the {place} of each update", f"{text} (the account's own schema)."
        if label == "how fast" and self.learnt.steps:
            yield "what an update costs", f"{self.learnt.steps + 1} calls in the tool (the account's own mapping)."
        if label.startswith("what guards") and self.learnt.readable is not None:
            silent = [name for name, row in FIELDS.items() if row.writable and not self.learnt.can_be_read(name)]
            yield (
                "what can't be verified after sending",
                f"{', '.join(silent) or 'nothing'} (the account's own mapping).",
            )
        if label == "how fast" and self.learnt.filters is not None:
            yield (
                "what a load can be filtered by",
                f"{', '.join(self.learnt.filters) or 'nothing'} (the account's own schema).",
            )

    def _gaps(self) -> Iterator[Answers]:
        silent = {"ended", "synced", "history", "writable", *ALWAYS}
        open_ = [
            item.asks
            for name, item in QUESTIONS.items()
            if self.profile.fact(name).value is None and name not in silent
        ]
        if open_:
            yield Answers("what nobody documents either", (("", "; ".join(open_) + "."),))

    def __repr__(self) -> str:
        return to_text(self._page())

    def _repr_html_(self) -> str:
        return to_html(self._page())
