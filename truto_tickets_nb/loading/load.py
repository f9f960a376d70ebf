"""Load tickets: pages one after another, partial ones completed side by side, filters checked here too."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from truto_tickets_nb.errors import NotFound, ServerTrouble, SetupError, shorten
from truto_tickets_nb.loading.filters import check, misfit
from truto_tickets_nb.loading.known import Seen
from truto_tickets_nb.tickets.columns import Columns
from truto_tickets_nb.tickets.fields import FIELDS, ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from truto_tickets_nb.api.client import Client
    from truto_tickets_nb.show import Bar
    from truto_tickets_nb.tickets.table import Table

Record = dict[str, Any]
PAGE = 100  # tickets asked for at a time
WORKERS = 4
ALWAYS = (
    "name",
    "workspace",
    "etag",
)  # loaded whatever `fields` says: they tell a ticket apart and make its PATCH possible


@dataclass(frozen=True, slots=True)
class Request:
    """Say what to load."""

    filters: Mapping[str, Any] = field(default_factory=dict)
    limit: int | None = None
    fields: tuple[str, ...] = ()
    remote_data: bool = False
    ids: tuple[str, ...] = ()
    partial: bool = False  # the list answers incomplete tickets: a GET each completes them

    def __post_init__(self) -> None:
        check(self.filters)
        unknown = sorted(name for name in self.fields if name not in FIELDS and name != "custom_fields")
        if unknown:
            raise SetupError(
                f"fields= names no fields of a ticket: {', '.join(unknown)}. There are: {', '.join(FIELDS)}."
            )
        if self.limit is not None and self.limit < 1:
            raise SetupError(f"limit={self.limit} loads nothing. Give 1 or more, or leave it out for all tickets.")

    @property
    def query(self) -> dict[str, Any]:
        """Write the query of one page or one ticket."""
        kept = {*self.fields, *ALWAYS, "remote_data"}
        left_out = sorted({*FIELDS, "custom_fields"} - kept) if self.fields else []
        shape = {"truto_ignore_remote_data": True} if not (self.remote_data or "remote_data" in self.fields) else {}
        return {**shape, **({"truto_exclude_fields": left_out} if left_out else {})}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Hold what was loaded."""

    table: Table
    seen: Seen
    notes: tuple[str, ...]
    is_interrupted: bool


def load(client: Client, request: Request, bar: Bar) -> Loaded:
    """Load tickets; interrupted, it gives what it has."""
    gathering = _Gathering(client, request, bar)
    interrupted = False
    try:
        gathering.all()
    except KeyboardInterrupt:
        interrupted = True
    return Loaded(gathering.columns.table(), gathering.seen, tuple(gathering.told()), interrupted)


class _Gathering:
    """Gather pages; what is complete is kept even if the rest never comes."""

    def __init__(self, client: Client, request: Request, bar: Bar) -> None:
        self.client, self.request, self.bar = client, request, bar
        self.columns = Columns(
            remote_data=request.remote_data or "remote_data" in request.fields,
            chosen=(*ALWAYS, *request.fields) if request.fields else (),
        )
        self.seen, self.missing, self.left_out, self.doubled = Seen(), list[str](), Counter[str](), 0
        self.known: set[str] = set()

    def all(self) -> None:
        for page in self._by_id() if self.request.ids else self._pages():
            kept = [record for record in page if self._is_new(record)]
            room = None if self.request.limit is None else self.request.limit - len(self.columns)
            self._keep(kept if room is None else kept[:room])
            if room is not None and len(kept) >= room:
                return

    def _keep(self, records: list[Record]) -> None:
        self.columns.add(records)
        self.seen.add(records)
        self.bar.update(len(records))

    def _is_new(self, record: Record) -> bool:
        """Keep each ticket once: lists that move while they are paged show some twice."""
        identity = str(record[ID])
        if identity in self.known:
            self.doubled += 1
            return False
        self.known.add(identity)
        return True

    def _pages(self) -> Iterator[list[Record]]:
        query = {**self.request.filters, **self.request.query, "limit": min(PAGE, self.request.limit or PAGE)}
        cursor, cursors = None, set[str]()
        while True:
            page = self.client.page(query, cursor)
            yield self._completed(self._fitting(page.records), partial=self.request.partial or page.is_partial)
            cursor = page.next_cursor
            if not cursor:
                return
            if cursor in cursors:
                raise ServerTrouble("The list of tickets turns in a circle: a cursor came twice. Try again in a while.")
            cursors.add(cursor)

    def _fitting(self, records: list[Record]) -> list[Record]:
        kept = []
        for record in records:
            name = misfit(record, self.request.filters)
            if name:
                self.left_out[name] += 1
            else:
                kept.append(record)
        return kept

    def _completed(self, records: list[Record], *, partial: bool) -> list[Record]:
        """Fetch each ticket of a partial page, be it that the integration always lists so, or that this page says so."""
        if not partial:
            return records
        return self._fitting(self._fetched([str(record[ID]) for record in records]))

    def _by_id(self) -> Iterator[list[Record]]:
        ids = tuple(dict.fromkeys(map(str, self.request.ids)))
        for start in range(0, len(ids), PAGE):
            yield self._fitting(self._fetched(ids[start : start + PAGE]))

    def _fetched(self, ids: Sequence[str]) -> list[Record]:
        """Fetch tickets side by side, in the order of their ids; the budget paces them."""
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="load") as pool:
            try:
                return [record for record in pool.map(self._fetch, ids) if record is not None]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _fetch(self, identity: str) -> Record | None:
        try:
            return self.client.get(identity, query=self.request.query)
        except NotFound:
            self.missing.append(identity)
            return None

    def told(self) -> Iterator[str]:
        for name, count in self.left_out.items():
            value = shorten(self.request.filters[name], 60)
            yield f"The server ignored the filter {name}={value}: {count} tickets that don't match were left out here."
        if self.missing:
            yield f"{len(self.missing)} tickets are not there (any more): {shorten(', '.join(sorted(self.missing)), 120)}."
        if self.doubled:
            yield f"{self.doubled} tickets came twice, because the list moved while it was read; each is kept once."
