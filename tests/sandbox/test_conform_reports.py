"""``council conform`` and its reports: tried before, written after, and the same when run again."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from sandbox import evidence
from sandbox.app import Sandbox
from sandbox.cli import app
from sandbox.failure import Failure
from sandbox.serving import served_aside
from scenarios.conformance.record import Record
from tests.conftest import KEY
from tests.scenarios.reports.records import HOSTILE
from tests.scenarios.serving import sandbox_of

CHECK = "waste.journey.bins-of-one-home"
REPORTS = ("junit", "json", "html", "badge", "har", "summary")


@pytest.fixture(scope="module")
def sandbox(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox_of(built_folder, tmp_path_factory.mktemp("conform") / "council-data") as running:
        yield running


@pytest.fixture(scope="module")
def url(sandbox: Sandbox) -> Iterator[str]:
    with served_aside(sandbox.gateway) as address:
        yield address


@pytest.fixture(scope="module")
def hostile_target(url: str) -> Iterator[str]:
    """A target that claims all of waste, and answers with whatever trips readers up."""
    claimed = httpx.get(f"{url}/councils/fairwater/waste/openapi.json").json()

    async def answer(request: Request) -> Response:
        if request.url.path == "/openapi.json":
            return JSONResponse(claimed)
        said = {"items": [HOSTILE, "\ud800"], "id": "y" * 200_000, "total": request.url.path}
        return Response(json.dumps(said), media_type="application/json")

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    with served_aside(Starlette(routes=[Route("/{path:path}", answer, methods=methods)])) as address:
        yield address


def conform(*words: object, **environment: str) -> Result:
    """The command, with exit code 2 where it could not run."""
    names = {"COUNCIL_KEY": KEY, "GITHUB_STEP_SUMMARY": "", **environment}
    answer = CliRunner().invoke(app, ["conform", *map(str, words)], env=names)
    if isinstance(answer.exception, Failure):
        answer.exit_code = 2
    elif answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


def asking_for(folder: Path) -> list[str]:
    """The options of every report, and a data folder for the key."""
    asked = [part for name in REPORTS for part in (f"--{name}", str(folder / f"report.{name}"))]
    return [*asked, "--data", str(folder / "council-data")]


def record_in(folder: Path) -> Record:
    return evidence.read(folder / "report.json").record


@pytest.fixture(scope="module")
def passed(url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that passed, with every report of it, in a step of GitHub's CI."""
    folder = tmp_path_factory.mktemp("passed")
    (folder / "step.md").write_text("Said before.\n")
    typed = ["waste", "--url", url, "--only", CHECK, "--key", KEY, "--seed", "4", "--max-time", "100"]
    answer = conform(*typed, *asking_for(folder), GITHUB_STEP_SUMMARY=str(folder / "step.md"))
    assert answer.exit_code == 0, answer.output
    assert "\nPASSED\n" in answer.output
    return folder


def test_every_report_is_written_when_the_run_passed(passed: Path) -> None:
    assert record_in(passed).passed
    entries = json.loads((passed / "report.har").read_text())["log"]["entries"]
    assert {entry["_check"] for entry in entries} == {CHECK}
    for name in REPORTS:
        said = (passed / f"report.{name}").read_text()
        assert KEY not in said
        assert len(said) > 300


def test_every_report_is_written_when_the_run_failed(url: str, hostile_target: str, tmp_path: Path) -> None:
    words = ["waste", "--target", hostile_target, "--target-key", "s3cret-of-the-target", "--url", url]
    answer = conform(*words, "--only", CHECK, *asking_for(tmp_path))
    assert answer.exit_code == 1, answer.output
    assert "\nNOT PASSED\n" in answer.output
    assert "\x1b" not in answer.output
    assert not record_in(tmp_path).passed
    suites = ElementTree.parse(tmp_path / "report.junit").getroot()
    assert int(suites.get("failures", "")) + int(suites.get("errors", "")) > 0
    assert "not passed" in (tmp_path / "report.badge").read_text()
    for name in REPORTS:
        said = (tmp_path / f"report.{name}").read_text()
        assert "s3cret-of-the-target" not in said
        assert KEY not in said
    assert hostile_target in record_in(tmp_path).command


def test_no_report_is_written_when_nothing_could_be_run(tmp_path: Path, url: str) -> None:
    answer = conform("waste", "--target", "http://127.0.0.1:9", "--url", url, *asking_for(tmp_path))
    assert answer.exit_code == 2
    assert list(tmp_path.glob("report.*")) == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize(
    ("where", "said"), [("", "is a folder"), ("gone/report", "there is no folder"), ("pipe", "no file but")]
)
def test_a_report_that_cannot_be_written_is_said_before_anything_is_run(
    tmp_path: Path, name: str, where: str, said: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Nothing answers at that address: whoever asked there first would have said so.
    answer = conform("waste", "--url", "http://127.0.0.1:9", f"--{name}", tmp_path / where)
    assert answer.exit_code == 2
    assert said in str(answer.exception)
    assert f"--{name}" in str(answer.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_two_reports_are_not_written_to_one_file(tmp_path: Path) -> None:
    one = tmp_path / "report"
    answer = conform(
        "waste", "--url", "http://127.0.0.1:9", "--junit", one, "--html", tmp_path / "." / "report"
    )
    assert answer.exit_code == 2
    assert "--html and --junit both name" in str(answer.exception)


def test_a_step_of_githubs_ci_gets_its_summary_by_itself(passed: Path) -> None:
    assert (passed / "step.md").read_text().startswith("Said before.\n## ✅ Waste passed")


def test_the_line_of_a_run_does_it_again(passed: Path, tmp_path: Path) -> None:
    told = record_in(passed)
    council, command, *words = shlex.split(told.command)
    assert (council, command) == ("council", "conform")
    assert KEY not in told.command
    assert not any(name in told.command for name in ("--junit", "--html", "--key"))
    again = conform(*words, "--json", tmp_path / "report.json")
    assert again.exit_code == 0
    assert record_in(tmp_path).command == told.command
    assert outcomes(record_in(tmp_path)) == outcomes(told)


def test_the_line_of_a_run_on_a_council_of_its_own_makes_that_council_again(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    first.mkdir()
    again.mkdir()
    conform("waste", "--only", CHECK, *asking_for(first))
    told = record_in(first)
    line = ["council", "conform", "waste", "--as-of", "2026-06-01", "--only", CHECK, "--seed", "1"]
    assert sorted(told.command.split()) == sorted(line)
    conform(*shlex.split(told.command)[2:], *asking_for(again))
    assert outcomes(record_in(again)) == outcomes(told)
    assert record_in(again).council == told.council


def test_an_address_with_a_password_in_it_is_refused_as_reports_would_show_it(url: str) -> None:
    for words in (
        ["--target", "http://me:hidden@127.0.0.1:9", "--url", url],
        ["--url", "http://me:hidden@h"],
    ):
        answer = conform("waste", *words)
        assert answer.exit_code == 2
        assert "hidden" not in answer.output + str(answer.exception)


def test_a_council_of_ones_own_is_not_one_that_is_there() -> None:
    answer = conform("waste", "--as-of", "2026-06-01", "--url", "http://127.0.0.1:9")
    assert answer.exit_code == 2
    assert "leave it out, or --url" in str(answer.exception)


def outcomes(record: Record) -> dict[str, object]:
    """What a run came to, but for how long it took and when."""
    checks = {check.id: (check.outcome, check.reason, check.calls) for check in record.checks}
    return {**checks, "verdicts": [one.verdict for one in record.requirements], "passed": record.passed}
