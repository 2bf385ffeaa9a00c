"""Writing a report: known to be possible before a run begins, and whole or not at all when it is over."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scenarios.problems import ReportNotWritable


def check_writable(path: Path, suggested: str = "report") -> None:
    """Raise ReportNotWritable where a report could not be written; said before a run, not after it.

    `suggested` is a name for it, where a folder was given instead.
    """
    if path.is_dir():
        raise ReportNotWritable(f"{path} is a folder; name a file for the report, such as {path / suggested}")
    if path.exists() and not path.is_file():
        raise ReportNotWritable(f"{path} is no file but a device or pipe; name a file for the report")
    if not path.parent.is_dir():
        raise ReportNotWritable(f"there is no folder {path.parent} to write {path.name} in; make it first")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as wrong:
        raise ReportNotWritable(f"{path} cannot be written: {wrong.strerror}") from wrong


def write_whole(path: Path, content: bytes) -> None:
    """Write a report whole or not at all; raises ReportNotWritable."""
    check_writable(path)
    path = path.resolve()
    unfinished = None
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(path)
    except OSError as wrong:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)
        raise ReportNotWritable(f"{path} cannot be written: {wrong.strerror}") from wrong
