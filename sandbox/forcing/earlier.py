"""Older states of a council, for reads that lag behind what was written.

Each is a copy of the council's file in the folder's ``control/``, beside the notebook, opened as a council of
its own that is only read. The copies are made for one run of the sandbox and go with it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sandbox import machine
from sandbox.folder import DataFolder
from service_apis.kit.council import Council
from service_apis.kit.db import copy_database, remove_database

_numbers = count(1)


def clear_away(folder: DataFolder) -> None:
    """Delete what an earlier run left, which a kill can keep from going with it."""
    for left in folder.control.glob("*.earlier-*"):
        left.unlink(missing_ok=True)


class Earlier:
    """A council as it was: a copy of its file that is read and at last deleted."""

    def __init__(self, council: Council, file: Path) -> None:
        self.council = Council(council.name, file, council.services)
        self._file = file

    def close(self) -> None:
        """Close the copy and delete it."""
        self.council.close()
        remove_database(self._file)


def place_for_a_copy(folder: DataFolder, council: Council) -> Path:
    """A path beside the council's notebook where nothing is yet."""
    return folder.notebook(council.name).with_suffix(f".earlier-{next(_numbers)}")


@dataclass(frozen=True, slots=True)
class _Signature:
    """What of a council's file and its log changes with each write."""

    file: tuple[int, int, int]
    log: tuple[int, int, int]


def _signature(file: Path) -> _Signature:
    return _Signature(_look_of(file), _look_of(file.with_name(file.name + "-wal")))


def _look_of(path: Path) -> tuple[int, int, int]:
    try:
        look = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (look.st_ino, look.st_mtime_ns, look.st_size)


class Lagging:
    """A council as it was up to ``lag`` seconds ago.

    What is written is hidden for ``lag`` seconds if nothing was written in the ``lag`` seconds before, and
    else for at most that long. For that, the state is brought up to the present both before a write and at
    a read, as soon as it is older than the lag and no longer true. ``taken`` is when it was last known to be,
    by ``machine.seconds``.
    """

    def __init__(self, folder: DataFolder, council: Council, lag: float) -> None:
        self._folder = folder
        self._present = council
        self._lag = lag
        self._shown: Earlier | None = None
        self._before: Earlier | None = None
        self._signature: _Signature | None = None
        self.taken = 0.0
        self._generation = 0
        self._is_being_taken = False

    async def council(self) -> Council:
        """The council to answer a read from."""
        await self.catch_up()
        return self._present if self._shown is None else self._shown.council

    async def catch_up(self) -> None:
        """Bring the state up to the present, if it is time."""
        if self._is_being_taken or (self._is_of_this_life() and machine.seconds() - self.taken < self._lag):
            return
        signature = _signature(self._present.file)
        if signature == self._signature:
            self.taken = machine.seconds()
            return
        self._is_being_taken = True
        try:
            copy = place_for_a_copy(self._folder, self._present)
            await self._present.copy_to(copy)
            taken = Earlier(self._present, copy)
        finally:
            self._is_being_taken = False
        if self._before is not None:
            self._before.close()
        # A read may have begun on the state shown until now: it goes with the next.
        self._before, self._shown = self._shown, taken
        # Copying works the log into the file, which changes its look and not what it says.
        self._signature, self.taken = _signature(self._present.file), machine.seconds()
        self._generation = self._present.generation

    def _is_of_this_life(self) -> bool:
        """Whether the state is one that the council, if it was taken back since, still remembers."""
        return self._shown is not None and self._generation == self._present.generation

    def close(self) -> None:
        """Close the copies and delete them."""
        for each in (self._shown, self._before):
            if each is not None:
                each.close()
        self._shown = self._before = None


class AsMade:
    """Councils as they were made, for reads that ask for that by their header."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[tuple[int, int, int], Earlier]] = {}

    async def council(self, present: Council) -> Council:
        """The council as it was built or forked; the present one where nothing was ever written to it."""
        if not present.as_made.exists():
            return present
        look = _look_of(present.as_made)
        kept = self._kept.get(present.name)
        if kept is not None and kept[0] == look:
            return kept[1].council
        copy = place_for_a_copy(self._folder, present)
        await asyncio.to_thread(copy_database, present.as_made, copy)
        self.forget(present.name)
        self._kept[present.name] = (look, Earlier(present, copy))
        return self._kept[present.name][1].council

    def forget(self, name: str) -> None:
        """Close and delete the copy of a council."""
        if (kept := self._kept.pop(name, None)) is not None:
            kept[1].close()

    def close(self) -> None:
        """Close and delete every copy."""
        for name in list(self._kept):
            self.forget(name)
