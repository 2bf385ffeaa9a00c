"""How long a council takes to build and to answer, and the memory that it then rests in."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks import council, results
from tests.benchmarks.server import started

RESIDENTS = 10_000
ROUNDS = 5
REST_SECONDS = 3
NOTE = f"""`council build` and then `council up` as whole processes, with the interpreter's start, for
{RESIDENTS:,} residents and every service's records. The first answer is an authenticated read of one
record. Memory is the proportional set size (PSS) of the serving process {REST_SECONDS} seconds after it.
{ROUNDS} rounds."""


def one_round() -> tuple[float, float, float, float]:
    """Seconds to build, seconds to the first answer, MB at rest, MB of the data folder."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        began = time.perf_counter()
        council.build(folder, RESIDENTS)
        building = time.perf_counter() - began
        with started(council.server(folder), council.KEY, processor=None) as running:
            time.sleep(REST_SECONDS)
            memory = running.memory_megabytes()
        disk = sum(file.stat().st_size for file in (folder / "data").rglob("*") if file.is_file())
    return building, running.first_answer_seconds, memory, disk / 1e6


def main() -> None:
    rounds = [one_round() for _ in range(ROUNDS)]
    names = ["build, s", "start to first answer, s", "memory at rest, MB", "data folder, MB"]
    rows = [
        [name, f"{statistics.median(taken):.2f}", f"{min(taken):.2f}", f"{max(taken):.2f}"]
        for name, taken in zip(names, zip(*rounds, strict=True), strict=True)
    ]
    results.write("Build", NOTE, ["what", "median", "least", "most"], rows)


if __name__ == "__main__":
    main()
