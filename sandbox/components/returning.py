"""Returning: a component gives the slot's records back, and they are compared with what the council holds.

So exit is proved before anybody signs: what a product keeps of a council comes back whole, in the council's
own tables and columns, or the comparison says what does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import httpx
from sqlalchemy import func, select

from sandbox.components.accounts import Accounts, Counts, Nonsense, Pair
from sandbox.components.references import References
from sandbox.components.settings import Filler
from sandbox.outward import Outward
from sandbox.stores import CouncilFile
from service_apis.kit.council import Council
from service_apis.kit.problems import Problem
from service_apis.kit.service import Service

PATH = "/council-records"
LINES = "application/x-ndjson"
LONGEST_SECONDS = 300.0
LONGEST_LINE_BYTES = 256 * 1024
MORE_RECORDS_THAN_HELD = 10_000
"""Beside twice as many as the council holds: whoever gives more than that gives no account of the slot."""
LINES_AT_ONCE = 500
MOST_SHOWN = 100
"""How many differences are kept in a result; all of them are counted."""


class NoAccount(Exception):
    """There is no account to compare. The message is a sentence about the component."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back, table by table, and the first differences."""

    tables: list[Counts]
    differences: list[Pair]

    @property
    def is_whole(self) -> bool:
        """Whether all came back as it should, and nothing else."""
        return all(each.is_whole for each in self.tables)

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        held = sum(each.held for each in self.tables)
        same = sum(each.same for each in self.tables)
        others = {
            "differ": sum(each.differ for each in self.tables),
            "did not come back": sum(each.missing for each in self.tables),
            "nobody here knows": sum(each.unknown for each in self.tables),
            "came more than once": sum(each.doubled for each in self.tables),
        }
        said = [f"{count:,} {what}{_s(what, count)}" for what, count in others.items() if count]
        came = "all" if same == held else f"{same:,}"
        told = f"Of {held:,} records {came} came back as the council knows them"
        since = sum(each.since for each in self.tables)
        said += [f"{since:,} of these changed here since it ceased to answer"] if since else []
        return f"{told}{'; ' if said else ''}{', '.join(said)}"

    @property
    def kept(self) -> dict[str, Any]:
        """As the notebook keeps it."""
        shown = [
            {
                "table": each.table,
                "reference": each.reference,
                "what": "differs" if each.fields else "unknown" if each.ours is None else "missing",
                "fields": [
                    {"field": name, "ours": _shown(each.ours, name), "theirs": _shown(each.theirs, name)}
                    for name in each.fields
                ],
            }
            for each in self.differences
        ]
        tables = [asdict(each) for each in self.tables]
        return {"tables": tables, "differences": shown, "is_whole": self.is_whole, "sentence": self.sentence}


def _s(what: str, count: int) -> str:
    return "s" if what == "differ" and count == 1 else ""


def _shown(record: dict[str, Any] | None, name: str) -> Any:
    value = (record or {}).get(name)
    return f"{value[:200]}…" if isinstance(value, str) and len(value) > 200 else value


class Returning:
    """The way back of one component's records."""

    def __init__(self, outward: Outward, council: Council, filler: Filler, key: str) -> None:
        self._outward, self._council, self._filler, self._key = outward, council, filler, key
        self._service: Service = council.services[filler.slot]

    @asynccontextmanager
    async def accounts(self, references: References) -> AsyncIterator[Accounts]:
        """Both accounts: first theirs is asked for, then ours is laid beside it. Raises NoAccount."""
        most = 2 * _held(self._council, self._service) + MORE_RECORDS_THAN_HELD
        accounts = Accounts(self._service, self._council.name, references, most)
        try:
            await self._fill(accounts)
            yield accounts
        finally:
            await asyncio.to_thread(accounts.close)

    async def _fill(self, accounts: Accounts) -> None:
        name = self._filler.name
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await self._ask(accounts)
                await asyncio.to_thread(accounts.lay_beside, CouncilFile(self._council.file))
        except TimeoutError as error:
            raise NoAccount(
                f"{name} had not given its records back after {LONGEST_SECONDS:.0f} seconds"
            ) from error
        except Problem as problem:
            raise NoAccount(f"{name} was not asked: {problem.detail}") from problem
        except httpx.ConnectError as error:
            raise NoAccount(f"{name} cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            raise NoAccount(f"{name} broke off: {error}") from error
        except Nonsense as nonsense:
            raise NoAccount(f"{name} gave no account that can be compared: {nonsense}") from nonsense

    async def _ask(self, accounts: Accounts) -> None:
        destination = await self._outward.destination(f"{self._filler.url}{PATH}")
        headers = {
            "authorization": f"Bearer {self._key}",
            "accept": LINES,
            "accept-encoding": "identity",
        }
        async with self._outward.sending("GET", destination, b"", headers) as answer:
            _expect_lines(self._filler, answer)
            async for some in _in_batches(answer.aiter_raw()):
                await asyncio.to_thread(accounts.add_theirs, some)


def _held(council: Council, service: Service) -> int:
    """How many records the slot's stub holds."""
    with council.reading(service.url_name) as work:
        counts = (select(func.count()).select_from(table) for table in service.tables.sorted_tables)
        return sum(work.connection.execute(count).scalar_one() for count in counts)


def _expect_lines(filler: Filler, answer: httpx.Response) -> None:
    """Raises NoAccount for any other answer than lines of JSON."""
    if answer.status_code != 200:
        raise NoAccount(
            f"{filler.name} answered {answer.status_code} to GET {PATH}: it does not give its records back"
        )
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != LINES:
        raise NoAccount(
            f"{filler.name} answered GET {PATH} with {kind or 'nothing stated'}, not with {LINES}"
        )
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise NoAccount(f"{filler.name} answered GET {PATH} in an encoding that was not asked for")


async def _in_batches(pieces: AsyncIterator[bytes]) -> AsyncIterator[list[bytes]]:
    """The lines of a body, some hundreds at a time. Raises Nonsense for one without an end."""
    rest, lines = b"", list[bytes]()
    async for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        lines += [line for line in whole if line.strip()]
        if len(rest) > LONGEST_LINE_BYTES or any(len(line) > LONGEST_LINE_BYTES for line in whole):
            raise Nonsense(f"a line of what it gave back has more than {LONGEST_LINE_BYTES:,} bytes")
        if len(lines) >= LINES_AT_ONCE:
            yield lines
            lines = []
    if rest.strip():
        lines.append(rest)
    if lines:
        yield lines


def returned(accounts: Accounts, touched: set[str]) -> Returned:
    """The comparison of both accounts; first come the differences that nothing explains."""
    counts = accounts.counts(touched)
    pairs = [
        pair
        for table in accounts.tables
        for pair in islice(accounts.pairs(table), MOST_SHOWN + sum(each.since for each in counts))
    ]
    pairs.sort(key=lambda pair: accounts.is_touched(pair, touched))
    return Returned(counts, pairs[:MOST_SHOWN])
