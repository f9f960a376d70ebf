"""Edit every column that an account takes, one ticket each, to another value that it takes as well."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from truto_tickets_nb.tickets.fields import CUSTOM_FIELDS, FIELDS

AHEAD = pd.Timestamp("2026-11-02")  # the day after the practice server's clock starts


def moved(snapshot):
    """Edit a frame; returns it with what was put where: ticket -> column -> cell."""
    df, wanted = snapshot.frame(), {}
    free = list(df.index)
    columns = [
        name for name in ("name", *sorted(snapshot.learnt.writable - {"name"})) if not only_grows(snapshot, name)
    ]
    for name in columns:
        column = "custom_fields.region" if name == CUSTOM_FIELDS else name
        place = next((ticket for ticket in free if other(snapshot, df, ticket, column) is not None), None)
        assert place is not None, f"no ticket can take another {column}"
        free.remove(place)
        put(df, place, column, other(snapshot, df, place, column))
        wanted[place] = {column: df.at[place, column]}
    last = free[0]
    both = [
        name
        for name in ("name", "assignees", "status")
        if name in columns and other(snapshot, df, last, name) is not None
    ]
    for name in both:
        put(df, last, name, other(snapshot, df, last, name))
    return df, {**wanted, **({last: {name: df.at[last, name] for name in both}} if both else {})}


def only_grows(snapshot, name):
    """Lists that never lose a member can't be put back: they have a test of their own."""
    return snapshot.profile.fact(f"{name}_write").value == "merge"


def put(df, ticket, column, cell):
    if column not in df:
        df[column] = None
    if isinstance(cell, tuple | dict) or df[column].dtype == object:
        df[column] = df[column].astype(object)
    df.at[ticket, column] = cell


def other(snapshot, df, ticket, column):
    """Find another value for a cell; None where there is none."""
    held = df.at[ticket, column] if column in df else None
    kind = FIELDS[column].kind.word if column in FIELDS else "any"
    return _MOVES[kind](snapshot, df, ticket, column, held)


def _text(snapshot, df, ticket, column, held):
    if column == "html_description":
        return "<p>checked</p>"
    if not isinstance(held, str) or not held.strip():
        return None
    return f"{held}<p>checked</p>" if "<p>" in held else f"{held.strip()} (checked)"


def _reference(snapshot, df, ticket, column, held):
    if column == "parent_ticket":
        strangers = [identity for identity in df.index if identity != ticket and df.at[identity, "name"] != held]
        return strangers[0]
    if not isinstance(held, str):
        return None
    home = snapshot.table.record(df.index.get_loc(ticket)).get("workspace") or {}
    known = snapshot.choices[FIELDS[column].choices].names(home.get("id", "") if FIELDS[column].per_workspace else "")
    place = known.index(held)
    near = known[place + 1 : place + 2] or known[place - 1 : place]  # a neighbour: a workflow may know no other step
    return near[0] if near and near[0] != held else None


def _set(snapshot, df, ticket, column, held):
    home = snapshot.table.record(df.index.get_loc(ticket)).get("workspace") or {}
    known = snapshot.choices[FIELDS[column].choices].names(home.get("id", ""))
    fresh = [name for name in known if name not in held and known.count(name) == 1 and name != "Jo Smith"]
    return (*held[1:], fresh[0]) if held and fresh and "Jo Smith" not in held else None


def _date(snapshot, df, ticket, column, held):
    """Move a date by a day; only one that lies ahead, there and back, is taken by every tool."""
    is_ahead = pd.notna(held) and pd.Timestamp(held).tz_localize(None) > AHEAD
    return held + timedelta(days=1) if is_ahead else None


def _any(snapshot, df, ticket, column, held):
    if column.startswith("custom_fields."):
        return "moved" if isinstance(held, str) else None
    return {"id": "x"}


_MOVES = {
    "text": _text,
    "reference": _reference,
    "set": _set,
    "date": _date,
    "any": _any,
    "words": lambda *_: ("en", "de"),
}
