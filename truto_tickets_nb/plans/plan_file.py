"""The JSON of a saved plan: what a file must hold, checked key by key and type by type before anything is made of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from truto_tickets_nb.actions import ActionKind  # noqa: TC001  (pydantic reads it at run time)
from truto_tickets_nb.errors import PlanFileError, cause, shorten
from truto_tickets_nb.files.strict_json import read_json
from truto_tickets_nb.notes import NoteCode  # noqa: TC001  (pydantic reads it at run time)
from truto_tickets_nb.plans.problem import ProblemCode, Severity  # noqa: TC001  (pydantic reads it at run time)

VERSION = 3  # of the file: 2 since problems and notes carry codes, 3 since the part "way" is called request_spec
_Text = str | list[str] | None
_Object = dict[str, Any]


class _Strict(BaseModel):
    """Take exactly these keys, each of exactly this type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Change(_Strict):
    field: str
    before: _Text
    after: _Text
    old: Any
    new: Any


class _Patch(_Strict):
    ticket: str
    title: str
    changes: list[_Change]


class _Action(_Strict):
    kind: ActionKind
    name: str
    text: str
    names: list[str]
    more: int


class _Problem(_Strict):
    code: ProblemCode
    ticket: str
    field: str
    value: str
    message: str
    actions: list[_Action]
    severity: Severity
    together: list[str]


class _Note(_Strict):
    code: NoteCode
    message: str
    actions: list[_Action]


class _RequestSpec(_Strict):
    query: list[str]
    fixed: _Object
    carry: list[str]
    whole_custom_fields: bool
    apart: list[str]
    read: _Object | None
    unread: list[str]
    is_overridden: bool


class _Plan(_Strict):
    account_id: str
    integration: str
    patches: list[_Patch]
    problems: list[_Problem]
    notes: list[_Note]
    looked_at: int
    request_spec: _RequestSpec
    undoes: str
    budget: Annotated[list[int | float], Field(min_length=2, max_length=2)]


class _File(_Strict):
    truto_tickets_plan: Literal[3]
    fingerprint: str
    plan: _Plan
    made: _Object | None = None  # how a terminal made it, which the terminal reads


def content(text: str | bytes) -> dict[str, Any]:
    """Read the file of a plan as JSON of the documented form; anything else is a PlanFileError that says what to do.

    >>> content('{"plan": NaN}')
    Traceback (most recent call last):
    ...
    truto_tickets_nb.errors.PlanFileError: This is not a plan saved by to_json(): NaN is not a JSON value. Make the plan anew: snapshot.plan(df).
    """
    try:
        data = read_json(text)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise not_a_plan(shorten(error, 120)) from error
    if not isinstance(data, dict) or not isinstance(data.get("plan"), dict):
        raise not_a_plan("it holds no plan")
    if data.get("truto_tickets_plan") in range(1, VERSION):
        raise PlanFileError("An earlier version of this toolkit saved this plan.")
    try:
        _File.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = shorten(".".join(map(str, first["loc"])), 120)
        raise not_a_plan(f"{where}: {shorten(first['msg'], 120)}") from cause(error)
    return data


def not_a_plan(why: str) -> PlanFileError:
    """Return the error for a file that is no plan as it was saved: what to do."""
    return PlanFileError(f"This is not a plan saved by to_json(): {why}.")
