"""Snapshots: states of a council saved under a name, to return to or to carry elsewhere as one file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from sandbox import __version__, machine
from sandbox.councils import Councils
from sandbox.folder import FORMAT, OtherVersion, read_facts
from sandbox.notebook import Base
from service_apis.kit.council import Council
from service_apis.kit.db import remove_database
from service_apis.kit.problems import Conflict, NotFound, Unprocessable

MANIFEST, COUNCIL = "manifest.json", "council.sqlite"
_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_AT_ONCE = 1 << 20
MOST_BYTES = 8 << 30
"""The largest council that is taken in as a file; two million residents are less than half of it."""


class NoSuchSnapshot(NotFound):
    """The council has no snapshot of that name; its list says which it has."""


class SnapshotThere(Conflict):
    """The council has a snapshot of that name. Delete that one first, or choose another name."""


class SnapshotUnusable(Conflict):
    """The snapshot cannot be used: it is damaged, or of another version. The council stays as it is."""


class FileUnusable(Unprocessable):
    """What was sent is no council as a file, is damaged, or is of another version. Nothing was kept."""


class SnapshotRecord(Base):
    """A state that was saved: its name, what for, when by the council's clock and by the machine's."""

    __tablename__ = "sandbox_snapshots"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    note: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    saved_at: Mapped[datetime]
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Packed:
    """A council as one file, unpacked and found whole: its database and what its manifest says."""

    database: Path
    manifest: dict[str, Any]


class Snapshots:
    """The snapshots of one sandbox's councils."""

    def __init__(self, councils: Councils) -> None:
        self._councils = councils

    def of(self, council: Council) -> list[SnapshotRecord]:
        """A council's snapshots, the first saved first."""
        with self._councils.notebook(council.name).reading() as session:
            saved = select(SnapshotRecord).order_by(SnapshotRecord.saved_at, SnapshotRecord.name)
            return list(session.scalars(saved))

    def named(self, council: Council, name: str) -> SnapshotRecord:
        """One snapshot of a council. Raises NoSuchSnapshot."""
        found = next((each for each in self.of(council) if each.name == name), None)
        if found is None or not self.file(council, name).exists():
            there = ", ".join(each.name for each in self.of(council)) or "none yet"
            raise NoSuchSnapshot(f"{council.name} has no snapshot called {name}; it has: {there}")
        return found

    def file(self, council: Council, name: str) -> Path:
        """Where a snapshot is kept."""
        return self._councils.folder.snapshots(council.name) / f"{name}.sqlite"

    async def save(self, council: Council, name: str, note: str = "") -> SnapshotRecord:
        """Save a council as it stands between two writes. Raises SnapshotThere."""
        self._refuse_if_there(council, name)
        file = self.file(council, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{machine.unlike_any()}.saving")
        at = council.clock.now
        try:
            await council.copy_to(unfinished)
            digest = await asyncio.to_thread(_sha256, unfinished)
            self._refuse_if_there(council, name)  # saved by another meanwhile
            unfinished.rename(file)
        finally:
            remove_database(unfinished)
        record = SnapshotRecord(
            name=name, note=note, at=at, saved_at=machine.now(), size=file.stat().st_size, sha256=digest
        )
        with self._councils.notebook(council.name).writing() as session:
            session.add(record)
        return record

    def _refuse_if_there(self, council: Council, name: str) -> None:
        if any(each.name == name for each in self.of(council)):
            raise SnapshotThere(f"{council.name} has a snapshot called {name} already; delete it first")

    async def whole(self, council: Council, name: str) -> Path:
        """The file of a snapshot that is as it was saved. Raises NoSuchSnapshot or SnapshotUnusable."""
        record, file = self.named(council, name), self.file(council, name)
        if await asyncio.to_thread(_sha256, file) != record.sha256:
            raise SnapshotUnusable(
                f"The snapshot {name} of {council.name} is damaged: its file is not what was saved. "
                f"{council.name} stays as it is; delete the snapshot."
            )
        try:
            self._refuse_another(read_facts(file))
        except OtherVersion as failure:
            raise SnapshotUnusable(str(failure)) from failure
        return file

    async def restore(self, council: Council, name: str) -> None:
        """Take a council back to a snapshot. Raises NoSuchSnapshot, SnapshotUnusable or StillRead."""
        await council.rewind_to(await self.whole(council, name))

    def delete(self, council: Council, name: str) -> None:
        """Delete a snapshot. Raises NoSuchSnapshot."""
        self.named(council, name)
        with self._councils.notebook(council.name).writing() as session:
            session.delete(session.get(SnapshotRecord, name))
        remove_database(self.file(council, name))

    async def pack(self, council: Council, name: str) -> Path:
        """A snapshot as one file to carry elsewhere, which the caller deletes. Raises as ``whole`` does."""
        record, file = self.named(council, name), await self.whole(council, name)
        facts = read_facts(file)
        manifest = {
            "virtual_council": "snapshot",
            "format": FORMAT,
            "version": __version__,
            "council": council.name,
            "title": facts["title"],
            "snapshot": name,
            "note": record.note,
            "at": record.at.isoformat(),
            "services": facts["services"],
            "sha256": record.sha256,
        }
        packed = file.with_suffix(f".{machine.unlike_any()}.packed")
        await asyncio.to_thread(_pack, file, manifest, packed)
        return packed

    @contextmanager
    def unpacked(self, packed: Path) -> Iterator[Packed]:
        """What a file holds that ``pack`` wrote, found whole and of this version. Raises FileUnusable."""
        database = packed.with_suffix(".unpacked")
        try:
            manifest = _unpack(packed, database)
            try:
                self._refuse_another(read_facts(database))
            except (OtherVersion, SnapshotUnusable) as failure:
                raise FileUnusable(str(failure)) from failure
            yield Packed(database, manifest)
        finally:
            remove_database(database)

    def _refuse_another(self, facts: dict[str, Any]) -> None:
        there, here = set(facts["services"]), set(self._councils.services)
        if there != here:
            raise SnapshotUnusable(
                f"The snapshot was saved with other services ({', '.join(sorted(there ^ here))} differ); "
                "use the version of the sandbox that saved it"
            )


def is_name(name: str) -> bool:
    """Whether a snapshot can be called so: lower-case words and numbers, joined by hyphens."""
    return bool(_NAME.match(name))


def _unpack(packed: Path, database: Path) -> dict[str, Any]:
    try:
        with ZipFile(packed) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            _refuse_other_format(manifest)
            if archive.getinfo(COUNCIL).file_size > MOST_BYTES:
                raise FileUnusable(f"The council in the file is larger than {MOST_BYTES:,} bytes")
            with archive.open(COUNCIL) as inner, database.open("wb") as outer:
                digest = _copied(inner, outer)
    except (BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, EOFError) as error:
        raise FileUnusable(
            f"That is no council as a file, or it is damaged: {error}. `council snapshot export` writes one"
        ) from error
    if digest != manifest["sha256"]:
        raise FileUnusable("The file is damaged: the council in it is not what was saved")
    return manifest


def _refuse_other_format(manifest: dict[str, Any]) -> None:
    if manifest["virtual_council"] != "snapshot":
        raise FileUnusable("That is a ZIP file, but not a council as a file")
    if manifest["format"] != FORMAT:
        raise FileUnusable(
            f"The file has format {manifest['format']} and was written by version {manifest.get('version')}; "
            f"this version reads format {FORMAT}. Use the version that wrote it."
        )


def _pack(file: Path, manifest: dict[str, Any], packed: Path) -> None:
    # The least compression is already a quarter of the size, in a fraction of the time of the most.
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
        archive.write(file, COUNCIL)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _copied(inner: IO[bytes], outer: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while some := inner.read(_AT_ONCE):
        digest.update(some)
        outer.write(some)
    return digest.hexdigest()
