"""The command `truto-tickets sandbox`: a practice account for any client, or one of each tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.cli.exit_status import DONE
from truto_tickets_nb.cli.output import say
from truto_tickets_nb.sandbox import Sandbox, Sandboxes
from truto_tickets_nb.sandbox.faults.kinds import listing

if TYPE_CHECKING:
    import argparse


def serve(options: argparse.Namespace) -> int:
    """Serve a practice account until Ctrl-C."""
    if "help" in options.fault:
        say(listing())
        return DONE
    if options.all:
        return _serve_all(options)
    sandbox = Sandbox(
        options.integration,
        options.export or options.tickets,
        seed=options.seed,
        limit=_limit(options),
        vendor_limit=options.vendor_limit,
        path=options.database,
        port=options.port,
        host=options.host,
        expose=options.expose,
    )
    with sandbox:
        sandbox.faults(*options.fault, seed=options.fault_seed)
        for note in (*sandbox.notes, *(f"playing {fault}" for fault in options.fault)):
            say(note)
        say(f"{sandbox!r} answers at {sandbox.url} until Ctrl-C. In another terminal or notebook:\n")
        say(f"export TRUTO_BASE_URL={sandbox.url}\nexport TRUTO_API_TOKEN={sandbox.token}")
        say(f"export TRUTO_INTEGRATED_ACCOUNT_ID={sandbox.account_id}")
        sandbox.serve_forever()
    return DONE


def _limit(options: argparse.Namespace) -> tuple[int, float] | None:
    return (options.limit, 10) if options.limit > 0 else None


def _serve_all(options: argparse.Namespace) -> int:
    if options.export or options.database:
        raise ValueError("--all invents its tickets and keeps them in memory: leave --export and --database out.")
    many = Sandboxes(
        options.tickets,
        seed=options.seed,
        limit=_limit(options),
        vendor_limit=options.vendor_limit,
        port=options.port,
        host=options.host,
        expose=options.expose,
    )
    with many:
        for note in many.notes:
            say(note)
        for slug in many:
            many[slug].faults(*options.fault, seed=options.fault_seed)
            say(f"{slug:<32} {many[slug].account_id}")
        say(f"\n{len(many)} accounts answer at {many.url} until Ctrl-C. In another terminal or notebook:\n")
        say(f"export TRUTO_BASE_URL={many.url}\nexport TRUTO_API_TOKEN={many.token}")
        say("export TRUTO_INTEGRATED_ACCOUNT_ID=…  # one of the ids above")
        many.serve_forever()
    return DONE
