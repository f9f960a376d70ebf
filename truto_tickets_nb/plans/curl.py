"""Write a plan as a shell script of curl commands."""

from __future__ import annotations

import hashlib
import shlex
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.plan import Patch, Plan

_HEAD = """\
#!/usr/bin/env bash
# {headline}
# Plan {fingerprint}. This script sends what the plan shows and checks nothing: no conflict check, no journal, no undo.
# account.apply(plan, confirm={count}) does all of these.
set -euo pipefail
: "${{TRUTO_API_TOKEN:?Set TRUTO_API_TOKEN first}}"

# The token travels in a header read from a pipe, so that it stands in no list of processes.
truto() {{ curl --silent --show-error --fail-with-body --header @<(printf 'Authorization: Bearer %s' "$TRUTO_API_TOKEN") "$@"; echo; }}
"""
_ETAG = """\
etag_of() { truto "$1" | python3 -c 'import json, sys, urllib.parse; print(urllib.parse.quote(json.load(sys.stdin)["etag"], safe=""))'; }
"""


def script(plan: Plan, base_url: str) -> str:
    """Write the script; every text of a ticket is quoted, ids are percent-encoded, the token is read when it runs."""
    what = f"{len(plan)} tickets to change, {plan.changes} fields"
    head = _HEAD.format(headline=what, fingerprint=plan.fingerprint, count=len(plan))
    needs_etag = "etag" in plan.query
    commands = "\n".join(_command(plan, patch, base_url.rstrip("/"), needs_etag) for patch in plan.patches)
    return head + (_ETAG if needs_etag else "") + "\n" + commands


def _command(plan: Plan, patch: Patch, base_url: str, needs_etag: bool) -> str:  # noqa: FBT001
    query = urlencode({"integrated_account_id": plan.account_id})
    url = shlex.quote(f"{base_url}/unified/ticketing/tickets/{quote(patch.ticket, safe='')}?{query}")
    address = f'{url}"&etag=$etag"' if needs_etag else url
    return "\n".join([*_lines(patch, url, needs_etag), _curl(plan, patch, address), ""])


def _lines(patch: Patch, url: str, needs_etag: bool) -> Iterator[str]:  # noqa: FBT001
    title = "".join(c if c.isprintable() else " " for c in f"{patch.ticket}: {patch.title}")
    yield f"# {title}"
    if needs_etag:
        yield f"etag=$(etag_of {url})"


def _curl(plan: Plan, patch: Patch, address: str) -> str:
    body = shlex.quote(orjson.dumps(patch.body).decode())
    key = hashlib.sha256(f"{plan.fingerprint}/{patch.ticket}".encode()).hexdigest()[:32]
    return (
        f"truto --request PATCH --header 'Content-Type: application/json' --header 'Idempotency-Key: {key}' \\\n"
        f"  --data-raw {body} \\\n  {address}"
    )
