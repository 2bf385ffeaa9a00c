"""A council is the same wherever its blocks are made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from hashlib import blake2b
from pathlib import Path
from sqlite3 import connect

import pytest

from sandbox.blocks import BlockRecords
from sandbox.build import Plan, build
from sandbox.engines import Dask, Engine, InProcess, NoSuchEngine, Processes, _Coming, chosen
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile

PLAN = Plan("fairwater", find_profile("Hartlepool"), 60_000, 7, date(2026, 6, 1))
BUILD = ("build", "--name", "fairwater", "--residents", "60000", "--as-of", "2026-06-01")


def quiet(what: str, share: float) -> None:
    pass


def built(folder: Path, engine: Engine) -> Path:
    return build(DataFolder(folder / "council-data"), PLAN, discover(), quiet, engine)


def digest(file: Path) -> str:
    return blake2b(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def council_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A council of several blocks, made in this process."""
    return built(tmp_path_factory.mktemp("alone"), InProcess())


@pytest.mark.parametrize("workers", [2, 4])
def test_any_number_of_workers_builds_the_same_file(workers: int, council_file: Path, tmp_path: Path) -> None:
    assert digest(built(tmp_path, Processes(workers))) == digest(council_file)


def test_a_town_of_several_blocks_has_them_all(council_file: Path) -> None:
    blocks = {identifier[:4] for (identifier,) in rows(council_file, "SELECT id FROM residents_residents")}
    assert len(blocks) == 3
    # The index has some of them twice.
    persons = "SELECT count(DISTINCT person) FROM council_truth WHERE service = 'residents'"
    assert rows(council_file, persons) == [(60_000,)]


def test_blocks_share_no_identifier_and_every_reference_leads_somewhere(council_file: Path) -> None:
    for table, column in (("addresses_properties", "uprn"), ("addresses_streets", "usrn")):
        ((all_, different),) = rows(council_file, f"SELECT count(*), count(DISTINCT {column}) FROM {table}")
        assert all_ == different
    wards_of_postcode = "SELECT count(DISTINCT usrn) FROM addresses_properties GROUP BY postcode"
    assert {number for (number,) in rows(council_file, wards_of_postcode)} == {1}
    assert rows(council_file, "PRAGMA foreign_key_check") == []


def test_what_concerns_the_whole_council_falls_due_once(council_file: Path) -> None:
    weekly = "SELECT count(*) FROM council_agenda WHERE kind = 'recovery'"
    assert rows(council_file, weekly) == [(1,)]
    twice = "SELECT count(*) FROM council_agenda GROUP BY at, service, kind, subject HAVING count(*) > 1"
    assert rows(council_file, twice) == []


def test_new_references_go_on_after_the_last_of_all_blocks(council_file: Path) -> None:
    counters = dict(rows(council_file, "SELECT series, last FROM council_counters"))
    ((last,),) = rows(council_file, "SELECT max(reference) FROM council_tax_accounts")
    assert f"CT{counters['council_tax.accounts']:08d}" == last


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler with two worker processes."""
    folder = tmp_path_factory.mktemp("dask")
    told = folder / "scheduler.json"
    listen = ("--host", "127.0.0.1", "--no-dashboard")
    dask = (sys.executable, "-m", "dask")
    environment = os.environ | {"PYTHONWARNINGS": "ignore"}
    with (folder / "log").open("w") as log:
        running = [
            subprocess.Popen(
                [*dask, "scheduler", *listen, "--port", "0", "--scheduler-file", str(told)],
                stdout=log, stderr=log, env=environment, cwd=folder,
            )
        ]  # fmt: skip
        try:
            running.append(
                subprocess.Popen(
                    [
                        *dask, "worker", "--scheduler-file", str(told), "--nworkers", "2", "--nthreads", "1",
                        *listen,
                    ],
                    stdout=log, stderr=log, env=environment, cwd=folder,
                )
            )  # fmt: skip
            deadline = time.monotonic() + 60
            while not told.exists() or "Starting worker" not in log_of(folder):
                assert time.monotonic() < deadline, log_of(folder)
                time.sleep(0.2)
            yield json.loads(told.read_text())["address"]
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait(30)


def log_of(folder: Path) -> str:
    return (folder / "log").read_text()


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_builds_the_same_file(scheduler: str, council_file: Path, tmp_path: Path) -> None:
    command = [*council(tmp_path), "--dask", scheduler]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert digest(tmp_path / "data" / "councils" / "fairwater.sqlite") == digest(council_file)


def council(folder: Path) -> list[str]:
    return [str(Path(sys.executable).with_name("council")), *BUILD, "--data", str(folder / "data")]


def test_no_dask_scheduler_is_said_plainly_and_leaves_nothing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "council-data")
    with pytest.raises(NoSuchEngine, match="No Dask scheduler answers"):
        build(folder, PLAN, discover(), quiet, Dask("tcp://127.0.0.1:9"))
    assert list(folder.councils.iterdir()) == []


def test_an_address_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(NoSuchEngine, match="nonsense"):
        build(DataFolder(tmp_path / "data"), PLAN, discover(), quiet, Dask("nonsense://where"))


def test_workers_and_a_cluster_are_not_asked_for_together() -> None:
    with pytest.raises(NoSuchEngine, match="leave out --workers or --dask"):
        chosen(2, "tcp://127.0.0.1:8786")


def test_a_build_with_workers_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*council(tmp_path), "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    councils = tmp_path / "data" / "councils"
    deadline = time.monotonic() + 30
    while not list(councils.glob("*.building")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(1.0)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert list(councils.iterdir()) == []


def test_a_town_of_any_size_has_a_few_blocks_in_memory_at_a_time() -> None:
    on_their_way: list[int] = []
    most = 0

    class Sent:
        def __init__(self, number: int) -> None:
            nonlocal most
            self.number = number
            on_their_way.append(number)
            most = max(most, len(on_their_way))

        def result(self) -> BlockRecords:
            on_their_way.remove(self.number)
            return BlockRecords(self.number, 0, 0, 0, b"", {}, {}, None)  # type: ignore[arg-type]

    handed_over = [each.number for each in _Coming(Sent, range(50), most=3).handed_over(quiet)]
    assert handed_over == list(range(50))
    assert most == 3
