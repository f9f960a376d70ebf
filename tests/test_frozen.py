"""What is loaded never changes: no write reaches it, not even through an array; and every edit of a frame still works."""

# ruff: noqa: PD002, PD011  (what pandas discourages is what people do)
from __future__ import annotations

import gc
import pickle
import time
import weakref

import numpy as np
import pandas as pd
import pytest

import truto_tickets_nb as tt
from truto_tickets_nb.tickets.columns import Columns

CELLS = {
    "custom_fields.n": 99,
    "custom_fields.f": 9.5,
    "custom_fields.b": False,
    "custom_fields.o": ("z",),
    "custom_fields.m": 7,
    "tags": ("z",),
    "due_date": pd.Timestamp("2030-01-01"),
    "created_at": pd.Timestamp("2030-01-01", tz="UTC"),
    "is_unread": False,
    "name": "z",
    "status": "z",
    "custom_fields.s": "z",
}


def records():
    custom = [{"n": 1, "f": 1.5, "b": True, "s": "x", "o": ["a"], "m": 1}, {"n": 2, "f": 2.5, "b": None, "s": "y", "o": ["b"], "m": "x"}]  # fmt: skip
    common = {
        "status": {"id": "1", "name": "Open"},
        "tags": [{"id": "t", "name": "t"}],
        "created_at": "2026-01-01T10:00:00Z",
        "is_unread": True,
    }
    return [
        {"id": str(n), "name": f"T{n}", "due_date": f"2026-01-0{n + 1}", "custom_fields": custom[n % 2], **common}
        for n in range(4)
    ]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("loaded") / "loaded.jsonl.gz"
    with tt.sandbox("gorgias", tickets=records(), limit=None) as account:
        account.load(progress=False).save(path)
    return path


@pytest.fixture
def loaded(saved):
    """Give each test a snapshot of its own, without a server of its own."""
    return tt.open_snapshot(saved)


def table():
    columns = Columns()
    columns.add(records())
    return columns.table()


def alive():
    """Make a frame whose snapshot lives."""
    held = table()
    df = held.copy()
    df.attrs = {}
    return df, held


def alone():
    """Make a frame whose snapshot is gone."""
    df = table().copy()
    gc.collect()
    return df, None


WAYS = {
    "array": lambda df, name, value: df[name].array.__setitem__(0, value),
    "array of a slice": lambda df, name, value: df.iloc[:2][name].array.__setitem__(0, value),
    "values": lambda df, name, value: df[name].values.__setitem__(0, value),
    "numpy": lambda df, name, value: df[name].to_numpy().__setitem__(0, value),
    "asarray": lambda df, name, value: np.asarray(df[name]).__setitem__(0, value),
    "array after rename": lambda df, name, value: df.rename(columns={name: "x"})["x"].array.__setitem__(0, value),
    "mask": lambda df, name, value: df[name].array._mask.__setitem__(0, True),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CELLS)
def test_no_write_through_an_array_reaches_the_snapshot(name, way):
    """Whatever array of a column is written to, it is refused, or the snapshot stays as it was."""
    held = table()
    before, df = held.frame[name].tolist(), held.copy()
    try:
        WAYS[way](df, name, CELLS[name])
    except (
        ValueError,
        TypeError,
        AttributeError,
        DeprecationWarning,
    ):  # pandas wants .values of dates with a zone to be no more
        assert df[name].tolist() == before
    assert [str(cell) for cell in held.frame[name]] == [str(cell) for cell in before]


@pytest.mark.parametrize("name", ["name", "status", "custom_fields.s"])
def test_what_could_be_written_into_a_frame_is_seen(loaded, name):
    """Text can be written through an array of the frame: the snapshot stays, and the plan sees the edit."""
    df = loaded.frame()
    df[name].array[0] = "Changed"
    assert loaded.frame()[name].iloc[0] != "Changed"
    plan = loaded.plan(df)
    assert len(plan) == 1 or plan.blocking


