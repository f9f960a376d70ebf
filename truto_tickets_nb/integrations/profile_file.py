"""Read the data file of an integration: validated, every error naming the file and the key."""

from __future__ import annotations

import tomllib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import SetupError, cause
from truto_tickets_nb.integrations.facts import QUESTIONS

Method = Literal["list", "get", "create", "update", "delete", "search", "export", "download"]


class FactRow(BaseModel):
    """One fact as a data file states it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    value: Any = None
    evidence: Literal["truto", "vendor", "inferred", "unknown"]
    source: str = ""
    note: str = ""
    corroborated: str = ""

    @model_validator(mode="after")
    def _has_its_source(self) -> FactRow:
        if self.evidence in ("truto", "vendor") and not self.source.startswith("https://"):
            raise ValueError(f'evidence = "{self.evidence}" needs a source that begins with https://')
        return self


class ProfileFile(BaseModel):
    """The data file of one integration."""

    model_config = ConfigDict(extra="forbid", strict=True)

    slug: str
    name: str
    slug_evidence: Literal["truto", "vendor", "inferred", "unknown"] = "unknown"
    resources: dict[str, list[Method]]
    facts: dict[str, FactRow]

    @model_validator(mode="after")
    def _facts_are_known(self) -> ProfileFile:
        for name, row in self.facts.items():
            if name not in QUESTIONS:
                meant = near(name, QUESTIONS)
                hint = f". Did you mean {meant[0]!r}?" if meant else ""
                raise ValueError(f"facts.{name}: no fact of this name is asked for{hint}")
            reads = QUESTIONS[name].reads
            if not isinstance(reads, str) and row.value is not None and row.value not in reads:
                choices = ", ".join(map(repr, reads))
                raise ValueError(f"facts.{name}.value: {row.value!r} is none of {choices}")
        return self


def read(text: str, path: str) -> ProfileFile:
    """Return the content of a data file; what it should not hold is a SetupError that names the file and each key.

    >>> read('slug = "x"', "integrations/x.toml")
    Traceback (most recent call last):
    truto_tickets_nb.errors.SetupError: integrations/x.toml: name: Field required; resources: Field required; facts: Field required
    """
    try:
        return ProfileFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"{path}: {error}") from cause(error)
    except ValidationError as error:
        places = [(".".join(map(str, row["loc"])), row["msg"].removeprefix("Value error, ")) for row in error.errors()]
        raise SetupError(f"{path}: {'; '.join(f'{key}: {why}' if key else why for key, why in places)}") from cause(
            error
        )
