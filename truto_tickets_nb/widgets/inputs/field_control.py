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


def control_for(column: Editable, dtype: Any, veil: PrivateState, rest: tuple[Offer, Callable[[], object]]) -> Control:
    """Make the editor that suits a field; it tells when a person leaves it, not at each key."""
    offer, told = rest
    name = column.name
    if column.kind == "date":
        return Dated(veil, name, told, timed=getattr(dtype, "tz", None) is not None)
    if column.kind == "flag":
        return Flag(veil, name, told, empty=NOTHING)
    if column.kind == "any" and getattr(dtype, "kind", "") in "iuf":
        return Number(veil, name, told, live=False)
    if column.kind == "text" or (column.kind == "any" and offer.is_free and not offer.options):
        return Line(veil, name, told, lines=5 if name in LONG else 1, live=False)
    return _from_offer(column, veil, offer, told)


def _from_offer(column: Editable, veil: PrivateState, offer: Offer, told: Callable[[], object]) -> Control:
    control: Control
    if column.kind in ("set", "words"):
        control = Chips(veil, column.name, told)
    elif len(offer.options) <= FEW and not offer.is_free:
        control = OneOf(veil, column.name, told, empty=NOTHING)
    else:
        control = Searched(veil, column.name, told, live=False)
    control.offer(offer)
    return control
