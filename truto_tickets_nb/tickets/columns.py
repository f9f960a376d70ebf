"""Records <-> columns: pages of tickets become typed columns, page by page, with no object per ticket kept alive."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, FIELDS, ID, ON_REQUEST
from truto_tickets_nb.tickets.kinds import AnyKind, Kind
from truto_tickets_nb.tickets.table import Table
from truto_tickets_nb.tickets.values import freeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STR = pd.StringDtype("pyarrow", na_value=np.nan)
INSTANT = "datetime64[us, UTC]"
DAY = "datetime64[us]"
_ANY = AnyKind()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: the millions of small objects of a big page make every full collection slower."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Columns:
    """Gather pages of records and turn them into a `Table`.

    >>> columns = Columns()
    >>> columns.add([{"id": "1", "name": "Refund", "tags": [{"id": "7", "name": "billing"}]}])
    >>> columns.table().frame.loc["1", ["name", "tags"]].to_dict()
    {'name': 'Refund', 'tags': ('billing',)}
    """

    def __init__(self, *, remote_data: bool = False, chosen: Sequence[str] = ()) -> None:
        self._chosen = tuple(chosen)
        self._ids: list[str] = []
        self._raw: list[bytes] = []
        wanted = (f for f in FIELDS.values() if f.readable and (remote_data or f.name not in ON_REQUEST))
        wanted = (f for f in wanted if not chosen or f.name in chosen)
        self._parts: dict[str, Part] = {row.name: part_of(row.kind) for row in wanted}
        self._custom: dict[str, dict[int, Any]] = {}
        self._other: dict[str, dict[int, Any]] = {}
        self._left_out = frozenset() if remote_data else ON_REQUEST

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, records: Sequence[dict[str, Any]]) -> None:
        """Add one page of records, as the API answers them; nothing of them is kept but bytes and cells."""
        with collector_paused():
            start = len(self._ids)
            self._ids += [str(record[ID]) for record in records]
            self._raw += map(orjson.dumps, records)
            present = set().union(*records)
            for name, part in self._parts.items():
                if name in present:
                    part.add([record.get(name) for record in records])
                else:
                    part.add([None] * len(records))
            for place, record in enumerate(records, start):
                self._add_rest(place, record)

    def _add_rest(self, place: int, record: dict[str, Any]) -> None:
        for key, value in (record.get(CUSTOM_FIELDS) or {}).items():
            self._custom.setdefault(CUSTOM + key, {})[place] = value
        if len(record) > len(self._parts) or not record.keys() <= self._parts.keys():
            for key in record.keys() - self._parts.keys() - {ID, CUSTOM_FIELDS} - self._left_out:
                self._other.setdefault(key, {})[place] = record[key]

    def table(self) -> Table:
        """Build the table: one row a ticket in order of arrival; documented columns first, then custom fields."""
        index = pd.Index(pd.array(self._ids, dtype=STR), name=ID)
        columns = {name: part.array() for name, part in self._parts.items()}
        columns |= {name: self._sparse(self._custom[name]) for name in sorted(self._custom)}
        columns |= {name: self._sparse(self._other[name]) for name in sorted(self._other)}
        frame = pd.DataFrame(
            {name: pd.Series(array, index=index, copy=False) for name, array in columns.items()}, index=index
        )
        notes = tuple(note for name, part in self._parts.items() for note in part.notes(name))
        return Table(frame, tuple(self._raw), notes, self._chosen)

    def _sparse(self, values: dict[int, Any]) -> Any:
        cells = [freeze(values.get(place)) for place in range(len(self._ids))]
        return typed(cells)


def typed(cells: list[Any]) -> Any:
    """Find the plainest dtype that holds the cells of a custom field exactly: str, boolean, Int64, Float64, else object."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {str}:
        return pd.array(cells, dtype=STR)
    for wanted, dtype in (({bool}, "boolean"), ({int}, "Int64"), ({float, int}, "Float64")):
        if kinds <= wanted and _fits(cells):
            return pd.array(cells, dtype=dtype)  # type: ignore[call-overload]
    return objects(cells)


def _fits(cells: list[Any]) -> bool:
    return all(abs(cell) < 2**53 for cell in cells if cell is not None)


