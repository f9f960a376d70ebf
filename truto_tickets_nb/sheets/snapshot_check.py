"""Which snapshot a file belongs to, as its hidden identity and its column of marks tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action
from truto_tickets_nb.plans.problem import Problem
from truto_tickets_nb.sheets.checksums import CHECK, Marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.sheets.grid import Grid
    from truto_tickets_nb.sheets.source import SheetSource

REBASE = "snapshot.rebase(earlier.read_excel(path))"  # the way out, where `earlier` wrote the file


def identity_problems(grid: Grid, origin: SheetSource) -> Iterator[Problem]:
    """Return why a file is not one of this snapshot: of another account, or of an earlier load and without its marks."""
    stated = (str(grid.about.get("integration", "")), str(grid.about.get("account_id", "")))
    open_it = (Action("open_snapshot"),)
    if any(stated) and stated != (origin.integration, origin.account_id):
        message = f"the file is of {stated[0]} account {stated[1]}, this snapshot of {origin.integration} account {origin.account_id}"
        yield Problem("file.other_account", "", "", "", message, open_it)
    elif not any(stated) and grid.marks and not Marker(origin.integration, origin.account_id).is_header(grid.marks[1]):
        message = (
            f"the file was written from another account than this snapshot's ({origin.integration} {origin.account_id})"
        )
        yield Problem("file.other_account", "", "", "", message, open_it)
    elif grid.marks is None and grid.about.get("snapshot") not in (None, "", origin.snapshot):
        message = f"the file was written from an earlier snapshot and has lost its column {CHECK!r}, so nobody can tell what was edited in it"
        yield Problem("file.other_snapshot", "", "", "", message, (Action("rebase_file"),))
