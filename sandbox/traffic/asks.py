"""Calls with values that the council itself shows: what an errand sends at the moment that it is made.

Values are found at the stub, which answers first: the bins whose turn it is, the cases that are open. So the
same seed on the same council asks the same.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.components.asking import Answered, Asked
from sandbox.traffic.day import Occasion
from sandbox.traffic.volumes import FORM, Call, Errand, Pool, Traffic
from scenarios.conformance.draws import Draws
from scenarios.expressions import NoValue, Scope, as_text, fill, point
from scenarios.openapi import Service as Contract
from service_apis.kit.clock import LONDON
from service_apis.kit.working_days import add_working_days, is_bank_holiday

MOST_READ = 200
"""Entries of a list that values are drawn from at one moment: a page of the largest size, which is drawn."""
MOST_TOUCHED = 2_000
"""Cases whose end state is read."""
WORDS = (
    "The crew did not come down our end of the street.",
    "Zoë Müller-Świątek, Flat 3: bröken again",
    "O'Neill & Sons <side gate>",
    "二号门口的垃圾桶",
    "Gwastraff wedi'i adael ger yr eglwys",
    "صندوق القمامة لم يُفرغ",
    "Élodie says “not emptied” again",
    "🚮 nobody came 😕",
)
"""What people write: names and texts of every script come to a council's services."""


class NothingToAsk(Exception):
    """The council shows nothing with which an errand could be made now. The message says what is missing."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that callers hold: one that reads and writes, one that only reads, one that nobody gave."""

    writer: str
    reader: str
    unknown: str = "vc_" + "0" * 32


