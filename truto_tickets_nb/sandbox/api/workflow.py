"""The workflow of generated accounts, an assumption: a status is left only for its neighbours in its workspace's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.sandbox.wire.responses import refused

if TYPE_CHECKING:
    from truto_tickets_nb.sandbox.data.store import Store
    from truto_tickets_nb.sandbox.profiles.profiles import PlayedIntegration

Record = dict[str, Any]


def stepped(old: Record, new: Record, played: PlayedIntegration, store: Store) -> None:
    """Refuse a step that the workflow does not have. Each step leads back too, so that an undo always can go out."""
    if played.fact("status_model") != "workflow" or not store.fact("generated"):
        return
    listed = _listed(new, played, store)
    before, after = _place(listed, old), _place(listed, new)
    if before is None or after is None or abs(before - after) < 2:
        return
    near = [row["name"] for row in listed[max(0, before - 1) : before + 2] if row is not listed[before]]
    message = (
        f"{listed[before]['name']!r} leads to {' or '.join(map(repr, near))} only, not to {listed[after]['name']!r}"
    )
    raise refused("status", f"The workflow does not allow this step: {message}")


def _listed(ticket: Record, played: PlayedIntegration, store: Store) -> list[Record]:
    rows = store.companions("ticket_status")
    home = (ticket.get("workspace") or {}).get("id")
    return [row for row in rows if not played.status_per_workspace or row.get("workspace", {}).get("id") == home]


def _place(listed: list[Record], ticket: Record) -> int | None:
    status = ticket.get("status") or {}
    return next((place for place, row in enumerate(listed) if row["id"] == status.get("id")), None)
