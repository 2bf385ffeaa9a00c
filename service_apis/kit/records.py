"""The kit's own tables, which every council has beside those of its services."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import KEYED_BY_NAME, Instant


class Base(DeclarativeBase):
    """The base of the kit's tables; all are called ``council_...``."""

    type_annotation_map = {datetime: Instant(), dict[str, Any]: JSON}  # noqa: RUF012 - read by SQLAlchemy


class Fact(Base):
    """One fact about the council as a whole: its name, what it is shaped like, its seed."""

    __tablename__ = "council_facts"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class ClockReading(Base):
    """The council's clock: one row."""

    __tablename__ = "council_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    now: Mapped[datetime]


class Counter(Base):
    """The last number given out in one series of references."""

    __tablename__ = "council_counters"

    series: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int]


class EventRecord(Base):
    """The outbox: each event that a rule recorded, in the transaction of the change itself."""

    __tablename__ = "council_events"

    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    time: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class Hearing(Base):
    """How far one service has got in hearing the events of the others."""

    __tablename__ = "council_hearings"

    service: Mapped[str] = mapped_column(String(60), primary_key=True)
    position: Mapped[int]


class DueEntry(Base):
    """The agenda: something that falls due at an instant of council time."""

    __tablename__ = "council_agenda"
    __table_args__ = (Index("council_agenda_by_instant", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    service: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))


class Truth(Base):
    """Whom a record of a service stands for; None where that is nobody who lives in the town.

    ``service`` is the URL name; ``record`` the key by which the service's answers tell it from its others;
    ``person`` the id of one of the town's residents. Written when the council is built, and never after.
    """

    __tablename__ = "council_truth"
    __table_args__ = (Index("council_truth_by_person", "person"), KEYED_BY_NAME)

    service: Mapped[str] = mapped_column(String(60), primary_key=True)
    record: Mapped[str] = mapped_column(String(60), primary_key=True)
    person: Mapped[str | None] = mapped_column(String(9))


class TruthFault(Base):
    """A fault that a record was given: in which field, of which kind, and what the clean value was."""

    __tablename__ = "council_truth_faults"
    __table_args__ = (Index("council_truth_faults_by_record", "service", "record"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(String(60))
    record: Mapped[str] = mapped_column(String(60))
    field: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(60), index=True)
    clean: Mapped[str | None] = mapped_column(String(240))


class FirstAnswer(Base):
    """The answer first given to an Idempotency-Key, to be given again."""

    __tablename__ = "council_first_answers"

    caller: Mapped[str] = mapped_column(String(60), primary_key=True)
    operation: Mapped[str] = mapped_column(String(250), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
