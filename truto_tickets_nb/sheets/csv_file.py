r"""The CSV door: a file that any spreadsheet opens, in UTF-8 with the mark by which Excel knows it; read with whatever separators and encoding come back."""

from __future__ import annotations

import csv
import io
import re
import sys
from dataclasses import replace
from itertools import chain
from typing import IO, TYPE_CHECKING

from truto_tickets_nb.errors import FrameError
from truto_tickets_nb.sheets.checksums import Marker
from truto_tickets_nb.sheets.columns import Column, columns_of
from truto_tickets_nb.sheets.encoding_evidence import Evidence
from truto_tickets_nb.sheets.encodings import decoded
from truto_tickets_nb.sheets.escaping import escape, guard
from truto_tickets_nb.sheets.files import write_sheet
from truto_tickets_nb.sheets.grid import MOST_COLUMNS, Grid, grid_of, is_header, too_wide
from truto_tickets_nb.sheets.match_rows import guarded
from truto_tickets_nb.tickets.fields import ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from truto_tickets_nb.sheets.source import SheetSource

SEPARATORS = (",", ";", "\t", "|")
_LONE_RETURN, _STAND_IN = re.compile("\r(?!\n)"), "\ue00d"
_HEAD = 64 * 1024  # characters in which the header stands


def write_csv(path: str | Path, origin: SheetSource, wanted: Iterable[str] | None = None) -> None:
    """Write tickets as CSV: the id first, the marks last."""
    columns = columns_of(origin, origin.columns(wanted))
    write_sheet(path, lambda file: _write(file, origin, columns))


def _write(file: IO[bytes], origin: SheetSource, columns: Sequence[Column]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.writer(text, lineterminator="\r\n").writerows(lines(origin, columns))
    text.detach()  # written out, and left open


def lines(origin: SheetSource, columns: Sequence[Column]) -> Iterator[list[str]]:
    """Write the header, then each ticket; what a spreadsheet might evaluate is guarded."""
    marker, names = Marker(origin.integration, origin.account_id), [column.name for column in columns]
    yield [ID, *(guard(escape(name)) for name in names), marker.header(names)]
    for place, ticket in enumerate(origin.ids):
        texts = [column.text(column.written[place]) for column in columns]
        cells = [
            guard(text) if isinstance(column.written[place], str) else text
            for column, text in zip(columns, texts, strict=True)
        ]
        yield [guarded(ticket), *cells, marker.row(ticket, names, texts)]


def read_csv(source: str, data: bytes, origin: SheetSource) -> Grid:
    """Read the cells of a CSV file; the tickets that were written help to find its encoding."""
    grids: dict[str, Grid] = {}  # what was parsed to find the encoding need not be parsed again

    def evidence(raw: str) -> Evidence | None:
        try:
            return Evidence(grids.setdefault(raw, _grid(source, raw)), origin)
        except FrameError:
            return None  # no header: this is told once the text is known

    text, page, pages = decoded(source, data, evidence)
    return replace(grids.get(text) or _grid(source, text), page=page, pages=pages)


def _grid(source: str, text: str) -> Grid:
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r'"?sep=(.)"?\s*', first)  # the line by which Excel is told the separator
    text, separator = (rest, declared[1]) if declared else (text, separator_of(text))
    if separator is None:
        raise FrameError(
            f"{source} has no column 'id', or is no CSV file. Put the ids back under a header 'id', or write the file anew: snapshot.to_csv(path)."
        )
    above: list[list[str]] = [[]] if declared else []
    return grid_of(source, chain(above, _rows(text, separator)), typed=False, comma=separator == ";")


def separator_of(text: str) -> str | None:
    r"""Guess the separator: the one by which some early line has most columns, among them the id.

    >>> separator_of("Report\nid;name\n7;a, b, c")
    ';'
    """
    columns_by = {}
    for separator in SEPARATORS:
        heads = [row for row, _ in zip(_rows(text[:_HEAD], separator), range(20), strict=False) if is_header(row)]
        columns_by[separator] = len(heads[0]) if heads else 0
    best = max(columns_by, key=lambda separator: columns_by[separator])
    return best if columns_by[best] else None


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """Read rows; a cell may be longer than the standard library allows by default, and may hold a line end that is not that of the rows."""
    if text.partition("\n")[0][-1:] != "\r" and "\n" in text[:_HEAD]:
        text = _LONE_RETURN.sub(_STAND_IN, text)  # pandas writes it without quotes, where rows end in a line feed
    allowed = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        has_lone_returns = _STAND_IN in text
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if len(row) > MOST_COLUMNS:
                raise FrameError(too_wide(len(row)))
            yield [cell.replace(_STAND_IN, "\r") for cell in row] if has_lone_returns else row
    except csv.Error as error:
        raise FrameError(f"The file is damaged: {error}. Save it again, or take an earlier copy.") from error
    finally:
        csv.field_size_limit(allowed)
