"""The ``council`` command as people type it: what it says, what it leaves behind, how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.folder import DataFolder, read_facts

COUNCIL = str(Path(sys.executable).with_name("council"))
OPTIONS = ("--residents", "500", "--seed", "7", "--as-of", "2026-06-01")


def council(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [COUNCIL, *words],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def a_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def up(*words: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`council up` with the five lines that it prints; stopped at the end."""
    process = subprocess.Popen(
        [COUNCIL, "up", *words], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    try:
        yield process, [process.stdout.readline().rstrip("\n") for _ in range(5)]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


def test_up_builds_what_is_missing_and_says_where_it_is(tmp_path: Path) -> None:
    port = str(a_free_port())
    with up(*OPTIONS, "--name", "fairwater", "--port", port, cwd=tmp_path) as (_process, lines):
        assert lines[0].startswith("Fairwater Council: a pretend council of 500 residents")
        assert lines[0].endswith("shaped like Hartlepool (census 2021)")
        assert lines[1] == f"Console  http://127.0.0.1:{port}/"
        assert lines[2] == f"API      http://127.0.0.1:{port}/councils/fairwater/"
        assert re.fullmatch(r"Key      vc_\S{32}", lines[3])
        command = lines[4].removeprefix("Try").strip()
        pasted = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
        assert '"uprn":' in pasted.stdout
    # The second time it is there, and any council will do.
    with up("--port", port, cwd=tmp_path) as (_process, again):
        assert again == lines


def test_up_ends_well_when_told_to_stop(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        with up(*OPTIONS, "--name", "fairwater", "--port", str(a_free_port()), cwd=tmp_path) as (process, _):
            process.send_signal(number)
            assert process.wait(20) in (0, -number, 128 + number)


def test_a_port_in_use_is_named_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = council("up", *OPTIONS, "--port", port, cwd=tmp_path)
    assert done.returncode == 2
    assert f"Port {port}" in done.stderr
    assert "--port" in done.stderr
    assert list((tmp_path / "council-data" / "councils").iterdir()) == []


def test_a_service_answers_at_a_port_of_its_own(tmp_path: Path) -> None:
    own = a_free_port()
    words = ("--port", str(a_free_port()), "--service-port", f"street-reports={own}")
    with (
        up(*OPTIONS, "--name", "fairwater", *words, cwd=tmp_path),
        urllib.request.urlopen(f"http://127.0.0.1:{own}/services.json") as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("build", "--like", "Hartlpool"), "Did you mean Hartlepool"),
        (("build", "--name", "leeds"), "real authority"),
        (("build", "--name", "Bad Name"), "lower-case letters"),
        (("build", "--residents", "7"), "--residents takes a number of 100 or more"),
        (("build", "--residents", "3000000"), "--residents takes 2,000,000 at most"),
        (("build", "--residents", "many"), "or the word full"),
        (("build", "--mess", "2"), "'--mess': Input should be less than or equal to 1"),
        (("build", "--mess", "nan"), "Invalid value for '--mess'"),
        (("delete", "atlantis"), "no council called atlantis"),
        (("openapi", "wast"), "Did you mean waste?"),
        (("up", "--service-port", "dragons=9000"), "--service-port takes NAME=PORT"),
        (("scenarios", "run", "--url", "http://127.0.0.1:1"), "Nothing answers at http://127.0.0.1:1"),
        (("scenarios", "run", "--only", "mised-bin"), "no journey or pack"),
        (("scenarios", "run", "--junit", "no/such/folder/report.xml"), "no folder"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_remedy(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = council(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_council_that_is_there_is_not_built_over(tmp_path: Path) -> None:
    assert council("build", *OPTIONS, "--name", "fairwater", cwd=tmp_path).returncode == 0
    file = tmp_path / "council-data" / "councils" / "fairwater.sqlite"
    before = file.read_bytes()
    other = council("build", "--seed", "8", "--name", "fairwater", cwd=tmp_path)
    assert other.returncode == 2
    assert "it has seed 7, not 8" in other.stderr
    mistaken = council("up", "--like", "Hartlpool", "--name", "fairwater", cwd=tmp_path)
    assert mistaken.returncode == 2
    assert "Did you mean Hartlepool" in mistaken.stderr
    again = council("build", *OPTIONS, "--name", "fairwater", cwd=tmp_path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert file.read_bytes() == before


def test_the_same_options_give_the_same_council_in_another_process(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        environment = {"PYTHONHASHSEED": str(len(files))}
        done = council("build", *OPTIONS, "--name", "fairwater", cwd=tmp_path / name, **environment)
        assert done.returncode == 0, done.stderr
        files.append(tmp_path / name / "council-data" / "councils" / "fairwater.sqlite")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_council_has_the_mess_it_was_asked_for(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "council-data")
    for name, asked, mess in (("fairwater", (), 0.05), ("otherby", ("--mess", "0"), 0)):
        assert council("build", *OPTIONS, "--name", name, *asked, cwd=tmp_path).returncode == 0
        assert read_facts(folder.file(name))["mess"] == mess
        with closing(sqlite3.connect(folder.file(name))) as connection:
            faults = connection.execute("SELECT count(*) FROM council_truth_faults").fetchone()[0]
        assert bool(faults) == bool(mess)
    other = council("build", "--mess", "0.5", "--name", "fairwater", cwd=tmp_path)
    assert other.returncode == 2
    assert "it has a level of mess of 0.05, not 0.5" in other.stderr
    same = council("build", "--mess", "0.05", "--name", "fairwater", cwd=tmp_path)
    assert "serve it with" in same.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = _building(tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert list((tmp_path / "council-data" / "councils").iterdir()) == []


def test_a_build_that_was_killed_is_said_to_be_half_built(tmp_path: Path) -> None:
    process = _building(tmp_path)
    process.kill()
    process.communicate(timeout=30)
    for words in (("up", *OPTIONS, "--name", "fairwater"), ("build", *OPTIONS, "--name", "fairwater")):
        done = council(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert "half-built" in done.stderr
        assert "council delete fairwater" in done.stderr
    assert "half-built" in council("list", cwd=tmp_path).stderr
    assert council("delete", "fairwater", cwd=tmp_path).returncode == 0
    assert council("build", *OPTIONS, "--name", "fairwater", cwd=tmp_path).returncode == 0


def _building(folder: Path) -> subprocess.Popen[str]:
    """A large build that has begun to write."""
    process = subprocess.Popen(
        [COUNCIL, "build", "--like", "Birmingham", "--residents", "60000", "--name", "fairwater"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    unfinished = folder / "council-data" / "councils" / "fairwater.building"
    deadline = 60 * 20
    while not unfinished.exists() and deadline:
        deadline -= 1
        time.sleep(0.05)
    assert unfinished.exists()
    return process


def test_help_reads_well(tmp_path: Path) -> None:
    said = council("--help", cwd=tmp_path).stdout
    for word in ("up", "build", "list", "delete", "services", "openapi", "new-service", "scenarios"):
        assert re.search(rf"\b{word}\b", said)
    assert "Usage: council" in said


def test_list_and_services_and_openapi_say_what_there_is(tmp_path: Path) -> None:
    assert "no councils" in council("list", cwd=tmp_path).stdout
    council("build", *OPTIONS, "--name", "fairwater", cwd=tmp_path)
    assert re.search(r"fairwater +Fairwater Council +Hartlepool +500", council("list", cwd=tmp_path).stdout)
    services = council("services", cwd=tmp_path).stdout
    assert "street_reports" in services
    assert "Open311" in services
    assert '"openapi": "3.1.0"' in council("openapi", "street-reports", cwd=tmp_path).stdout


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    port = str(a_free_port())
    scenario = ("--name", "fairwater", "--port", port)
    with up(*OPTIONS, *scenario, cwd=tmp_path) as (process, lines):
        headers = {"Authorization": f"Bearer {lines[3].split()[-1]}", "Content-Type": "application/json"}
        root = f"http://127.0.0.1:{port}/councils/fairwater/residents/residents"
        with httpx.Client(headers=headers) as client:
            uprn = client.get(f"{root}/R00000300").json()["uprn"]
            body = {"uprn": uprn, "moved_on": "2026-05-30", "whole_household": True}
            assert client.post(f"{root}/R00000001/moves", json=body).status_code == 201
            process.kill()
            process.wait(10)
    with up(*scenario, cwd=tmp_path), httpx.Client(headers=headers) as client:
        assert client.get(f"{root}/R00000001").json()["uprn"] == uprn


def test_a_folder_that_is_served_is_not_served_twice_nor_loses_its_first_council(tmp_path: Path) -> None:
    name = ("--name", "fairwater")
    with up(*OPTIONS, *name, "--port", str(a_free_port()), cwd=tmp_path) as (process, _lines):
        second = council("up", *name, "--port", str(a_free_port()), cwd=tmp_path)
        assert (second.returncode, "being served by another" in second.stderr) == (2, True)
        deleted = council("delete", "fairwater", cwd=tmp_path)
        assert (deleted.returncode, "was started with" in deleted.stderr) == (2, True)
        process.kill()
        process.wait(10)
    assert council("delete", "fairwater", cwd=tmp_path).returncode == 0


def test_copies_are_driven_alike_whether_or_not_a_sandbox_runs(tmp_path: Path) -> None:
    with up(*OPTIONS, "--name", "fairwater", "--port", str(a_free_port()), cwd=tmp_path) as (process, _lines):
        _drive(tmp_path)
        process.kill()
        process.wait(10)
    _drive(tmp_path)


def _drive(folder: Path) -> None:
    """Fork, save, move on, compare, go back, carry elsewhere and delete, by the command line."""

    def told(*words: str) -> str:
        done = council(*words, cwd=folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "rehearsal: a fork of fairwater" in told("fork", "fairwater", "--name", "rehearsal")
    told("snapshot", "save", "rehearsal", "before", "--note", "to go back to")
    assert "to go back to" in told("snapshot", "list", "rehearsal")
    told("clock", "rehearsal", "advance", "40d")
    assert "ledger:" in told("diff", "rehearsal", "fairwater")
    told("snapshot", "restore", "rehearsal", "before")
    assert "no record differs" in told("diff", "rehearsal", "fairwater")
    told("snapshot", "export", "rehearsal", "before", "--to", "carried.zip")
    again = council("snapshot", "export", "rehearsal", "before", "--to", "carried.zip", cwd=folder)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert "otherby: brought from carried.zip" in told(
        "snapshot", "import", "carried.zip", "--name", "otherby"
    )
    assert "as it was made" in told("reset", "otherby")
    for name in ("rehearsal", "otherby"):
        told("delete", name)
    (folder / "carried.zip").unlink()
    refused = council("fork", "nowhere", cwd=folder)
    assert (refused.returncode, "no council called nowhere" in refused.stderr) == (2, True)
