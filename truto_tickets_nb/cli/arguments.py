"""What a command asks the account for: where it is, which tickets to load. Read before anything is connected."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.cli.output import say
from truto_tickets_nb.connecting import connect
from truto_tickets_nb.errors import SetupError, shorten
from truto_tickets_nb.files.home_folder import HOME, home
from truto_tickets_nb.loading.server_filters import check
from truto_tickets_nb.plans.fingerprint import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from truto_tickets_nb.account import Account

_TEST = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(!=|>=|<=|=|>|<)\s*(.*?)\s*", re.DOTALL)
_OPERATORS = {"=": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def reached(options: argparse.Namespace, account_id: str | None = None) -> Account:
    """Connect as the environment and the options say; what is missing is told in the words of a terminal."""
    place = folder(options)
    account = account_id or chosen_account(options)
    if not account:
        raise SetupError("Which account? Set TRUTO_INTEGRATED_ACCOUNT_ID, or give --account ID.")
    if not os.environ.get("TRUTO_API_TOKEN") and not somebody_is_there():
        raise SetupError("There is no token. Set TRUTO_API_TOKEN; to practise without one: truto-tickets sandbox")
    return connect(account_id=account, base_url=options.base_url, home=place)


def chosen_account(options: argparse.Namespace) -> str:
    """Name the account that the options or the environment choose, "" where they choose none."""
    return options.account or os.environ.get("TRUTO_INTEGRATED_ACCOUNT_ID") or ""


def folder(options: argparse.Namespace) -> Path:
    """Find the folder of the journal; nothing is made by looking."""
    place = home(options.home)
    if str(place).startswith("~"):
        raise SetupError(f"There is no home folder for the journal. Set {HOME} to a folder, or give --home FOLDER.")
    return place


def somebody_is_there() -> bool:
    """Return whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def typed(question: str) -> int | str | None:
    """Ask a person for a number or a fingerprint; None where something else is typed, or the input ends."""
    try:
        return confirmation(input(question).strip())
    except EOFError:
        say()
    except argparse.ArgumentTypeError:
        pass
    return None


def filters(where: Iterable[str], json_text: str | None) -> dict[str, Any]:
    """Read --where FIELD=VALUE and --filter JSON into the filters of account.load().

    >>> filters(["status=open", "updated_at>=2026-01-01", "updated_at<2026-02-01"], None)
    {'status': 'open', 'updated_at': {'gte': '2026-01-01', 'lt': '2026-02-01'}}
    """
    tests: dict[str, dict[str, Any]] = {}
    for text in where:
        field, operator, value = _test(text)
        if operator in tests.setdefault(field, {}):
            raise SetupError(f'{field} is tested twice. Several values: --filter \'{{"{field}": {{"in": [...]}}}}\'')
        tests[field][operator] = value
    conditions = {**_json(json_text), **{name: _plain(test) for name, test in tests.items()}}
    check(conditions)
    return conditions


def _test(text: str) -> tuple[str, str, str]:
    match = _TEST.fullmatch(text)
    if not match or not match[3]:
        raise SetupError(
            f"--where {shorten(text, 60)!r} is no test. Write one such as status=open or 'due_date<2026-02-01'."
        )
    return match[1], _OPERATORS[match[2]], match[3]


def _plain(tests: dict[str, Any]) -> Any:
    return tests["eq"] if set(tests) == {"eq"} else tests


def _json(text: str | None) -> dict[str, Any]:
    try:
        data = json.loads(text or "{}")
    except ValueError as error:
        raise SetupError(f"--filter is no JSON: {error}. Write an object such as '{_SAMPLE}'.") from error
    if not isinstance(data, dict):
        raise SetupError(f"--filter takes one JSON object, such as '{_SAMPLE}'.")
    return data


_SAMPLE = '{"updated_at": {"gt": "2026-01-01"}}'


def ids(texts: Iterable[str]) -> tuple[str, ...]:
    """Read --ids 1,2,3, given once or several times.

    >>> ids(["10001,10002", "10001"])
    ('10001', '10002')
    """
    return tuple(dict.fromkeys(part.strip() for text in texts for part in text.split(",") if part.strip()))


def confirmation(text: str) -> int | str:
    """Read --confirm: the number of tickets, or a fingerprint of 16 hex digits or more.

    >>> confirmation("36"), confirmation("60699a07876af718")
    (36, '60699a07876af718')
    """
    if text.isdecimal() and len(text) < SHORT:
        return int(text)
    if len(text) < SHORT or not set(text.casefold()) <= set("0123456789abcdef"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a number of tickets nor a fingerprint of {SHORT} digits or more"
        )
    return text
