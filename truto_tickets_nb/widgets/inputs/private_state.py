"""Keep ticket text out of saved widget state: it is sent to a browser that shows the form, and is never part of a widget's state.

What a front end shows of ipywidgets lies in synced state, and whoever saves widget state saves that: nbclient, papermill and nbconvert
do so by default, from every message that they see; JupyterLab does if its user switches it on (by default it is off), from what is on
the screen at that moment. So the traits named as `private_traits` stay in Python, and travel only while a browser says that it shows the form
(`_view_count`, which each front end keeps for a widget that asks for it):

- a notebook run by a machine holds the empty form: nobody looked;
- `widget.get_state()`, an embedded page and the answer to a reloading browser hold blanks; a browser then tells that it shows the form,
  and gets the texts in messages of their own;
- when the last view goes, the browser's copy is emptied.

What is left: JupyterLab with "Save Widget State Automatically" switched on saves what the form shows while it is open.
"""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

import ipywidgets as W  # noqa: N812  (short, because every line of this room says it)


class PrivateState:
    """Know whether a browser shows a form, and which of its widgets hold ticket text."""

    def __init__(self) -> None:
        self.is_lifted = False
        self._held: weakref.WeakSet[PrivateWidget] = weakref.WeakSet()

    def hold(self, widget: PrivateWidget) -> None:
        """Keep the text of one more widget."""
        self._held.add(widget)
        if self.is_lifted:
            widget.send_veiled()

    def views(self, count: int | None) -> None:
        """Take note of how many views there are: the first one gets the texts, the last one leaves nothing behind."""
        self.is_lifted = bool(count)
        for widget in tuple(self._held):
            widget.send_veiled()


class PrivateWidget(W.DOMWidget):  # type: ignore[misc]  # ipywidgets has no types
    """Text in Python that is shown, and not kept, elsewhere."""

    private_traits: ClassVar[dict[str, Any]] = {"value": ""}  # trait -> what stands for it

    def __init__(self, private: PrivateState, *args: Any, **traits: Any) -> None:
        self._private = private
        super().__init__(*args, **traits)
        private.hold(self)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002  (ipywidgets' own)
        """Return the state as it may be kept; a private trait is in it only where it is asked for by name, and somebody looks."""
        values: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is not None and self._private.is_lifted:
            return values
        return {**values, **{name: blank for name, blank in self.private_traits.items() if name in values}}

    def _should_send_property(self, key: str, value: Any) -> bool:
        hidden = key in self.private_traits and not self._private.is_lifted
        return not hidden and bool(super()._should_send_property(key, value))

    def send_veiled(self) -> None:
        """Send the text, or blanks where nobody looks any more."""
        if self.comm is not None:
            self.send_state([*self.private_traits])

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Html(PrivateWidget, W.HTML):  # type: ignore[misc]
    """Show a fragment made by show/."""


class Words(PrivateWidget, W.Text):  # type: ignore[misc]
    """Edit one line."""


class Lines(PrivateWidget, W.Textarea):  # type: ignore[misc]
    """Edit several lines."""


class Tick(PrivateWidget, W.Checkbox):  # type: ignore[misc]
    """Choose or not; what is chosen stands in the label."""

    private_traits: ClassVar[dict[str, Any]] = {"description": ""}


class Press(PrivateWidget, W.Button):  # type: ignore[misc]
    """Press a button whose label holds ticket text."""

    private_traits: ClassVar[dict[str, Any]] = {"description": "", "tooltip": None}


class Pick(PrivateWidget, W.Dropdown):  # type: ignore[misc]
    """Choose one of few."""

    private_traits: ClassVar[dict[str, Any]] = {"_options_labels": [], "index": None}


class Search(PrivateWidget, W.Combobox):  # type: ignore[misc]
    """Choose one of many by typing."""

    private_traits: ClassVar[dict[str, Any]] = {"options": [], "value": ""}


class Day(PrivateWidget, W.DatePicker):  # type: ignore[misc]
    """Choose a day."""

    private_traits: ClassVar[dict[str, Any]] = {"value": None}


class Moment(PrivateWidget, W.NaiveDatetimePicker):  # type: ignore[misc]
    """Choose a day and a time."""

    private_traits: ClassVar[dict[str, Any]] = {"value": None}
