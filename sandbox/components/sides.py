"""Sides: whether a call, or a case, is the stub's or the component's while a slot is shared between them.

It goes by the home, so that all of a household's calls and cases are answered by one side. Nothing is
remembered: the stub holds every case whoever answered, and a case's home is read there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Table, select

from sandbox.components.asking import Asked
from sandbox.components.settings import Mode, Setting, Share
from service_apis.kit.council import Council
from service_apis.kit.service import Service


def is_components(setting: Setting | None, named: Named, council: Council, service: Service) -> bool:
    """Whether what names these things is answered, or told, by the component."""
    if setting is None or setting.mode in (Mode.STUB, Mode.SHADOW):
        return False
    return setting.mode is Mode.LIVE or _is_shared(setting.share, named, council, service)


class Named:
    """The values by which a call or an event names homes, people and cases."""

    def __init__(self, values: list[str]) -> None:
        self.values = values

    @classmethod
    def by_call(cls, asked: Asked) -> Named:
        """What a call names: in its path, then its query, then its body."""
        return cls(list(_values(asked)))

    @classmethod
    def by_event(cls, event: dict[str, Any]) -> Named:
        """What an event is about."""
        data = [str(value) for name, value in event["data"].items() if name == "uprn"]
        return cls([event["subject"], *data])


def _is_shared(share: Share, named: Named, council: Council, service: Service) -> bool:
    if not share.homes.isdisjoint(named.values) or not share.residents.isdisjoint(named.values):
        return True
    home = home_of(named, council, service)
    if home is None:
        return False
    if home in share.homes or (share.wards and ward_of(home, council) in share.wards):
        return True
    return int.from_bytes(sha256(f"{service.slug}:{home}".encode()).digest()[:4]) % 100 < share.percent


def home_of(named: Named, council: Council, service: Service) -> str | None:
    """The home that something is about: a UPRN that is named, or that of a case which is."""
    tables = [table for table in service.tables.sorted_tables if "uprn" in table.c]
    with council.reading(service.url_name) as work:
        for value in named.values:
            for table in tables:
                found = work.connection.execute(_by_key(table, value)).scalar()
                if found is not None:
                    return str(found)
    return None


def ward_of(home: str, council: Council) -> str | None:
    """The code of the ward that a home stands in, as the gazetteer has it."""
    for service in council.services.values():
        for table in service.tables.sorted_tables:
            if {"uprn", "ward_code"} <= set(table.c.keys()):
                with council.reading(service.url_name) as work:
                    query = select(table.c.ward_code).where(table.c.uprn == home)
                    return work.connection.execute(query).scalar()
    return None


def _by_key(table: Table, value: str) -> Any:
    (key, *_others) = table.primary_key.columns
    return select(table.c.uprn).where(key == value).limit(1)


def _values(asked: Asked) -> Iterator[str]:
    yield from (step for step in asked.path.split("/") if step and any(letter.isdigit() for letter in step))
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
