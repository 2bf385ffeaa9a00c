"""Sides: whether a call, or a case, is the stub's or the component's while a slot is shared between them.

It goes by the home, so that all of a household's calls and cases are answered by one side; what has no home
goes by the case or the person, and a report that names none of them by what it says. Nothing is remembered:
the stub holds every case whoever answered, and a case's home is read there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote

from sqlalchemy import Connection, MetaData, String, Table, bindparam, select

from sandbox.components.asking import Asked
from sandbox.components.settings import Mode, Setting, Share
from service_apis.kit.council import Council
from service_apis.kit.service import Service

HOME_COLUMNS = ("uprn", "address_id")
"""What a home's UPRN is called in the tables of services; the second is Open311's word."""
READS = frozenset(("GET", "HEAD", "OPTIONS"))
_NAME = re.compile(r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")
_DATE = re.compile(r"^\d{4}-\d\d-\d\d")


class Named:
    """The values by which a call or an event names homes, people and cases.

    ``content`` is what a call says where it makes something new.
    """

    def __init__(self, values: list[str], content: bytes = b"") -> None:
        self.values = [each for each in values if _NAME.match(each) and not _DATE.match(each)]
        self.content = content

    @classmethod
    def by_call(cls, asked: Asked) -> Named:
        """What a call names: in its path, then its query, then its body."""
        return cls(list(_values(asked)), b"" if asked.method in READS else asked.body)

    @classmethod
    def by_event(cls, event: dict[str, Any]) -> Named:
        """What an event is about."""
        data = [str(value) for name, value in event["data"].items() if name in HOME_COLUMNS]
        return cls([event["subject"], *data])


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a call or a case is: of a home (its UPRN), or of a case or person without one, by its key."""

    home: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        return self.home or self.key or ""


def is_components(
    setting: Setting | None,
    named: Named,
    council: Council,
    service: Service,
    connection: Connection | None = None,
) -> bool:
    """Whether what names these things is answered, or told, by the component.

    ``connection`` is that of the transaction in which it is asked, if there is one.
    """
    if setting is None or setting.mode in (Mode.STUB, Mode.SHADOW):
        return False
    if setting.mode is Mode.LIVE:
        return True
    share = setting.share
    if not share.homes.isdisjoint(named.values) or not share.residents.isdisjoint(named.values):
        return True
    whose = whose_is(named, council, service, connection)
    if whose.home is not None and (
        whose.home in share.homes or (share.wards and ward_of(whose.home, council) in share.wards)
    ):
        return True
    return _is_in(share, service, str(whose).encode() or named.content)


def _is_in(share: Share, service: Service, what: bytes) -> bool:
    """Whether something falls into the percentage; what nobody is named in is the stub's."""
    if not what:
        return False
    return int.from_bytes(sha256(service.slug.encode() + b":" + what).digest()[:4]) % 100 < share.percent


def whose_is(named: Named, council: Council, service: Service, connection: Connection | None = None) -> Whose:
    """Whose something is: of a home that is named, or that of a case which is; else of the case itself."""
    if not named.values:
        return Whose()
    if connection is not None:
        return _found(named, service, connection)
    with council.reading(service.url_name) as work:
        return _found(named, service, work.connection)


def cases_in(named: Named, council: Council, service: Service) -> list[str]:
    """The values that are keys of the service's own records, whatever those are."""
    with council.reading(service.url_name) as work:
        return [
            value
            for value in named.values
            if any(
                work.connection.execute(query, {"key": value}).first()
                for query, _ in _queries(service.tables)
            )
        ]


def ward_of(home: str, council: Council) -> str | None:
    """The code of the ward that a home stands in, as the gazetteer has it."""
    for service in council.services.values():
        for table in service.tables.sorted_tables:
            if {"uprn", "ward_code"} <= set(table.c.keys()):
                with council.reading(service.url_name) as work:
                    query = select(table.c.ward_code).where(table.c.uprn == home)
                    return work.connection.execute(query).scalar()
    return None


def _found(named: Named, service: Service, connection: Connection) -> Whose:
    case = None
    for value in named.values:
        for query, has_home in _queries(service.tables):
            row = connection.execute(query, {"key": value}).first()
            if row is None:
                continue
            if has_home and row[0] is not None:
                return Whose(home=str(row[0]))
            case = case or value
    return Whose(key=case)


@lru_cache(maxsize=64)
def _queries(tables: MetaData) -> tuple[tuple[Any, bool], ...]:
    """For each table with a key of text: how to ask for the home of a record, and whether it has one."""
    return tuple(_queries_of(tables.sorted_tables))


def _queries_of(tables: list[Table]) -> Iterator[tuple[Any, bool]]:
    for table in tables:
        key, *others = table.primary_key.columns
        if others or not isinstance(key.type, String):
            continue
        home = next((table.c[each] for each in HOME_COLUMNS if each in table.c), None)
        yield select(key if home is None else home).where(key == bindparam("key")).limit(1), home is not None


def _values(asked: Asked) -> Iterator[str]:
    yield from (unquote(step).removesuffix(".json").removesuffix(".xml") for step in asked.path.split("/"))
    yield from (value for _, value in parse_qsl(asked.query))
    body = asked.body
    if not body:
        return
    if (asked.header("content-type") or "").partition(";")[0].strip().endswith("json"):
        try:
            told = json.loads(body)
        except ValueError:
            return
        if isinstance(told, dict):
            yield from (str(value) for value in told.values() if isinstance(value, str | int))
    else:
        yield from (value for _, value in parse_qsl(body.decode("utf-8", "replace")))
