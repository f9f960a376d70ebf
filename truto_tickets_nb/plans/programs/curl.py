"""Write a plan as a shell script of curl commands."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs import literals, python_functions
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.requests import encoded, script
from truto_tickets_nb.plans.programs.templates import filled, stacked

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.requests import ProgramRequest, Script

_HEAD = """\
#!/usr/bin/env bash
@head@
set -euo pipefail
: "${TRUTO_API_TOKEN:?Set TRUTO_API_TOKEN first}"

TICKETS=@tickets@
@queries@
"""
_SEND = r"""
# Send one request: method, address, more for curl. Whatever is no success ends the script with what the server said.
# The token travels in a header read from a pipe, so that it stands in no list of processes.
truto() {
  local answer
  answer=$(curl --silent --show-error --write-out '\n%{http_code}' --request "$1" "${@:3}" \
    --header @<(printf 'Authorization: Bearer %s' "$TRUTO_API_TOKEN") --header 'Accept: application/json' "$2") || true
  case ${answer##*$'\n'} in
    2??) printf '%s\n' "${answer%$'\n'*}" ;;
    *) printf '%s of %s: %s\n' "$1" "${2%%\?*}" "$answer" >&2; exit 1 ;;
  esac
}
"""
_PATCH = """\
# Change one ticket: id as in an address, body, Idempotency-Key.
patch() {
  @before@printf '%s' @body@ | truto PATCH "$TICKETS/$1?$QUERY@query@" --header 'Content-Type: application/json' \\
    --header "Idempotency-Key: $3" --data-binary @- > /dev/null
  echo "sent $1"
}
"""
_BEFORE = """\
local record made
  record=$(truto GET "$TICKETS/$1?$READ")
  made=$(printf '%s\\n%s' "$2" "$record" | python3 -c "$NEEDS" "$1")
  """
_NEEDS = """\
# What a PATCH needs of its ticket, in Python: the body and the ticket come in; the rest of the query and the body go out.
NEEDS=@source@
"""
_IMPORTS = """
import json, sys
from urllib.parse import unquote@names@
"""
_MAIN = """\
ticket = unquote(sys.argv[1])
body, record = sys.stdin.buffer.read().decode().split("\\n", 1)
record = opened(ticket, json.loads(record))
query = @query@
@complete@sys.stdout.buffer.write(f"{query}\\n{body}".encode())
"""
_COMPLETE = 'body = json.dumps(completed(json.loads(body), record), ensure_ascii=False, separators=(",", ":"))\n'
_WRITTEN = '"&" + urlencode(parameters(ticket, record))'
_WRITTEN_WIDE = '"".join("&" + urlencode(pairs(*item)) for item in parameters(ticket, record).items())'


def program(plan: PlanData, base_url: str) -> str:
    """Write the script; where a PATCH takes something from its ticket, python3 reads it out of the JSON."""
    content = script(plan, base_url)
    needs = filled(_NEEDS, source=shlex.quote(_needs(content))) if content.looks else ""
    return stacked([_head(content), _SEND, needs, _patch(content), "\n".join(map(_call, content.sendings))])


def _head(content: Script) -> str:
    queries = [f"QUERY={literals.bash(encoded(content.write))}"]
    queries += [f"READ={literals.bash(encoded(content.read))}"] if content.looks else []
    head, tickets = literals.lines("#", content.head), literals.bash(content.tickets)
    return filled(_HEAD, head=head, tickets=tickets, queries="\n".join(queries))


def _patch(content: Script) -> str:
    if not content.looks:
        return filled(_PATCH, before="", body='"$2"', query="")
    return filled(_PATCH, before=_BEFORE, body="\"${made#*$'\\n'}\"", query="${made%%$'\\n'*}")


def _needs(content: Script) -> str:
    query = (_WRITTEN_WIDE if content.wide else _WRITTEN) if content.taken else '""'
    imports = filled(_IMPORTS, names=", urlencode" if content.taken else "")
    main = filled(_MAIN, query=query, complete=_COMPLETE if content.completes else "")
    return "\n" + stacked([imports, *python_functions.parts(content), *python_functions.pairs(content), main])


def _call(sending: ProgramRequest) -> str:
    words = " ".join(map(literals.bash, (sending.path, sending.body, sending.key)))
    return f"{literals.comment('#', sending.told)}\npatch {words}"


LANGUAGE = ProgramLanguage("curl", "Shell script with curl", ".sh", program)
