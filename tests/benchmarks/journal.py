"""What the journal costs: the same reads and writes on two servers alike, one of which keeps no journal."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.journal.journals import SIZE_VARIABLE
from tests.benchmarks import council, results
from tests.benchmarks.load import load
from tests.benchmarks.server import Running, Server, started
from tests.benchmarks.writes import references_of, script

RESIDENTS = 10_000
WARM_UP_SECONDS = 3
ROUND_SECONDS = 2
ROUNDS = 10
WITH, WITHOUT = "with a journal", "without"
PAYMENT = '{"amount_pence": 1, "method": "card"}'
NOTE = f"""Two servers on copies of one council of {RESIDENTS:,} residents, on the same core, under load
in turns (wrk on the other); `{SIZE_VARIABLE}=0` lets one keep no journal. A read is one property by UPRN,
the cheapest that there is; a write is one payment, of which the journal keeps the rows and the event as well.
Processor time a call of the whole process, masking and writing included; the least of {ROUNDS} rounds of
{ROUND_SECONDS} seconds each, since what disturbs a round only adds to it."""


@dataclass(frozen=True)
class Loaded:
    """A server that is up, and what is asked of it: for each kind of call an address and a script for wrk."""

    running: Running
    calls: dict[str, tuple[str, str | None]]


@contextmanager
def loaded(folder: Path, name: str, property_: str) -> Iterator[Loaded]:
    """One of the two servers, with its own copy of the council."""
    own = folder / name.replace(" ", "-")
    shutil.copytree(folder / "data", own / "data")
    server = council.server(own, f"addresses/properties/{property_}")
    if name == WITHOUT:
        server = replace(server, environment={**server.environment, SIZE_VARIABLE: "0"})
    with started(server, council.KEY) as running:
        accounts = replace(server, url=server.url.partition("/addresses")[0] + "/council-tax/accounts")
        lua = script(own / "pay.lua", "POST", accounts, references_of(accounts), "/payments", PAYMENT)
        yield Loaded(running, {"read": (server.url, None), "write": (accounts.url, lua)})


def one_round(server: Loaded, kind: str, seconds: int) -> float:
    """Microseconds of the processor that one call takes."""
    url, lua = server.calls[kind]
    before = server.running.processor_seconds()
    rate = load(url, council.KEY, seconds, lua)
    return (server.running.processor_seconds() - before) / rate.requests * 1e6


def measure(folder: Path, property_: str) -> dict[str, dict[str, float]]:
    """Microseconds a call, by kind and by server."""
    taken: dict[str, dict[str, list[float]]] = {kind: {WITH: [], WITHOUT: []} for kind in ("read", "write")}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(loaded(folder, name, property_)) for name in (WITH, WITHOUT)}
        for kind in taken:
            for server in servers.values():
                one_round(server, kind, WARM_UP_SECONDS)
            for _ in range(ROUNDS):
                for name, server in servers.items():
                    taken[kind][name].append(one_round(server, kind, ROUND_SECONDS))
    return {kind: {name: min(each) for name, each in rounds.items()} for kind, rounds in taken.items()}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        council.build(folder, RESIDENTS)
        listing: Server = council.server(folder)
        with started(listing, council.KEY):
            property_ = council.first_property(listing.url)
        times = measure(folder, property_)
    rows = [
        [kind, f"{each[WITH]:.0f}", f"{each[WITHOUT]:.0f}", f"{each[WITH] / each[WITHOUT]:.2f}"]
        for kind, each in times.items()
    ]
    results.write("Journal", NOTE, ["call", f"{WITH}, µs", f"{WITHOUT}, µs", "ratio"], rows)


if __name__ == "__main__":
    main()
