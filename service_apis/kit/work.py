"""What a rule is given to work with: the session, the time, and where to record what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Result, Row, Select, func, insert, select
from sqlalchemy.orm import Session

from service_apis.kit.clock import Clock
from service_apis.kit.lists import Listing, Page
from service_apis.kit.problems import Problem, StaleVersion
from service_apis.kit.records import Counter, DueEntry, EventRecord
from service_apis.kit.schemas import Schema

Query = Select[*tuple[Any, ...]]
"""A query for rows of any columns."""
_RECORD = insert(EventRecord)
Recorded = dict[str, Any]
"""An event on its way to the outbox: its ``type``, ``source``, ``subject``, ``time`` and ``data``."""
S = TypeVar("S", bound=Schema)
M = TypeVar("M")


def all_of(kind: Any, **equal: object) -> Query:
    """Those of one kind, by reference, whose columns equal what is given; None stands for any value."""
    table = kind.__table__
    asked = [table.c[name] == value for name, value in equal.items() if value is not None]
    return select(table).where(*asked).order_by(table.c.reference)


@dataclass(slots=True)
class Work:
    """One transaction's work for one service.

    ``service`` is the URL name under which events are recorded. ``if_match`` is the version
    that the client believes it is changing, or None. Nobody calls commit: the kit does, once,
    before the answer exists.
    """

    connection: Connection
    clock: Clock
    service: str
    if_match: str | None = None
    base_url: str = ""
    recorded: set[str] = field(default_factory=set, init=False)
    """The types of the events recorded so far."""
    scheduled: datetime | None = field(default=None, init=False)
    """The earliest instant at which something was put on the agenda."""
    is_told: Callable[[Connection, Recorded], bool] | None = None
    """Says of an event, by all that the transaction has written, whether it is told or another's to tell."""
    _session: Session | None = field(default=None, init=False)
    _events: list[Recorded] = field(default_factory=list, init=False)

    @property
    def session(self) -> Session:
        """The ORM session of the transaction, opened when it is first asked for."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def execute(self, query: Query, **values: Any) -> Result[*tuple[Any, ...]]:
        """The rows of a query of columns; ``values`` fill its bind parameters.

        Without a session it goes straight to the connection: a read of one record spends most of
        its time on the way there, and a query built once, with bind parameters, halves the rest.
        """
        if self._session is not None:
            return self._session.execute(query, values)
        return self.connection.execute(query, values)

    def finish(self, keep: bool) -> None:
        """Write what the session still holds and what was recorded, if it is to be kept, and close it."""
        if self._session is not None:
            if keep:
                self._session.flush()
            self._session.close()
        if keep and self.is_told is not None and self._events:
            is_told = self.is_told
            self._events = [event for event in self._events if is_told(self.connection, event)]
            self.recorded = {event["type"] for event in self._events}
        if keep and self._events:
            # Nobody reads them in this transaction, and the session would write them one by one.
            self.connection.execute(_RECORD, self._events)

    @property
    def now(self) -> datetime:
        """Council time, aware UTC."""
        return self.clock.now

    @property
    def today(self) -> date:
        """Council date in London."""
        return self.clock.today

    def record(self, what: str, subject: str, **data: Any) -> None:
        """Record an event, such as ``record("bin.missed", reference, uprn=uprn)``.

        ``what`` is the noun and the past verb; ``data`` must be JSON-ready (dates as ISO text).
        Its type on the wire is ``virtual-council.{service}.{what}``.
        """
        event_type = f"virtual-council.{self.service}.{what}"
        self.pass_on(event_type, subject, self.now, data)

    def pass_on(self, event_type: str, subject: str, time: datetime, data: dict[str, Any]) -> None:
        """Record an event by its full type, at an instant of council time, as another recorded it."""
        event: Recorded = {
            "type": event_type,
            "source": self.service,
            "subject": subject,
            "time": time,
            "data": data,
        }
        self._events.append(event)
        self.recorded.add(event_type)

    def schedule(self, at: datetime, kind: str, subject: str) -> None:
        """Put something on the agenda: the service's handler of ``kind`` runs when it falls due."""
        self.scheduled = at if self.scheduled is None else min(self.scheduled, at)
        self.session.add(DueEntry(at=at, service=self.service.replace("-", "_"), kind=kind, subject=subject))

    def next_number(self, series: str, first: int = 1) -> int:
        """The next number of a series of references, ``first`` when none was given out yet."""
        counter = self.session.get(Counter, series)
        if counter is None:
            counter = Counter(series=series, last=first - 1)
            self.session.add(counter)
        counter.last += 1
        return counter.last

    def expect_version(self, version: int, thing: str) -> None:
        """Raise StaleVersion if the client named another version of ``thing`` in If-Match."""
        if self.if_match is None or self.if_match.strip() == "*":
            return
        wanted = {tag.strip().removeprefix("W/") for tag in self.if_match.split(",")}
        if f'"{version}"' not in wanted:
            raise StaleVersion(
                f'{thing} is at version "{version}", not {self.if_match}; read it again before changing it'
            )

    def one(self, kind: type[M], key: str, refusal: Problem) -> M:
        """The row of a key. Raises the refusal where there is none."""
        row = self.session.get(kind, key)
        if row is None:
            raise refusal
        return row

    def show(self, shape: type[S], row: Any) -> S:
        """The row in the shape of an answer, as it will stand once the transaction is committed."""
        if self._session is not None:
            self._session.flush()
        return shape.model_validate(row)

    def list(self, shape: type[S], query: Query, page: Page) -> Listing[S]:
        """One page of a query's rows in the shape of an answer, and how many there are in all."""
        rows, total = self.page_of(query, page)
        shaped = [shape.model_validate(row) for row in rows]
        return Listing[shape](items=shaped, page=page.page, per_page=page.per_page, total=total)  # type: ignore[valid-type]

    def page_of(self, query: Query, page: Page) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
        """One page of a query's rows and how many rows there are in all."""
        total = self.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar()
        rows = self.execute(query.limit(page.per_page).offset((page.page - 1) * page.per_page)).all()
        return rows, total or 0
