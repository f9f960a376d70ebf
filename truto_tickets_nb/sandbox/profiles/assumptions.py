"""What of the play is an assumption: what a profile only infers, and what the sandbox adds of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.sandbox.profiles.fields import MANY

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

_REWRITES = ("html", "rich")  # what happens to a text that is written is documented for no tool


def assumptions(played: PlayedIntegration) -> set[str]:
    """Name everything that nobody documents, in the words of the profiles where they have one.

    Besides these words: `vocabulary` (statuses, priorities, people and the like), `fields` (what tickets hold besides), `workflow`
    (which status leads to which), `empty_objects` (`{}` for a reference is taken for "not given"), `filters` (which ones a list knows), `normalized` (it is answered like
    unified), `organization` (which ones an account has), `raw` (the form of the tool's own records), `rewriting` (of descriptions), `half_applied` (what becomes of several fields at once), `drops`
    (Truto's mapping takes empty values out), `partial_fields` (which fields a list leaves out).
    """
    names = {"vocabulary", "fields", "empty_objects", "filters", "normalized", "organization", "raw", *played.inferred}
    names |= {f"{name}_write" for name in MANY if _is_guessed(played, name)}
    marks = {
        "clear": not played.fact("clear"),
        "writable": not played.fact("writable"),
        "tags": not played.fact("tags"),
        "partial_fields": played.fact("partial_list") is True,
        "workflow": played.fact("status_model") == "workflow",
        "rewriting": played.description_format in _REWRITES,
        "half_applied": bool(played.fact("apart")),
        "drops": bool(played.drops),
        "title_max": not played.fact("title_max"),
        "due_date_ahead": "due_date_ahead" in played.own,
        "keeps_null": "keeps_null" in played.own,
        "description_format": "description_format" in played.own,
        "limit_headers": not played.fact("limit_headers"),
    }
    return names | {name for name, is_so in marks.items() if is_so}


def _is_guessed(played: PlayedIntegration, name: str) -> bool:
    """Return whether nobody documents what a written list does, or the sandbox plays something else."""
    fact = f"{name}_write"
    return not played.fact(fact) or fact in played.own or played.write(name) == "separate"
