"""What is noted of a component's container in the data folder, so that it is found after a kill."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from sandbox import machine

END_SECONDS = 5.0
START_TIME = 19
"""The place of a process's start time after its name in /proc/PID/stat (proc(5): field 22)."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that is not taken for another which was given its id later."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this id now."""
        return cls(pid, _started(pid))

    @classmethod
    def own(cls) -> Self:
        """This process."""
        return cls.of(machine.process_id())

    @property
    def is_there(self) -> bool:
        """Whether it is still running."""
        return bool(self.started) and _started(self.pid) == self.started

    def end(self) -> None:
        """Have it end, if it is there, and wait until it has."""
        give_up = machine.seconds() + END_SECONDS
        with suppress(ProcessLookupError):
            if self.is_there:
                os.kill(self.pid, signal.SIGTERM)
            while self.is_there:
                if machine.seconds() > give_up:
                    os.kill(self.pid, signal.SIGKILL)
                time.sleep(0.02)


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; empty where none runs."""
    try:
        # The name may hold spaces and brackets; what follows the last one holds neither.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[START_TIME]


@dataclass(frozen=True, slots=True)
class Note:
    """A component that was given a container.

    ``port`` is that of loopback at which the component is registered, ``door`` that of its network at which
    it reaches the council, ``answers_at`` its own in the container. It is not ``ready`` while it is being
    added, by ``adder``. ``forwarder`` runs as long as the container.
    """

    council: str
    component: str
    image: str
    port: int
    door: int
    answers_at: int
    ready: bool
    adder: Process
    forwarder: Process | None = None

    @property
    def url(self) -> str:
        """Where the component answers, as it is registered."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_being_made(self) -> bool:
        """Whether somebody is about to add it this moment."""
        return not self.ready and self.adder.is_there


class Notes:
    """The notes of one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "containers"

    def __iter__(self) -> Iterator[Note]:
        for file in sorted(self.folder.glob("*.json")):
            note = _read(file)
            if note is not None:
                yield note

    def of(self, council: str, component: str) -> Note | None:
        """The note of a component; None where it was given no container."""
        return _read(self._file(council, component))

    def write(self, note: Note) -> None:
        """Keep a note, in the place of an earlier one. Nothing secret is in it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        file = self._file(note.council, note.component)
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(note)) + "\n")
        unfinished.rename(file)

    def forget(self, council: str, component: str) -> None:
        """Throw a note away, and what the forwarder wrote."""
        file = self._file(council, component)
        for each in (file, *self.folder.glob(f"{file.stem}.log*")):
            each.unlink(missing_ok=True)

    def log(self, council: str, component: str) -> Path:
        """Where the forwarder writes what it refused."""
        return self._file(council, component).with_suffix(".log")

    def _file(self, council: str, component: str) -> Path:
        return self.folder / f"{council}+{component}.json"


def _read(file: Path) -> Note | None:
    try:
        told = json.loads(file.read_text())
        forwarder = told.pop("forwarder")
        adder = Process(**told.pop("adder"))
        return Note(**told, adder=adder, forwarder=forwarder and Process(**forwarder))
    except (OSError, ValueError, TypeError, KeyError):
        # One that was cut short tells nothing; the labels at the engine tell the rest.
        return None
