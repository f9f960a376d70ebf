"""Load tickets: pages one after another, partial ones completed side by side, filters checked here too."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.api.lenient_json import HALVES, brief, has_halves, is_too_deep
from truto_tickets_nb.did_you_mean import near
from truto_tickets_nb.errors import LoadInterrupted, NotFound, SetupError, UnexpectedAnswer, shorten, shorten_repr
from truto_tickets_nb.loading.account_metadata import Seen
from truto_tickets_nb.loading.server_filters import Filters, unknown_names
from truto_tickets_nb.safe_text import logger
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.fields import CUSTOM, CUSTOM_FIELDS, FIELDS, ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.api.pagination import Page
    from truto_tickets_nb.show import ProgressBar
    from truto_tickets_nb.tickets.choices import Choices
    from truto_tickets_nb.tickets.table import Table

log = logger(__name__)

Record = dict[str, Any]
PAGE = 100  # tickets asked for at a time
WORKERS = 4
SHOWN = 5  # tickets named in a note
MOST_NOTES = 8  # about odd answers
ALWAYS = (
    "name",
    "workspace",
    "etag",
)  # loaded whatever `fields` says: they tell a ticket apart and make its PATCH possible


@dataclass(frozen=True, slots=True)
class Request:
    """What to load."""

    filters: Filters = field(default_factory=lambda: Filters({}))
    limit: int | None = None
    fields: tuple[str, ...] = ()
    remote_data: bool = False
    ids: tuple[str, ...] | None = None  # these tickets only; None for all
    partial: bool = False  # the list answers incomplete tickets: a GET each completes them

    def __post_init__(self) -> None:
        unknown = sorted(name for name in self.fields if name not in FIELDS and name != CUSTOM_FIELDS)
        if unknown:
            raise SetupError(
                f"fields= names no fields of a ticket: {', '.join(map(_hinted, unknown))}. There are: {', '.join(FIELDS)}, and "
                f"{CUSTOM_FIELDS} for all custom ones."
            )
        if self.limit is not None and self.limit < 1:
            raise SetupError(f"limit={self.limit} loads nothing. Give 1 or more, or leave it out for all tickets.")

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the only fields that are loaded: the wanted ones, and those by which the load is filtered; () for all."""
        return tuple(dict.fromkeys((*ALWAYS, *self.fields, *self.filters.names))) if self.fields else ()

    @property
    def query(self) -> dict[str, Any]:
        """Write the query of one page or one ticket."""
        wanted = {*self.columns, "remote_data"}
        left_out = sorted({*FIELDS, CUSTOM_FIELDS} - wanted) if self.fields else []
        shape = {"truto_ignore_remote_data": True} if not (self.remote_data or "remote_data" in self.fields) else {}
        return {**shape, **({"truto_exclude_fields": left_out} if left_out else {})}

    @property
    def page(self) -> int:
        """Return how many tickets a page holds; where a filter is applied here alone, a short page would hold few that fit."""
        return PAGE if self.filters.local else min(PAGE, self.limit or PAGE)


def _hinted(name: str) -> str:
    meant = CUSTOM_FIELDS if name.startswith(CUSTOM) else next(iter(near(name, (*FIELDS, CUSTOM_FIELDS))), "")
    return f"{shorten_repr(name, 60)}" + (f" (did you mean {meant!r}?)" if meant else "")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, what there is to say of it, and, where it is not all, what stopped the load."""

    table: Table
    seen: Seen
    request: Request
    counts: Counts
    stopped_by: BaseException | None = None

    def notes(self, offered: Iterable[str] | None, choices: Mapping[str, Choices]) -> Iterator[str]:
        """Return what is odd about this load; `offered` are the filters that the account's own schema lists, None where it lists none."""
        if not len(self.table):
            yield from unknown_names(self.request.filters, choices)
        if self.stopped_by is not None:
            reason = (
                "it was interrupted"
                if isinstance(self.stopped_by, KeyboardInterrupt)
                else shorten(self.stopped_by, 160)
            )
            yield f"Incomplete: the load stopped after {len(self.table)} tickets ({reason}). Tickets that are not here may exist."
        yield from self.counts.notes(self.request, offered)


