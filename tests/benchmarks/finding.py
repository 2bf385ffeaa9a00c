"""How long it takes to find people by what is true of them, and to make a persona.

Run with ``python -m tests.benchmarks.finding``. Times are those of the control API's answers.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.server import started

ROUNDS = 7
ASKED = {
    "over:75": "one trait",
    "over:75,council-tenant,single-person-discount": "three traits of two services",
    "over:75,council-tenant,single-person-discount,missed-instalments:2": "four traits of two services",
    "over:30,not:direct-debit,garden-waste": "three traits of three services, one of them not",
}
NOTE = f"""
The control API's answers, over HTTP from the same machine, medians of {ROUNDS} rounds: the first fifty who
fit, how many there are, and the references by which each service knows them. A persona is made in a fork that
was made before, since a council has it once.
"""


def timed(call: Callable[[], httpx.Response]) -> float:
    """Milliseconds of a call that succeeds."""
    began = time.perf_counter()
    call().raise_for_status()
    return (time.perf_counter() - began) * 1000


def measure(client: httpx.Client) -> dict[str, float]:
    """Milliseconds of each."""
    root = "/sandbox/councils"
    people = f"{root}/{council.NAME}/people"
    taken = {
        words: median(
            timed(lambda asked=asked: client.get(people, params={"trait": asked})) for _ in range(ROUNDS)
        )  # type: ignore[misc]
        for asked, words in ASKED.items()
    }
    made = []
    for number in range(ROUNDS):
        fork = f"scratch-{number}"
        client.post(f"{root}/{council.NAME}/forks", json={"name": fork}).raise_for_status()
        made.append(timed(partial(client.post, f"{root}/{fork}/personas/widow-living-alone")))
        client.delete(f"{root}/{fork}").raise_for_status()
    return taken | {"a persona made": median(made)}


def main() -> None:
    columns: dict[int, dict[str, float]] = {}
    for residents in (10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            council.build(folder, residents, "--like", "Leeds")
            server = council.server(folder)
            with started(server, council.KEY, processor=None):
                url = server.url.partition("/councils/")[0]
                headers = {"Authorization": f"Bearer {council.KEY}"}
                with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
                    columns[residents] = measure(client)
    small, large = columns.values()
    rows = [[what, f"{small[what]:.0f}", f"{large[what]:.0f}"] for what in small]
    results.write("Finding", NOTE.strip(), ["what", "ms at 10,000", "ms at 100,000"], rows)


if __name__ == "__main__":
    main()
