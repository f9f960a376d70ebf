"""Layouts and styles that many widgets share: each would be a model of its own in the browser, and forms have hundreds of widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812

from truto_tickets_nb.safe_text import printable
from truto_tickets_nb.widgets.inputs.styles import classed

if TYPE_CHECKING:
    from collections.abc import Callable

OPENS = "Space or Enter opens the list"  # JupyterLab takes letters and arrows for itself while a list is closed
_MADE: dict[Any, Any] = {}


def _one(key: Any, make: Callable[[], Any]) -> Any:
    shared = _MADE.get(key)
    if shared is None or shared.comm is None:  # closed by somebody
        shared = _MADE[key] = make()
    return shared


def layout(**traits: str) -> Any:
    """Return the one layout of these traits; it must not be changed."""
    return _one(tuple(sorted(traits.items())), lambda: W.Layout(**traits))


def wide() -> Any:
    """Return the layout of a control that is as wide as its place."""
    return layout(width="auto", max_width="100%")


def style(kind: type) -> Any:
    """Return the one style of a kind of widget, with labels as wide as their words; it must not be changed."""
    style_type = kind.class_traits()["style"].klass  # type: ignore[attr-defined]
    values = {"description_width": "initial", "button_width": "auto"}
    values = {name: value for name, value in values.items() if name in style_type.class_trait_names()}
    return _one(style_type, lambda: style_type(**values))


def create(kind: type, *args: Any, **traits: Any) -> Any:
    """Make a widget with the shared layout and style.

    >>> create(W.Button, description="a").layout is create(W.Button, description="b").layout
    True
    """
    words = {name: printable(traits[name]) for name in ("description", "tooltip") if traits.get(name)}
    return kind(*args, **{"layout": wide(), "style": style(kind), **traits, **words})


def button(label: str = "", tip: str = "") -> Any:
    """Make a button."""
    return create(W.Button, description=label, tooltip=tip or None)


def tick(label: str) -> Any:
    """Make a box to tick."""
    return create(W.Checkbox, description=label, indent=False)


def box(*children: Any, css: str = "") -> Any:
    """Put widgets below each other."""
    return classed(W.VBox(children, layout=layout()), css)


def row(*children: Any, css: str = "") -> Any:
    """Put widgets beside each other, wrapping where there is no room."""
    return classed(W.HBox(children, layout=layout()), f"tt-row {css}")
