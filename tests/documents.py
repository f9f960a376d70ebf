"""The tables of the documentation, made from what the code knows; `python tests/documents.py` writes them, a test compares them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page import REQUEST, RESPONSE

from truto_tickets_nb.integrations.facts import COUNTED, QUESTIONS
from truto_tickets_nb.integrations.overview import integrations
from truto_tickets_nb.integrations.profile import profile, slugs
from truto_tickets_nb.runs.outcome import OUTCOMES
from truto_tickets_nb.tickets.fields import FIELDS

COUNTED_WORDS = "; ".join(f"`{name}`: {words}" for name, words in COUNTED.items())
DOCS = Path(__file__).resolve().parents[1] / "docs"
TABLE = pytest.StashKey[dict[str, str]]()  # what the tests of conformance leave for the summary
SUBJECTS = ("loaded", "columns", "requests", "read back", "conflict", "undone", "shown besides")


def table(rows):
    """Write rows as a Markdown table; the first row is its head."""
    texts = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in texts) for place in range(len(texts[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in texts
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def conformance_rows(seen):
    """List what was seen: one row an integration."""
    yield ("integration", *SUBJECTS)
    for slug, found in seen.items():
        besides = ", ".join(sorted(key for key, value in found.items() if value is True))
        yield (profile(slug).name, *(found.get(name, "") for name in SUBJECTS[:-1]), besides)


def fields_page():
    """Write every field of the page: its column, kind, body form, and the tests that prove it."""
    from test_fields import SAMPLES

    rows = [("field", "column", "kind", "goes out as", "comes in", "proved by `tests/test_fields.py`")]
    rows += [_field(name, SAMPLES) for name in {**REQUEST, **RESPONSE}]
    return (
        "# Every field of a ticket\n\nMade by `make docs` from the table of fields and its tests; a test compares it with [Truto's page]"
        "(https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/). The samples are what the tests send: references go out "
        'by their id, sets as whole arrays, what is written out in a cell (`{"id": ..., "emails": [...]}`) as it was written.\n\n'
        + table(rows)
        + "\n"
    )


def _field(name, samples):
    row = FIELDS.get(name)
    column = {"custom_fields": "`custom_fields.<key>`, one for each", "id": "the index"}.get(name, f"`{name}`")
    kind = row.kind.word if row else "any" if name == "custom_fields" else "text"
    sent = (
        f"`{json.dumps({name: samples[name][1]}, ensure_ascii=False)}`" if name in REQUEST else "never: only answered"
    )
    proofs = [f"test_request_field[{name}]"] * (name in REQUEST) + [f"test_response_field[{name}]"] * (name in RESPONSE)
    return f"`{name}`", column, kind, sent, "yes" if name in RESPONSE else "no: only taken", ", ".join(proofs)


def integrations_page():
    """Write what is known of all integrations: the comparison, then each fact with its evidence and source."""
    whole = integrations()
    head = (
        "# The 28 integrations\n\nMade by `make docs` from the files in `truto_tickets_nb/integrations/`; `tt.integrations()` is the same table "
        "in a notebook, `account.profile` tells one of them in sentences. Behind a value: **T** documented by Truto, **V** documented by the "
        "vendor itself, **?** our assumption; an empty cell is what nobody documents. What an account tells at run time wins over all of it, and "
        "only what is documented or what the account tells can block a change: an assumption warns. What Truto's page only counts is no fact "
        f"about any one tool: {COUNTED_WORDS}.\n\n"
    )
    rows = [("integration", *whole.columns[1:]), *((row["name"], *row.iloc[1:]) for _, row in whole.iterrows())]
    return head + table(rows) + "\n\n" + "\n".join(_sheet(slug) for slug in slugs())


def _sheet(slug):
    found = profile(slug)
    lines = [f"## {found.name} (`{slug}`)\n"]
    for name, item in QUESTIONS.items():
        fact = found.fact(name)
        if fact.value is not None:
            page = fact.source if fact.is_documented else fact.corroborated
            known = f"[{fact.told}]({page})" if page else fact.told
            lines.append(f"- {item.asks}: {item.read(fact.value)} ({known}).{' ' + fact.note if fact.note else ''}")
    return "\n".join(lines) + "\n"


def conformance_page(seen):
    """Write what the conformance tests saw."""
    return (
        "# What each integration was seen to do\n\nMade by `make docs` from the conformance tests, which run each of the 28 on the practice server: "
        "connect, load (filtered, in pages, completed), edit every column that the account takes, plan, dry run, apply, read back by a plain "
        "second client, a colleague's edit, a conflict, undo, all as before. What the practice server plays is documented where "
        "[the integrations](integrations.md) say so, and assumed where they say so; no real account was asked.\n\n"
        + table(list(conformance_rows(seen)))
        + "\n"
    )


RUNS = "<!-- the table of outcomes: made by `make docs` from truto_tickets_nb/runs/outcome.py -->\n"


def runs_page():
    """Write the page about runs anew: its text stays, the table of outcomes is made from the code."""
    before, _, after = (DOCS / "runs.md").read_text(encoding="utf-8").split(RUNS)
    return f"{before}{RUNS}\n{table(list(_outcome_rows()))}\n\n{RUNS}{after}"


def _outcome_rows():
    yield ("outcome", "what it means", "failed", "`run.retry()` sends", "`run.undo()` covers it", "exit status")
    for kind, row in OUTCOMES.items():
        undo = "yes" if row.can_undo else "where the new value is there" if row.is_undecided else "no"
        status = "" if kind == "ready" else row.exit_status
        yield (kind, row.words, "yes" if row.is_failed else "no", row.retries, undo, status)


PAGES = {"fields.md": fields_page, "integrations.md": integrations_page, "runs.md": runs_page}

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


def run_notebook(path):
    """Execute a notebook and save its outputs, without the state of widgets and without numbers that only count."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}, store_widget_state=False
    ).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):  # a form that nobody serves any more would only show an error
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    import sys

    for file, page in PAGES.items():
        (DOCS / file).write_text(page(), encoding="utf-8")
    for name in sys.argv[1:]:
        run_notebook(NOTEBOOKS / name)
