"""What an account tells besides its tickets: what it takes, and its choices; asked once, kept for an hour."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.api.account_models import Meta
from truto_tickets_nb.errors import (
    AccountBlocked,
    ApiError,
    NeedsReauth,
    NoAnswer,
    NotFound,
    RateLimited,
    ReadOnly,
    ServerTrouble,
    TokenRefused,
    UnexpectedAnswer,
)
from truto_tickets_nb.integrations.request_rate import pace
from truto_tickets_nb.plans.account_schema import AccountSchema, Custom
from truto_tickets_nb.safe_text import logger
from truto_tickets_nb.tickets.choices import Choices
from truto_tickets_nb.tickets.fields import FIELDS
from truto_tickets_nb.tickets.json_values import Ref, is_scalar, ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.integrations.profile import Profile

log = logger(__name__)

FATAL = (TokenRefused, NeedsReauth, AccountBlocked)
TRANSIENT = (RateLimited, ServerTrouble, NoAnswer)  # another try may give what this one did not
QUESTIONS_OF_AN_ACCOUNT = {
    "meta/update": "its schema of updates",
    "meta/list": "its schema of lists",
    "capabilities": "its capabilities",
    "fields": "its custom fields",
}
HOUR = 3600.0  # seconds that what was learnt is kept; Truto caches its capabilities as long
SHOWN = 3  # notes about one list
CHANGING = ("tags",)  # lists that our own PATCH requests can make longer
_LISTED = {
    row.name: row.choices or row.name
    for row in FIELDS.values()
    if row.kind.word in ("reference", "set") and row.writable
}
RESOURCES = tuple(sorted({row.choices for row in FIELDS.values() if row.choices}))


class Seen:
    """Gather the values that tickets hold, with the workspace in which they were seen."""

    def __init__(self) -> None:
        self.found: dict[str, dict[tuple[str, str, str], None]] = defaultdict(dict)

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Look through one page."""
        for record in records:
            home = ref(record.get("workspace"))
            place = home.id if home else ""
            for name, resource in _LISTED.items():
                value = record.get(name)
                if value:
                    self._note(resource, place, value)

    def _note(self, resource: str, place: str, value: Any) -> None:
        for item in value if type(value) is list else (value,):
            reference = ref(item)
            if reference:
                self.found[resource][place, reference.id, reference.name] = None

    def of(self, resource: str) -> list[tuple[str, Ref]]:
        """List what was seen of one resource."""
        return [(place, Ref(identity, name)) for place, identity, name in self.found.get(resource, ())]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question to an account gave, and why it gave nothing; a transient failure is not remembered."""

    value: Any = None
    failure: str = ""
    is_transient: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that an account tells besides its tickets, as it is known now."""

    choices: dict[str, Choices]
    learnt: AccountSchema
    notes: list[str]


