"""One value that a reference may take, as a companion list names it, and the refusal of a name that means none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from truto_tickets_nb.tickets.json_values import is_scalar, person_name, ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.actions import Action

UnresolvedCode = Literal["value.ambiguous_name", "value.name_of_other_workspace", "value.unknown_name"]


class Choice(NamedTuple):
    """One value that a reference may take."""

    id: str
    name: str
    workspace: str = ""  # the id of the one workspace it belongs to; "" where it belongs to all, or nobody says
    email: str = ""
    active: bool = True
    origin: str = "list"  # who names it: the account's "list", its "schema", or tickets in which it was "seen"
    type: str = ""

    @property
    def shown(self) -> str:
        """Return what distinguishes it from its namesakes: name, e-mail, id."""
        mail = f" <{self.email}>" if self.email else ""
        return f"{self.name}{mail} (id {self.id})" if self.name != self.id else self.id

    @property
    def labels(self) -> tuple[str, ...]:
        """List the texts that name it and no namesake."""
        by_mail = (f"{self.name} <{self.email}>",) if self.email else ()
        return (*by_mail, f"{self.name} (id {self.id})", self.shown)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why a name could not be resolved, and what can be done."""

    code: UnresolvedCode
    message: str
    actions: tuple[Action, ...] = ()


def choice(record: Mapping[str, Any]) -> Choice:
    """Read one choice from a companion record; a missing name falls back to the id."""
    identity = next((str(record[key]) for key in ("id", "name") if is_scalar(record.get(key))), "")
    listed = record.get("emails")
    rows = [mail for mail in listed if isinstance(mail, dict)] if isinstance(listed, list) else []
    mails = [mail["email"] for mail in rows if isinstance(mail.get("email"), str)]
    home = ref(record.get("workspace") or record.get("project"))
    return Choice(
        identity,
        person_name(dict(record)) or identity,
        workspace=home.id if home else "",
        email=next((mail for mail in mails if mail), ""),
        active=record.get("is_active") is not False and record.get("status") != "inactive",
        type=str(record["type"]) if is_scalar(record.get("type")) else "",
    )
