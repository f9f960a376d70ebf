"""The command `truto-tickets sandbox`: a practice account for any client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.sandbox import Sandbox

if TYPE_CHECKING:
    import argparse


def serve(options: argparse.Namespace) -> int:
    """Serve a practice account until Ctrl-C."""
    limit = (options.limit, 10) if options.limit > 0 else None
    sandbox = Sandbox(
        options.integration,
        options.export or options.tickets,
        seed=options.seed,
        limit=limit,
        path=options.database,
        port=options.port,
    )
    with sandbox:
        sandbox.faults(*options.fault, seed=options.fault_seed)
        for note in (*sandbox.notes, *(f"playing {fault}" for fault in options.fault)):
            print(note)
        print(f"{sandbox!r} answers at {sandbox.url} until Ctrl-C. In another terminal or notebook:\n")
        print(f"export TRUTO_BASE_URL={sandbox.url}\nexport TRUTO_API_TOKEN={sandbox.token}")
        print(f"export TRUTO_INTEGRATED_ACCOUNT_ID={sandbox.account_id}", flush=True)
        sandbox.serve_forever()
    return 0
