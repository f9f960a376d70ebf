"""Write a plan as a JavaScript program that uses fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs import javascript_functions, literals
from truto_tickets_nb.plans.programs.language import ProgramLanguage
from truto_tickets_nb.plans.programs.requests import encoded, script
from truto_tickets_nb.plans.programs.templates import filled, stacked

if TYPE_CHECKING:
    from truto_tickets_nb.plans.plan_data import PlanData
    from truto_tickets_nb.plans.programs.requests import ProgramRequest, Script

_HEAD = """\
@head@
// It needs Node 18 or later, as an ES module: node plan.mjs

const TICKETS = @tickets@;
@queries@
const TOKEN = process.env.TRUTO_API_TOKEN;
if (!TOKEN) stop("Set TRUTO_API_TOKEN first.");
"""
_SEND = r"""
function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

// Encode as a form does, and an id as a segment of an address.
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

// Send one request; whatever is no success ends the program with what the server said.
async function truto(method, ticket, query, more) {
  const headers = { Authorization: `Bearer ${TOKEN}`, Accept: "application/json", ...more?.headers };
  const answer = await fetch(`${TICKETS}/${encode(ticket)}?${query}`, { ...more, method, headers, redirect: "manual" });
  const said = await answer.text();
  if (!answer.ok) stop(`${method} of ticket ${ticket}: ${answer.status} ${answer.statusText}\n${said}`);
  return said;
}
"""
_PATCH = """\
// Change one ticket.
async function patch(ticket, body, key) {
  @before@const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  await truto("PATCH", ticket, @query@, { headers, body });
  console.log("sent", encode(ticket));
}
"""
_LOOK = 'const record = opened(ticket, await truto("GET", ticket, READ));\n  '
_COMPLETE = "body = write(completed(read(body), record));\n  "


def program(plan: PlanData, base_url: str) -> str:
    """Write the program; bodies are texts, so that they go out byte for byte as they stand there."""
    content = script(plan, base_url)
    pieces = [_head(content), _SEND, *javascript_functions.parts(content), _patch(content)]
    return stacked([*pieces, "\n".join(map(_call, content.sendings))])


def _head(content: Script) -> str:
    queries = [f"const QUERY = {literals.javascript(encoded(content.write))};"]
    queries += [f"const READ = {literals.javascript(encoded(content.read))};"] if content.looks else []
    head, tickets = literals.lines("//", content.head), literals.javascript(content.tickets)
    return filled(_HEAD, head=head, tickets=tickets, queries="\n".join(queries))


def _patch(content: Script) -> str:
    before = (_LOOK if content.looks else "") + (_COMPLETE if content.completes else "")
    return filled(_PATCH, before=before, query="QUERY + parameters(ticket, record)" if content.taken else "QUERY")


def _call(sending: ProgramRequest) -> str:
    words = ", ".join(map(literals.javascript, (sending.ticket, sending.body, sending.key)))
    return f"{literals.comment('//', sending.told)}\nawait patch({words});"


LANGUAGE = ProgramLanguage("javascript", "JavaScript with fetch (Node 18 or later)", ".mjs", program, "//")
