"""The journeys that are shipped: they pass on a fresh council, again, in both runners; and they can fail."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import scenarios
from sandbox.serving import served_aside as served
from scenarios import Outcome, Run, packs
from scenarios.report import details
from tests.conftest import KEY
from tests.scenarios import other_runner
from tests.scenarios.serving import sandbox_of
from tests.scenarios.tampering import Answer, Tampered, with_fields, with_status

PACKS = packs.load()
COMMAND = str(Path(sys.executable).with_name("council"))


@pytest.fixture(scope="module")
def address(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A served council that all the tests of this file change in turn, as anyone's runs would."""
    with (
        sandbox_of(built_folder, tmp_path_factory.mktemp("journeys") / "council-data") as sandbox,
        served(sandbox.gateway) as url,
    ):
        yield url


@pytest.fixture(scope="module")
def tampered(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Tampered, str]]:
    """A served council with somebody in the way of its answers, and its address."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("tampered") / "council-data") as sandbox:
        between = Tampered(sandbox.gateway)
        with served(between) as url:
            yield between, url


def walked(address: str, only: list[str] | None = None) -> Run:
    return scenarios.run(PACKS, address, "fairwater", KEY, only=only)


def what_went_wrong(run: Run) -> str:
    """What a run's report says of the steps that did not pass."""
    lines = [
        line
        for journey in run.journeys
        for step in journey.steps
        for line in (f"{journey.journey} {step.name}", *details(step))
        if step.outcome in (Outcome.FAIL, Outcome.ERROR)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("journey", [journey.id for journey in PACKS.journeys])
def test_the_council_passes(journey: str, address: str) -> None:
    run = walked(address, [journey])
    assert run.passed, what_went_wrong(run)


def test_all_journeys_pass_again_and_again_on_one_council(address: str) -> None:
    for _ in range(2):
        run = walked(address)
        assert run.counts[Outcome.PASS] == len(PACKS.journeys), what_went_wrong(run)


def test_the_document_in_the_guide_passes_as_it_stands(address: str, tmp_path: Path) -> None:
    guide = (Path(scenarios.__file__).parent / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    for name, start in (("requirements.yaml", "requirements:"), ("one.arazzo.yaml", "arazzo:")):
        (tmp_path / name).write_text(next(block for block in blocks if block.startswith(start)))
    run = scenarios.run(packs.load(tmp_path), address, "fairwater", KEY)
    assert run.passed, what_went_wrong(run)


def test_journeys_do_not_lean_on_their_order(address: str) -> None:
    for journey in reversed(PACKS.journeys):
        run = walked(address, [journey.id])
        assert run.passed, what_went_wrong(run)


@pytest.mark.runners
def test_both_runners_pass_every_journey_one_after_the_other(address: str, tmp_path: Path) -> None:
    theirs = other_runner.verdicts(PACKS, address, "fairwater", KEY, tmp_path / "laid-out")
    ours = walked(address)

    assert theirs == {journey.journey: journey.outcome is Outcome.PASS for journey in ours.journeys}
    assert all(theirs.values()), what_went_wrong(ours)


def other_reference_each_time() -> Callable[[int, Any], Answer]:
    numbers = itertools.count(900_001)
    return lambda status, body: (status, {**body, "reference": f"BC-{next(numbers)}"})


@pytest.mark.parametrize(
    ("journey", "where", "change", "step"),
    [
        (
            "missed-bin-reported-twice",
            "POST .*/missed-collections$",
            lambda status, body: (status, {**body, "reference": f"MC-{status}"}),
            "second-report",
        ),
        (
            "missed-bin-changed-by-two-officers",
            "PATCH .*/missed-collections/",
            with_status(409, instead_of=412),
            "second-officer",
        ),
        (
            "bulky-collection-booked-and-cancelled",
            "POST .*/bulky-collections/.*/cancellation$",
            with_fields(refunded_pence=1),
            "cancelled",
        ),
        (
            "request-sent-twice",
            "POST .*/bulky-collections$",
            other_reference_each_time(),
            "sent-again",
        ),
        (
            "bill-paid-in-instalments",
            "GET .*/council-tax/accounts/CT[0-9]+$",
            with_fields(arrears_pence=1),
            "next-instalment",
        ),
        (
            "household-moves-house",
            "GET .*/waste/properties/[0-9]+$",
            with_fields(holder_id="R00000001"),
            "bins-left-behind",
        ),
        (
            "household-moves-house",
            "GET .*/council-tax/accounts/CT[0-9]+$",
            with_fields(status="open"),
            "account-closed",
        ),
        (
            "pothole-followed-to-its-end",
            "GET .*/street-reports/requests/",
            with_fields(status="open"),
            "mended",
        ),
        (
            "key-with-fewer-rights",
            "POST .*/residents/.*/moves$",
            with_status(401, instead_of=403),
            "what-it-may-not-write",
        ),
        (
            "clock-that-never-goes-back",
            "POST /sandbox/.*/clock$",
            with_status(400, instead_of=422),
            "back-again",
        ),
        (
            "property-by-number-and-postcode",
            "GET .*/addresses/properties/[0-9]+$",
            with_fields(rumour="haunted"),
            "by-number",
        ),
        (
            "bins-in-a-calendar-program",
            "GET .*/calendar.ics$",
            lambda status, body: (status, body.replace("DTSTART;VALUE=DATE", "DTSTART")),
            "feed",
        ),
    ],
)
def test_a_service_that_does_wrong_is_found_out(
    tampered: tuple[Tampered, str],
    journey: str,
    where: str,
    change: Callable[[int, Any], Answer],
    step: str,
) -> None:
    between, address = tampered
    between.tamper(where, change)
    result = walked(address, [journey]).journeys[0]

    assert between.changed
    assert result.outcome is Outcome.FAIL
    assert [each.name for each in result.steps if each.outcome is Outcome.FAIL] == [step]


def council(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COUNCIL_KEY": KEY}
    return subprocess.run(
        [COMMAND, "scenarios", "run", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_exits_with_0_where_all_pass_and_writes_a_report(address: str, tmp_path: Path) -> None:
    done = council("--url", address, "--only", "addresses", "--junit", "report.xml", cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 journeys: 5 passed" in done.stdout
    suites = ElementTree.parse(tmp_path / "report.xml").getroot()
    assert suites.get("failures") == "0"
    assert len(list(suites.iter("testcase"))) >= 5


def test_the_command_exits_with_1_where_one_fails_and_says_why(
    tampered: tuple[Tampered, str], tmp_path: Path
) -> None:
    between, address = tampered
    between.tamper("GET .*/addresses/wards$", with_status(404, instead_of=200))
    done = council("--url", address, "--only", "addresses", "--junit", "report.xml", cwd=tmp_path)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAIL   properties-of-a-ward-and-a-class  wards" in done.stdout
    assert "$statusCode was 404" in done.stdout
    assert "<failure" in (tmp_path / "report.xml").read_text()
    assert KEY not in (tmp_path / "report.xml").read_text() + done.stdout


def test_the_command_exits_with_2_where_it_could_not_run(tmp_path: Path) -> None:
    done = council("--url", "http://127.0.0.1:1", "--junit", "report.xml", cwd=tmp_path)

    assert done.returncode == 2
    assert "Nothing answers at http://127.0.0.1:1" in done.stderr
    assert not (tmp_path / "report.xml").exists()


def test_a_key_that_is_refused_is_said_before_anything_runs(address: str, tmp_path: Path) -> None:
    done = council("--url", address, "--key", "wrong", cwd=tmp_path)

    assert done.returncode == 2
    assert "refuses the key for fairwater" in done.stderr
    assert done.stdout == ""


def test_a_council_is_named_only_where_a_sandbox_is(tmp_path: Path) -> None:
    done = council("--council", "otherby", cwd=tmp_path)

    assert done.returncode == 2
    assert "--url" in done.stderr


def test_without_an_address_the_command_starts_a_council_for_the_run(tmp_path: Path) -> None:
    done = council("--only", "who-lives-together", cwd=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 journey: 1 passed" in done.stdout
    assert list(tmp_path.iterdir()) == []
