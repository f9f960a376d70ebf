"""The file of an audit: small JSON, with a version and a digest, without titles or texts of tickets."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from truto_tickets_nb.audits.finding import Finding, Severity, SkipCode, Skipped
from truto_tickets_nb.errors import AuditError, cause, shorten
from truto_tickets_nb.files.atomic_write import reason, write_file
from truto_tickets_nb.files.strict_json import read_json

if TYPE_CHECKING:
    from truto_tickets_nb.audits.page import AuditData

VERSION = 1


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Finding(_Strict):
    check: str
    severity: Severity
    message: str
    field: str
    ids: list[str]
    of: int
    groups: list[list[str]]
    rationale: str
    parameters: str
    advice: str
    is_private: bool


class _Skipped(_Strict):
    check: str
    code: SkipCode
    message: str
    field: str


class _Audit(_Strict):
    truto_tickets_audit: Literal[1]
    digest: str
    account_id: str
    integration: str
    snapshot_id: str
    tickets: int
    now: str
    clock: str
    closed: list[str]
    has_status: bool
    facts: list[str]
    checks: list[str]
    findings: list[_Finding]
    skipped: list[_Skipped]


def to_json(audit: AuditData) -> dict[str, Any]:
    """Return an audit as JSON; the fixes are left out, because they belong to the tickets at hand."""
    kept = _Finding.model_fields
    findings = [{name: _plain(getattr(finding, name)) for name in kept} for finding in audit.findings]
    names = [
        name for name in _Audit.model_fields if name not in ("truto_tickets_audit", "digest", "findings", "skipped")
    ]
    content = {name: _plain(getattr(audit, name)) for name in names}
    content |= {"findings": findings, "skipped": [asdict(row) for row in audit.skipped]}
    return {"truto_tickets_audit": VERSION, "digest": _digest(content), **content}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def write(path: str | Path, content: dict[str, Any]) -> None:
    """Write the file; an existing one is replaced only once the new one is complete."""
    save_text(path, orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")


def save_text(path: str | Path, text: str) -> None:
    """Write a text file; one that can't be written is an AuditError."""
    try:
        write_file(path, lambda file: file.write(text.encode("utf-8", "replace")))
    except OSError as error:
        raise AuditError(f"The audit can't be written to {path}: {reason(error)}. Choose another place.") from error


def read(path: str | Path) -> dict[str, Any]:
    """Read the file of an audit, as the parts of one."""
    try:
        data = read_json(Path(path).read_bytes())
    except OSError as error:
        raise AuditError(f"The audit {path} can't be read: {reason(error)}.") from error
    except ValueError as error:
        raise AuditError(f"{path} is no audit saved by audit.save(): {shorten(error, 120)}.") from cause(error)
    version = data.get("truto_tickets_audit") if isinstance(data, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise AuditError(f"{path} is of form {version}; this version reads {VERSION}. Update the toolkit.")
    try:
        audit = _Audit.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = shorten(".".join(map(str, first["loc"])), 120)
        raise AuditError(
            f"{path} is no audit saved by audit.save(): {where}: {shorten(first['msg'], 120)}."
        ) from cause(error)
    content = {name: value for name, value in data.items() if name not in ("truto_tickets_audit", "digest")}
    if _digest(content) != audit.digest:
        raise AuditError(f"{path} was changed after it was saved.")
    parts = {
        name: content[name] for name in content if name not in ("findings", "skipped", "closed", "facts", "checks")
    }
    findings = tuple(
        Finding(**{**row, "ids": tuple(row["ids"]), "groups": tuple(map(tuple, row["groups"]))})
        for row in content["findings"]
    )
    skipped = tuple(Skipped(**row) for row in content["skipped"])
    lists = {name: tuple(content[name]) for name in ("closed", "facts", "checks")}
    return {**parts, **lists, "findings": findings, "skipped": skipped}