def load(client: Client, request: Request, bar: ProgressBar) -> Loaded:
    """Load tickets; interrupted, or stopped by an error for good, it gives what it has."""
    gathering = _Gathering(client, request, bar)
    stopped_by: BaseException | None = None
    log.info(
        "account %s: loading tickets, filtered by %s", client.account_id, ", ".join(request.filters.names) or "nothing"
    )
    try:
        gathering.all()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  (raised again by the account, with what was loaded)
        stopped_by = error
        log.warning("account %s: the load was stopped by %s", client.account_id, type(error).__name__)
        gathering.rescue()
    counts = gathering.counts
    log.info("account %s: loaded %d tickets", client.account_id, len(gathering.columns))
    for name, count in counts.left_out.items():
        log.info("account %s: %d tickets that do not match the filter %s were left out", client.account_id, count, name)
    return Loaded(gathering.columns.table(), gathering.seen, request, counts, stopped_by)


def stopped(error: BaseException, snapshot: object) -> BaseException:
    """Make the error that carries what a load has: an interrupt becomes LoadInterrupted, every other one stays what it is."""
    count = 0 if snapshot is None else len(snapshot)  # type: ignore[arg-type]
    if isinstance(error, KeyboardInterrupt):
        return LoadInterrupted(
            f"The load was stopped after {count} tickets; they are in the error's .snapshot.", snapshot
        )
    if count:
        error.snapshot = snapshot  # type: ignore[attr-defined]
        error.args = (f"{error} {count} tickets were loaded before that; they are in the error's .snapshot.",)
    return error


@dataclass(slots=True)
class Counts:
    """Count what a load left out, and why."""

    left_out: Counter[str] = field(default_factory=Counter)  # filter -> tickets that do not match it
    unchecked: Counter[str] = field(default_factory=Counter)  # filter -> tickets that came without its field
    missing: list[str] = field(default_factory=list)
    doubled: int = 0
    odd: list[str] = field(default_factory=list)  # what was odd about the answers
    cut: str = ""  # why the list could not be read to its end

    def notes(self, request: Request, offered: Iterable[str] | None) -> Iterator[str]:
        """Return the notes as sentences; the server is blamed only where it was asked, offers the filter, and answered what does not match."""
        if self.cut:
            yield f"Incomplete: {self.cut}. Tickets that are not here may exist."
        yield from self.odd[:MOST_NOTES]
        if len(self.odd) > MOST_NOTES:
            yield f"{len(self.odd) - MOST_NOTES} more pages and tickets were odd in such ways."
        names = None if offered is None else {name.partition("[")[0] for name in offered}
        for name in request.filters.names:
            yield from self._filter(request, name, is_offered=names is None or name in names)
        if self.missing:
            yield f"{len(self.missing)} tickets are not there (any more): {shorten(', '.join(sorted(self.missing)), 120)}."
        if self.doubled:
            yield f"{self.doubled} tickets came twice, because the list moved while it was read; each is kept once."

    def _filter(self, request: Request, name: str, *, is_offered: bool) -> Iterator[str]:
        count, words = self.left_out[name], f"{name}={shorten(request.filters.asked[name], 60)}"
        if name in request.filters.local:
            yield f"The filter {words} was applied here, because tools compare it in different ways: {count} tickets were left out."
        elif count and request.ids is not None:
            yield f"{count} of the tickets asked for by id do not match {words}; they were left out."
        elif count and request.filters.is_exact(name):
            whose = "" if is_offered else ", which its own schema does not list"
            yield f"The server ignored the filter {words}{whose}: {count} tickets that don't match were left out here."
        elif count:
            yield f"{count} tickets that the server answered do not match {words}; they were left out here."
        if self.unchecked[name]:
            yield f"{self.unchecked[name]} tickets came without {name}, so that {words} could not be checked here."


