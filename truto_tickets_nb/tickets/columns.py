"""Records <-> columns: pages of tickets become typed columns, page by page, with no object per ticket kept alive."""

from __future__ import annotations

from datetime import date, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from truto_tickets_nb import gc_pause
from truto_tickets_nb.errors import shorten
from truto_tickets_nb.tickets.field_kinds import AnyKind, Kind
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, FIELDS, ID, ON_REQUEST
from truto_tickets_nb.tickets.json_values import freeze, is_scalar, ref
from truto_tickets_nb.tickets.parsing.dates import microseconds, parse_iso
from truto_tickets_nb.tickets.read_only_arrays import frozen
from truto_tickets_nb.tickets.table import Table
from truto_tickets_nb.wording import and_more

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STR = pd.StringDtype("pyarrow", na_value=np.nan)
INSTANT = "datetime64[us, UTC]"
DAY = "datetime64[us]"
_ANY = AnyKind()
_CUSTOMS = {dict, type(None)}  # forms of custom fields
SHOWN = 5  # tickets named in a note


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
        self._raw: list[
            Any
        ] = []  # one Arrow chunk a page: compact, where single bytes objects would keep their spare room
        wanted = (f for f in FIELDS.values() if f.readable and (remote_data or f.name not in ON_REQUEST))
        wanted = (f for f in wanted if not chosen or f.name in chosen)
        self._parts: dict[str, Part] = {row.name: part_of(row.kind) for row in wanted}
        self._customs: list[Any] = []
        self._odd_customs: list[int] = []
        self._other: dict[str, dict[int, Any]] = {}
        self._left_out = ON_REQUEST - self._parts.keys()

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, records: Sequence[dict[str, Any]]) -> None:
        """Add one page of records, as the API answers them; nothing of them is kept but bytes and cells."""
        with gc_pause.paused():
            raw = list(map(orjson.dumps, records))  # first, because records that it refuses are not added at all
            start = len(self._ids)
            self._ids += [str(record[ID]) for record in records]
            self._raw.append(pa.array(raw, pa.large_binary()))
            present = set().union(*records)
            for name, part in self._parts.items():
                part.start = start
                part.add(values_of(records, name) if name in present else [None] * len(records))
            self._add_customs(values_of(records, CUSTOM_FIELDS) if CUSTOM_FIELDS in present else [None] * len(records))
            for name in present - self._parts.keys() - {ID, CUSTOM_FIELDS} - self._left_out:
                by_place = {place: record[name] for place, record in enumerate(records, start) if name in record}
                self._other.setdefault(name, {}).update(by_place)

    def _add_customs(self, values: list[Any]) -> None:
        """Add one page of custom fields; where they are no object, there are none."""
        if not set(map(type, values)) <= _CUSTOMS:
            self._odd_customs += [
                n for n, value in enumerate(values, len(self._customs)) if type(value) not in _CUSTOMS
            ]
            values = [value if type(value) is dict else None for value in values]
        self._customs += values

    def table(self) -> Table:
        """Build the table: one row a ticket in order of arrival; documented columns first, then custom fields."""
        index = pd.Index(pd.array(self._ids, dtype=STR), name=ID)
        columns = {name: part.array() for name, part in self._parts.items()}
        columns |= {CUSTOM + key: self._custom(key) for key in sorted(set().union(*filter(None, self._customs)))}
        columns |= {name: self._sparse(self._other[name]) for name in sorted(self._other)}
        frame = pd.DataFrame(
            {name: pd.Series(array, index=index, copy=False) for name, array in columns.items()}, index=index
        )
        notes = tuple(note for name, part in self._parts.items() for note in part.notes(name))
        unexpected = {**{name: part.odd for name, part in self._parts.items()}, CUSTOM_FIELDS: self._odd_customs}
        notes += tuple(self._odd_note(name, places) for name, places in unexpected.items() if places)
        return Table(frozen(frame), pa.chunked_array(self._raw, pa.large_binary()), notes, self._chosen)

    def _odd_note(self, name: str, places: list[int]) -> str:
        tickets = shorten(", ".join(self._ids[place] for place in places[:SHOWN]), 120)
        more = and_more(len(places) - SHOWN)
        return f"{name}: {len(places)} values have a form that is not known here, and show as far as they can be read (tickets {tickets}{more})."

    def _custom(self, key: str) -> Any:
        return typed([value.get(key) if value else None for value in self._customs])

    def _sparse(self, values: dict[int, Any]) -> Any:
        return typed([values.get(place) for place in range(len(self._ids))])


