"""A PostgreSQL of the tests' own: a cluster in a temporary folder, reached by a socket there alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

_USER = "postgres"
_ANYWHERE = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


class NoDatabase(Exception):
    """PostgreSQL is not installed; the message says what would help."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL: where its programs are, its folder, and databases as they are asked for."""

    programs: Path
    folder: Path
    numbers: Iterator[int]

    def new_database(self) -> str:
        """The address of a new, empty database, which sorts text as British people do and not by bytes."""
        name = f"town{next(self.numbers)}"
        words = ("--template=template0", "--locale-provider=icu", "--icu-locale=en-GB")
        _run(self.programs / "createdb", "--host", self.folder, "--username", _USER, *words, name)
        return f"postgresql://{_USER}@/{name}?host={self.folder}"


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """A cluster, stopped and deleted at the end. Raises NoDatabase."""
    programs = _programs()
    # Not pytest's folder: a socket's address has 107 bytes at most, and postgres has to own it.
    folder = Path(tempfile.mkdtemp(prefix="vc-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER)
        where = folder / "data"
        _run(
            programs / "initdb",
            "--auth=trust",
            "--username",
            _USER,
            "--encoding=UTF8",
            "--no-sync",
            "-D",
            where,
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        _run(programs / "pg_ctl", "start", "-w", "-D", where, "-l", folder / "log", "-o", options)
        try:
            yield Cluster(programs, folder, count(1))
        finally:
            _run(programs / "pg_ctl", "stop", "-w", "-m", "fast", "-D", where)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    if _ANYWHERE:
        return _ANYWHERE[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoDatabase("PostgreSQL is not installed (on Debian and Ubuntu: apt-get install postgresql)")
    return Path(on_path).resolve().parent


def _run(*words: str | Path) -> None:
    """Run a program of PostgreSQL's, which refuses root, as its own user where we are root."""
    as_owner = ("runuser", "-u", _USER, "--") if os.geteuid() == 0 else ()
    done = subprocess.run(
        [*as_owner, *map(str, words)], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode()
