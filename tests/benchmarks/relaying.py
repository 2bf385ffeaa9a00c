"""What it costs to ask a component through the council: by the call, and in calls a second."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import httpx

from tests.benchmarks import council, results
from tests.benchmarks.load import CONNECTIONS, load
from tests.benchmarks.server import LOADS_PROCESSOR, Server, started
from tests.container.compose import free_port

RESIDENTS = 2_000
CALLS = 1_000
ROUND_SECONDS = 4
ROUNDS = 5
PATH = "/rounds/R001"
DIRECT, BARE, OURS = "the component itself", "a bare relay on httpx", "Virtual Council"
NOTE = f"""One record read of a component that answers at once: asked itself, through a bare ASGI relay on
httpx, and through the council, which looks the key up, notes who answered and judges the answer. Calls one
after another over one kept connection ({CALLS:,} a round, medians), and over {CONNECTIONS} (wrk); processor
time is that of whoever is asked. A relay has one core, the component and the caller the other; medians of
{ROUNDS} rounds, taken in turns."""


def median_milliseconds(url: str) -> float:
    """A call's time at the median, of calls one after another over one connection."""
    taken = []
    headers = {"Authorization": f"Bearer {council.KEY}"}
    with httpx.Client(trust_env=False, headers=headers) as client:
        for _ in range(CALLS):
            began = time.perf_counter()
            answer = client.get(url)
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
    return median(taken) * 1_000


def program(name: str, app: str, folder: Path, path: str, behind: str = "") -> Server:
    """One of the applications of `relays`, served by uvicorn."""
    port = free_port()
    root = str(Path(__file__).parents[2])
    own = folder / app
    own.mkdir()
    command = [sys.executable, "-m", "uvicorn", f"tests.benchmarks.relays:{app}", "--port", str(port)]
    command += ["--app-dir", root, "--log-level", "warning", "--no-access-log", "--lifespan", "off"]
    return Server(name, command, f"http://127.0.0.1:{port}{path}", own, {"BEHIND": behind})


def go_live(url: str, component: str) -> str:
    """Let the component answer for waste in the running council; the address of the record there."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    control = f"{root}/sandbox/councils/{council.NAME}"
    headers = {"Authorization": f"Bearer {council.KEY}"}
    joined = {"name": "at-once", "slot": "waste", "url": component}
    httpx.post(f"{control}/components", json=joined, headers=headers).raise_for_status()
    why = {"by": "the benchmark", "override": "to measure it"}
    live = {"component": "at-once", "mode": "live", **why}
    answer = httpx.put(f"{control}/slots/waste", json=live, headers=headers)
    if answer.status_code in (409, 422):
        answer = httpx.put(f"{control}/slots/waste", json={**live, "override": True}, headers=headers)
    answer.raise_for_status()
    return f"{root}/councils/{council.NAME}/waste{PATH}"


def main() -> None:
    """Measure, and write it down."""
    times: dict[str, list[float]] = {name: [] for name in (DIRECT, BARE, OURS)}
    rates: dict[str, list[float]] = {name: [] for name in (DIRECT, BARE, OURS)}
    spent: dict[str, list[float]] = {name: [] for name in (DIRECT, BARE, OURS)}
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        council.build(folder, RESIDENTS)
        component = program(DIRECT, "component", folder, PATH)
        behind = component.url.removesuffix(PATH)
        bare = program(BARE, "bare", folder, PATH, behind)
        ours = council.server(folder)
        up = {
            DIRECT: stack.enter_context(started(component, council.KEY, processor=LOADS_PROCESSOR)),
            BARE: stack.enter_context(started(bare, council.KEY)),
            OURS: stack.enter_context(started(ours, council.KEY)),
        }
        urls = {DIRECT: component.url, BARE: bare.url, OURS: go_live(ours.url, behind)}
        for _ in range(ROUNDS):
            for name, url in urls.items():
                times[name].append(median_milliseconds(url))
                before = up[name].processor_seconds()
                rate = load(url, council.KEY, ROUND_SECONDS)
                rates[name].append(rate.per_second)
                spent[name].append((up[name].processor_seconds() - before) / rate.requests * 1e6)
    direct, bare_rate = median(times[DIRECT]), median(rates[BARE])
    rows = [
        [
            name,
            f"{median(times[name]):.2f}",
            f"{median(times[name]) - direct:.2f}",
            f"{median(rates[name]):,.0f}",
            f"{median(rates[name]) / bare_rate:.2f}",
            f"{median(spent[name]):.0f}",
        ]
        for name in times
    ]
    columns = ["asked", "ms a call", "ms more", "calls a second", "to the bare relay", "processor a call, µs"]
    results.write("Relaying", NOTE, columns, rows)


if __name__ == "__main__":
    main()
