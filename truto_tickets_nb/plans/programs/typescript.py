"""Write a plan as a TypeScript program that uses Truto's own SDK, truto-ts-sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from truto_tickets_nb.plans.programs import literals, typescript_functions
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.requests import grouped, script
from truto_tickets_nb.plans.programs.templates import filled, stacked

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.requests import ProgramRequest, Script

_HEAD = """\
@head@
// It needs Truto's SDK and Node 18 or later, as an ES module; the SDK encodes ids itself, and is told to try nothing twice.

import TrutoApi from "@truto/truto-ts-sdk";

const token = process.env.TRUTO_API_TOKEN ?? "";
if (!token) stop("Set TRUTO_API_TOKEN first.");
const truto = new TrutoApi({ token, baseUrl: @base_url@ });
const tickets = { unified_model: "ticketing", resource: "tickets" };
@queries@
"""
_STOP = """\
function stop(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

// Whatever is no success ends the program with what the server said.
function failed(what: string, ticket: string, error: any): never {
  const said = error?.data === undefined ? "" : `\\n${JSON.stringify(error.data)}`;
  stop(`${what} of ticket ${ticket}: ${error?.statusCode ?? ""} ${error?.message ?? error}${said}`);
}
"""
_PATCH = """\
// Change one ticket.
async function patch(ticket: string, body: Record<string, unknown>, key: string): Promise<void> {
  const once = { noRetry: true, headers: { "Idempotency-Key": key } };
  @before@await truto.unifiedApi.update(ticket, @body@, @query@, once).catch((error) => failed("PATCH", ticket, error));
  console.log("sent", encodeURIComponent(ticket));
}
"""
_LOOK = """\
const found = await truto.unifiedApi.get(ticket, reading, { noRetry: true }).catch((error) => failed("GET", ticket, error));
  const record = opened(ticket, found);
  """


def program(plan: PlanData, base_url: str) -> str:
    """Write the program; bodies are objects, because the SDK writes the JSON itself."""
    content = script(plan, base_url)
    pieces = [_head(content), _STOP, *typescript_functions.parts(content), _patch(content)]
    return stacked([*pieces, "\n".join(map(_call, content.sendings))])


def _head(content: Script) -> str:
    queries = [f"const writing = {_query(content.write)};"]
    queries += [f"const reading = {_query(content.read)};"] if content.looks else []
    head, base_url = literals.lines("//", content.head), literals.javascript(content.base_url)
    return filled(_HEAD, head=head, base_url=base_url, queries="\n".join(queries))


def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    return literals.javascript_value(grouped(pairs)).replace("{ ", "{ ...tickets, ", 1)


def _patch(content: Script) -> str:
    steps = [_LOOK] if content.looks else []
    steps += ["const made = completed(body, record);\n  "] if content.completes else []
    steps += ["const query = { ...writing, ...parameters(ticket, record) };\n  "] if content.taken else []
    body, query = "made" if content.completes else "body", "query" if content.taken else "writing"
    return filled(_PATCH, before="".join(steps), body=body, query=query)


def _call(sending: ProgramRequest) -> str:
    body = literals.javascript_value(orjson.loads(sending.body))
    words = f"{literals.javascript(sending.ticket)}, {body}, {literals.javascript(sending.key)}"
    return f"{literals.comment('//', sending.told)}\nawait patch({words});"


LANGUAGE = ProgramLanguage("typescript", "TypeScript with Truto's SDK", ".ts", program, "//")
