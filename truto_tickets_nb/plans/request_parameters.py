"""The query parameters that an analyst may add to each PATCH: which there are, and which form their values have.

Source: https://truto.one/docs/api-reference/unified-ticketing-api/tickets/update/ (query parameters); what an account's own schema
names besides is taken too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal

from truto_tickets_nb.api.address import query_pairs
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import PlanError, shorten_repr
from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS, FIELDS
from truto_tickets_nb.tickets.json_values import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.tickets.json_values import Json

Form = Literal["format", "flag", "names", "object", "id", "object or text", "text", "any"]

PARAMETERS: Mapping[str, Form] = {
    "truto_response_format": "format",
    "truto_ignore_remote_data": "flag",
    "truto_exclude_fields": "names",
    "remote_query": "object",
    "workspace_id": "id",
    "etag": "text",
    "ticket_type": "object or text",
    "organization": "object",
    "workspace": "object",
}
REFUSED: Mapping[str, str] = {
    "integrated_account_id": "names the account, which the plan does already; for another account connect to it: tt.connect(account_id=...)",
    "truto_skip_api_call": "keeps Truto from calling the tool, and nobody documents what else it does: it is never sent with a change",
    "truto_body_passthrough": "makes Truto pass the body on as it is, while a plan holds unified fields; data for the tool goes into remote_data",
}
_WANTED: Mapping[Form, str] = {
    "format": '"unified", the only format in which the answer to a change can be compared with it',
    "flag": "True or False",
    "names": "a list of field names",
    "object": 'a dict, such as {"id": "7"}',
    "id": "one id",
    "object or text": 'a dict, such as {"id": "issue"}, or a text',
    "text": "a text",
    "any": "a value",
}


def parameters(query: object, profile: Profile, learnt: AccountSchema) -> dict[str, Json]:
    """Check the parameters of `query=`: unknown ones, values of another form and the account's own id are a PlanError."""
    if query is None:
        return {}
    if not isinstance(query, Mapping):
        raise PlanError(
            f'query= takes a dict of parameters, such as {{"workspace_id": "7"}}, not {shorten_repr(query, 60)}.'
        )
    forms: dict[str, Form] = {**dict.fromkeys(_of_account(profile, learnt), "any"), **PARAMETERS}
    return {_known(name, forms): _value(name, value, forms[name]) for name, value in query.items()}


def _of_account(profile: Profile, learnt: AccountSchema) -> tuple[str, ...]:
    return (*learnt.required_query, *learnt.optional_query, *(profile.fact("required_query").value or ()))


def _known(name: object, forms: Mapping[str, object]) -> str:
    """Refuse a name that the API does not know, with what was probably meant."""
    if isinstance(name, str) and name in REFUSED:
        raise PlanError(f"query={{{name!r}: ...}} {REFUSED[name]}.")
    if isinstance(name, str) and name in forms:
        return name
    outer, bracket, inner = str(name).partition("[")
    if bracket and outer in forms:
        raise PlanError(f'query= holds {name!r}: write it as {{"{outer}": {{"{inner.rstrip("]")}": ...}}}}.')
    close = near(name, forms, count=2)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(forms)}."
    raise PlanError(
        f"query= holds {shorten_repr(name, 60)}, a parameter that neither Truto's page nor this account's schema knows. {hint} "
        'Parameters of the tool itself go into "remote_query".'
    )


def _value(name: str, value: Any, form: Form) -> Json:
    sendable = _sendable(name, value)
    if not _HAS_FORM[form](sendable):
        raise PlanError(f"query= gives {name} the value {shorten_repr(value, 60)}: give {_WANTED[form]}.")
    return sendable


def _are_fields(value: Json) -> bool:
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) and item in {*FIELDS, CUSTOM_FIELDS} for item in items)


_HAS_FORM: Mapping[Form, Callable[[Json], bool]] = {
    "format": lambda value: bool(value == "unified"),
    "flag": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "names": _are_fields,
    "object": lambda value: isinstance(value, dict),
    "id": lambda value: isinstance(value, str | int) and not isinstance(value, bool),
    "object or text": lambda value: isinstance(value, dict | str),
    "text": lambda value: isinstance(value, str),
    "any": lambda _value: True,
}


def _sendable(name: str, value: Any) -> Json:
    """Bring a value into the form that a query and a file can hold; what neither can hold is refused with its name."""
    if isinstance(value, Mapping) and value:
        return {_key(name, key): _sendable(f"{name}[{key}]", item) for key, item in value.items()}
    if isinstance(value, list | tuple) and value:
        return [_sendable(f"{name}[]", item) for item in value]
    if isinstance(value, bool) or (isinstance(value, str) and value.strip()):
        return bool(value) if isinstance(value, bool) else str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    raise PlanError(
        f"query= gives {name} the value {shorten_repr(value, 60)}: give text, a number, true or false, or lists and dicts of these."
    )


def _key(name: str, key: object) -> str:
    if not isinstance(key, str) or not key.strip() or set(key) & set("[]"):
        raise PlanError(
            f"query= gives {name} the key {shorten_repr(key, 60)}: keys are texts without brackets; write what is inside as a dict of its own."
        )
    return key


def merged(fixed: Mapping[str, Json], switch: Mapping[str, str]) -> dict[str, Json]:
    """Add the parameters of a switch to remote_query; one that goes along with another value already is a PlanError.

    >>> merged({"remote_query": {"expand": "names"}}, {"notifyUsers": "false"})
    {'remote_query': {'expand': 'names', 'notifyUsers': 'false'}}
    """
    given = fixed.get("remote_query", {})
    for key, value in switch.items():
        if key in given and query_pairs({key: given[key]}) != query_pairs({key: value}):
            raise PlanError(
                f"quiet=True sends remote_query[{key}]={value}, and query= gives it the value {given[key]!r}: leave one of the two out."
            )
    return {**fixed, "remote_query": {**given, **switch}}


def carried(carry: str | Iterable[str], learnt: AccountSchema) -> tuple[str, ...]:
    """Check the fields of `carry=`: those that a ticket answers and a PATCH takes; others are a PlanError.

    >>> from truto_tickets_nb.plans.account_schema import AccountSchema
    >>> carried("workspace", AccountSchema()), carried(["workspace|collections"], AccountSchema())
    (('workspace',), ('workspace|collections',))
    """
    rules = (carry,) if isinstance(carry, str) else tuple(carry)
    fields = {name for name, row in FIELDS.items() if row.writable and row.readable and name != "remote_data"}
    there = {*fields, CUSTOM_FIELDS, *(name for rule in learnt.required for name in rule.split("|"))}
    for rule in rules:
        for name in str(rule).split("|"):
            if name not in there or is_missing(rule):
                close = near(name, there, count=2)
                hint = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(sorted(there))}."
                raise PlanError(
                    f"carry= holds {shorten_repr(name, 60)}, which is no field that a ticket answers and a PATCH takes. {hint}"
                )
    return rules
