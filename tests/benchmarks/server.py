"""A server under measurement: started on one processor, waited for, and stopped with all its children."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

START_SECONDS = 60
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVERS_PROCESSOR = PROCESSORS[0]
LOADS_PROCESSOR = PROCESSORS[-1]


@dataclass(frozen=True)
class Server:
    """What to start, and the address of the one record that is read from it."""

    name: str
    command: list[str]
    url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """A started server: its process id and the seconds from its start to its first answer."""

    process: int
    first_answer_seconds: float

    def memory_megabytes(self) -> float:
        """Proportional memory (PSS) of the process and its children, in MB of 10^6 bytes."""
        return sum(_proportional_bytes(process) for process in _family(self.process)) / 1e6

    def processor_seconds(self) -> float:
        """Time that the process and its children have had of a processor so far."""
        return sum(_processor_ticks(process) for process in _family(self.process)) / TICKS_A_SECOND


@contextmanager
def started(server: Server, key: str, *, processor: int | None = SERVERS_PROCESSOR) -> Iterator[Running]:
    """Runs a server until the block ends. RuntimeError if its record is not answered with 200 in time."""
    pinned = ["taskset", "--cpu-list", str(processor)] if processor is not None else []
    with (server.folder / "output").open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*pinned, *server.command],
            cwd=server.folder,
            env={**os.environ, **server.environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while not _answers(server.url, key):
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                words = (server.folder / "output").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{server.name} did not answer {server.url}:\n{words}")
            time.sleep(0.005)
        yield Running(process.pid, time.perf_counter() - began)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str, key: str) -> bool:
    try:
        return httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _family(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *(member for child in children for member in _family(int(child)))]


def _proportional_bytes(process: int) -> int:
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _processor_ticks(process: int) -> int:
    # The second field is a name in brackets, which may hold spaces; user and system time are 14th and 15th.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
