"""Whether a column can be edited in this account, who says so, and which values it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from truto_tickets_nb.integrations.facts import COUNTED
from truto_tickets_nb.plans.request_spec import part_of
from truto_tickets_nb.tickets.fields import CUSTOM, field
from truto_tickets_nb.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.account_schema import AccountSchema
    from truto_tickets_nb.tickets.choices import Choices

SHOWN = 12  # values named
ORIGINS = {"schema": "from the account's schema", "seen": "only seen in loaded tickets"}


Standing = Literal["taken", "unlikely", "read-only"]


class Column(NamedTuple):
    """What is told of one column."""

    column: str
    kind: str
    standing: Standing
    why: str
    takes: str

    @property
    def editable(self) -> bool:
        """Return whether a change of it may be sent."""
        return self.standing != "read-only"


def about(name: str, profile: Profile, learnt: AccountSchema, choices: Mapping[str, Choices]) -> Column:
    """Describe one column: kind, editable, why, values."""
    row = field(name)
    if row is None:
        return Column(name, "unknown", "read-only", why="no field of Truto's page", takes="")
    standing, why = _standing(name, profile, learnt) if row.writable else ("read-only", "read-only in the API")
    return Column(name, row.kind.word, standing, why, values(name, learnt, choices.get(row.choices)))


def _standing(name: str, profile: Profile, learnt: AccountSchema) -> tuple[Standing, str]:
    part = part_of(name)
    if learnt.can_update is False or (learnt.can_update is None and profile.can_update is False):
        return "read-only", f"no update of {profile.name} tickets through Truto"
    if learnt.writable is not None:
        if part in learnt.writable:
            return "taken", "the account's own schema lists it"
        return "read-only", "the account's own schema does not list it"
    fact = profile.fact("writable")
    if not fact.value:
        return "taken", "nobody documents it"
    counted = f"; {COUNTED[part]}" if part in COUNTED else ""
    if part in fact.value:
        return "taken", f"probably taken ({fact.told}{counted})"
    return "unlikely", f"probably not taken ({fact.told}{counted})"


def values(name: str, learnt: AccountSchema, choices: Choices | None) -> str:
    """List the values that a column takes, with who names them where that is no list of the account's."""
    if name.startswith(CUSTOM):
        custom = learnt.field(name[len(CUSTOM) :])
        return _few(custom.options or (custom.type,)) if custom else ""
    if choices is None or not choices.items:
        return ""
    origins = (
        [ORIGINS[origin] for origin in choices.origins if origin in ORIGINS] if "list" not in choices.origins else []
    )
    return _few(choices.names()) + (f" ({', '.join(origins)})" if origins else "")


def _few(names: tuple[str, ...]) -> str:
    return listed(names, SHOWN)
