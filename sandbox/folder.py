"""The data folder: where councils and keys are kept, and how it is known to be ours.

A folder is ours if it holds the marker file ``virtual-council.json``. A council is one file in
``councils/``; while one is being built it is called ``NAME.building``, while it is copied
``NAME.copying``, and takes its real name only when it is whole. Beside it, ``NAME.as-made`` is what it
was before it was first written to. ``snapshots/NAME/`` holds the states that were saved of it, and
``control/`` what the sandbox itself keeps about it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sandbox.failure import Failure
from service_apis.kit.db import remove_database

MARKER = "virtual-council.json"
FORMAT = 1
"""The layout of the data folder and of council files. A change that older code cannot read raises it."""

CHECKED, STATED = "checked against the safe ranges", "stated to be synthetic"
"""What a council's fact ``imported`` says of people that its user brought."""

_NAME = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


class FolderNotOurs(Failure):
    """The data folder holds something else."""


class OtherVersion(Failure):
    """The data folder or a council was written by another version of Virtual Council."""


class HalfBuilt(Failure):
    """A build was interrupted and left part of a council behind."""

    @classmethod
    def of(cls, name: str) -> HalfBuilt:
        """The failure for the council of that name."""
        return cls(
            f"{name} is half-built: its building was interrupted, or is still going on elsewhere. "
            f"When no build is running, `council delete {name}` clears it away; then build it again."
        )


class BeingServed(Failure):
    """Another process serves the councils of the folder."""


class NoSuchCouncil(Failure):
    """The data folder has no council of that name."""


class NameTaken(Failure):
    """There is a council of that name already."""


class BadName(Failure):
    """The name cannot be a council's."""


