"""Starting a sandbox for a run of tests, on a copy of a council that is built once and kept."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import astuple, dataclass
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path

from sandbox.failure import Failure
from sandbox.trial.sandbox import Sandbox

COUNCIL = "fairwater"
START_SECONDS = 120
STOP_SECONDS = 10
BUILD_SECONDS = 3_600
KEPT_COUNCILS = 3
PACKAGES = ("sandbox", "service_apis", "synthetic_data")


class NotStarted(Failure):
    """A sandbox for a run of tests could not be built or started; the message says what it said."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the council of a run is like. The same shape gives the same council on any machine.

    ``like`` is a real authority's name or GSS code, ``residents`` a number or ``full``, ``as_of`` the
    day on which the clock starts.
    """

    like: str = "Hartlepool"
    residents: str = "2000"
    seed: str = "7"
    as_of: str = "2026-06-01"

    @property
    def options(self) -> list[str]:
        """The same as options of ``council build``."""
        return [
            *("--like", self.like, "--residents", self.residents),
            *("--seed", self.seed, "--as-of", self.as_of, "--name", COUNCIL),
        ]


@contextmanager
def started(shape: Shape | None = None, kept_in: Path | None = None) -> Iterator[Sandbox]:
    """A sandbox with a council of its own on a free port of this machine, for as long as the block lasts.

    It is a process of its own, which ends with this one however this ends. Councils are kept in
    ``kept_in`` as they were built, and copied for each start; without it the council is built anew.
    Raises NotStarted.
    """
    place = nullcontext(kept_in) if kept_in else tempfile.TemporaryDirectory(prefix="virtual-council-built-")
    data = Path(tempfile.mkdtemp(prefix="virtual-council-"))
    try:
        with place as folder:
            copy_as_built(shape or Shape(), Path(folder), data)
        with served(data) as sandbox:
            yield sandbox
    finally:
        shutil.rmtree(data, ignore_errors=True)


def copy_as_built(shape: Shape, kept_in: Path, data: Path) -> None:
    """Copy the council of that shape to a data folder, building it first if it is not kept yet.

    Under a lock, so that of several processes one builds and the others take what it built.
    """
    kept_in.mkdir(parents=True, exist_ok=True)
    built = kept_in / _name(shape)
    with _alone(kept_in / "lock"):
        if not built.exists():
            unfinished = kept_in / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _run(["-m", "sandbox", "build", *shape.options, "--data", str(unfinished)])
            unfinished.rename(built)
        os.utime(built)
        for old in sorted(kept_in.glob("built-*"), key=lambda each: each.stat().st_mtime)[:-KEPT_COUNCILS]:
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(built, data, dirs_exist_ok=True)


def _name(shape: Shape) -> str:
    """A name that changes with all that the council comes from: its shape, our code, added services."""
    root = Path(__file__).parents[2]
    files = (path for package in PACKAGES for path in (root / package).rglob("*.*"))
    newest = max(path.stat().st_mtime_ns for path in files if path.suffix != ".pyc")
    added = [(each.name, each.value) for each in entry_points(group="virtual_council.services")]
    inputs = repr((astuple(shape), newest, sorted(added)))
    return f"built-{sha256(inputs.encode()).hexdigest()[:16]}"


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Keep other processes out. SQLite's own lock is the same on every system and ends with the process."""
    with closing(sqlite3.connect(lock, timeout=BUILD_SECONDS, isolation_level=None)) as held:
        held.execute("BEGIN EXCLUSIVE")
        yield


def _run(words: list[str]) -> None:
    done = subprocess.run(_python(words), env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"The council for the tests could not be built. {done.stderr.strip()}")


def _python(words: list[str]) -> list[str]:
    # -P: a folder of the user's that is called sandbox must not be taken for ours.
    return [sys.executable, "-P", *words]


def _environment() -> dict[str, str]:
    """The environment without what would steer the commands of a user's own sandbox."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")}


@contextmanager
def served(data: Path) -> Iterator[Sandbox]:
    """A data folder served by a process of its own, which deletes it when it ends. Raises NotStarted."""
    command = _python(["-m", "sandbox.trial.serving", str(data), COUNCIL])
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(
            command,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            address = _address(process)
            if address is None:
                process.wait()
                said.seek(0)
                raise NotStarted(f"The sandbox for the tests did not start. {said.read().strip()}")
            with Sandbox(address["url"], address["key"]) as sandbox:
                yield sandbox
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End its input: it then closes its councils, deletes its folder and goes."""
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> dict[str, str] | None:
    """What the process says of where it answers; None if it ended, or was ended for saying nothing."""
    assert process.stdout is not None
    too_long = threading.Timer(START_SECONDS, process.kill)
    too_long.start()
    try:
        line = process.stdout.readline()
    finally:
        too_long.cancel()
        too_long.join()
    if not line:
        return None
    address: dict[str, str] = json.loads(line)
    return address