def test_number_of_a_custom_field_in_place(loaded):
    """An array of numbers refuses the write; the frame's own ways to edit do it, and the plan sees it."""
    df = loaded.frame()
    with pytest.raises(ValueError, match="read-only"):
        df["custom_fields.n"].array[0] = 99
    df.loc["0", "custom_fields.n"] = 99
    assert loaded.frame()["custom_fields.n"].tolist() == [1, 2, 1, 2]
    assert [patch.body for patch in loaded.plan(df)] == [{"custom_fields": {"n": 99}}]


def test_a_draft_is_as_safe():
    """Neither the frame of a draft nor what is remembered of its steps can be written to in place."""
    with tt.sandbox("gorgias", tickets=records(), limit=None) as account:
        draft = account.load(progress=False).draft()
        draft.set("custom_fields.n", 5).add("tags", "new").set("due_date", "2026-05-05")
        for name in ("custom_fields.n", "tags", "due_date", "created_at"):
            before = draft.frame()[name].tolist()
            with pytest.raises(ValueError, match="read-only"):
                draft.frame()[name].array[0] = CELLS[name]
            df = draft.frame()
            df.at["0", name] = CELLS[name]
            assert draft.frame()[name].tolist() == before
        df = draft.frame()
        del draft, account
        gc.collect()
        df.loc["0", "custom_fields.n"] = 99
        df.at["1", "tags"] = ("q",)
        assert df["custom_fields.n"].tolist()[0] == 99


EDITS = {
    "loc": lambda df, name, value: df.loc.__setitem__(("0", name), [value] if isinstance(value, tuple) else value),
    "mask": lambda df, name, value: df.loc.__setitem__((df.index == "0", name), one(df, name, value)),
    "at": lambda df, name, value: df.at.__setitem__(("0", name), value),
    "iat": lambda df, name, value: df.iat.__setitem__((0, df.columns.get_loc(name)), value),
    "iloc": lambda df, name, value: df.iloc.__setitem__((slice(0, 1), df.columns.get_loc(name)), one(df, name, value)),
    "column": lambda df, name, value: df.__setitem__(name, [value, *df[name].tolist()[1:]]),
    "series at": lambda df, name, value: df.__setitem__(name, _set(df[name].copy(deep=False), value)),
    "series of a view": lambda df, name, value: df.__setitem__(name, _set(df[[name]][name].rename("x"), value)),
    "whole row": lambda df, name, value: df.iloc.__setitem__(0, df.iloc[1]),
    "insert": lambda df, name, value: df.insert(0, "mine", [value] * len(df)),
    "update": lambda df, name, value: df.update(one(df, name, value).to_frame()),
    "mask in place": lambda df, name, value: df.mask(df.isna(), inplace=True),
    "where in place": lambda df, name, value: df.where(df.notna(), inplace=True),
    "replace in place": lambda df, name, value: df.replace({"T0": "z", 1: 99}, inplace=True),
    "ffill in place": lambda df, name, value: df.ffill(inplace=True),
    "fillna in place": lambda df, name, value: df.fillna({name: df[name].iloc[0]}, inplace=True),
    "plus": lambda df, name, value: df.__setitem__(name, df[name] + df[name]),
}


def one(df, name, value):
    return pd.Series([value], index=["0"], name=name, dtype=df[name].dtype)


def _set(series, value):
    series.iat[0] = value
    return series


def written(df):
    return [[str(cell) for cell in row] for row in df.astype(object).to_numpy().tolist()]


@pytest.mark.parametrize("make", [alive, alone])
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", CELLS)
def test_every_edit_works_as_on_a_copy(name, edit, make):
    """Whatever pandas offers to edit a frame does what it does to a frame of its own, whether the snapshot lives or not."""
    (df, held), own = make(), table().copy().copy(deep=True)
    base = written(df)
    outcome = []
    for frame in (df, own):
        try:
            EDITS[edit](frame, name, CELLS[name])
            outcome.append(written(frame))
        except (TypeError, ValueError) as error:
            outcome.append(str(error))
    assert outcome[0] == outcome[1]
    assert "read-only" not in str(outcome[0])
    assert held is None or written(held.copy()) == base


