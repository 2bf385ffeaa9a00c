"""Load from wrk, on the processor that the server does not have."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

from tests.benchmarks.server import LOADS_PROCESSOR

CONNECTIONS = 16


@dataclass(frozen=True)
class Rate:
    """What a load of a few seconds gave."""

    requests: int
    per_second: float
    p99_milliseconds: float


def load(url: str, key: str, seconds: int, script: str | None = None) -> Rate:
    """Asks one address over 16 kept connections. RuntimeError where any answer was not a 2xx or 3xx."""
    if shutil.which("wrk") is None:
        raise RuntimeError("the load comes from wrk: apt-get install wrk")
    command = ["taskset", "--cpu-list", str(LOADS_PROCESSOR), "wrk", "-t", "1", "-c", str(CONNECTIONS)]
    command += ["-d", f"{seconds}s", "--latency", "-H", f"Authorization: Bearer {key}"]
    command += ["-s", script] if script else []
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"not every request to {url} was answered:\n{said}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", said)
    requests = re.search(r"(\d+) requests in", said)
    if not requests or not rate or not p99:
        raise RuntimeError(f"wrk said something else than expected:\n{said}")
    milliseconds = float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]
    return Rate(int(requests[1]), float(rate[1]), milliseconds)
