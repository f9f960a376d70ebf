"""Write a snapshot as gzipped JSON lines, and read it back: a header, then each ticket exactly as the API answered it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from truto_tickets_nb.errors import SnapshotError
from truto_tickets_nb.plans.learnt import Learnt
from truto_tickets_nb.tickets.choices import Choice, Choices
from truto_tickets_nb.tickets.columns import Columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from truto_tickets_nb.tickets.table import Table

FORMAT = 1
MARK = "truto_tickets_nb"


def write(
    path: str | Path, table: Table, about: Mapping[str, Any], choices: Mapping[str, Choices], learnt: Learnt
) -> None:
    """Write everything but the token; an existing file is replaced only once the new one is complete."""
    seen = {name: [[*key, sorted(ids)] for key, ids in found.seen.items()] for name, found in choices.items()}
    header = {
        MARK: FORMAT,
        **about,
        "chosen": table.chosen,
        "remote_data": "remote_data" in table.frame.columns,
        "choices": {name: [item._asdict() for item in found.items] for name, found in choices.items()},
        "seen": seen,
        "learnt": learnt.to_json(),
    }
    target = Path(path)
    draft = target.with_name(f"{target.name}.part")
    try:
        with draft.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            packed.write(orjson.dumps(header) + b"\n")
            packed.writelines(raw.as_py() + b"\n" for raw in table.raw)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise SnapshotError(f"The snapshot can't be written to {target}: {error}. Choose another place.") from error


def read(path: str | Path) -> tuple[dict[str, Any], Table, dict[str, Choices], Learnt]:
    """Read a snapshot back: header, table, choices, learnt; what is no snapshot is refused with the reason."""
    try:
        with gzip.open(path, "rb") as packed:
            header = orjson.loads(packed.readline())
            _check_format(path, header.get(MARK))
            columns = Columns(remote_data=header["remote_data"], chosen=header["chosen"])
            columns.add([orjson.loads(line) for line in packed])
    except SnapshotError:
        raise
    except (OSError, EOFError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise SnapshotError(f"{path} is no snapshot saved by snapshot.save(), or it is damaged: {error}.") from error
    told = header.get("learnt") or {
        "writable": header.get("writable"),
        "required_query": header.get("required_query", ()),
    }
    return header, columns.table(), _choices(header), Learnt.of_json(told)


def _check_format(path: str | Path, told: Any) -> None:
    if told != FORMAT:
        raise SnapshotError(f"{path} is of format {told!r}; this version reads {FORMAT}. Update the toolkit.")


def _choices(header: Mapping[str, Any]) -> dict[str, Choices]:
    found = {}
    for name, items in header["choices"].items():
        seen = {(place, known): frozenset(ids) for place, known, ids in header["seen"].get(name, ())}
        found[name] = Choices(name, tuple(map(_choice, items)), seen)
    return found


def _choice(item: dict[str, Any]) -> Choice:
    """Read a choice, also one that an earlier version wrote."""
    listed = item.pop("listed", True)
    return Choice(**{"origin": "list" if listed else "seen", **item})
