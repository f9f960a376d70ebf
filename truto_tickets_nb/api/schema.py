"""Models at the border: what the platform tells about an account. Lenient: whatever is missing counts as unknown."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class Integration(_Open):
    """Name the tool behind an account by its slug."""

    name: str = ""


class AccountInfo(_Open):
    """Hold what an integrated account says of itself."""

    id: str
    status: str = "active"
    is_sandbox: bool = False
    last_error: str | None = None
    integration: Integration = Integration()

    @property
    def slug(self) -> str:
        """Name the integration, such as jira."""
        return self.integration.name


class _Unified(_Open):
    model: str = ""
    resource: str = ""
    methods: tuple[str, ...] = ()

    @field_validator("methods", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return [item.get("method") if isinstance(item, dict) else item for item in value or ()]


class _Blockable(_Open):
    status: str = "active"
    is_blocked: bool = False


class Capabilities(_Open):
    """Hold which resources and methods the account offers."""

    unified: tuple[_Unified, ...] = ()
    account: _Blockable = _Blockable()

    def methods(self, resource: str) -> tuple[str, ...] | None:
        """List the methods of a ticketing resource, None where the account does not name it."""
        found = [row.methods for row in self.unified if row.model == "ticketing" and row.resource == resource]
        return found[0] if found else None


class Meta(_Open):
    """Hold the schema of one method; its exact JSON is not documented, so only the likely forms are read."""

    request_body_schema: dict[str, Any] | None = Field(default=None)
    query_schema: dict[str, Any] | None = Field(default=None)

    @property
    def writable(self) -> frozenset[str] | None:
        """List the fields of the body, None where nothing readable came."""
        properties = (self.request_body_schema or {}).get("properties")
        return frozenset(properties) if isinstance(properties, dict) and properties else None

    @property
    def required_query(self) -> tuple[str, ...]:
        """List the query parameters that a request needs besides the account."""
        names = (self.query_schema or {}).get("required") or ()
        return tuple(name for name in names if isinstance(name, str) and name != "integrated_account_id")

    def names(self, field: str) -> tuple[str, ...]:
        """List the values that the schema allows for a field, empty where it lists none."""
        prop = ((self.request_body_schema or {}).get("properties") or {}).get(field)
        values = prop.get("enum") if isinstance(prop, dict) else None
        return tuple(str(value) for value in values or ())
