"""Functions that stand in the Python programs where a PATCH takes something from its ticket; curl's program has them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.plans.programs.literals import python, python_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from truto_tickets_nb.plans.programs.requests import Script
    from truto_tickets_nb.plans.programs.ticket_values import CarriedField, ParameterSource

_OPENED = '''\
def opened(ticket, found):
    """Take the ticket out of an answer, and no other ticket."""
    found = found["result"] if "id" not in found and "result" in found else found
    if str(found.get("id", ticket)) != ticket:
        sys.exit(f"Asked for ticket {ticket}, another one came. Nothing was sent for it.")
    return found
'''
_REFERENCE = '''\
def reference(value):
    """Read a reference as its id and its name: an object, a bare id or name, or nothing."""
    if not isinstance(value, dict):
        return ("", "") if value in (None, "", []) else (str(value), str(value))
    parts = [str(value[part]) for part in ("first_name", "last_name") if value.get(part)]
    return "" if value.get("id") is None else str(value["id"]), value.get("name") or " ".join(parts)
'''
_EITHER = '''\
def either(value):
    """Take the id of a reference, else its name."""
    identity, name = reference(value)
    return identity or name
'''
_ONE = '''\
def one(value):
    """Write a reference as a body wants it."""
    identity, name = reference(value)
    return {"id": identity} if identity else {"name": name} if name else None
'''
_MANY = '''\
def many(value, keep):
    """Write a list of references as a body wants it."""
    items = [item for item in value if any(reference(item))] if isinstance(value, list) else []
    known = [{**(item if isinstance(item, dict) else {}), **dict(zip(("id", "name"), reference(item)))} for item in items]
    return [{key: item[key] for key in keep if item.get(key)} for item in known]
'''
_WORDS = '''\
def words(value):
    """Write a list of texts as a body wants it."""
    return [str(item) for item in (value if isinstance(value, list) else [value]) if item not in (None, "", [], {})]
'''
_PAIRS = '''\
def pairs(name, value):
    """Write a query parameter by the bracket rule."""
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in pairs(f"{name}[{key}]", item)]
    if isinstance(value, list):
        return [pair for item in value for pair in pairs(f"{name}[]", item)]
    return [(name, str(value).lower() if isinstance(value, bool) else str(value))]
'''
_MISSING = """\
    missing = ", ".join(name for name, value in found.items() if value in (None, "", [], {}))
    if missing:
        sys.exit(f"Ticket {ticket} came without its {missing}, which a PATCH needs here. Nothing was sent for it.")
"""


def parts(script: Script) -> list[str]:
    """Choose the functions that a program needs: opened(), parameters() and completed(), and what they call."""
    forms = script.forms
    by_form = {"either": _EITHER, "one": _ONE, "many": _MANY, "words": _WORDS}
    chosen = [_OPENED] if script.looks else []
    chosen += [_REFERENCE] if forms & {"id", "either", "one", "many"} else []
    chosen += [text for name, text in by_form.items() if name in forms]
    chosen += [_parameters(script.taken)] if script.taken else []
    chosen += [_completed(script)] if script.completes else []
    return chosen


def pairs(script: Script) -> list[str]:
    """Choose the function that writes objects into a query, where that can be wanted."""
    return [_PAIRS] if script.wide else []


def _parameters(taken: tuple[ParameterSource, ...]) -> str:
    rows = "".join(f"        {python(item.key)}: {_value(item)},\n" for item in taken)
    head = '"""Take from a ticket what a PATCH of it needs in its query."""'
    return f"def parameters(ticket, record):\n    {head}\n    found = {{\n{rows}    }}\n{_MISSING}    return found\n"


def _value(item: ParameterSource) -> str:
    place = " or ".join(f"record.get({python(name)})" for name in item.fields)
    return {"plain": place, "id": f"reference({place})[0]"}.get(item.form, f"either({place})")


def _completed(script: Script) -> str:
    head = '"""Add to a body what has to go along from its ticket."""'
    return "\n".join(["def completed(body, record):", f"    {head}", *_steps(script), ""])


def _steps(script: Script) -> Iterator[str]:
    yield "    there = set(body)"
    if script.whole:
        yield '    if "custom_fields" in body:  # all of them go out, not only those that change'
        yield '        body["custom_fields"] = {**(record.get("custom_fields") or {}), **body["custom_fields"]}'
    for item in script.carried:
        yield f"    if not there & {{{', '.join(map(python, item.instead))}}}:"
        yield f"        body[{python(item.field)}] = {_carried(item)}"
    yield '    return {name: value for name, value in body.items() if name in there or value not in (None, "", [], {})}'


def _carried(item: CarriedField) -> str:
    place = f"record.get({python(item.field)})"
    if item.form == "many":
        return f"many({place}, {python_value(list(item.keep))})"
    return place if item.form == "plain" else f"{item.form}({place})"
