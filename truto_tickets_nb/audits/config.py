"""The TOML file that travels with a notebook: which checks run, with which parameters, and which findings are suppressed."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003  (pydantic reads it)
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from truto_tickets_nb.audits.check import Check
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import AuditError, cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from truto_tickets_nb.audits.check import AnyCheck


class _Suppression(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    check: str  # the id of a check, or the key of a finding
    reason: str = Field(min_length=1)
    until: date | None = None  # the last day on which it counts
    tickets: list[str] = []  # only these; all where none is named


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    only: list[str] = []
    skip: list[str] = []
    closed: list[str] | None = None
    severity: dict[str, Literal["high", "medium", "low", "info"]] = {}
    suppress: list[_Suppression] = []
    check: dict[str, dict[str, Any]] = {}
    required: dict[str, list[str]] = {}  # field -> statuses that require it


@dataclass(frozen=True, slots=True)
class Suppression:
    """A finding that is known and accepted: why, and until when."""

    check: str
    reason: str
    until: date | None = None
    tickets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditConfig:
    """What an audit is told: the checks to run, their parameters, the statuses that are closed, what is suppressed."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    closed: tuple[str, ...] | None = None
    severity: Mapping[str, str] = field(default_factory=dict)
    suppress: tuple[Suppression, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def chosen(self, checks: Mapping[str, AnyCheck]) -> dict[str, AnyCheck]:
        """Return the checks to run with their parameters; an unknown id or parameter is an AuditError that lists all of them."""
        problems = [*self._unknown(checks)]
        wanted = [
            name for name in checks if (not self.only or _is_meant(name, self.only)) and not _is_meant(name, self.skip)
        ]
        tuned: dict[str, AnyCheck] = {}
        for name in wanted:
            try:
                tuned[name] = _with_parameters(checks[name], self.parameters.get(name, {}))
            except ValueError as error:
                problems.append(str(error))
        if problems:
            raise AuditError("The audit's configuration can't be used:\n  " + "\n  ".join(problems))
        return tuned

    def _unknown(self, checks: Mapping[str, AnyCheck]) -> Iterable[str]:
        families = {name.partition(".")[0] for name in checks}
        named = [
            *self.only,
            *self.skip,
            *self.parameters,
            *self.severity,
            *(row.check.partition(":")[0] for row in self.suppress),
        ]
        for name in dict.fromkeys(named):
            if name not in checks and name not in families:
                meant = near(name, [*checks, *families])
                hint = f" Did you mean {meant[0]!r}?" if meant else ""
                yield f"Unknown check {name!r}.{hint}"


def _is_meant(name: str, chosen: Iterable[str]) -> bool:
    """Return whether an id is named, or its family is ("time" for "time.future")."""
    return any(name == one or name.startswith(f"{one}.") for one in chosen)


def _with_parameters(check: AnyCheck, given: Mapping[str, Any]) -> AnyCheck:
    if not given:
        return check
    known = [row.name for row in dataclasses.fields(check)] if isinstance(check, Check) else []
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"{check.id} has no parameter {unknown[0]!r}. It has: {', '.join(known) or 'none'}.")
    try:
        tuned: AnyCheck = TypeAdapter(type(check)).validate_python({**check.parameters(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{check.id}.{'.'.join(map(str, first['loc']))}: {first['msg']}") from cause(error)
    return tuned


def read_config(path: str | Path) -> AuditConfig:
    """Read a TOML file of an audit; what it should not hold is an AuditError that names the file and the key."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (str or Path)
            data = _File.model_validate(tomllib.load(file))
    except OSError as error:
        raise AuditError(f"The configuration {path} can't be read: {error.strerror or error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise AuditError(f"{path} is no TOML: {error}.") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in error.errors()[:5])
        raise AuditError(f"{path}: {places}") from cause(error)
    parameters = dict(data.check)
    if data.required:
        parameters["required.by_state"] = {"rules": {name: tuple(rows) for name, rows in data.required.items()}}
    suppress = tuple(Suppression(row.check, row.reason, row.until, tuple(row.tickets)) for row in data.suppress)
    closed = None if data.closed is None else tuple(data.closed)
    return AuditConfig(tuple(data.only), tuple(data.skip), closed, data.severity, suppress, parameters)
