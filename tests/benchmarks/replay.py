"""How long it takes to send 10,000 calls to a component and to the stub, and to compare the answers.

Run with ``python -m tests.benchmarks.replay [CALLS]``: a day of a council's traffic and the good waste
component, the sandbox and the component each in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sandbox import running
from tests.benchmarks import results
from tests.components import trying

CALLS, MOST_SECONDS = 10_000, 60.0
NOTE = """
A generated day is sent to the good waste component and to the stub, on a fork; the time is from the start of
the run to its result, with the taking over of the records and three weeks afterwards.
"""


def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    with running.temporary() as there, tempfile.TemporaryDirectory() as folder:
        sandbox = trying.Sandbox(there.url, there.council, there.key)
        with trying.member(sandbox, "bins_r_us", "bins-r-us", Path(folder)):
            door = f"/councils/{sandbox.council}/components/bins-r-us"
            began = time.perf_counter()
            begun = sandbox.ask("POST", f"{door}/shadow", {"calls": calls, "learn_noise": False})
            result = trying.compared(sandbox, "bins-r-us", begun["number"])
            seconds = time.perf_counter() - began
    summary = result["summary"]
    print(summary["sentence"])
    rate = summary["calls"] / seconds
    row = [f"{summary['calls']:,}", f"{summary['different']:,}", f"{seconds:.1f} s", f"{rate:,.0f}"]
    results.write("Replay", NOTE.strip(), ["calls", "different", "took", "calls a second"], [row])
    if calls >= CALLS and seconds > MOST_SECONDS:
        sys.exit(f"{seconds:.0f} s are more than {MOST_SECONDS:.0f}")


if __name__ == "__main__":
    main()