class DataFolder:
    """A data folder that is known to be ours, created if it was not there.

    Raises FolderNotOurs or OtherVersion; never writes into a folder that is not ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        marker = self.path / MARKER
        if not marker.exists():
            self._refuse_if_used()
            self._make(marker)
        self._check(marker)
        self.councils = self.path / "councils"
        self.control = self.path / "control"

    def _refuse_if_used(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise FolderNotOurs(f"{self.path} is a file; name a folder with --data")
        if self.path.exists() and any(self.path.iterdir()):
            raise FolderNotOurs(
                f"{self.path} holds files that are not Virtual Council's, and nothing was changed there. "
                "Name an empty or new folder with --data."
            )

    def _make(self, marker: Path) -> None:
        try:
            (self.path / "councils").mkdir(parents=True, exist_ok=True)
            marker.write_text(json.dumps({"virtual_council": "data folder", "format": FORMAT}) + "\n")
        except OSError as error:
            raise FolderNotOurs(f"The data folder {self.path} could not be made: {error.strerror}") from error

    def _check(self, marker: Path) -> None:
        try:
            written = json.loads(marker.read_text())["format"]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise FolderNotOurs(
                f"{marker} could not be read as Virtual Council's marker; name another folder with --data"
            ) from error
        if written != FORMAT:
            raise OtherVersion(
                f"{self.path} has format {written}; this version reads format {FORMAT}. "
                "Use the version that made it, or name another folder with --data."
            )

    def names(self) -> list[str]:
        """The councils that are whole, by name."""
        return sorted(file.stem for file in self.councils.glob("*.sqlite"))

    def half_built(self) -> list[str]:
        """The councils whose building was interrupted."""
        return sorted(file.stem for file in self.councils.glob("*.building"))

    def file(self, name: str) -> Path:
        """Where the council of that name is kept, or would be. Raises BadName."""
        if not _NAME.match(name) or len(name) > 40:
            raise BadName(
                f"{name!r} cannot be a council's name: use lower-case letters and digits, words joined by "
                "hyphens, 40 at most, such as north-fairwater"
            )
        return self.councils / f"{name}.sqlite"

    def existing(self, name: str) -> Path:
        """The file of a council that is there. Raises NoSuchCouncil, HalfBuilt or BadName."""
        file = self.file(name)
        if not file.exists():
            if name in self.half_built():
                raise HalfBuilt.of(name)
            there = ", ".join(self.names()) or "none yet"
            raise NoSuchCouncil(f"There is no council called {name} in {self.path}; there is: {there}")
        return file

    @contextmanager
    def building(self, name: str) -> Iterator[Path]:
        """A file to build a council in, which becomes the council if all goes well.

        If it does not, or is interrupted, nothing is left. Raises HalfBuilt if an earlier build
        was killed before it could tidy up, or is still going on.
        """
        final = self.file(name)
        unfinished = final.with_suffix(".building")
        ours = True
        try:
            try:
                os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError as error:
                ours = False
                raise HalfBuilt.of(name) from error
            yield unfinished
            unfinished.rename(final)
        finally:
            # Also what was made in the instant before an interruption.
            if ours:
                remove_database(unfinished)

    @contextmanager
    def copying(self, name: str) -> Iterator[Path]:
        """A path to copy a council to, which becomes the council of that name if all goes well.

        If it does not, nothing is left; what a kill leaves is cleared away at the next start. Raises
        NameTaken or BadName.
        """
        final = self.file(name)
        unfinished = final.with_suffix(".copying")
        if final.exists() or unfinished.exists() or name in self.half_built():
            raise NameTaken(f"There is a council called {name} already; choose another name")
        try:
            yield unfinished
            unfinished.rename(final)
        finally:
            remove_database(unfinished)

    def snapshots(self, name: str) -> Path:
        """The folder of a council's saved states, which may not be there yet."""
        return self.path / "snapshots" / self.file(name).stem

    def notebook(self, name: str) -> Path:
        """Where the sandbox keeps what it knows itself about a council."""
        self.control.mkdir(mode=0o700, exist_ok=True)
        return self.control / self.file(name).name

    def clear_unfinished(self) -> None:
        """Clear away what a kill left of copies. Only for whoever serves the folder."""
        for ending in ("copying", "rewinding", "as-made-unfinished"):
            for left in self.councils.glob(f"*.{ending}"):
                remove_database(left)
        for ending in ("saving", "packed"):
            for left in self.path.glob(f"snapshots/*/*.{ending}"):
                remove_database(left)

    @contextmanager
    def served(self, at: str = "") -> Iterator[None]:
        """Keep the folder to one server: two that moved one council's clock would ruin it.

        ``at`` is the address that it serves at, which other programs then find with ``server``.

        The lock is SQLite's own on a file that holds nothing else, which is the same on every system
        and ends with the process. Raises BeingServed.
        """
        with closing(sqlite3.connect(self.path / "served.lock", timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise BeingServed(
                    f"The councils in {self.path} are being served by another `council up`. Use that one, or "
                    "stop it first; for councils beside it, name another folder with --data."
                ) from error
            note = self.path / "served.json"
            note.write_text(json.dumps({"url": at}))
            try:
                yield
            finally:
                note.unlink(missing_ok=True)

    def server(self) -> str | None:
        """The address of the sandbox that serves the folder; empty if it has none, None if there is none."""
        with closing(sqlite3.connect(self.path / "served.lock", timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                return None
            except sqlite3.OperationalError:
                try:
                    return str(json.loads((self.path / "served.json").read_text())["url"])
                except (OSError, ValueError, KeyError):
                    return ""

    def remove(self, name: str) -> None:
        """Delete a council, whole or half-built. Raises NoSuchCouncil if there is neither, or BeingServed."""
        file = self.file(name)
        unfinished = file.with_suffix(".building")
        if not file.exists() and not unfinished.exists():
            raise NoSuchCouncil(f"There is no council called {name} in {self.path}")
        with self.served():
            self.erase(name)

    def erase(self, name: str) -> None:
        """Delete a council and all that is kept about it, for whoever serves the folder."""
        file = self.file(name)
        for suffix in (".building", ".sqlite", ".as-made"):
            remove_database(file.with_suffix(suffix))
        shutil.rmtree(self.snapshots(name), ignore_errors=True)
        for kept in self.control.glob(f"{name}.*"):
            kept.unlink(missing_ok=True)


def read_facts(file: Path) -> dict[str, Any]:
    """What a council's file says of itself, read without opening the council.

    Raises OtherVersion where the file was written in another format or is no council at all.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT name, value FROM council_facts").fetchall()
        # SQLite keeps a bare number in a JSON column as a number.
        facts = {name: json.loads(value) if isinstance(value, str) else value for name, value in rows}
    except (sqlite3.DatabaseError, ValueError) as error:
        raise OtherVersion(f"{file} is not a council's file, or is damaged: {error}") from error
    if facts.get("format") != FORMAT:
        raise OtherVersion(
            f"{file} was built in format {facts.get('format')} by version {facts.get('version')}; this "
            f"version reads format {FORMAT}. Build a new one with --name, or use the version that made it."
        )
    return facts
