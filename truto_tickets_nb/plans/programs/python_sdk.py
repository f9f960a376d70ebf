"""Write a plan as a Python program that uses Truto's own SDK, truto-python-sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from truto_tickets_nb.plans.programs import literals, python_functions
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.requests import grouped, script
from truto_tickets_nb.plans.programs.templates import filled, stacked

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.requests import ProgramRequest, Script

_HEAD = """\
#!/usr/bin/env python3
@head@
# It needs Truto's SDK: pip install truto-python-sdk
# The SDK can set no headers, so no Idempotency-Key goes along: run it twice and everything is sent twice. It keeps of an error
# only the status and its words. It does not encode ids: that is done here.

import asyncio
import os
import sys
from urllib.parse import quote

from aiohttp import ClientResponseError
from truto_python_sdk import TrutoApi

TOKEN = os.environ.get("TRUTO_API_TOKEN") or sys.exit("Set TRUTO_API_TOKEN first.")
API = TrutoApi(token=TOKEN, base_url=@base_url@)
@queries@
"""
_SEND = '''\
async def truto(what, ticket, call):
    """Wait for an answer; whatever is no success ends the program with what the server said."""
    try:
        return await call
    except ClientResponseError as error:
        sys.exit(f"{what} of ticket {ticket}: {error.status} {error.message}")
'''
_PATCH = '''\
async def patch(ticket, body):
    """Change one ticket."""
    name = quote(ticket, safe="")
    @before@await truto("PATCH", ticket, API.unified_api.update("ticketing", "tickets", name, body, @query@))
    print("sent", name)
'''
_LOOK = """\
found = await truto("GET", ticket, API.unified_api.get("ticketing", "tickets", name, dict(READ)))
    record = opened(ticket, found)
    """


def program(plan: PlanData, base_url: str) -> str:
    """Write the program; bodies are objects, because the SDK writes the JSON itself."""
    content = script(plan, base_url)
    functions = [_head(content), _SEND, *python_functions.parts(content), _patch(content)]
    calls = (
        ["async def main():", *map(_call, content.sendings)] if content.sendings else ["async def main():\n    pass"]
    )
    return stacked([*functions, "\n".join(calls), "asyncio.run(main())"], blank=2)


def _head(content: Script) -> str:
    queries = [f"QUERY = {literals.python_value(grouped(content.write))}"]
    queries += [f"READ = {literals.python_value(grouped(content.read))}"] if content.looks else []
    head, base_url = literals.lines("#", content.head), literals.python(content.base_url)
    return filled(_HEAD, head=head, base_url=base_url, queries="\n".join(queries))


def _patch(content: Script) -> str:
    steps = [_LOOK] if content.looks else []
    steps += ["body = completed(body, record)\n    "] if content.completes else []
    steps += ["query = QUERY | parameters(ticket, record)\n    "] if content.taken else []
    return filled(_PATCH, before="".join(steps), query="query" if content.taken else "dict(QUERY)")


def _call(sending: ProgramRequest) -> str:
    body = literals.python_value(orjson.loads(sending.body))
    comment = literals.comment("#", sending.told)
    return f"    {comment}\n    await patch({literals.python(sending.ticket)}, {body})"


LANGUAGE = ProgramLanguage("python_sdk", "Python with Truto's SDK", ".py", program)