class _Gathering:
    """Gather pages; what is complete is kept even if the rest never comes."""

    def __init__(self, client: Client, request: Request, bar: ProgressBar) -> None:
        self.client, self.request, self.bar = client, request, bar
        self.columns = Columns(
            remote_data=request.remote_data or "remote_data" in request.fields,
            chosen=request.columns,
        )
        self.seen, self.counts = Seen(), Counts()
        self.kept: set[str] = set()
        self.fetched: list[Record] = []  # completed one by one, of a page that is not done yet

    def all(self) -> None:
        for page in self._pages() if self.request.ids is None else self._by_id(self.request.ids):
            if self._keep(page):
                return

    def _keep(self, records: list[Record]) -> bool:
        """Keep what is new and matches; tells whether that is enough."""
        fitting = self._fitting([record for record in records if self._is_new(record)])
        room = None if self.request.limit is None else self.request.limit - len(self.columns)
        chosen = fitting[:room]
        chosen = self._added(chosen)
        self.seen.add(chosen)
        self.bar.update(len(chosen))
        return room is not None and len(fitting) >= room

    def _added(self, records: list[Record]) -> list[Record]:
        """Add records to the columns; one that is nested beyond all measure is left out, and said."""
        try:
            self.columns.add(records)
        except TypeError:
            flat = [record for record in records if not is_too_deep(record)]
            self.counts.odd += [
                f"Ticket {shorten(record[ID], 60)} was left out: its fields are nested too deeply."
                for record in records
                if record not in flat
            ]
            self.columns.add(flat)
            return flat
        return records

    def rescue(self) -> None:
        """Keep the tickets of the page at which the load stopped that had been completed by then."""
        self._keep(self.fetched)
        self.fetched = []

    def _is_new(self, record: Record) -> bool:
        """Keep each ticket once: lists that move while they are paged show some twice."""
        identity = str(record[ID])
        if identity in self.kept:
            self.counts.doubled += 1
            return False
        self.kept.add(identity)
        return True

    def _pages(self) -> Iterator[list[Record]]:
        query = {**self.request.filters.query(), **self.request.query, "limit": self.request.page}
        for number, page in enumerate(self.client.pages(query), 1):
            self.counts.odd += [f"Page {number}: {note}" for note in page.notes]
            records = self._identified(page, number)
            yield self._completed(records, partial=self.request.partial or page.is_partial)
            if page.cut:
                self.counts.cut = f"after page {number}, {page.cut}"

    def _identified(self, page: Page, number: int) -> list[Record]:
        """Leave out rows without an id, for which nothing could be sent, and say what was repaired in the others."""
        records = [record for record in page.records if is_id(record.get(ID))]
        if without := [record for record in page.records if not is_id(record.get(ID))]:
            named = ", ".join(brief(record.get("name"), 40) for record in without[:SHOWN])
            self.counts.odd.append(f"Page {number}: {len(without)} rows have no id and were left out: {named}.")
        for repair in page.repairs:
            named = ", ".join(_repaired(records)) if repair == HALVES else ""
            self.counts.odd.append(f"Page {number} holds {repair}{f' ({named})' if named else ''}.")
        return records

    def _fitting(self, records: list[Record], *, partial: bool = False) -> list[Record]:
        fitting = []
        for record in records:
            name = self.request.filters.misfit(record, partial=partial)
            if name:
                self.counts.left_out[name] += 1
            else:
                fitting.append(record)
                self.counts.unchecked.update(() if partial else self.request.filters.unchecked(record))
        return fitting

    def _completed(self, records: list[Record], *, partial: bool) -> list[Record]:
        """Fetch each ticket of a partial page, be it that the integration always lists so, or that this page says so."""
        if not partial:
            return records
        return self._fetch_all([str(record[ID]) for record in self._fitting(records, partial=True)])

    def _by_id(self, ids: Sequence[str]) -> Iterator[list[Record]]:
        unique = tuple(dict.fromkeys(ids))
        for start in range(0, len(unique), PAGE):
            yield self._fetch_all(unique[start : start + PAGE])

    def _fetch_all(self, ids: Sequence[str]) -> list[Record]:
        """Fetch tickets side by side, in the order of their ids; the budget paces them."""
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="load") as pool:
            try:
                for record in pool.map(self._fetch, ids):
                    self.fetched += [record] if record is not None else []
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        records, self.fetched = self.fetched, []
        return records

    def _fetch(self, identity: str) -> Record | None:
        try:
            return self.client.get(identity, query=self.request.query)
        except NotFound:
            self.counts.missing.append(identity)
        except UnexpectedAnswer as error:
            self.counts.odd.append(f"Ticket {shorten(identity, 60)} was left out: {error}")
        return None


def is_id(value: Any) -> bool:
    """Return whether a value can be the id of a ticket: text, or a whole number, which is one exactly.

    >>> [is_id(value) for value in ("7", 7, "", None, 7.0, True, {"id": 7}, [7])]
    [True, True, False, False, False, False, False, False]
    """
    return type(value) is int or (isinstance(value, str) and bool(value.strip()))


def _repaired(records: list[Record]) -> list[str]:
    """Name the tickets and fields that hold halves of characters."""
    places = (
        f"ticket {record[ID]}, {name}" for record in records for name, value in record.items() if has_halves(value)
    )
    return list(islice(places, SHOWN))
