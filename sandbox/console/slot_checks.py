"""Checks of components that the page of slots starts, each a command in a process of its own.

Its lines tell how far it is. What it comes to it posts to the sandbox by itself, as when it is typed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

MOST_AT_A_TIME = 2
"""A check keeps a processor busy; more of them would only be slower."""
MOST_LINES = 40
_NEEDED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")


@dataclass
class Check:
    """A check that runs or has ended: how many lines it wrote, and the last of them."""

    process: subprocess.Popen[str]
    count: int = 0
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    runs: bool = True

    @property
    def latest(self) -> str:
        """The latest line, empty before the first."""
        return self.lines[-1] if self.lines else ""

    @property
    def trouble(self) -> str:
        """Why it could not be made; empty where it ended with a verdict, or runs."""
        return "" if self.runs or self.process.returncode in (0, 1) else "\n".join(self.lines)

    def listen(self) -> None:
        """Read what it writes until it ends."""
        with self.process as process:
            assert process.stdout
            for line in process.stdout:
                if line.strip():
                    self.count += 1
                    self.lines.append(line.rstrip())
        self.runs = False


class Checks:
    """The checks of one sandbox that serves ``data``: the latest of each component."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._checks: dict[tuple[str, str], Check] = {}

    def of(self, council: str, component: str) -> Check | None:
        """The latest check of a component, if there was one since the sandbox started."""
        return self._checks.get((council, component))

    def start(self, council: str, component: str, sandbox: str, key: str) -> str:
        """Start a check of a component, by the sandbox's own address; says why not, or nothing."""
        before = self.of(council, component)
        if before is not None and before.runs:
            return f"{component} is being checked already."
        if sum(each.runs for each in self._checks.values()) >= MOST_AT_A_TIME:
            return f"{MOST_AT_A_TIME} checks run already; wait until one has ended."
        kept = {name: os.environ[name] for name in _NEEDED if name in os.environ}
        # The key goes by the environment: what stands in a command line is shown to everybody on the machine.
        environment = {**kept, "COUNCIL_KEY": key, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "sandbox", "component", "check", component, "--council", council]
        command += ["--sandbox", sandbox, "--data", str(self._data)]
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        check = self._checks[(council, component)] = Check(process)
        Thread(target=check.listen, daemon=True).start()
        return ""

    def stop(self) -> None:
        """End what still runs: the sandbox is about to stop."""
        for each in self._checks.values():
            if each.runs:
                each.process.terminate()
