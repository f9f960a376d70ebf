"""A run and a dry run as pages, and the receipt of a run as HTML and JSON."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, assert_never

import orjson

from truto_tickets_nb.advice import in_notebook
from truto_tickets_nb.plans.fingerprint import short
from truto_tickets_nb.plans.preview import written_out
from truto_tickets_nb.runs.outcome import OUTCOMES
from truto_tickets_nb.safe_text import escaped_json, printable
from truto_tickets_nb.show import BeforeAfter, Group, Page, Paragraph, Row, to_document
from truto_tickets_nb.show.visible_text import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from truto_tickets_nb.advice import Advice
    from truto_tickets_nb.runs.outcome import Outcome, OutcomeKind
    from truto_tickets_nb.runs.run_data import RunData

ROWS = 20  # tickets shown of one kind that needs a look
ROUTINE_ROWS = 5  # tickets shown of a kind that went as it should


def page(run: RunData, advice: Advice = in_notebook) -> Page:
    """Turn a run into a page: counts first, then what needs a look, then the rest."""
    counts = ", ".join(f"{run.counts[kind]:,} {kind}" for kind in OUTCOMES if kind in run.counts) or "nothing to do"
    facts = (f"{run.plan.integration} account {run.plan.account_id}", f"fingerprint {short(run.plan.fingerprint)}")
    notes = tuple(Paragraph(note.words(advice), "warn") for note in run.notes)
    return Page(
        f"{len(run.outcomes):,} tickets: {counts}", facts, (*notes, *_groups(run.outcomes, ROWS, advice)), _next(run)
    )


def _next(run: RunData) -> str:
    if run.state != "finished":
        return "account.resume() goes on with what is still open"
    if any(item.cause == "own run" for item in run.conflicts):
        return "load again, or bring the edits over: account.load().rebase(df); run.undo() makes the opposite plan"
    if any(item.cause != "unverifiable" for item in run.unknown):
        return "account.dry_run(run.unknown.plan()) reads the unknown tickets again; run.undo() covers them too"
    if run.conflicts:
        return 'run.conflicts.plan(keep="mine") makes a plan of the conflicts; run.undo() the opposite plan'
    return "run.undo() makes the opposite plan" if run.applied else ""


def dry_run_page(
    outcomes: tuple[Outcome, ...], notes: Iterable[str], *, is_server_checked: bool, advice: Advice = in_notebook
) -> Page:
    """Turn a dry run into a page."""
    count = sum(item.kind == "ready" for item in outcomes)
    done = "nothing was changed" if is_server_checked else "nothing was sent"
    return Page(
        f"Dry run: {count:,} of {len(outcomes):,} tickets would be changed; {done}",
        (),
        (*_groups(outcomes, ROWS, advice), *(Paragraph(note) for note in notes)),
        f"account.apply(plan, confirm={len(outcomes)})" if count else "",
    )


def _groups(outcomes: Iterable[Outcome], most: int, advice: Advice = in_notebook) -> Iterator[Group]:
    by_kind: dict[tuple[OutcomeKind, str], list[Outcome]] = defaultdict(list)
    for item in outcomes:
        by_kind[item.kind, item.words(advice)].append(item)
    order = list(OUTCOMES)
    for (kind, reason), items in sorted(by_kind.items(), key=lambda entry: order.index(entry[0][0])):
        shown = items[: min(most, ROUTINE_ROWS) if OUTCOMES[kind].is_routine and most == ROWS else most]
        rows = tuple(row for item in shown for row in _rows(item))
        yield Group(kind, reason, f"{len(items):,}", rows, len(items) - len(shown), OUTCOMES[kind].tone)


def _rows(item: Outcome) -> Iterator[Row]:
    ends = _ends(item)
    for _, title, _, field, base, theirs, mine, _ in item.rows():
        change = BeforeAfter(_word(base), _word(mine))
        match item.type.detail:
            case "both sides":
                words = f"was {_word(base) or EMPTY}, is now {_word(theirs) or EMPTY}, mine {_word(mine) or EMPTY}"
                yield Row(item.ticket, title, (f"{field}: {words}",))
            case "each field":
                yield Row(item.ticket, title, (f"{field} {ends[field]}", change))
            case "changes":
                yield Row(item.ticket, title, (field, change))
            case _:
                assert_never(item.type.detail)


_ENDS = {
    "applied": "arrived",
    "normalised": "arrived",
    "open": "not sent",
    "conflict": "edited meanwhile",
    "already so": "was so",
}


def _ends(item: Outcome) -> dict[str, str]:
    """Return in words how each field of a ticket ended."""
    ends = {finding.change.field: _ENDS.get(finding.verdict, finding.verdict) for finding in item.findings}
    return {change.field: ends.get(change.field, "not sent") for change in item.patch.changes}


def _word(text: str | tuple[str, ...] | None) -> str:
    return ", ".join(text) if isinstance(text, tuple) else text or ""


def heading(run: RunData) -> str:
    """Write in one line which run it is, who applied it and when."""
    by = f" by {run.who}" if run.who else ""
    return printable(f"run {run.id}, {run.state}, started {run.started}{by}, ended {run.ended or 'not yet'}")


def receipt(run: RunData) -> str:
    """Write a run as an HTML document with every ticket."""
    run_page = page(run)
    notes = (*(Paragraph(str(note), "warn") for note in run.notes), *written_out(run.plan))
    full = Page(
        run_page.headline,
        (*run_page.facts, heading(run), repr(run.window)),
        (*notes, *_groups(run.outcomes, len(run.outcomes))),
        "",
    )
    return to_document(full, f"Run {run.id}")


def receipt_json(run: RunData) -> str:
    """Write a run as JSON: one object a field, with base, theirs and mine."""
    names = ("ticket", "title", "outcome", "field", "base", "theirs", "mine", "reason")
    content = {
        "run": run.id,
        "state": run.state,
        "started": run.started,
        "ended": run.ended,
        "who": run.who,
        "account": run.plan.account_id,
        "integration": run.plan.integration,
        "fingerprint": run.plan.fingerprint,
        "undoes": run.plan.undoes,
        "parameters": run.plan.request_spec.fixed,
        "counts": run.counts,
        "seconds_between_look_and_patch": {
            "median": run.window.median,
            "p99": run.window.p99,
            "longest": run.window.longest,
        },
        "notes": run.notes,
        "fields": [dict(zip(names, row, strict=True)) for item in run.outcomes for row in item.rows()],
    }
    return escaped_json(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
