"""`council conform`: what cannot be tested is said before anything runs, and a run can be interrupted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.cli.conform import made_with
from sandbox.serving import served_aside
from scenarios import load
from scenarios.conformance.record import CheckResult
from scenarios.conformance.running import Wanted, run
from scenarios.conformance.target import Target
from tests.conftest import KEY
from tests.scenarios.misbehaving import misbehaving
from tests.scenarios.packing import Packing
from tests.scenarios.serving import sandbox_of
from tests.scenarios.test_mistakes import GOOD

LOOK = """
steps:
  - stepId: look
    operationId: $sourceDescriptions.waste.list_rounds
    successCriteria:
      - condition: $statusCode == 200
"""


@pytest.fixture(scope="module")
def address(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox that answers. What these tests run is run on forks."""
    folder = tmp_path_factory.mktemp("conform") / "council-data"
    with sandbox_of(built_folder, folder) as sandbox, served_aside(sandbox.gateway) as url:
        yield url


def conform(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command."""
    monkeypatch.setattr(sys, "argv", ["council", "conform", *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


@pytest.mark.parametrize(
    ("mood", "said"),
    [("html", "answers a web page"), ("redirects", "redirects to"), ("hangs_up", "is the target up")],
)
def test_a_target_that_cannot_be_tested_is_exit_code_2_and_nothing_runs(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mood: str, said: str
) -> None:
    with misbehaving(mood) as (target, _):
        words = ("waste", "--target", target, "--url", address, "--key", KEY)
        assert conform(monkeypatch, *words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err


def test_a_target_that_has_nothing_of_the_slot_is_not_tried(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with misbehaving("good") as (target, _):
        words = ("waste", "--target", target, "--target-key", "theirs", "--url", address, "--key", KEY)
        assert conform(monkeypatch, *words) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "claims none of the" in told.err
    assert "council component check --for waste" in told.err


def test_a_folder_that_is_nearly_named_for_a_service_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    packing = Packing(tmp_path / "own")
    packing.write("waste/requirements.yaml", "requirements: []\n")
    packing.journeys(own_bin=LOOK)
    (packing.folder / "waste").rename(packing.folder / "wast")
    words = ("waste", "--packs", str(tmp_path / "own"), "--url", address, "--key", KEY, "--only", "WASTE-003")
    assert conform(monkeypatch, *words) == 2
    assert "no service `wast`" in capsys.readouterr().err


def test_a_mistake_in_ones_own_packs_is_exit_code_2_with_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], packing: Packing
) -> None:
    packing.write("waste/requirements.yaml", "requirements: []\n")
    packing.journeys(own_bin=GOOD.replace("successCriteria:", "sucessCriteria:"), proves="WASTE-001")
    assert conform(monkeypatch, "waste", "--packs", str(packing.folder)) == 2
    text = (packing.folder / "waste/bins.arazzo.yaml").read_text().splitlines()
    line = next(number for number, each in enumerate(text, 1) if "sucessCriteria" in each)
    told = capsys.readouterr()
    assert told.out == ""
    assert f"bins.arazzo.yaml:{line}: $.workflows[0].steps[0].sucessCriteria" in told.err


def test_ones_own_journeys_are_checks_beside_ours(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], packing: Packing
) -> None:
    packing.write("waste/requirements.yaml", "requirements: []\n")
    body = """
    steps:
      - stepId: look
        operationId: $sourceDescriptions.waste.list_rounds
        successCriteria:
          - condition: $statusCode == 200
    """
    packing.journeys(own_rounds=body, proves="WASTE-001")
    words = ("waste", "--packs", str(packing.folder), "--url", address, "--key", KEY, "--only", "own-rounds")
    conform(monkeypatch, *words)
    assert "ok     waste.journey.own-rounds" in capsys.readouterr().out


def test_a_run_that_is_interrupted_ends_with_what_is_under_way(address: str) -> None:
    told = []

    def interrupt(result: CheckResult) -> None:
        told.append(result.id)
        raise KeyboardInterrupt

    wanted = Wanted(
        base_url=address,
        council="fairwater",
        key=KEY,
        targets=[Target("waste")],
        packs=load(),
        made_with=made_with(),
        now=lambda: datetime(2026, 6, 1, tzinfo=UTC),
    )
    with pytest.raises(KeyboardInterrupt):
        run(wanted, interrupt)
    assert len(told) <= wanted.workers
