"""``council force`` as people type it, on a folder that nobody serves and on one that is served."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sandbox.serving import greeting, served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.forcing.calls import read, rules, set_rule
from tests.sandbox.test_command import council as run


@pytest.fixture
def folder(council: CouncilUnderTest) -> Path:
    """A data folder with a council, served by nobody."""
    council.close()
    return council.folder.path


def force(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("force", *words, cwd=folder.parent, COUNCIL_DATA=str(folder), **environment)


def test_a_rule_set_while_nobody_serves_holds_when_somebody_does(
    council: CouncilUnderTest, folder: Path
) -> None:
    done = force(
        folder, "set", "unavailable", "fairwater", "--service", "residents", "--count", "1", "--method", "get"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "r1  unavailable (retry_after=30), on residents, GET, 1 more\n"
    assert "r1  unavailable" in force(folder, "list").stdout
    council.reopen()
    assert [read(council).status_code for _ in range(2)] == [503, 200]


def test_a_running_sandbox_is_told_too(council: CouncilUnderTest) -> None:
    with served_aside(council.sandbox.gateway) as url:
        there = ("--url", url, "--key", KEY)
        done = force(council.folder.path, "legacy", "nightly-batch", "--for", "90m", *there)
        assert done.returncode == 0, done.stderr
        assert [each["behaviour"] for each in rules(council)] == ["maintenance", "maintenance"]
        assert done.stdout.count("maintenance, on every service") == 2
        assert force(council.folder.path, "stop", "fairwater", "r1", *there).stdout == "Ended r1\n"
        assert force(council.folder.path, "stop", *there).stdout == "Ended r2\n"
        assert "Nothing is forced on fairwater" in force(council.folder.path, "list", *there).stdout
    assert rules(council) == []


def test_what_can_be_forced_is_listed_without_a_council(tmp_path: Path) -> None:
    listed = force(tmp_path / "nothing", "behaviours")
    assert listed.returncode == 0
    assert "too-many-requests: " in listed.stdout
    assert "seconds (0 to 60; 3 unless said)" in listed.stdout
    assert "nightly-batch: " in force(tmp_path / "nothing", "legacy").stdout
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("set", "unavailble"), "Did you mean unavailable?"),
        (("set", "slow", "--with", "second=2"), "seconds"),
        (("set", "slow", "--with", "2"), "NAME=VALUE"),
        (("set", "slow", "--service", "wast"), "Did you mean waste?"),
        (("set", "slow", "--for", "soon"), "no length of time"),
        (("set", "slow", "--for", "0s"), "more than no time"),
        (("set", "slow", "--method", "brew"), "methods"),
        (("set", "slow", "rehearsal"), "rehearsal"),
        (("legacy", "nightly-bach"), "Did you mean nightly-batch?"),
        (("stop", "fairwater", "r7"), "r7"),
    ],
)
def test_what_cannot_be_forced_is_said_in_a_line(folder: Path, words: tuple[str, ...], says: str) -> None:
    done = force(folder, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("council: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_meet_no_page_of_the_console_and_nothing_at_start(council: CouncilUnderTest) -> None:
    set_rule(council, "timeout", parameters={"seconds": 600})
    page = council.client.get("/try/fairwater/waste/1", headers={"Accept": "text/html"})
    assert page.status_code == 200
    council.reopen()
    lines = list(greeting(council.sandbox, "http://127.0.0.1:8000"))
    assert "/councils/fairwater/" in lines[-1]
