"""How many residents a second are built, with all their records, beside bare rows from Faker and Mimesis.

Needs Mimesis: `pip install mimesis`. Name sizes to build others: `python -m tests.benchmarks.scale 10000`.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sandbox import machine
from tests.benchmarks import council, results

SIZES = (10_000, 100_000, 1_000_000)
LIKE = "Birmingham"
ROUNDS, MIMESIS_ROWS, FAKER_ROWS = 3, 40_000, 8_000
LOOKED_EVERY = 1.0  # seconds; to add up the memory of large processes takes time from them
NOTE = f"""`council build --like {LIKE}` as a whole process, with the interpreter's start and every service's
records, indexes included, on disk. In turns with them, in one process each: six fields a row and nothing
else, kept nowhere (name, birth date, street address, postcode, e-mail, telephone), from Faker, and from
Mimesis as its manual makes rows (`Schema`) and by bare calls of its providers. Memory is the largest sum of
the proportional set sizes of the build's processes. Medians of {ROUNDS} rounds; a million once.
{machine.processors()} processors."""


def faker_rows() -> float:
    from faker import Faker

    fake = Faker("en_GB")
    began = time.perf_counter()
    for _ in range(FAKER_ROWS):
        fake.name(), fake.date_of_birth(), fake.street_address(), fake.postcode()
        fake.email(), fake.phone_number()
    return FAKER_ROWS / (time.perf_counter() - began)


def mimesis_schema() -> float:
    from mimesis import Field, Schema
    from mimesis.locales import Locale

    field = Field(Locale.EN_GB, seed=1)
    names = ("full_name", "birthdate", "address", "postal_code", "email", "telephone")
    schema = Schema(schema=lambda: {name: field(name) for name in names}, iterations=MIMESIS_ROWS)
    began = time.perf_counter()
    schema.create()
    return MIMESIS_ROWS / (time.perf_counter() - began)


def mimesis_calls() -> float:
    from mimesis import Address, Datetime, Person
    from mimesis.locales import Locale

    person, address = Person(Locale.EN_GB, seed=1), Address(Locale.EN_GB, seed=1)
    dates = Datetime(Locale.EN_GB, seed=1)
    began = time.perf_counter()
    for _ in range(MIMESIS_ROWS):
        person.full_name(), person.birthdate(), address.address(), address.postal_code()
        person.email(), person.telephone(), dates
    return MIMESIS_ROWS / (time.perf_counter() - began)


def ours(residents: int) -> tuple[float, float]:
    """Residents built a second, and the memory in MB."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        watch = _Memory()
        began = time.perf_counter()
        council.build(Path(name), residents, "--like", LIKE)
        taken = time.perf_counter() - began
        return residents / taken, watch.most()


class _Memory:
    """The largest memory that the children of this process were seen to have together, in MB."""

    def __init__(self) -> None:
        self._most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def most(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._over.wait(LOOKED_EVERY):
            self._most = max(self._most, sum(_proportional(each) for each in _descendants(os.getpid())))


def _descendants(parent: int) -> list[int]:
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, wanted = [], [parent]
    while wanted:
        of = wanted.pop()
        children = [child for child, its in parents.items() if its == of]
        found += children
        wanted += children
    return found


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def main() -> None:
    sizes = [int(each) for each in sys.argv[1:]] or list(SIZES)
    peers = {
        "Faker, six bare fields": median(faker_rows),
        "Mimesis's Schema, six bare fields": median(mimesis_schema),
        "Mimesis's providers, six bare fields": median(mimesis_calls),
    }
    rows = []
    for size in sizes:
        runs = [ours(size) for _ in range(ROUNDS if size < 1_000_000 else 1)]
        rate, memory = statistics.median(rate for rate, _ in runs), max(most for _, most in runs)
        ratios = [f"{rate / peer:.2f}" for peer in peers.values()]
        seconds = f"{size / rate:.1f}"
        rows.append([f"{size:,} residents, all records", f"{rate:,.0f}", seconds, f"{memory:,.0f}", *ratios])
    rows += [[name, f"{rate:,.0f}", "", "", "", "", ""] for name, rate in peers.items()]
    columns = ["what", "a second", "s", "MB", "to Faker", "to Schema", "to providers"]
    results.write("Scale", NOTE, columns, rows)


if __name__ == "__main__":
    main()