class AccountMetadata:
    """Remember for an hour what one account told; what failed only for the moment is asked for again."""

    def __init__(self, client: Client, profile: Profile, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._profile, self._clock = client, profile, clock
        self._answers: dict[str, tuple[float, Answer]] = {}  # question -> when it was asked, what came
        self._odd: dict[str, list[str]] = {}  # list -> what was odd about it
        self.seen = Seen()  # of the last load

    def learnt(self) -> AccountSchema:
        """Return what the account takes and needs, as it says itself."""
        calls = questions(self._client, self._profile)
        self._ask(calls)
        learnt = learnt_of({name: self._answers[name][1] for name in calls})
        self._client.budget.learn(pace(self._profile, learnt.steps) if learnt.steps else "")
        return learnt

    def choices(self) -> tuple[dict[str, Choices], list[str]]:
        """Return which values references may take, and what could not be loaded; lists are fetched side by side.

        Where there is no list, the account's schema has to do, else the values seen in the tickets of the last load; they are marked.
        """
        facts = self.facts()
        return facts.choices, facts.notes

    def facts(self) -> Facts:
        """Return the choices, what the account takes, and what could not be loaded just now; each question is asked once."""
        wanted = [resource for resource in RESOURCES if self._profile.lists(resource) is not False]
        self._ask({name: partial(self._client.companions, name, note=partial(self._note, name)) for name in wanted})
        return self._facts(self.learnt(), wanted)

    def remembered(self) -> Facts:
        """Return what is known already, and ask nothing: the network, or the token, may be what stopped a load."""
        unasked = Answer(failure="it was not asked, because the load was stopped", is_transient=True)
        answers = {name: self._answers.get(name, (0.0, unasked))[1] for name in questions(self._client, self._profile)}
        return self._facts(learnt_of(answers), [])

    def _facts(self, learnt: AccountSchema, wanted: list[str]) -> Facts:
        enums = {FIELDS[name].choices: values for name, values in learnt.enums.items() if name in FIELDS}
        choices = {name: Choices.from_records(name, self._records(name)) for name in RESOURCES}
        for resource in {*choices, *self.seen.found}:
            seen = choices.get(resource, Choices(resource)).with_seen(self.seen.of(resource))
            choices[resource] = seen.with_schema(
                enums.get(resource, ())
            )  # only names: a value seen knows its id as well
        return Facts(choices, learnt, list(self._failures(wanted)))

    def _records(self, resource: str) -> list[dict[str, Any]]:
        return (self._answers[resource][1].value or []) if resource in self._answers else []

    def _failures(self, lists: Iterable[str]) -> Iterator[str]:
        """Return what could not be loaded: lists that failed, and whatever failed only for the moment."""
        for name, (_, answer) in self._answers.items():
            again = " It is asked for again with the next load." if answer.is_transient else ""
            if name in lists and answer.failure:
                yield f"The list of {name} could not be loaded ({answer.failure}); only the values seen in tickets are known.{again}"
            elif answer.is_transient:
                yield f"The account did not tell {QUESTIONS_OF_AN_ACCOUNT[name]} just now ({answer.failure}).{again}"
            yield from self._odd.get(name, ())[:SHOWN]

    def _note(self, resource: str, text: str) -> None:
        self._odd.setdefault(resource, []).append(text)

    def _ask(self, calls: Mapping[str, Callable[[], Any]]) -> None:
        """Ask side by side what is not known, is old, or failed for the moment."""
        open_ = {name: call for name, call in calls.items() if self._is_open(name)}
        self._odd = {name: notes for name, notes in self._odd.items() if name not in open_}
        if not open_:
            return
        with ThreadPoolExecutor(4, thread_name_prefix="choices") as pool:
            for name, answer in zip(open_, pool.map(answered, open_.values()), strict=True):
                self._answers[name] = (self._clock(), answer)
                if answer.failure:
                    kind = "for the moment" if answer.is_transient else "for good"
                    log.warning(
                        "account %s does not tell %s, %s: seen values have to do", self._client.account_id, name, kind
                    )

    def _is_open(self, name: str) -> bool:
        if name not in self._answers:
            return True
        asked, answer = self._answers[name]
        return answer.is_transient or self._clock() - asked > HOUR

    def forget(self, *names: str) -> None:
        """Forget lists, or everything; it is asked for anew when it is needed."""
        for name in names or tuple(self._answers):
            self._answers.pop(name, None)


def questions(client: Client, profile: Profile) -> dict[str, Callable[[], Any]]:
    """List what an account is asked about itself."""
    calls: dict[str, Callable[[], Any]] = {
        "meta/update": lambda: client.meta("update"),
        "meta/list": lambda: client.meta("list"),
        "capabilities": client.capabilities,
    }
    return calls if profile.lists("fields") is False else {**calls, "fields": lambda: client.companions("fields")}


def answered(call: Callable[[], Any]) -> Answer:
    """Ask one question. What the account definitely does not tell is an answer as well; a failure for the moment is none."""
    try:
        return Answer(call())
    except FATAL:
        raise
    except (NotFound, ReadOnly):  # 404, 405: there is no such thing here
        return Answer()
    except UnexpectedAnswer:  # JSON of a form that nobody documents
        return Answer(failure="the answer has a form that is not known here")
    except TRANSIENT as error:
        return Answer(failure=str(error), is_transient=True)
    except ApiError as error:
        return Answer(failure=str(error))


def learnt_of(answers: Mapping[str, Answer]) -> AccountSchema:
    """Read what an account told of itself; whatever it does not tell is left open, and said."""
    update = answers["meta/update"].value or Meta()
    listing, capabilities = answers["meta/list"].value, answers["capabilities"].value
    fields = answers["fields"].value if "fields" in answers else ()
    return AccountSchema(
        writable=update.writable,
        required=update.required,
        required_query=update.required_query,
        optional_query=update.optional_query,
        enums=update.enums,
        filters=listing.filters if listing else None,
        methods=capabilities.methods("tickets") if capabilities else None,
        custom=tuple(custom(row) for row in fields or () if is_scalar(row.get("name"))),
        notes=tuple(_untold(answers)),
        overridden=capabilities is not None and capabilities.is_overridden("tickets"),
        readable=update.readable,
        unseen=update.sent_unseen,
        steps=update.steps,
    )


def _untold(answers: Mapping[str, Answer]) -> Iterator[str]:
    for name, words in QUESTIONS_OF_AN_ACCOUNT.items():
        answer = answers.get(name)
        if answer is None:
            continue
        if irregular := getattr(answer.value, "irregular", ()):
            yield f"The account tells {words} in part in a form that is not known here ({', '.join(irregular)}); that counts as not told."
        if answer.value is not None:
            continue
        if answer.is_transient:
            yield f"The account did not tell {words} just now; it is asked again with the next load."
        elif name != "fields":
            yield f"The account does not tell {words}."


def custom(row: Mapping[str, Any]) -> Custom:
    """Read one row of the list of fields.

    >>> custom({"name": "region", "type": "enum", "options": [{"label": "Europe", "value": "EU"}]}).options
    ('EU', 'Europe')
    """
    listed = row.get("options")
    options = [item for item in (listed if isinstance(listed, list) else ()) if isinstance(item, dict)]
    values = [str(item[key]) for item in options for key in ("value", "label") if is_scalar(item.get(key))]
    name, label, kind = (str(row[key]) if is_scalar(row.get(key)) else "" for key in ("name", "label", "type"))
    return Custom(name, label, kind, tuple(dict.fromkeys(values)), row.get("is_required") is True)
