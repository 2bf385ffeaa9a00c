"""A component as a process of its own on a loopback port, which a test can kill and start again."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx

HERE = Path(__file__).parent
PATIENCE_SECONDS = 30


class NotStarted(RuntimeError):
    """The component ended, or did not answer in time; what it wrote to its error output says why."""


def free_port() -> int:
    """A port of loopback that nobody listens on: a component is registered before it is started."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Component:
    """A component that runs, at one address and on one folder of data whenever it does.

    What it writes to its output is kept in ``output.txt`` in that folder.
    """

    def __init__(self, command: list[str], environment: Mapping[str, str], port: int, written: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._written = command, written
        # Nothing of the tests' own settings is to reach it but what any program needs.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        self._environment = {**kept, **environment}
        self._stopping = False
        self._pid_file = written.with_name("pid")
        self._start()

    @property
    def pid(self) -> int:
        """The id of the process that runs now."""
        return self._process.pid

    @property
    def said(self) -> str:
        """What it has written to its output so far, of all its runs."""
        return self._written.read_text(errors="replace")

    def restart(self) -> None:
        """Kill it with no chance to tidy up, and start it again on the same data and port."""
        self.kill()
        self._start()

    @property
    def restart_command(self) -> str:
        """A command line that kills it (kill -9); `keep_up` has it started again."""
        return f"sh -c {shlex.quote(f'kill -9 $(cat {shlex.quote(str(self._pid_file))})')}"

    def keep_up(self) -> None:
        """Start it again whenever it ends, until it is stopped."""
        Thread(target=self._kept_up, daemon=True).start()

    def _kept_up(self) -> None:
        while not self._stopping:
            process = self._process
            process.wait()
            if not self._stopping and process is self._process:
                self._start()

    def kill(self) -> None:
        """Kill it with no chance to tidy up (kill -9)."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it if it does not."""
        self._stopping = True
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _start(self) -> None:
        with self._written.open("a") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=subprocess.STDOUT
            )
        self._pid_file.write_text(str(self._process.pid))
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise NotStarted(f"{' '.join(self._command)}\n{self.said}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether it gives any answer at all, be it a refusal."""
        try:
            httpx.get(f"{self.url}/openapi.json", timeout=PATIENCE_SECONDS, trust_env=False)
        except httpx.TransportError:
            return False
        return True


@contextmanager
def launched(
    name: str,
    environment: Mapping[str, str],
    *,
    defect: str | None = None,
    data: Path,
    port: int | None = None,
) -> Iterator[Component]:
    """Run the program of the folder ``name`` until the block ends; raises NotStarted.

    ``environment`` is what the council gave when the component was registered (``COUNCIL_URL`` and so on).
    ``defect`` switches one fault on. ``port`` is the one that was registered; a free one where none is given.
    """
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [sys.executable, str(HERE / name), "--port", str(port), "--data", str(data)]
    command += ["--defect", defect] if defect else []
    component = Component(command, environment, port, data / "output.txt")
    try:
        yield component
    finally:
        component.stop()
