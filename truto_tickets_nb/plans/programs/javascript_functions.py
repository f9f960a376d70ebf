"""Functions that stand in the JavaScript program where a PATCH takes something from its ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs.literals import javascript, javascript_value
from truto_tickets_nb.plans.programs.templates import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.programs.requests import Script
    from truto_tickets_nb.plans.programs.ticket_values import CarriedField, ParameterSource

_READ = r"""
// JSON as it came: JSON.parse would round long numbers and move keys that look like numbers. So each text in it, keys too, gets a
// "~" in front and each number becomes a text with a "#" in front; write() takes both away again.
const read = (json) =>
  JSON.parse(json.replace(/"((?:[^"\\]|\\.)*)"|-?\d[-+.\dEe]*/g, (all, text) => (text === undefined ? `"#${all}"` : `"~${text}"`)));
const missing = (value) => value == null || value === "~" || (typeof value === "object" && Object.keys(value).length === 0);
const plain = (value) => (missing(value) ? "" : typeof value === "string" ? value.slice(1) : String(value));
"""
_WRITE = r"""
const write = (value) =>
  JSON.stringify(value).replace(/"([~#])((?:[^"\\]|\\.)*)"/g, (_, sign, text) => (sign === "#" ? text : `"${text}"`));
"""
_OPENED = """\
// Take the ticket out of an answer, and no other ticket.
function opened(ticket, answer) {
  const found = read(answer);
  const record = "~id" in found || !("~result" in found) ? found : found["~result"];
  if ("~id" in record && plain(record["~id"]) !== ticket) stop(`Asked for ticket ${ticket}, another one came. Nothing was sent for it.`);
  return record;
}
"""
_REFERENCE = """\
// Read a reference as its id and its name: an object, a bare id or name, or nothing.
function reference(value) {
  if (missing(value) || typeof value !== "object" || Array.isArray(value)) return [plain(value), plain(value)];
  const parts = [plain(value["~first_name"]), plain(value["~last_name"])];
  return [plain(value["~id"]), plain(value["~name"]) || parts.filter(Boolean).join(" ")];
}
"""
_EITHER = """\
// Take the id of a reference, else its name.
const either = (value) => reference(value).find(Boolean) ?? "";
"""
_ONE = """\
// Write a reference as a body wants it.
function one(value) {
  const [id, name] = reference(value);
  return id ? { "~id": `~${id}` } : name ? { "~name": `~${name}` } : null;
}
"""
_MANY = """\
// Write a list of references as a body wants it.
function many(value, keep) {
  const items = Array.isArray(value) ? value.filter((item) => reference(item).some(Boolean)) : [];
  return items.map((item) => {
    const [id, name] = reference(item);
    const known = { ...(typeof item === "object" ? item : {}), "~id": `~${id}`, "~name": `~${name}` };
    return Object.fromEntries(keep.map((key) => [`~${key}`, known[`~${key}`]]).filter(([, part]) => !missing(part)));
  });
}
"""
_WORDS = """\
// Write a list of texts as a body wants it.
const words = (value) => (Array.isArray(value) ? value : [value]).filter((item) => !missing(item)).map((item) => `~${plain(item)}`);
"""
_PAIRS = """\
// Write a query parameter by the bracket rule.
function pairs(name, value) {
  if (value === null || typeof value !== "object") return `&${form(name)}=${form(plain(value))}`;
  if (Array.isArray(value)) return value.map((item) => pairs(`${name}[]`, item)).join("");
  return Object.entries(value).map(([key, item]) => pairs(`${name}[${key.slice(1)}]`, item)).join("");
}
"""
_FORM = 'const form = (text) => encode(text).replaceAll("%20", "+");\n'
_PARAMETERS = """\
// Take from a ticket what a PATCH of it needs in its query.
function parameters(ticket, record) {
  const found = [
@rows@  ];
  const lacking = found.filter(([, value]) => missing(value)).map(([name]) => name).join(", ");
  if (lacking) stop(`Ticket ${ticket} came without its ${lacking}, which a PATCH needs here. Nothing was sent for it.`);
  return found.map(([name, value]) => @pair@).join("");
}
"""


def parts(script: Script) -> list[str]:
    """Choose the functions that a program needs: opened(), parameters() and completed(), and what they call."""
    forms = script.forms
    by_form = {"either": _EITHER, "one": _ONE, "many": _MANY, "words": _WORDS}
    chosen = [_READ + (_WRITE.lstrip("\n") if script.completes else ""), _OPENED] if script.looks else []
    chosen += [_REFERENCE] if forms & {"id", "either", "one", "many"} else []
    chosen += [text for name, text in by_form.items() if name in forms]
    chosen += [_FORM + (_PAIRS if script.wide else ""), _parameters(script)] if script.taken else []
    chosen += ["\n".join(_completed(script))] if script.completes else []
    return chosen


def _parameters(script: Script) -> str:
    rows = "".join(f"    [{javascript(item.key)}, {_value(item)}],\n" for item in script.taken)
    pair = "pairs(name, value)" if script.wide else "`&${form(name)}=${form(plain(value))}`"
    return filled(_PARAMETERS, rows=rows, pair=pair)


def _value(item: ParameterSource) -> str:
    places = [f"record[{javascript('~' + name)}]" for name in item.fields]
    place = places[0] if len(places) == 1 else f"missing({places[0]}) ? {places[1]} : {places[0]}"
    return {"plain": place, "id": f"`~${{reference({place})[0]}}`"}.get(item.form, f"`~${{either({place})}}`")


def _completed(script: Script) -> Iterator[str]:
    yield "// Add to a body what has to go along from its ticket."
    yield "function completed(body, record) {"
    yield "  const there = Object.keys(body);"
    if script.whole:
        yield '  if ("~custom_fields" in body) // all of them go out, not only those that change'
        yield '    body["~custom_fields"] = { ...record["~custom_fields"], ...body["~custom_fields"] };'
    for item in script.carried:
        names = javascript_value([f"~{name}" for name in item.instead])
        yield f"  if (!{names}.some((name) => there.includes(name))) body[{javascript('~' + item.field)}] = {_carried(item)};"
    yield "  return Object.fromEntries(Object.entries(body).filter(([name, value]) => there.includes(name) || !missing(value)));"
    yield "}"


def _carried(item: CarriedField) -> str:
    place = f"record[{javascript('~' + item.field)}]"
    if item.form == "many":
        return f"many({place}, {javascript_value(list(item.keep))})"
    return {"plain": place, "either": f"`~${{either({place})}}`"}.get(item.form, f"{item.form}({place})")