READINGS = {
    "sort": lambda df: df.sort_values("custom_fields.n"),
    "groupby": lambda df: df.groupby("custom_fields.b", dropna=False)["custom_fields.n"].sum(),
    "cumsum": lambda df: df["custom_fields.n"].cumsum(),
    "cumsum of gaps": lambda df: df["custom_fields.b"].cummin(),
    "cummax of gaps": lambda df: df["custom_fields.f"].shift(1).cummax(),
    "cumsum by group": lambda df: df.groupby("status")["custom_fields.n"].cumsum(),
    "rank": lambda df: df["custom_fields.f"].rank(),
    "shift": lambda df: df.shift(1),
    "merge": lambda df: df.merge(df, on="custom_fields.n"),
    "value_counts": lambda df: df["tags"].value_counts(),
    "duplicated": lambda df: df["created_at"].duplicated(),
    "convert": lambda df: df.convert_dtypes(),
    "astype": lambda df: df["custom_fields.n"].astype(float),
    "isin": lambda df: df["custom_fields.n"].isin([1]),
    "explode": lambda df: df.explode("tags"),
    "rolling": lambda df: df["custom_fields.f"].astype(float).rolling(2).mean(),
    "resample": lambda df: df.set_index("due_date")["custom_fields.n"].resample("D").sum(),
    "concat": lambda df: pd.concat([df, df]),
    "pickle": lambda df: pickle.loads(pickle.dumps(df)),
    "map": lambda df: df["tags"].map(len),
    "plus": lambda df: df["custom_fields.n"] + 1,
    "quantile": lambda df: df["custom_fields.f"].quantile(0.5),
    "factorize": lambda df: pd.factorize(df["due_date"])[0],
    "interpolate": lambda df: df["custom_fields.f"].astype("float64").interpolate(),
    "dt": lambda df: df["created_at"].dt.tz_convert("Europe/Berlin").dt.floor("D"),
}


@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_works_as_on_a_copy(reading):
    """What pandas reckons from a column it can't write to is what it reckons from any other."""
    df, own = table().copy(), table().copy().copy(deep=True)
    results = [READINGS[reading](frame) for frame in (df, own)]
    assert str(results[0]) == str(results[1])


def test_copies_of_ones_own_can_be_written_to():
    """A deep copy and an unpickled frame are the analyst's own: their arrays take writes."""
    df = table().copy()
    for own in (df.copy(), pickle.loads(pickle.dumps(df)), df.iloc[[0, 1]]):
        own["custom_fields.n"].array[0] = 99
        assert own["custom_fields.n"].tolist()[0] == 99
    assert df["custom_fields.n"].tolist() == [1, 2, 1, 2]


def test_memory_is_freed():
    """Nothing of a snapshot stays once it and its frames are gone; a view of one column keeps only that one."""
    held = table()
    arrays = [weakref.ref(block.values) for block in held.frame._mgr.blocks]
    df = held.copy()
    tags = df[["custom_fields.n"]]
    del held, df
    gc.collect()
    tags.loc["0", "custom_fields.n"] = 99
    assert tags["custom_fields.n"].tolist()[0] == 99
    del tags
    gc.collect()
    assert [found() for found in arrays if found() is not None] == []


def test_frames_cost_nothing():
    """A frame of many tickets is made without copying a column, and without a pause."""
    columns = Columns()
    columns.add([{"id": str(n), "name": "x", "custom_fields": {"n": n}, "tags": []} for n in range(50_000)])
    held = columns.table()
    start = time.perf_counter()
    frames = [held.copy() for _ in range(100)]
    assert time.perf_counter() - start < 1
    assert all(
        np.shares_memory(f["custom_fields.n"].array._data, held.frame["custom_fields.n"].array._data) for f in frames
    )