@dataclass
class Asker:
    """Makes the calls of one run. ``see`` asks the stub of a service of the same council, for values alone.

    ``touched`` are the calls that show each case that was made or changed, with their operation, by path.
    """

    traffic: Traffic
    contracts: Mapping[str, Contract]
    service: str
    keys: Keys
    base_url: str
    seed: int
    see: Callable[[str, Asked], Awaitable[Answered]]
    touched: dict[str, tuple[str, Asked]] = field(default_factory=dict)
    _pools: dict[str, tuple[datetime | date, list[dict[str, Any]]]] = field(default_factory=dict)
    _pages: dict[str, int] = field(default_factory=dict)
    _drawn: Mapping[str, Any] = field(default_factory=dict)

    async def asked(self, occasion: Occasion) -> Asked:
        """The call of one errand. Raises NothingToAsk."""
        errand = occasion.errand
        draws = Draws(self.seed, f"{errand.name} {occasion.number}")
        entry: Mapping[str, Any] = {}
        if errand.draws is not None:
            entries = await self._entries(errand.draws, occasion.at)
            if not entries:
                raise NothingToAsk(f"there was nothing in the list of {errand.draws} to ask about")
            entry = draws.one(entries)
        self._drawn = entry
        key = _key_of(self.keys, errand)
        try:
            scope = self._scope(entry, key, occasion.number, occasion.at, draws)
            return self._call(errand, scope, key, errand.service)
        except NoValue as nothing:
            raise NothingToAsk(str(nothing)) from nothing

    def listener(self, occasion: Occasion) -> Callable[[Answered], None]:
        """Who is to be told of the stub's answer to the call that was made last."""
        return partial(self._answered, occasion, self._drawn)

    def _answered(self, occasion: Occasion, drawn: Mapping[str, Any], ours: Answered) -> None:
        """Take note of which case was made or changed, for its end state to be read."""
        errand = occasion.errand
        if errand.keeps is None or not ours.was_done or len(self.touched) >= MOST_TOUCHED:
            return
        shows = self.traffic.pools[errand.keeps].shows
        try:
            record = point(json.loads(ours.body), errand.record, errand.name)
            scope = self._scope({**drawn, **record}, self.keys.writer, occasion.number, occasion.at, None)
            if shows is not None:
                shown = self._call(shows, scope, self.keys.writer)
                self.touched[shown.path] = (shows.operation, shown)
        except (ValueError, NoValue, TypeError):
            return  # the answer shows no case: the call itself was compared, and that is all there is

    async def _entries(self, name: str, moment: datetime) -> list[dict[str, Any]]:
        """The entries of a pool at a moment, read once for it; homes and people once for the day."""
        pool = self.traffic.pools[name]
        stands = pool.service is not None and not pool.newest
        at: datetime | date = moment.astimezone(LONDON).date() if stands else moment
        read_at, entries = self._pools.get(name, (None, []))
        if read_at != at:
            entries = await self._read(name, pool, moment)
            self._pools[name] = at, entries
        return entries

    async def _read(self, name: str, pool: Pool, moment: datetime) -> list[dict[str, Any]]:
        service = pool.service or self.service
        draws = Draws(self.seed, f"{pool.operation} {moment}")
        scope = self._scope({}, self.keys.writer, 0, moment, draws)
        asked = self._call(pool, scope, self.keys.writer, service)
        if "per_page" not in self.contracts[service].operations[pool.operation].names("query"):
            return _entries_of(await self.see(service, asked), pool)
        # How many pages there are is known from the last time, and a page that is gone by now is empty.
        pages = self._pages.get(name, 1)
        page = pages if pool.newest else 1 + draws.below(pages)
        answered = await self.see(service, _paged(asked, page))
        self._pages[name] = max(1, -(-_total(answered) // MOST_READ))
        if pool.newest and self._pages[name] > page:
            answered = await self.see(service, _paged(asked, self._pages[name]))
        return _entries_of(answered, pool) or _entries_of(await self.see(service, _paged(asked, 1)), pool)

    def _scope(
        self, entry: Mapping[str, Any], key: str, number: int, moment: datetime, draws: Draws | None
    ) -> Scope:
        today = moment.astimezone(LONDON).date()
        inputs = {
            "key": key,
            "unique": f"{self.seed}-{number}",
            "words": draws.one(WORDS) if draws else "",
            "today": today.isoformat(),
            "long_ago": _shifted(today, -28),
            "next_week": _shifted(today, 7),
            "in_a_year": _shifted(today, 365),
            "working_day": add_working_days(today, 2).isoformat(),
            "later_working_day": add_working_days(today, 6).isoformat(),
            "sunday": _shifted(today, 6 - today.weekday() or 7),
            "bank_holiday": _next_bank_holiday(today).isoformat(),
            "now": moment.isoformat().replace("+00:00", "Z"),
        }
        return Scope(inputs=inputs, outputs=entry)

    def _call(self, call: Call, scope: Scope, key: str, service: str | None = None) -> Asked:
        """The call with its values. Raises NoValue."""
        operation = self.contracts[service or self.service].operations[call.operation]
        path = operation.path
        for name, value in fill(call.path, scope).items():
            path = path.replace(f"{{{name}}}", quote(as_text(value), safe=""))
        query = urlencode({name: as_text(value) for name, value in fill(call.query, scope).items()})
        headers = {"accept": "application/json, */*;q=0.5"}
        body = b""
        in_form = call.content_type == FORM and call.body is not None
        if key and not in_form:
            headers["authorization"] = f"Bearer {key}"
        if call.body is not None:
            told = fill(call.body, scope)
            form = {name: as_text(value) for name, value in told.items()}
            body = urlencode(form).encode() if in_form else json.dumps(told, ensure_ascii=False).encode()
            headers["content-type"] = call.content_type
        headers |= {name.lower(): as_text(value) for name, value in fill(call.headers, scope).items()}
        base = self.base_url if service in (None, self.service) else ""
        return Asked(operation.method, path, query, tuple(headers.items()), body, base)


def _key_of(keys: Keys, errand: Errand) -> str:
    known = {"writer": keys.writer, "reader": keys.reader, "unknown": keys.unknown, "none": ""}
    return known[errand.key]


def _entries_of(answered: Answered, pool: Pool) -> list[dict[str, Any]]:
    try:
        found = point(json.loads(answered.body), pool.items, pool.operation) if answered.was_done else []
    except (ValueError, NoValue):
        return []
    entries = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    if pool.unusual is not None:
        beyond = [each for each in entries if not str(each.get(pool.unusual, "")).isascii()]
        return beyond or entries
    return entries


def _total(answered: Answered) -> int:
    try:
        return int(json.loads(answered.body)["total"])
    except (ValueError, KeyError, TypeError):
        return 0


def _paged(asked: Asked, page: int) -> Asked:
    query = f"{asked.query}&" if asked.query else ""
    return Asked(
        asked.method,
        asked.path,
        f"{query}per_page={MOST_READ}&page={page}",
        asked.headers,
        asked.body,
        asked.base_url,
    )


def _next_bank_holiday(day: date) -> date:
    """The next bank holiday that does not lie on a day without work anyway."""
    day += timedelta(days=1)
    while not (is_bank_holiday(day) and day.weekday() < 5):
        day += timedelta(days=1)
    return day


def _shifted(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()
