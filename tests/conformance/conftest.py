"""Each of the 28 integrations goes through the same subjects; what was seen is printed as a table."""

from __future__ import annotations

import pytest
from documents import TABLE, conformance_rows, table

from truto_tickets_nb.integrations.profile import profile, slugs

SEEN: dict[str, dict[str, object]] = {slug: {} for slug in slugs()}


def pytest_generate_tests(metafunc):
    """Give each test all 28, or those that its mark `having(fact)` or `having(fact, value)` chooses, and leave out those with `lacking(fact)`."""
    if "slug" in metafunc.fixturenames:
        marks = {name: metafunc.definition.get_closest_marker(name) for name in ("having", "lacking")}
        wanted = {name: mark.args for name, mark in marks.items() if mark}
        chosen = [
            slug for slug in slugs() if all(has(slug, *args) == (name == "having") for name, args in wanted.items())
        ]
        metafunc.parametrize("slug", chosen, scope="module")


def has(slug, fact, value=None):
    held = profile(slug).fact(fact).value
    return bool(held) if value is None else held == value


@pytest.fixture
def note(slug):
    """Note what was seen of one integration, for the table."""
    return SEEN[slug].update


@pytest.fixture(scope="session")
def seen():
    """Give what was seen so far."""
    return SEEN


def pytest_sessionfinish(session):
    """Hand the table on to whoever prints the summary: a run side by side has a process for that alone."""
    if any(SEEN.values()):
        rows = table(conformance_rows(SEEN))
        getattr(session.config, "workeroutput", session.config.stash.setdefault(TABLE, {}))["conformance"] = rows