def objects(cells: Sequence[Any]) -> Any:
    """Build a numpy object array of cells that may be tuples, without numpy looking into them."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells if not any(type(cell) is tuple for cell in cells[:1]) else list(cells)
    return array


class Part:
    """Gather one column, page by page."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def add(self, values: list[Any]) -> None:
        raise NotImplementedError

    def array(self) -> Any:
        raise NotImplementedError

    def notes(self, name: str) -> Iterable[str]:
        return ()


class TextPart(Part):
    """Gather text and names: one Arrow chunk a page, so that the Python strings can go."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.chunks: list[Any] = []

    def add(self, values: list[Any]) -> None:
        cells = values if self.kind.word == "text" else self._names(values)
        try:
            self.chunks.append(pa.array(cells, pa.large_string()))
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            self.chunks.append(pa.array([None if c is None else _valid(str(c)) for c in cells], pa.large_string()))

    def _names(self, values: list[Any]) -> list[Any]:
        cell = self.kind.cell
        return [(v.get("name") or cell(v)) if type(v) is dict else cell(v) for v in values]

    def array(self) -> Any:
        return STR.__from_arrow__(pa.chunked_array(self.chunks, pa.large_string()))  # type: ignore[attr-defined]


def _valid(text: str) -> str:
    """Replace lone surrogates, which JSON can write but UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode()


class SetPart(Part):
    """Gather sets as tuples; equal tuples are one object, so memory follows the distinct ones."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.cells: list[Any] = []
        self.known: dict[Any, Any] = {(): ()}

    def add(self, values: list[Any]) -> None:
        cell, known = self._quick, self.known
        self.cells += [known.setdefault(found, found) for found in (cell(v) if v else () for v in values)]

    def _quick(self, value: Any) -> Any:
        """Take names directly where every item has one; whatever else comes goes the long way."""
        try:
            names = tuple([item["name"] for item in value])
        except (KeyError, TypeError):
            return self.kind.cell(value)
        return names if all(names) and all(type(name) is str for name in names) else self.kind.cell(value)

    def array(self) -> Any:
        return objects(self.cells)


class ThingPart(SetPart):
    """Gather flags and raw JSON, frozen."""

    def add(self, values: list[Any]) -> None:
        cell = self.kind.cell
        self.cells += [None if v is None else cell(v) for v in values]

    def array(self) -> Any:
        return pd.array(self.cells, dtype="boolean") if self.kind.word == "flag" else objects(self.cells)


class MomentPart(Part):
    """Gather dates and instants as text and read them once; a column of dates only stays free of zones."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.chunks: list[Any] = []
        self.days = self.instants = self.bad = 0

    def add(self, values: list[Any]) -> None:
        texts = [v if type(v) is str else None if v is None else str(v) for v in values]
        self.chunks.append(pa.array([text or None for text in texts], pa.large_string()))

    def array(self) -> Any:
        texts = pa.chunked_array(self.chunks, pa.large_string())
        filled = len(texts) - texts.null_count
        self.days = pc.sum(pc.match_substring_regex(texts, r"^\d{4}-\d\d-\d\d$")).as_py() or 0
        self.instants = filled - self.days
        found = instants(texts)
        self.bad = filled - int(found.notna().sum())
        return (found.dt.tz_localize(None) if self.days and not self.instants else found).array

    def notes(self, name: str) -> Iterable[str]:
        if self.days and self.instants:
            yield f"{name}: {self.days} values are dates without a time; they show as midnight UTC and go out as dates."
        if self.bad:
            yield f"{name}: {self.bad} values are no ISO 8601 dates; their cells are empty and nothing is sent for them."


def instants(texts: Any) -> Any:
    """Read an Arrow column of ISO 8601 texts as instants in UTC: each distinct text once, NaT where it is none."""
    coded = pc.dictionary_encode(texts).combine_chunks()
    known = pd.Series(coded.dictionary.to_pylist(), dtype="object")
    read = pd.to_datetime(known, utc=True, format="ISO8601", errors="coerce").dt.as_unit("us")
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Series(read.array.take(places, allow_fill=True))


def part_of(kind: Kind) -> Part:
    """Choose how a column of this kind is gathered."""
    parts = {"text": TextPart, "reference": TextPart, "set": SetPart, "words": SetPart, "date": MomentPart}
    return parts.get(kind.word, ThingPart)(kind)
