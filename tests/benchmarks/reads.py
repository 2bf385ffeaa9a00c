"""Authenticated reads of one record a second: ours beside four mock servers that answer the same body."""

from __future__ import annotations

import json
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.load import CONNECTIONS, Rate, load
from tests.benchmarks.peers import install, peers
from tests.benchmarks.server import Server, started

RESIDENTS = 10_000
WARM_UP_SECONDS = 5
ROUND_SECONDS = 5
ROUNDS = 3
NOTE = f"""One property read by its UPRN, with a key, over {CONNECTIONS} kept connections (wrk), {RESIDENTS:,}
residents. Each server is one process on a core of its own and wrk is on the other. All are up and warm;
the figure is the median of {ROUNDS} rounds of {ROUND_SECONDS} seconds taken in turns. The others answer the
same body from a file and check no key; ours looks the key and the record up."""


def measure(servers: list[Server]) -> dict[str, Rate]:
    """The median rate of each server, by its name."""
    taken: dict[str, list[Rate]] = {server.name: [] for server in servers}
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(started(server, council.KEY))
        for server in servers:
            load(server.url, council.KEY, WARM_UP_SECONDS)
        for _ in range(ROUNDS):
            for server in servers:
                taken[server.name].append(load(server.url, council.KEY, ROUND_SECONDS))
    return {
        name: Rate(
            statistics.median(rate.per_second for rate in rates),
            statistics.median(rate.p99_milliseconds for rate in rates),
        )
        for name, rates in taken.items()
    }


def one_record(folder: Path) -> tuple[str, dict[str, object]]:
    """The path of a property below the council's address, and its JSON."""
    listing = council.server(folder)
    with started(listing, council.KEY):
        path = f"addresses/properties/{council.first_property(listing.url)}"
        address = listing.url.partition("/addresses")[0] + "/" + path
        answer = httpx.get(address, headers={"Authorization": f"Bearer {council.KEY}"}).raise_for_status()
    return path, json.loads(answer.text)


def main() -> None:
    commands = install()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        council.build(folder, RESIDENTS)
        path, record = one_record(folder)
        ours = council.server(folder, path)
        rates = measure([ours, *peers(commands, folder, "/" + path, record)])
    own = rates[ours.name].per_second
    rows = [
        [server, f"{rate.per_second:,.0f}", f"{rate.p99_milliseconds:.1f}", f"{own / rate.per_second:.2f}"]
        for server, rate in rates.items()
    ]
    results.write("Reads", NOTE, ["server", "reads a second", "p99, ms", "ours to this"], rows)


if __name__ == "__main__":
    main()
