"""Write a snapshot as gzipped JSON lines, and read it back: a header, each ticket exactly as the API answered it, and a digest of all that."""

from __future__ import annotations

import gzip
import hashlib
from itertools import chain
from typing import IO, TYPE_CHECKING, Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from truto_tickets_nb.errors import SnapshotError, cause, shorten
from truto_tickets_nb.files.atomic_write import reason, write_file
from truto_tickets_nb.plans.account_schema import AccountSchema
from truto_tickets_nb.tickets.choices import Choice, Choices
from truto_tickets_nb.tickets.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from truto_tickets_nb.tickets.table import Table

FORMAT = 3
LONGEST = 256 * 2**20  # bytes of one line: a longer one is no ticket
MARK, SEAL = "truto_tickets_nb", "digest"


class _Header(BaseModel):
    """What the first line must tell, each of exactly this type."""

    model_config = ConfigDict(strict=True)

    account_id: str
    integration: str
    query: dict[str, str]
    notes: list[str]
    budget: Annotated[list[int | float], Field(min_length=2, max_length=2)]
    practice: bool
    id: str
    loaded_at: str
    chosen: list[str]
    remote_data: bool
    choices: dict[str, list[dict[str, Any]]]
    seen: dict[str, list[list[Any]]]
    learnt: dict[str, Any]


def write(
    path: str | Path, table: Table, about: Mapping[str, Any], choices: Mapping[str, Choices], learnt: AccountSchema
) -> None:
    """Write everything but the token; an existing file is replaced only once the new one is complete."""
    seen = {
        name: [[*key, sorted(ids)] for key, ids in of_resource.seen.items()] for name, of_resource in choices.items()
    }
    header = {
        MARK: FORMAT,
        **about,
        "chosen": table.chosen,
        "remote_data": "remote_data" in table.frame.columns,
        "choices": {name: [item._asdict() for item in of_resource.items] for name, of_resource in choices.items()},
        "seen": seen,
        "learnt": learnt.to_json(),
    }
    lines = chain([orjson.dumps(header) + b"\n"], (raw.as_py() + b"\n" for raw in table.raw))
    try:
        write_file(path, lambda file: _write(file, lines))
    except OSError as error:
        raise SnapshotError(
            f"The snapshot can't be written to {path}: {reason(error)}. Choose another place."
        ) from error


def _write(file: IO[bytes], lines: Iterable[bytes]) -> None:
    """Write the lines, and in the last one their digest."""
    total = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        for line in lines:
            total.update(line)
            packed.write(line)
        packed.write(orjson.dumps({SEAL: total.hexdigest()}) + b"\n")


def read(path: str | Path) -> tuple[dict[str, Any], Table, dict[str, Choices], AccountSchema]:
    """Read a snapshot back: header, table, choices, learnt; what is no snapshot, or no longer as it was saved, is refused with the reason."""
    try:
        with gzip.open(path, "rb") as packed:
            first = _line(packed)
            header = orjson.loads(first)
            _check_format(path, header.get(MARK))
            _Header.model_validate_json(first)
            records = list(_records(packed, hashlib.sha256(first)))
        columns = Columns(remote_data=header["remote_data"], chosen=header["chosen"])
        columns.add(records)
        return header, columns.table(), _choices(header), AccountSchema.of_json(header["learnt"])
    except SnapshotError:
        raise
    except Exception as error:  # noqa: BLE001  (what a damaged file makes of its readers is anybody's guess)
        why = reason(error) if isinstance(error, OSError) else error
        raise SnapshotError(
            f"{path} is no snapshot saved by snapshot.save(), or it is damaged: {shorten(why, 120)}."
        ) from cause(error)


def _records(packed: gzip.GzipFile, total: Any) -> Iterator[Any]:
    """Read the tickets, and at the end of the file look whether all of it is as it was saved."""
    line = _line(packed)
    while following := _line(packed):
        total.update(line)
        yield orjson.loads(line)
        line = following
    if not line.endswith(b"\n") or orjson.loads(line) != {SEAL: total.hexdigest()}:
        raise ValueError("its content is not what was saved")


def _line(packed: gzip.GzipFile) -> bytes:
    line = packed.readline(LONGEST)
    if len(line) == LONGEST:
        raise ValueError("one of its lines is too long for a ticket")
    return line


def _check_format(path: str | Path, version: Any) -> None:
    if version == FORMAT:
        return
    if isinstance(version, int) and version < FORMAT:
        raise SnapshotError(
            f"{path} was saved by an earlier version of this toolkit, without a digest. Load the tickets anew: account.load()."
        )
    raise SnapshotError(
        f"{path} is of format {shorten(version, 40)!r}; this version reads {FORMAT}. Update the toolkit."
    )


def _choices(header: Mapping[str, Any]) -> dict[str, Choices]:
    choices = {}
    for name, items in header["choices"].items():
        seen = {(place, name_of): frozenset(ids) for place, name_of, ids in header["seen"].get(name, ())}
        choices[name] = Choices(name, tuple(Choice(**item) for item in items), seen)
    return choices