def values_of(records: Sequence[dict[str, Any]], name: str) -> list[Any]:
    """Take one field of every record: quickly where all have it."""
    try:
        return list(map(itemgetter(name), records))
    except KeyError:
        return [record.get(name) for record in records]


def typed(cells: list[Any]) -> Any:
    """Find the plainest dtype that holds the cells of a custom field exactly: str, boolean, Int64, Float64, else object."""
    kinds = set(map(type, cells)) - {type(None)}
    if kinds & {list, dict}:
        return objects(list(map(freeze, cells)))
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

    start = 0  # place of the first ticket of the page that is added

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.odd: list[int] = []  # places of values in a form that this kind does not have

    def note_odd(self, values: list[Any]) -> None:
        """Note where values have a form that this kind does not have."""
        self.odd += [self.start + n for n, value in enumerate(values) if value is not None and is_odd(self.kind, value)]

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
        try:
            self.chunks.append(pa.array(values if self.kind.word == "text" else quick_names(values), pa.large_string()))
        except (KeyError, TypeError, pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            self.note_odd(values)
            cells = map(self.kind.cell, values)
            self.chunks.append(pa.array([None if c is None else _valid(str(c)) for c in cells], pa.large_string()))

    def array(self) -> Any:
        return STR.__from_arrow__(pa.chunked_array(self.chunks, pa.large_string()))  # type: ignore[attr-defined]


def is_odd(kind: Kind, value: Any) -> bool:
    """Return whether JSON that is not null has a form in which a kind of values does not come.

    >>> from truto_tickets_nb.tickets.field_kinds import FlagKind, ReferenceKind, TextKind
    >>> is_odd(TextKind(), 7), is_odd(TextKind(), [7]), is_odd(ReferenceKind(), "open"), is_odd(ReferenceKind(), ["open"])
    (False, True, False, True)
    """
    match kind.word:
        case "text":
            return not is_scalar(value)
        case "flag":
            return not isinstance(value, bool)
        case "reference":
            return value not in ("", {}) and ref(value) is None
        case "set":
            items = value if isinstance(value, list) else ()
            return value != "" and (not isinstance(value, list) or any(item and ref(item) is None for item in items))
        case "words":
            return value != "" and (
                not isinstance(value, list) or not all(item is None or is_scalar(item) for item in value)
            )
    return False


def quick_names(values: list[Any]) -> list[Any]:
    """Take names directly where every reference is an object with one; a KeyError or TypeError asks for the long way."""
    names = [None if value is None else value["name"] for value in values]
    if "" in names or (
        None in names and any(value is not None for value, name in zip(values, names, strict=True) if name is None)
    ):
        raise KeyError("name")
    return names


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
        tuples = self.known
        try:
            quick = [tuple([item["name"] for item in value]) if value else () for value in values]
            self.cells += [tuples[names] for names in quick]
        except (KeyError, TypeError):
            for place, value in enumerate(values, self.start):
                self.cells.append(cell := self._cell(value))
                if value and not (type(value) is list and len(cell) == len(value)) and is_odd(self.kind, value):
                    self.odd.append(place)

    def _cell(self, value: Any) -> Any:
        cell = self.kind.cell(value) if value else ()
        return self.known.setdefault(cell, cell)

    def array(self) -> Any:
        return objects(self.cells)


class ThingPart(SetPart):
    """Gather flags and raw JSON, frozen."""

    def add(self, values: list[Any]) -> None:
        cell = self.kind.cell
        if self.kind.word == "flag":
            self.note_odd(values)
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
        self.chunks.append(
            pa.array([_valid(text).strip() or None if text else None for text in texts], pa.large_string())
        )

    def array(self) -> Any:
        texts = pa.chunked_array(self.chunks, pa.large_string())
        moments, is_day = read_moments(texts)
        self.days = int(is_day.sum())
        self.instants = int(moments.notna().sum()) - self.days
        self.bad = len(texts) - texts.null_count - self.days - self.instants
        return (moments.dt.tz_localize(None) if self.days and not self.instants else moments).array

    def notes(self, name: str) -> Iterable[str]:
        if self.days and self.instants:
            yield f"{name}: {self.days} values are dates without a time; they show as midnight UTC and go out as dates."
        if self.bad:
            yield f"{name}: {self.bad} values are no ISO 8601 dates; their cells are empty and nothing is sent for them."


_DAY_TEXT = r"^\d{4}-\d\d-\d\d$"
_USUAL = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:?\d\d)$"
_FIRST = microseconds(date.min)
_END = (
    _FIRST + 3_652_059 * 86_400_000_000
)  # behind the last day that Python can write; in another zone, an instant may lie there


