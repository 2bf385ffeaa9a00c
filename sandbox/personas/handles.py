"""The personas that were made on a council, kept in the council's own file.

So they go with it: a fork and a snapshot have them, and a council that is taken back has those that it had.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.council import Council
from service_apis.kit.db import Instant
from service_apis.kit.work import Work

References = dict[str, dict[str, str]]
"""References by service and kind: ``{"residents": {"resident": "R00000007"}}``."""


class Base(DeclarativeBase):
    """The base of the one table, which a council gets with its first persona."""

    type_annotation_map = {datetime: Instant(), dict[str, Any]: JSON}  # noqa: RUF012 - read by SQLAlchemy


class Handle(Base):
    """A persona that was made: by which references each service knows it, and when, in council time."""

    __tablename__ = "council_personas"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    references: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


def made_on(council: Council) -> dict[str, Handle]:
    """The personas that were made on a council, by name."""
    with council.reading("sandbox") as work:
        if not inspect(work.connection).has_table(Handle.__tablename__):
            return {}
        return {each.name: each for each in work.session.scalars(select(Handle).order_by(Handle.name))}


def keep(work: Work, name: str, references: References) -> Handle:
    """Keep that a persona was made."""
    Base.metadata.create_all(work.connection)
    handle = Handle(name=name, references=references, made_at=work.now)
    work.session.add(handle)
    return handle
