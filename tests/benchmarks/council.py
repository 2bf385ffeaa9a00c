"""Our own side of a measurement: a council of 10,000 residents, built and served by the installed command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.benchmarks.server import Server
from tests.container.compose import free_port

KEY = "a-key-for-measuring-only"
NAME = "fairwater"
SHAPE = ["--like", "Hartlepool", "--seed", "7", "--as-of", "2026-06-01", "--name", NAME]
COMMAND = str(Path(sys.executable).with_name("council"))


def build(folder: Path, residents: int, *options: str) -> str:
    """Builds a council into an empty folder, and gives what the command said; the last option counts."""
    own = ("--residents", str(residents), "--data", str(folder / "data"))
    command = [COMMAND, "build", *SHAPE, *own, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def server(folder: Path, record: str = "") -> Server:
    """The built council, to be served; `record` is the address of a record below the council's own."""
    port = free_port()
    return Server(
        name="Virtual Council",
        command=[COMMAND, "up", "--data", str(folder / "data"), "--port", str(port)],
        url=f"http://127.0.0.1:{port}/councils/{NAME}/{record or 'addresses/properties?per_page=1'}",
        folder=folder,
        environment={"COUNCIL_KEY": KEY},
    )


def first_property(address: str) -> str:
    """The UPRN of a property, asked of a running council through its list."""
    answer = httpx.get(address, headers={"Authorization": f"Bearer {KEY}"})
    found = re.search(r'"uprn":\s*"(\d+)"', answer.text)
    if not found:
        raise RuntimeError(f"{address} lists no property: {answer.status_code} {answer.text[:300]}")
    return found[1]
