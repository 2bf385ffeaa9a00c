"""``council journal`` as people type it, on a sandbox that runs and on a folder that nobody serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import an_account, fork, pay

COUNCIL = str(Path(sys.executable).with_name("council"))


def journal(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run ``council journal`` to its end."""
    return subprocess.run(
        [COUNCIL, "journal", *words],
        env={**os.environ, "COUNCIL_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def there(council: CouncilUnderTest) -> Iterator[tuple[str, ...]]:
    """The options that lead to the council, which is served."""
    with served_aside(council.sandbox.gateway) as url:
        yield "--url", url, "--key", KEY


def test_the_calls_are_listed_and_one_is_shown(council: CouncilUnderTest, there: tuple[str, ...]) -> None:
    reference = an_account(council)
    pay(council, reference)
    data = council.folder.path
    listed = journal("fairwater", "--service", "council-tax", *there, data=data)
    assert listed.returncode == 0, listed.stderr
    _, paid = listed.stdout.splitlines()
    assert f"201  POST   /councils/fairwater/council-tax/accounts/{reference}/payments" in paid
    assert "2 rows, 1 event " in paid
    only = journal("--status", "201", *there, data=data)
    assert only.stdout.splitlines() == [paid]
    shown = journal("show", paid.split()[-1], *there, data=data)
    assert shown.returncode == 0, shown.stderr
    for line in (
        "By fixed from testclient:50000",
        '    "amount_pence": 5,',
        f"  council_tax_accounts changed: reference {reference}",
        "    version: 1 -> 2",
        f"  1 virtual-council.council-tax.payment.received {reference}",
    ):
        assert line in shown.stdout.splitlines()
    assert KEY not in listed.stdout + shown.stdout


def test_the_archive_is_written(council: CouncilUnderTest, there: tuple[str, ...], tmp_path: Path) -> None:
    pay(council, an_account(council))
    file = tmp_path / "calls.har"
    done = journal("fairwater", "--har", str(file), *there, data=council.folder.path)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(file.read_text())["log"]["entries"]) == 2
    refused = journal("--har", str(tmp_path / "no" / "calls.har"), *there, data=council.folder.path)
    assert refused.returncode == 2
    assert "could not be written" in refused.stderr


def test_a_replay_ends_with_1_where_answers_differ(council: CouncilUnderTest, there: tuple[str, ...]) -> None:
    fork(council)
    reference = an_account(council)
    pay(council, reference)
    data = council.folder.path
    alike = journal("replay", "fairwater", "--onto", "rehearsal", *there, data=data)
    assert alike.returncode == 0, alike.stdout + alike.stderr
    assert alike.stdout.splitlines()[-1].endswith("2 the same, 0 different, 0 not compared, 0 left out")
    again = journal("replay", "fairwater", "--onto", "rehearsal", *there, data=data)
    assert again.returncode == 1
    assert "/balance_pence: was" in again.stdout


def test_calls_are_followed_until_told_to_stop(council: CouncilUnderTest, there: tuple[str, ...]) -> None:
    an_account(council)
    with subprocess.Popen(
        [COUNCIL, "journal", "fairwater", "--follow", *there], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "/accounts" in process.stdout.readline()
        council.get("waste", "/rounds")
        assert "/waste/rounds" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130)


def test_the_journal_of_a_council_that_nobody_serves_is_read_and_emptied(council: CouncilUnderTest) -> None:
    council.get("waste", "/rounds")
    council.close()
    data = council.folder.path
    listed = journal("fairwater", data=data)
    assert listed.returncode == 0, listed.stderr
    assert "/waste/rounds" in listed.stdout
    emptied = journal("empty", "fairwater", data=data)
    assert emptied.stdout == "The journal of fairwater forgot 1 call\n"
    assert journal("fairwater", data=data).stdout == ""


def test_what_is_not_there_is_said(council: CouncilUnderTest, there: tuple[str, ...]) -> None:
    shown = journal("show", "abc-1", *there, data=council.folder.path)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "has no call abc-1" in shown.stderr