def read_moments(texts: Any) -> tuple[Any, Any]:
    """Read an Arrow column of texts as instants in UTC (NaT where one is none), and tell which are days: each distinct text once.

    The usual forms are read all at once, to the microsecond. Every other one is read alone, so that one odd value (a year 9999, nine
    digits of a second, a leap second) never changes what the others become.
    """
    coded = coded_texts(texts)
    distinct = coded.dictionary
    days = pc.match_substring_regex(distinct, _DAY_TEXT).to_numpy(zero_copy_only=False).astype(bool)
    usual = days | pc.match_substring_regex(distinct, _USUAL).to_numpy(zero_copy_only=False).astype(bool)
    ticks = np.full(len(distinct), np.iinfo(np.int64).min)
    together = pc.if_else(pa.array(usual), distinct, None).to_pylist()
    ticks[usual] = _ticks([text for text in together if text is not None])
    alone = ticks == np.iinfo(np.int64).min
    for place in np.flatnonzero(alone).tolist():
        value = parse_iso(distinct[place].as_py())
        days[place] = value is not None and not isinstance(value, datetime)
        ticks[place] = ticks[place] if value is None else microseconds(value)
    ticks[(ticks < _FIRST) | (ticks >= _END)] = np.iinfo(np.int64).min
    places = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    read = pd.Series(ticks.view("datetime64[us]")).dt.tz_localize("UTC").array
    return pd.Series(read.take(places, allow_fill=True)), np.append(days, False)[places]


def coded_texts(texts: Any, *, nulls: str = "mask") -> Any:
    """Write an Arrow column of texts as its distinct ones and their places, also where there is none at all.

    `nulls="encode"` counts nothing as a text of its own.
    """
    return pc.dictionary_encode(texts.combine_chunks(), null_encoding=nulls)


def _ticks(texts: list[str]) -> Any:
    """Read texts of the usual forms as microseconds since 1970; the smallest number stands for none."""
    read = pd.to_datetime(pd.Series(texts, dtype="object"), utc=True, format="ISO8601", errors="coerce")
    return read.dt.as_unit("us").dt.tz_localize(None).to_numpy().view("int64")


def part_of(kind: Kind) -> Part:
    """Choose how a column of this kind is gathered."""
    parts = {"text": TextPart, "reference": TextPart, "set": SetPart, "words": SetPart, "date": MomentPart}
    return parts.get(kind.word, ThingPart)(kind)
