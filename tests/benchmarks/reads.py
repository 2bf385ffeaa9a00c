"""Authenticated reads of one record a second: ours beside four mock servers that answer the same body."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.load import CONNECTIONS, load
from tests.benchmarks.peers import Reading, install, peers
from tests.benchmarks.server import Running, Server, started

RESIDENTS = 10_000
WARM_UP_SECONDS = 5
ROUND_SECONDS = 5
ROUNDS = 3
NOTE = f"""One property read by its UPRN, with a key, over {CONNECTIONS} kept connections (wrk), {RESIDENTS:,}
residents. Each server is one process on a core of its own and wrk is on the other. All are up and warm;
figures are medians of {ROUNDS} rounds of {ROUND_SECONDS} seconds taken in turns. Ours looks the key and the
record up; the others answer the same body from a file. Prism serves the OpenAPI document that ours keeps to,
and again a bare path without schemas or security."""


@dataclass(frozen=True)
class Round:
    """One server in one round."""

    per_second: float
    p99_milliseconds: float
    microseconds: float
    """Processor time a read."""


def one_round(server: Server, running: Running) -> Round:
    """Load on one of the servers that are up."""
    before = running.processor_seconds()
    rate = load(server.url, council.KEY, ROUND_SECONDS)
    spent = running.processor_seconds() - before
    return Round(rate.per_second, rate.p99_milliseconds, spent / rate.requests * 1e6)


def measure(servers: list[Server]) -> dict[str, Round]:
    """The medians of each server, by its name."""
    taken: dict[str, list[Round]] = {server.name: [] for server in servers}
    with ExitStack() as stack:
        up = [(server, stack.enter_context(started(server, council.KEY))) for server in servers]
        for server, _ in up:
            load(server.url, council.KEY, WARM_UP_SECONDS)
        for _ in range(ROUNDS):
            for server, running in up:
                taken[server.name].append(one_round(server, running))
    return {
        name: Round(
            median(each.per_second for each in rounds),
            median(each.p99_milliseconds for each in rounds),
            median(each.microseconds for each in rounds),
        )
        for name, rounds in taken.items()
    }


def reading_of(folder: Path) -> Reading:
    """A property of the built council, and the contract that it is served under."""
    listing = council.server(folder)
    address = listing.url.partition("/properties")[0]
    headers = {"Authorization": f"Bearer {council.KEY}"}
    with started(listing, council.KEY):
        path = f"/properties/{council.first_property(listing.url)}"
        record = httpx.get(address + path, headers=headers).raise_for_status().json()
        document = httpx.get(address + "/openapi.json", headers=headers).raise_for_status().json()
    return Reading(path, record, "/properties/{uprn}", document)


def main() -> None:
    commands = install()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        council.build(folder, RESIDENTS)
        reading = reading_of(folder)
        ours = council.server(folder, "addresses" + reading.path)
        medians = measure([ours, *peers(commands, folder, reading)])
    own = medians[ours.name]
    rows = [
        [
            server,
            f"{each.per_second:,.0f}",
            f"{own.per_second / each.per_second:.2f}",
            f"{each.p99_milliseconds:.1f}",
            f"{each.microseconds:.0f}",
            f"{each.microseconds / own.microseconds:.2f}",
        ]
        for server, each in medians.items()
    ]
    columns = ["server", "reads a second", "ours to this", "p99, ms", "processor a read, µs", "this to ours"]
    results.write("Reads", NOTE, columns, rows)


if __name__ == "__main__":
    main()
