"""What all forms have in common: one draft, followed live; messages instead of lost exceptions; an end."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.errors import TicketsError, shorten
from truto_tickets_nb.selection.draft_view import draft_view_of, lock_of
from truto_tickets_nb.widgets.inputs import styles
from truto_tickets_nb.widgets.inputs.private_state import Html, PrivateState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from truto_tickets_nb.edits.drafts.draft import Draft
__all__ = ["Form", "lock_of"]


class Form(W.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Show a draft: refreshed whenever the draft changes, from wherever."""

    def __init__(self, draft: Draft, css: str) -> None:
        self.draft, self.view, self.private = draft, draft_view_of(draft), PrivateState()
        self.message = Html(self.private)
        self.message.add_class("tt-message")
        super().__init__(_view_count=0)  # counted by the browser from now on
        self.add_class("tt-form").add_class(css)
        mine = weakref.WeakMethod(self._draft_changed)
        self._stop = draft.listen(lambda _: (draft_changed := mine()) and draft_changed())

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a browser sends; how many views it has decides whether it gets ticket text."""
        super().set_state(sync_data)
        if "_view_count" in sync_data:
            self.private.views(sync_data["_view_count"])

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Return the state; a browser that reloads begins to count its views anew."""
        values: dict[str, Any] = super().get_state(key, drop_defaults)
        return {**values, "_view_count": 0} if key is None and "_view_count" in values else values

    def lay_out(self, *parts: Any, message: bool = True) -> None:
        """Put the parts below each other, with the style sheet, and with the message at the end unless it stands in one of them."""
        style = W.HTML(styles.STYLE, layout=W.Layout(display="none"))
        self.children = (style, *parts, *((self.message,) if message else ()))

    def safely(self, action: Callable[[], object]) -> Callable[..., None]:
        """Make a handler: ipywidgets swallows what a handler raises, so it is told in the form, and what was typed stays."""

        def handler(*_: Any) -> None:
            with self.view.lock:
                try:
                    self.say("")
                    action()
                except TicketsError as error:
                    self.say(str(error), "bad")
                except Exception as error:  # noqa: BLE001  (nothing may get lost in a handler)
                    self.say(_gone_wrong(error), "bad")

        return handler

    def say(self, text: str, tone: str = "good") -> None:
        """Show a sentence below the form; "" removes it."""
        self.message.value = styles.note(text, tone)

    @property
    def said(self) -> str:
        """Return what the message says, as HTML."""
        return str(self.message.value)

    def _draft_changed(self) -> None:
        """Follow the draft; whoever edits it must not suffer from a form that can't show it."""
        with self.view.lock:
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001  (told in the form)
                self.say(_gone_wrong(error), "bad")

    def refresh(self) -> None:
        """Show the draft as it is now."""

    def close(self) -> None:
        """Take the form away, and stop following the draft. The draft stays as it is."""
        if self.comm is None:
            return
        self._stop()
        for widget in [*_within(self)]:
            widget.close()
        super().close()


def _gone_wrong(error: Exception) -> str:
    return f"That went wrong ({type(error).__name__}: {shorten(error)}). What was typed is kept; the draft holds what was done."


def _within(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        yield from _within(child)
        yield child
