"""Models of what the platform says about an account. Lenient: whatever is missing counts as unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, model_validator

EVERYWHERE = (
    "integrated_account_id", "truto_response_format", "truto_ignore_remote_data", "truto_exclude_fields", "remote_query", "truto_body_passthrough",
)  # fmt: skip


_KEY = re.compile(r"""["']?([A-Za-z_]\w*)["']?\s*:(?!=)""")  # a key of an object in a mapping that is written as text
_ALL = re.compile(r"\$merge|\$spread|\$sift|\*|~>\s*\|")  # a mapping that passes on what it does not name
_SHOWN = 300  # characters of what goes along unseen


_Form = Callable[[Any], Any]


class _Open(BaseModel):
    """Read an object leniently: a part in another form counts as missing, and is named in `irregular`."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    forms: ClassVar[Mapping[str, _Form]] = {}  # for each part, what it reads of a value; None where it can't
    irregular: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        parts = {name: value[name] for name in cls.model_fields if name in value and name != "irregular"}
        read = {name: cls.forms[name](part) if name in cls.forms else part for name, part in parts.items()}
        irregular = tuple(name for name, part in parts.items() if part is not None and _is_less(read[name], part))
        return {**{name: part for name, part in read.items() if part is not None}, "irregular": irregular}


def _is_less(read: Any, sent: Any) -> bool:
    """Return whether reading left out something of what was sent."""
    if isinstance(read, dict) and isinstance(sent, dict):
        return read.keys() != sent.keys()
    return read is None


def _word(value: Any) -> str | None:
    """Read a name or an id: text, or a whole number."""
    return value if isinstance(value, str) else str(value) if type(value) is int else None


def _flag(value: Any) -> bool | None:
    """Read a flag, also one that is written as text."""
    flags = {"true": True, "false": False}
    return value if isinstance(value, bool) else flags.get(value.strip().casefold()) if isinstance(value, str) else None


def _dict(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


def _schema(value: Any) -> dict[str, Any] | None:
    """Read a schema: an object, or the text of one, whose parts have the forms of JSON Schema."""
    schema = _json(value) if isinstance(value, str) else value
    if not isinstance(schema, dict):
        return None
    types = {"properties": dict, "required": list}
    return {name: part for name, part in schema.items() if isinstance(part, types.get(name, object))}


def _integration(value: Any) -> dict[str, Any] | None:
    return {"name": value} if isinstance(value, str) else _dict(value)


def _methods(value: Any) -> tuple[str, ...] | None:
    names = [item.get("method") if isinstance(item, dict) else item for item in _list(value)]
    return tuple(name for name in names if isinstance(name, str)) if isinstance(value, list | tuple) else None


def _rows(value: Any) -> tuple[dict[str, Any], ...] | None:
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, list | tuple) else None


class Integration(_Open):
    """The tool behind an account, by its slug."""

    forms = {"name": _word}
    name: str = ""


class AccountInfo(_Open):
    """What an integrated account says about itself."""

    forms = {
        "id": _word, "status": _word, "is_sandbox": _flag, "last_error": _word, "integration": _integration,
    }  # fmt: skip
    id: str = ""
    status: str = "active"
    is_sandbox: bool = False
    last_error: str | None = None
    integration: Integration = Integration()

    @property
    def slug(self) -> str:
        """Return the slug of the integration, such as jira."""
        return self.integration.name


class _Unified(_Open):
    forms = {"model": _word, "resource": _word, "methods": _methods, "env_overridden": _flag}
    model: str = ""
    resource: str = ""
    methods: tuple[str, ...] | None = None
    env_overridden: bool = False  # the environment of this token changed Truto's mapping


class _Blockable(_Open):
    forms = {"status": _word, "is_blocked": _flag}
    status: str = "active"
    is_blocked: bool = False


class Capabilities(_Open):
    """Which resources and methods the account offers."""

    forms = {"unified": _rows, "account": _dict}
    unified: tuple[_Unified, ...] = ()
    account: _Blockable = _Blockable()

    def methods(self, resource: str) -> tuple[str, ...] | None:
        """List the methods of a ticketing resource, None where the account does not name it."""
        row = self._row(resource)
        return row.methods if row else None

    def is_overridden(self, resource: str) -> bool:
        """Return whether the environment changed Truto's mapping of a ticketing resource.

        Source: https://truto.one/docs/api-reference/ (capabilities: `env_overridden`)
        """
        row = self._row(resource)
        return row is not None and row.env_overridden

    def _row(self, resource: str) -> _Unified | None:
        rows = (row for row in self.unified if row.model == "ticketing" and row.resource == resource)
        return next(rows, None)


class Meta(_Open):
    """The schema of one method; its exact JSON is not documented, so only the likely forms are read.

    Whatever has another form than the likely ones counts as missing; it is no error.
    """

    forms = {"request_body_schema": _schema, "query_schema": _schema}
    request_body_schema: dict[str, Any] | None = None
    query_schema: dict[str, Any] | None = None
    response_mapping: Any = None
    default_query: Any = None
    default_body: Any = None
    before: Any = None
    after: Any = None

    @property
    def readable(self) -> frozenset[str] | None:
        """List the names that the mapping of the answer holds; None where it does not say, or passes on what it does not name.

        The mapping is an object of fields, or the text of an expression; that a field it does not name can't be read back is our
        reading of it.

        >>> sorted(Meta(response_mapping='{ "id": $string(id), "name": title }').readable)
        ['id', 'name']
        """
        mapping = self.response_mapping
        if isinstance(mapping, str):
            mapping = (
                _json(mapping) if mapping.lstrip().startswith(("{", '"')) and _json(mapping) is not None else mapping
            )
        if isinstance(mapping, str):
            names = frozenset() if _ALL.search(mapping) else frozenset(_KEY.findall(mapping))
        else:
            names = (
                frozenset(str(name).partition(".")[0] for name in mapping) if isinstance(mapping, dict) else frozenset()
            )
        return names if "id" in names and len(names) > 1 else None

    @property
    def sent_unseen(self) -> tuple[tuple[str, str], ...]:
        """List what Truto adds to each request of this method: ("query" or "body", the JSON or expression of it).

        >>> Meta(default_query={}, default_body={"source": "api"}).sent_unseen
        (('body', '{"source":"api"}'),)
        """
        parts = (("query", self.default_query), ("body", self.default_body))
        return tuple((place, _text(value)) for place, value in parts if value not in (None, {}, [], "", "{}"))

    @property
    def steps(self) -> int:
        """Count the calls of the vendor that go before and after the one of this method.

        >>> Meta(before=[{"name": "find"}], after=None).steps
        1
        """
        return len(_list(self.before)) + len(_list(self.after))

    @property
    def writable(self) -> frozenset[str] | None:
        """List the fields of the body, None where nothing readable came."""
        properties = (self.request_body_schema or {}).get("properties")
        return frozenset(properties) if isinstance(properties, dict) and properties else None

    @property
    def required_query(self) -> tuple[str, ...]:
        """List the query parameters that a request needs besides the account."""
        names = _list((self.query_schema or {}).get("required"))
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
        plain = [name for name in _list(schema.get("required")) if isinstance(name, str)]
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
        properties = (self.request_body_schema or {}).get("properties")
        prop = properties.get(field) if isinstance(properties, dict) else None
        return tuple(dict.fromkeys(_enum(prop)))


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _text(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
    except TypeError:  # nested beyond all measure
        text = f"a {type(value).__name__} that can't be shown"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _enum(prop: Any, depth: int = 4) -> list[str]:
    """List the allowed values of a property: its own, or those of the id or name of an object or an array's items."""
    if not isinstance(prop, dict) or not depth:
        return []
    if isinstance(prop.get("enum"), list):
        return [str(value) for value in prop["enum"] if isinstance(value, str | int | float)]
    items = prop.get("items")
    inner = prop.get("properties") or (items.get("properties") if isinstance(items, dict) else None)
    parts = (inner.get(key) for key in ("id", "name")) if isinstance(inner, dict) else ()
    return next((values for part in parts if (values := _enum(part, depth - 1))), [])


def _one_of(group: list[Any]) -> list[str]:
    names = [row["required"][0] for row in group if isinstance(row, dict) and len(_list(row.get("required"))) == 1]
    return names if len(names) == len(group) and all(isinstance(name, str) for name in names) else []
