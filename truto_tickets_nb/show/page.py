"""What can be shown: a page of blocks, as values. Rendering is last and separate; nothing here knows what a ticket is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Show one value becoming another; None is an empty one."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Sets:
    """Show what a set gains and loses."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


Cell = str | BeforeAfter | Sets


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Show a sentence."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """Show one thing: its identity, what it is called, and what happens to it."""

    key: str
    title: str = ""
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Show rows that have something in common; `hidden` counts those left out."""

    label: str
    what: Cell
    count: str
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Answers:
    """Show questions with their answers, in whole sentences that are wrapped and never cut."""

    label: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Show a headline, facts in one line, and blocks below it."""

    headline: str
    facts: tuple[str, ...] = ()
    blocks: tuple[Paragraph | Group | Answers, ...] = ()
    footer: str = ""
