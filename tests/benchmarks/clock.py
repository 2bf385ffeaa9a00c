"""Seconds that a year of a council takes, with everything that falls due, and what others notice of it."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.server import Running, Server, started

RESIDENTS = 10_000
ROUNDS = 3
VISITS = 5_000
NOTE = f"""`POST /sandbox/councils/{council.NAME}/clock` with `{{"by": "P365D"}}`, {RESIDENTS:,} residents,
every service; medians of {ROUNDS} rounds, each after a reset. The year has the yearly bills of all accounts,
their instalments, weekly recovery and whatever is on the agenda of a new council. The second row has
{VISITS:,} bulky collections more, booked over the year. Reads are of one record, one after another, while one
more year goes by, which then takes longer."""


def address(server: Server, path: str) -> str:
    """An address of the control API about the council."""
    return f"{server.url.partition('/councils/')[0]}/sandbox/councils/{council.NAME}{path}"


def book(folder: Path) -> None:
    """Books bulky collections over the year, straight into the council's file."""
    with closing(sqlite3.connect(folder / "data" / "councils" / f"{council.NAME}.sqlite")) as file, file:
        homes = [uprn for (uprn,) in file.execute("SELECT uprn FROM waste_properties LIMIT ?", [VISITS])]
        for number in range(VISITS):
            reference = f"BC-{500_000 + number}"
            day = date(2026, 6, 2) + timedelta(days=number * 360 // VISITS)
            file.execute(
                "INSERT INTO waste_bulky_collections (reference, uprn, collection_date, things, charge_pence,"
                " refunded_pence, booked_on, status, version) VALUES (?, ?, ?, 'sofa', 3200, 0, '2026-06-01',"
                " 'booked', 1)",
                [reference, homes[number % len(homes)], day.isoformat()],
            )
            file.execute(
                "INSERT INTO council_agenda (at, service, kind, subject)"
                " VALUES (?, 'waste', 'bulky_visit', ?)",
                [f"{day} 14:00:00.000000", reference],
            )


def reads(url: str, ended: threading.Event, taken: list[float]) -> None:
    """Reads one record again and again until the year is over."""
    with httpx.Client(headers={"Authorization": f"Bearer {council.KEY}"}) as client:
        while not ended.is_set():
            begun = time.perf_counter()
            client.get(url).raise_for_status()
            taken.append(time.perf_counter() - begun)


@dataclass(frozen=True)
class Year:
    """A year that went by: the seconds it took, those of a processor, and how much fell due."""

    seconds: float
    processor: float
    happened: int


def a_year(server: Server, running: Running) -> Year:
    """Takes the council back to its beginning and lets a year go by."""
    headers = {"Authorization": f"Bearer {council.KEY}"}
    with httpx.Client(headers=headers, timeout=120) as client:
        client.post(address(server, "/reset")).raise_for_status()
        begun, used = time.perf_counter(), running.processor_seconds()
        answer = client.post(address(server, "/clock"), json={"by": "P365D"}).raise_for_status()
        seconds, used = time.perf_counter() - begun, running.processor_seconds() - used
        return Year(seconds, used, answer.json()["happened_in_all"])


def reads_meanwhile(server: Server, running: Running) -> list[float]:
    """How long reads take while a year goes by."""
    ended, taken = threading.Event(), list[float]()
    reader = threading.Thread(target=reads, args=(server.url, ended, taken))
    reader.start()
    a_year(server, running)
    ended.set()
    reader.join()
    return taken


def main() -> None:
    rows = []
    for what, more in (("a year", False), (f"a year with {VISITS:,} visits more", True)):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            council.build(folder, RESIDENTS)
            if more:
                book(folder)
            server = council.server(folder)
            with started(server, council.KEY, processor=None) as running:
                years = [a_year(server, running) for _ in range(ROUNDS)]
                taken = reads_meanwhile(server, running)
        seconds = [median(each.seconds for each in years), median(each.processor for each in years)]
        milliseconds = [f"{median(taken) * 1_000:.1f}", f"{max(taken) * 1_000:.0f}"]
        rows.append([what, *(f"{each:.2f}" for each in seconds), f"{years[0].happened:,}", *milliseconds])
    columns = [
        "what",
        "seconds",
        "of a processor",
        "things that fell due",
        "a read meanwhile, ms",
        "the slowest, ms",
    ]
    results.write("The clock", NOTE, columns, rows)


if __name__ == "__main__":
    main()
