"""Compare all integrations in one table."""

from __future__ import annotations

import pandas as pd

from truto_tickets_nb.integrations.facts import QUESTIONS
from truto_tickets_nb.integrations.profile import Profile, profile, slugs

MARKS = {"truto": "T", "vendor": "V", "inferred": "?", "unknown": ""}
COLUMNS = (
    "ended", "status_model", "assignees", "tags", "clear", "due_date", "description_format", "title_max", "required_query", "apart",
    "limit", "quiet", "validate",
)  # fmt: skip


def integrations() -> pd.DataFrame:
    """Compare the 28 integrations whose tickets Truto updates: one row each, index = slug, all columns str.

    Behind each value stands how it is known: T documented by Truto, V documented by the vendor, ? our assumption; an empty cell is what
    nobody documents. `documented`, `assumed` and `unknown` count the facts (int). `account.profile` tells one of them in sentences.

    >>> integrations().loc["todoist", ["name", "assignees", "clear"]].tolist()
    ['Todoist', 'one assignee V', 'each field in its own way V']

    Source of the list: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/
    """
    rows = [_row(profile(slug)) for slug in slugs()]
    return pd.DataFrame(rows).set_index("slug")


def _row(profile: Profile) -> dict[str, object]:
    facts = [profile.fact(name) for name in QUESTIONS]
    documented = sum(fact.is_documented for fact in facts)
    assumed = sum(fact.standing == "inferred" for fact in facts)
    counts = {"documented": documented, "assumed": assumed, "unknown": len(facts) - documented - assumed}
    return {"slug": profile.slug, "name": profile.name, **{name: _cell(profile, name) for name in COLUMNS}, **counts}


def _cell(profile: Profile, name: str) -> str:
    fact = profile.fact(name)
    return "" if fact.value is None else f"{QUESTIONS[name].read(fact.value)} {MARKS[fact.standing]}"
