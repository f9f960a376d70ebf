"""Functions that stand in the TypeScript program where a PATCH takes something from its ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs.literals import javascript, javascript_value
from truto_tickets_nb.plans.programs.templates import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.programs.requests import Script
    from truto_tickets_nb.plans.programs.ticket_values import CarriedField, ParameterSource

_PLAIN = """\
type Ticket = Record<string, any>;

const missing = (value: any): boolean => value == null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

// Write a value as text. The SDK reads numbers as JavaScript does; one that was rounded is not sent.
function plain(value: any): string {
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) stop(`JavaScript rounds the number ${value} of a ticket.`);
  return missing(value) ? "" : String(value);
}
"""
_OPENED = """\
// Take the ticket out of an answer, and no other ticket.
function opened(ticket: string, found: Ticket): Ticket {
  const record = "id" in found || !("result" in found) ? found : found["result"];
  if ("id" in record && plain(record["id"]) !== ticket) stop(`Asked for ticket ${ticket}, another one came. Nothing was sent for it.`);
  return record;
}
"""
_REFERENCE = """\
// Read a reference as its id and its name: an object, a bare id or name, or nothing.
function reference(value: any): [string, string] {
  if (missing(value) || typeof value !== "object" || Array.isArray(value)) return [plain(value), plain(value)];
  const parts = [plain(value["first_name"]), plain(value["last_name"])];
  return [plain(value["id"]), plain(value["name"]) || parts.filter(Boolean).join(" ")];
}
"""
_EITHER = """\
// Take the id of a reference, else its name.
const either = (value: any): string => reference(value).find(Boolean) ?? "";
"""
_ONE = """\
// Write a reference as a body wants it.
function one(value: any): Ticket | null {
  const [id, name] = reference(value);
  return id ? { id } : name ? { name } : null;
}
"""
_MANY = """\
// Write a list of references as a body wants it.
function many(value: any, keep: string[]): Ticket[] {
  const items = Array.isArray(value) ? value.filter((item) => reference(item).some(Boolean)) : [];
  return items.map((item) => {
    const [id, name] = reference(item);
    const known: Ticket = { ...(typeof item === "object" ? item : {}), id, name };
    return Object.fromEntries(keep.map((key) => [key, known[key]]).filter(([, part]) => !missing(part)));
  });
}
"""
_WORDS = """\
// Write a list of texts as a body wants it.
const words = (value: any): string[] => (Array.isArray(value) ? value : [value]).filter((item) => !missing(item)).map(plain);
"""
_PARAMETERS = """\
// Take from a ticket what a PATCH of it needs in its query.
function parameters(ticket: string, record: Ticket): Ticket {
  const found: Ticket = {
@rows@  };
  const lacking = Object.keys(found).filter((name) => missing(found[name])).join(", ");
  if (lacking) stop(`Ticket ${ticket} came without its ${lacking}, which a PATCH needs here. Nothing was sent for it.`);
  return found;
}
"""
_EXACT = """\
// Give back what came, unless a number in it was rounded.
function exact(value: any): any {
  if (typeof value === "number") plain(value);
  if (value && typeof value === "object") Object.values(value).forEach(exact);
  return value;
}
"""


def parts(script: Script) -> list[str]:
    """Choose the functions that a program needs: opened(), parameters() and completed(), and what they call."""
    forms = script.forms
    by_form = {"either": _EITHER, "one": _ONE, "many": _MANY, "words": _WORDS}
    chosen = [_PLAIN, _OPENED] if script.looks else []
    chosen += [_REFERENCE] if forms & {"id", "either", "one", "many"} else []
    chosen += [text for name, text in by_form.items() if name in forms]
    chosen += [_EXACT] if script.whole or "plain" in forms else []
    chosen += [_parameters(script)] if script.taken else []
    chosen += ["\n".join(_completed(script))] if script.completes else []
    return chosen


def _parameters(script: Script) -> str:
    rows = "".join(f"    {javascript(item.key)}: {_value(item)},\n" for item in script.taken)
    return filled(_PARAMETERS, rows=rows)


def _value(item: ParameterSource) -> str:
    places = [f"record[{javascript(name)}]" for name in item.fields]
    place = places[0] if len(places) == 1 else f"missing({places[0]}) ? {places[1]} : {places[0]}"
    return {"plain": f"exact({place})", "id": f"reference({place})[0]"}.get(item.form, f"either({place})")


def _completed(script: Script) -> Iterator[str]:
    yield "// Add to a body what has to go along from its ticket."
    yield "function completed(body: Ticket, record: Ticket): Ticket {"
    yield "  const there = Object.keys(body);"
    yield "  const made: Ticket = { ...body };"
    if script.whole:
        yield '  if ("custom_fields" in body) // all of them go out, not only those that change'
        yield '    made["custom_fields"] = { ...exact(record["custom_fields"]), ...body["custom_fields"] };'
    for item in script.carried:
        names = javascript_value(list(item.instead))
        yield f"  if (!{names}.some((name) => there.includes(name))) made[{javascript(item.field)}] = {_carried(item)};"
    yield "  return Object.fromEntries(Object.entries(made).filter(([name, value]) => there.includes(name) || !missing(value)));"
    yield "}"


def _carried(item: CarriedField) -> str:
    place = f"record[{javascript(item.field)}]"
    if item.form == "many":
        return f"many({place}, {javascript_value(list(item.keep))})"
    return f"exact({place})" if item.form == "plain" else f"{item.form}({place})"
