"""How long it takes to fork, reset, save and restore a council, idle and while it is written to.

Run with ``python -m tests.benchmarks.forks``. Times are those of the control API's answers.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.server import started
from tests.benchmarks.writes import references_of

ROUNDS = 7
NOTE = """
The control API's answers, over HTTP from the same machine, medians of {rounds} rounds. A fork is a whole
copy with a key of its own, opened and ready; a reset returns to the copy as built, a restore to a snapshot
whose digest is checked first. "Under load" is while two clients record payments as fast as they are
answered. `cp` copies the council's file, for comparison.
"""


class Control:
    """The control API of one running council."""

    def __init__(self, url: str, name: str) -> None:
        headers = {"Authorization": f"Bearer {council.KEY}"}
        self.client = httpx.Client(base_url=url, headers=headers, timeout=120)
        self.root = f"/sandbox/councils/{name}"

    def post(self, path: str, **json: object) -> httpx.Response:
        answer = self.client.post(self.root + path, json=json)
        answer.raise_for_status()
        return answer

    def timed(self, call: Callable[[], object], tidy: Callable[[], object] = lambda: None) -> float:
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            call()
            taken.append((time.perf_counter() - began) * 1000)
            tidy()
        return median(taken)


def measure(control: Control) -> dict[str, float]:
    """Milliseconds of each operation."""

    def drop(name: str) -> None:
        control.client.delete(f"/sandbox/councils/{name}").raise_for_status()

    def drop_snapshot() -> None:
        control.client.delete(f"{control.root}/snapshots/scratch").raise_for_status()

    control.post("/snapshots", name="kept")
    return {
        "fork": control.timed(lambda: control.post("/forks", name="scratch"), lambda: drop("scratch")),
        "reset": control.timed(lambda: control.post("/reset")),
        "save": control.timed(lambda: control.post("/snapshots", name="scratch"), drop_snapshot),
        "restore": control.timed(lambda: control.post("/snapshots/kept/restore")),
        "diff": control.timed(lambda: control.client.get(f"{control.root}/differences").raise_for_status()),
    }


def pay(client: httpx.Client, account: str) -> None:
    """Record a payment; the first write to a council is also what its copy as built is made for."""
    body = {"amount_pence": 1, "method": "card"}
    client.post(f"{account}/payments", json=body).raise_for_status()


@contextlib.contextmanager
def load(url: str, references: list[str]) -> Iterator[None]:
    """Two clients that record payments until the block ends."""
    ended = threading.Event()

    def go_on(first: int) -> None:
        headers = {"Authorization": f"Bearer {council.KEY}"}
        with httpx.Client(headers=headers, timeout=120) as client:
            for number in range(first, 10**9, 2):
                if ended.is_set():
                    return
                pay(client, f"{url}/{references[number % len(references)]}")

    threads = [threading.Thread(target=go_on, args=(first,)) for first in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def copying(file: Path) -> float:
    """Milliseconds of copying the council's file with nothing of ours."""
    taken = []
    for _ in range(ROUNDS):
        copy = file.with_suffix(".copy")
        began = time.perf_counter()
        copy.write_bytes(file.read_bytes())
        taken.append((time.perf_counter() - began) * 1000)
        copy.unlink()
    return median(taken)


def main() -> None:
    rows = []
    for residents in (10_000, 100_000):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            council.build(folder, residents, "--like", "Leeds")
            server = council.server(folder, "council-tax/accounts?per_page=1")
            with started(server, council.KEY, processor=None):
                url = server.url.partition("/councils/")[0]
                control = Control(url, council.NAME)
                references = references_of(server)
                pay(control.client, f"{server.url.partition('?')[0]}/{references[0]}")
                idle = measure(control)
                control.client.delete(f"{control.root}/snapshots/kept").raise_for_status()
                with load(server.url.partition("?")[0], references):
                    loaded = measure(control)
                copied = copying(folder / "data" / "councils" / f"{council.NAME}.sqlite")
        for what, taken in idle.items():
            rows.append([f"{residents:,} residents: {what}", f"{taken:.0f}", f"{loaded[what]:.0f}"])
        rows.append([f"{residents:,} residents: cp", f"{copied:.0f}", ""])
    results.write("Forks", NOTE.format(rounds=ROUNDS).strip(), ["what", "ms", "ms under load"], rows)


if __name__ == "__main__":
    main()
