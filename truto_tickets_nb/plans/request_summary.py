"""What goes along with each PATCH besides the changes, in a few sentences, made from the very way in which it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from truto_tickets_nb.actions import Action
from truto_tickets_nb.api.address import query_pairs
from truto_tickets_nb.notes import Note
from truto_tickets_nb.plans.request_spec import is_silent
from truto_tickets_nb.tickets.fields import CUSTOM
from truto_tickets_nb.wording import by_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from truto_tickets_nb.integrations.profile import Profile
    from truto_tickets_nb.plans.change import Patch
    from truto_tickets_nb.plans.request_spec import RequestSpec


def request_notes(spec: RequestSpec, patches: Sequence[Patch], documented: Profile) -> Iterator[Note]:
    """Return who is notified, which parameters and fields go along, and what goes out apart or as a whole."""
    if not patches:
        return
    profile = documented.as_assumed() if spec.is_overridden else documented
    yield from _notifies(spec, profile)
    yield from _parameters(spec, profile)
    if spec.carry:
        words = ", ".join(rule.replace("|", ", or ") for rule in spec.carry)
        yield Note(
            "request.fields",
            f"Each PATCH carries the ticket's own {words} unchanged, because this account needs it or you asked for it.",
        )
    name = profile.name or "this integration"
    fields = {change.field for patch in patches for change in patch.changes}
    parts = sum(len(spec.rounds(patch.changes)) for patch in patches)
    if parts > len(patches):
        evidence = profile.fact("apart").told
        yield Note(
            "request.apart",
            f"{name} wants some fields in a PATCH of their own ({evidence}): {parts:,} requests for {len(patches):,} tickets.",
        )
    if spec.whole_custom_fields and any(field.startswith(CUSTOM) for field in fields):
        source = profile.fact("custom_fields_whole").told
        yield Note(
            "request.whole_custom_fields",
            f"All custom fields of a ticket go out together, as {name} wants it ({source}).",
        )
    if "remote_data" in fields:
        yield Note(
            "request.remote_data",
            f"remote_data goes to {name} as it is, in its own terms. It can't be read back, and an undo leaves it alone.",
        )


def _notifies(spec: RequestSpec, profile: Profile) -> Iterator[Note]:
    notifies, quiet = profile.fact("notifies"), profile.fact("quiet")
    if is_silent(spec, profile):
        sent = ", ".join(f"{key}={value}" for key, value in _switch(profile))
        message = f"Quiet: {sent} goes along with each PATCH ({quiet.told}). {quiet.note}".rstrip()
        yield Note("request.quiet", message)
    elif notifies.value:
        ask = (Action("quiet"),) if quiet.value else ()
        yield Note("request.notifies", f"{profile.name}: {notifies.value} ({notifies.told}).", ask)


def _switch(profile: Profile) -> list[tuple[str, str]]:
    """List the parameters that silence a tool, as they go on the wire."""
    return query_pairs({"remote_query": profile.fact("quiet").value or {}})


def _parameters(spec: RequestSpec, profile: Profile) -> Iterator[Note]:
    own = [name for name in spec.query if name not in spec.fixed]
    if own:
        fact = profile.fact("required_query")
        why = fact.told if set(own) <= set(fact.value or ()) else "the account asks for it"
        yield Note(
            "request.parameters", f"Each PATCH carries the ticket's own {', '.join(own)} in its address ({why})."
        )
    silent = _switch(profile) if is_silent(spec, profile) else []
    others = [f"{key}={value}" for key, value in query_pairs(spec.fixed) if (key, value) not in silent]
    if others:
        verb = by_number(len(others), "goes", "go")
        yield Note("request.parameters", f"{', '.join(others)} {verb} along with each PATCH, as you asked.")
