"""The editor of one field of one ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from truto_tickets_nb.selection.options import FEW
from truto_tickets_nb.widgets.inputs.controls import NOTHING, Chips, Control, Dated, Flag, Line, Number, OneOf, Searched

if TYPE_CHECKING:
    from collections.abc import Callable

    from truto_tickets_nb.selection.options import Offer
    from truto_tickets_nb.selection.step_builder import Editable
    from truto_tickets_nb.widgets.inputs.private_state import PrivateState

LONG = ("description", "html_description")


def control_for(
    column: Editable, dtype: Any, private: PrivateState, rest: tuple[Offer, Callable[[], object]]
) -> Control:
    """Make the editor that suits a field; it tells when a person leaves it, not at each key."""
    offer, on_change = rest
    name = column.name
    if column.kind == "date":
        return Dated(private, name, on_change, timed=getattr(dtype, "tz", None) is not None)
    if column.kind == "flag":
        return Flag(private, name, on_change, empty=NOTHING)
    if column.kind == "any" and getattr(dtype, "kind", "") in "iuf":
        return Number(private, name, on_change, live=False)
    if column.kind == "text" or (column.kind == "any" and offer.is_free and not offer.options):
        return Line(private, name, on_change, lines=5 if name in LONG else 1, live=False)
    return _from_offer(column, private, offer, on_change)


def _from_offer(column: Editable, private: PrivateState, offer: Offer, on_change: Callable[[], object]) -> Control:
    control: Control
    if column.kind in ("set", "words"):
        control = Chips(private, column.name, on_change)
    elif len(offer.options) <= FEW and not offer.is_free:
        control = OneOf(private, column.name, on_change, empty=NOTHING)
    else:
        control = Searched(private, column.name, on_change, live=False)
    control.offer(offer)
    return control
