"""Models at the border: what the platform tells about an account. Lenient: whatever is missing counts as unknown."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

EVERYWHERE = (
    "integrated_account_id", "truto_response_format", "truto_ignore_remote_data", "truto_exclude_fields", "remote_query", "truto_body_passthrough",
)  # fmt: skip


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

    @property
    def optional_query(self) -> tuple[str, ...]:
        """List the query parameters that the schema names besides the required ones and those that every call has."""
        properties = (self.query_schema or {}).get("properties")
        names = properties if isinstance(properties, dict) else {}
        return tuple(name for name in names if name not in {*self.required_query, *EVERYWHERE})

    @property
    def required(self) -> tuple[str, ...]:
        """List the fields that each body needs; "workspace|collections" is one of the two.

        The likely forms of JSON Schema are read: `required`, and `anyOf` or `oneOf` of single required fields: an assumption.
        """
        schema = self.request_body_schema or {}
        plain = [name for name in schema.get("required") or () if isinstance(name, str)]
        groups = [schema[key] for key in ("anyOf", "oneOf") if isinstance(schema.get(key), list)]
        either = ["|".join(names) for group in groups if (names := _one_of(group))]
        return (*plain, *either)

    @property
    def filters(self) -> tuple[str, ...] | None:
        """List the parameters of a list besides paging and those that every call has; None where nothing readable came."""
        properties = (self.query_schema or {}).get("properties")
        paging = {"limit", "next_cursor", "truto_key_by", "truto_ignore_limit", "truto_super_query", *EVERYWHERE}
        return tuple(name for name in properties if name not in paging) if isinstance(properties, dict) else None

    @property
    def enums(self) -> dict[str, tuple[str, ...]]:
        """List the values that the schema allows, field by field."""
        properties = (self.request_body_schema or {}).get("properties")
        return (
            {name: values for name in properties if (values := self.names(name))}
            if isinstance(properties, dict)
            else {}
        )

    def names(self, field: str) -> tuple[str, ...]:
        """List the values that the schema allows for a field, empty where it lists none."""
        prop = ((self.request_body_schema or {}).get("properties") or {}).get(field)
        return tuple(dict.fromkeys(_enum(prop)))


def _enum(prop: Any) -> list[str]:
    """Find the allowed values of a property: its own, or those of the id or name of an object or an array's items."""
    if not isinstance(prop, dict):
        return []
    if isinstance(prop.get("enum"), list):
        return [str(value) for value in prop["enum"]]
    inner = prop.get("properties") or (prop.get("items") or {}).get("properties") or {}
    parts = (inner.get(key) for key in ("id", "name")) if isinstance(inner, dict) else ()
    return next((found for part in parts if (found := _enum(part))), [])


def _one_of(group: list[Any]) -> list[str]:
    names = [row["required"][0] for row in group if isinstance(row, dict) and len(row.get("required") or ()) == 1]
    return names if len(names) == len(group) and all(isinstance(name, str) for name in names) else []
