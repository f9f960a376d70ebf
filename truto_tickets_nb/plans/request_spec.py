"""How a PATCH is made here: what goes along in its query and its body, and what goes out apart. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from truto_tickets_nb.api.address import query_pairs
from truto_tickets_nb.errors import PlanError
from truto_tickets_nb.plans.request_parameters import carried, merged, parameters
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, FIELDS, body_of, customs_of
from truto_tickets_nb.tickets.json_values import is_missing, ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.plans.change import Change
    from truto_tickets_nb.tickets.json_values import Json

READ: Mapping[str, Any] = {
    "truto_ignore_remote_data": True
}  # the tool's own record is not needed: what is sent as remote_data is never compared with it


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """How this integration's PATCH is to be made; a plan shows all of it, and everybody who sends obeys it."""

    query: tuple[str, ...] = ()  # parameters whose value each ticket gives, as re-read: etag, workspace_id, ticket_type
    fixed: Mapping[str, Any] = field(default_factory=dict)  # parameters that are the same for all tickets
    carry: tuple[
        str, ...
    ] = ()  # fields that go along unchanged; "workspace|collections" is the first unless one is there
    whole_custom_fields: bool = False  # the whole object goes out, not only the changed keys
    apart: tuple[str, ...] = ()  # fields that go out in a PATCH of their own; "*": each of them
    read: Mapping[str, Any] | None = None  # query of every read, and of the answer to a PATCH
    unread: tuple[str, ...] = ()  # changed fields that this account's answers never hold: nobody can verify them
    is_overridden: bool = False  # the account has a mapping of its own: what is documented is only assumed here

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a way back from JSON, also one that an earlier version wrote."""
        lists = {name: tuple(data.get(name, ())) for name in ("query", "carry", "apart", "unread")}
        return cls(**{**data, **lists})

    def rounds(self, changes: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
        """Split the changes of one ticket into those of one PATCH each, in the order in which they are sent."""
        groups: dict[str, list[Change]] = {}
        for change in changes:
            name = part_of(change.field)
            groups.setdefault(name if "*" in self.apart or name in self.apart else "", []).append(change)
        return tuple(tuple(group) for group in groups.values())

    def parameters(self, record: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Build the query of a PATCH from a ticket as re-read: the parameters, and the names of those it does not give.

        >>> RequestSpec(("etag", "workspace_id")).parameters({"etag": "W/1", "workspace": {"id": "7", "name": "Shop"}})
        ({'etag': 'W/1', 'workspace_id': '7'}, ())
        """
        own = {name: given(name, record) for name in self.query if name not in self.fixed}
        filled = {name: value for name, value in own.items() if not is_missing(value)}
        query = {**(self.read or {}), **self.fixed, **filled}
        return query, tuple(name for name in own if name not in filled)

    def body(self, changes: Iterable[Change], record: Mapping[str, Any]) -> dict[str, Any]:
        """Build the body of a PATCH: the changes, and what has to go along from the ticket as re-read."""
        body = body_of({change.field: change.new for change in changes})
        if self.whole_custom_fields and CUSTOM_FIELDS in body:
            body[CUSTOM_FIELDS] = {**customs_of(record), **body[CUSTOM_FIELDS]}
        for name in self.carried(body):
            row = FIELDS.get(name)
            value = row.kind.body(record.get(name)) if row else record.get(name)
            if not is_missing(value):
                body[name] = value
        return body

    def carried(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        """Name the fields that have to go along with a body.

        >>> RequestSpec(carry=("workspace|collections",)).carried({"name": "x"})
        ('workspace',)
        """
        groups = [rule.split("|") for rule in self.carry]
        return tuple(names[0] for names in groups if not any(name in body for name in names))

    @property
    def needs_ticket(self) -> bool:
        """Return whether a PATCH can't be written without reading its ticket first."""
        return bool(set(self.query) - set(self.fixed) or self.carry or self.whole_custom_fields)


def part_of(column: str) -> str:
    """Name the field of a body that a column belongs to: all custom fields are one.

    >>> part_of("custom_fields.region"), part_of("name")
    ('custom_fields', 'name')
    """
    return CUSTOM_FIELDS if column.startswith(CUSTOM) else column


def request_spec_of(profile: Profile, learnt: AccountSchema, fields: Iterable[str], **asked: Any) -> RequestSpec:
    """Find how a PATCH of these fields is made: by what the account told, by the profile, and as the analyst asked.

    `asked` holds `query` (parameters for all tickets), `carry` (fields that go along) and `quiet` (the switch that silences mail).
    """
    fixed = parameters(asked.get("query"), profile, learnt)
    if asked.get("quiet"):
        fixed = merged(fixed, silence(profile))
    names = dict.fromkeys((*(profile.fact("required_query").value or ()), *learnt.required_query))
    carry = tuple(dict.fromkeys((*learnt.required, *carried(asked.get("carry") or (), learnt))))
    return RequestSpec(
        tuple(names),
        fixed,
        carry,
        bool(profile.fact("custom_fields_whole").value),
        tuple(profile.fact("apart").value or ()),
        READ,
        tuple(sorted({name for name in fields if not learnt.can_be_read(part_of(name))})),
        learnt.overridden,
    )


def silence(profile: Profile) -> Mapping[str, str]:
    """Find the documented switch that keeps a tool from mailing people; a tool without one is refused, because silence was asked for.

    >>> from truto_tickets_nb.integrations.profile import profile
    >>> silence(profile("jira"))
    {'notifyUsers': 'false'}
    """
    fact = profile.fact("quiet")
    if not fact.value:
        raise PlanError(
            f"quiet=True: no switch is documented that keeps {profile.name} from telling people of a change. Nothing was planned or sent; "
            "leave quiet out to go on all the same."
        )
    switch: Mapping[str, str] = fact.value
    return switch


def is_silent(spec: RequestSpec, profile: Profile) -> bool:
    """Return whether the switch that silences a tool goes along, with the value that silences it: as it is written on the wire.

    >>> from truto_tickets_nb.integrations.profile import profile
    >>> [is_silent(RequestSpec(fixed={"remote_query": {"notifyUsers": value}}), profile("jira")) for value in (False, "false", True)]
    [True, True, False]
    """
    switch = profile.fact("quiet").value
    return bool(switch) and set(query_pairs({"remote_query": switch})) <= set(query_pairs(spec.fixed))


_FROM = {"workspace_id": "workspace", "organization": "organization"}


def given(name: str, record: Mapping[str, Any]) -> Json:
    """Take the value of a query parameter from a ticket: objects as `{"id": ...}`, ids and etags as they are.

    The form of object parameters follows https://truto.one/docs/api-reference/overview/querying; that `workspace_id` is the id of
    the ticket's workspace, and `organization` the ticket's organization, else its account, is our assumption.
    """
    value = record.get(_FROM.get(name, name))
    if name == "organization" and is_missing(value):
        value = record.get("account")
    if name.endswith("_id"):
        reference = ref(value)
        return reference.id if reference else None
    if name in ("workspace", "ticket_type", "organization"):
        reference = ref(value)
        return {"id": reference.id or reference.name} if reference else None
    return value
