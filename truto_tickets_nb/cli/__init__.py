"""The command truto-tickets: a demo, a practice server, and the runs of the journal."""

from __future__ import annotations

import argparse
import warnings

from truto_tickets_nb.cli.exit_status import FAILED
from truto_tickets_nb.cli.output import complain, end, prepare
from truto_tickets_nb.cli.reports import failed, one_line, warned
from truto_tickets_nb.cli.verbs import parser
from truto_tickets_nb.errors import DraftDamaged, JournalDamaged


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status, which `truto-tickets --help` explains.

    0 done or nothing to do, 1 not done, with the reason in one line on stderr, 2 `plan` found changes, 3 another number is to be
    confirmed, 130 interrupted.
    """
    prepare()
    options = argparse.Namespace()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _warned
            parser().parse_args(arguments, options)
            status = int(options.run(options))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (a scheduler gets one line, whatever happened)
        status = failed(options, error)
    except SystemExit:
        end()
        raise
    return status if end() else status or FAILED


def _warned(  # noqa: PLR0913, PLR0917  (the form that the standard library wants)
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """Format our own warnings in one line; those of others as Python does."""
    if issubclass(category, JournalDamaged | DraftDamaged):
        warned(one_line(str(message)))
    else:
        complain(warnings.formatwarning(message, category, filename, lineno).rstrip())
