"""The folder that an export is written to: taken only if it is free, and given its files all at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.failure import Failure

PACKAGE = "datapackage.json"
OURS = "virtual_council"
"""The property of a data package by which an export is known to be ours."""


class Occupied(Failure):
    """The folder cannot be exported to as it is."""


@contextmanager
def exporting(to: Path, *, replace: bool) -> Iterator[Path]:
    """A folder to write in, which becomes ``to`` if all goes well; if not, ``to`` stays as it was.

    Raises Occupied.
    """
    to = to.absolute()
    _refuse_if_used(to, replace=replace)
    unfinished = to.with_name(to.name + ".exporting")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
    except FileExistsError as error:
        raise Occupied(
            f"{unfinished} is there: an export was killed, or is still going on. When none is running, "
            "delete that folder and export again."
        ) from error
    except OSError as error:
        raise Occupied(f"{unfinished} could not be made: {error.strerror}; name another folder") from error
    try:
        yield unfinished
        _take_place(unfinished, to)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def write_package(folder: Path, described: dict[str, Any]) -> None:
    """Write the data package's own file, last of all."""
    text = json.dumps(described, indent=2, ensure_ascii=False)
    (folder / PACKAGE).write_text(text + "\n", encoding="utf-8")


def _refuse_if_used(to: Path, *, replace: bool) -> None:
    if to.exists() and not to.is_dir():
        raise Occupied(f"{to} is a file; name a folder with --to")
    there = {path.name for path in to.iterdir()} if to.exists() else set()
    if not there:
        return
    others = sorted(there - _files_of_export(to))
    if others:
        raise Occupied(
            f"{to} holds files that no export of ours wrote, such as {others[0]}, and nothing was changed "
            "there. Name an empty or new folder with --to."
        )
    if not replace:
        raise Occupied(f"{to} holds an earlier export; write over it with --replace, or name another folder")


def _files_of_export(folder: Path) -> set[str]:
    """The files of an earlier export of ours; none if there was none."""
    try:
        described = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        files = {resource["path"] for resource in described["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {PACKAGE, *files} if OURS in described else set()


def _take_place(new: Path, to: Path) -> None:
    """Let the new folder take the place of the old, which is out of its way for no longer than a rename."""
    if not to.exists():
        new.rename(to)
        return
    old = to.with_name(to.name + ".replaced")
    to.rename(old)
    new.rename(to)
    shutil.rmtree(old)
