"""Write a plan as a Python program that uses requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs import literals, python_functions
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.requests import encoded, script
from truto_tickets_nb.plans.programs.templates import filled, stacked

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.requests import ProgramRequest, Script

_HEAD = """\
#!/usr/bin/env python3
@head@
# It needs requests: pip install requests

@imports@

import requests

TICKETS = @tickets@
@queries@
TOKEN = os.environ.get("TRUTO_API_TOKEN") or sys.exit("Set TRUTO_API_TOKEN first.")
"""
_SEND = '''\
def signed(request):
    """Sign a request; done here, so that no .netrc signs it with something else."""
    request.headers["Authorization"] = f"Bearer {TOKEN}"
    return request


def truto(method, ticket, query, **more):
    """Send one request; whatever is no success ends the program with what the server said."""
    address = f"{TICKETS}/{quote(ticket, safe='')}?{query}"
    answer = requests.request(method, address, auth=signed, allow_redirects=False, timeout=60, **more)
    if answer.status_code // 100 != 2:
        sys.exit(f"{method} of ticket {ticket}: {answer.status_code} {answer.reason}\\n{answer.text}")
    return answer
'''
_PATCH = '''\
def patch(ticket, body, key):
    """Change one ticket."""
    @before@headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    truto("PATCH", ticket, @query@, data=body.encode(), headers=headers)
    print("sent", quote(ticket, safe=""))
'''
_LOOK = 'record = opened(ticket, truto("GET", ticket, READ).json())\n    '
_COMPLETE = 'body = json.dumps(completed(json.loads(body), record), ensure_ascii=False, separators=(",", ":"))\n    '
_QUERY = 'query = f"{QUERY}&{urlencode(parameters(ticket, record))}"\n    '
_QUERY_WIDE = (
    'query = QUERY + "".join("&" + urlencode(pairs(*item)) for item in parameters(ticket, record).items())\n    '
)


def program(plan: PlanData, base_url: str) -> str:
    """Write the program; bodies are texts, so that they go out byte for byte as they stand there."""
    content = script(plan, base_url)
    functions = [
        _head(content),
        _SEND,
        *python_functions.parts(content),
        *python_functions.pairs(content),
        _patch(content),
    ]
    return stacked([*functions, "\n".join(map(_call, content.sendings))], blank=2)


def _head(content: Script) -> str:
    queries = [f"QUERY = {literals.python(encoded(content.write))}"]
    queries += [f"READ = {literals.python(encoded(content.read))}"] if content.looks else []
    names = ["urlencode"] if content.taken else []
    modules = ["json"] if content.completes else []
    imports = [f"import {name}" for name in (*modules, "os", "sys")] + [
        f"from urllib.parse import {', '.join(['quote', *names])}"
    ]
    return filled(
        _HEAD,
        head=literals.lines("#", content.head),
        imports="\n".join(imports),
        tickets=literals.python(content.tickets),
        queries="\n".join(queries),
    )


def _patch(content: Script) -> str:
    steps = [_LOOK] if content.looks else []
    steps += [_COMPLETE] if content.completes else []
    steps += [_QUERY_WIDE if content.wide else _QUERY] if content.taken else []
    return filled(_PATCH, before="".join(steps), query="query" if content.taken else "QUERY")


def _call(sending: ProgramRequest) -> str:
    words = ", ".join(map(literals.python, (sending.ticket, sending.body, sending.key)))
    return f"{literals.comment('#', sending.told)}\npatch({words})"


LANGUAGE = ProgramLanguage("python", "Python with requests", ".py", program)
