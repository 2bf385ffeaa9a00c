"""What the checks are worth: both good components pass every one, and the same with a mistake do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import running
from scenarios.conformance.record import Verdict
from scenarios.results import Outcome
from tests.components.trying import SLOTS, Sandbox, tried

FEW = 1
"""Generated requests of each kind: how many more a run makes is the fuzzer's own affair."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A served council; each trial joins a fork of it."""
    with running.temporary() as there:
        yield Sandbox(there.url, there.council, there.key)


@pytest.mark.parametrize("name", sorted(SLOTS))
def test_a_good_component_passes_every_check_and_none_is_left_out(
    sandbox: Sandbox, name: str, tmp_path: Path
) -> None:
    record = tried(sandbox, name, tmp_path / "data", examples=FEW).record

    assert [(result.id, result.reason) for result in record.missed] == []
    assert record.passed
    assert {one.id for one in record.requirements if one.level == "must"} == {
        one.id for one in record.requirements if one.verdict is Verdict.PASS and one.level == "must"
    }
    assert len(record.checks) > 200


@pytest.mark.parametrize(
    ("name", "defect", "check"),
    [
        ("bins_r_us", "page-edge-lost", "data"),
        ("bins_r_us", "event-twice", "events"),
        ("bins_r_us", "forgets-on-restart", "conduct.restart"),
        ("road_watch", "foreign-key-honoured", "make_request.unknown-key"),
        ("road_watch", "never-closed", "pothole-followed-to-its-end"),
        ("road_watch", "xml-unescaped", "formats-list-requests"),
    ],
)
def test_a_component_with_a_mistake_does_not_pass(
    sandbox: Sandbox, name: str, defect: str, check: str, tmp_path: Path
) -> None:
    ran = tried(sandbox, name, tmp_path / "data", defect=defect, only=[check], fail_fast=True)

    assert not ran.record.passed
    (caught,) = [result for result in ran.record.checks if result.outcome is Outcome.FAIL]
    assert caught.shown is not None
    assert caught.shown.curl.startswith("curl ")
    assert ran.exchanges[caught.id]


def test_a_component_is_tested_on_the_council_that_it_has_joined(sandbox: Sandbox) -> None:
    there = running.RunningSandbox(sandbox.url, sandbox.council, sandbox.key)
    fork = sandbox.ask("POST", f"/councils/{sandbox.council}/forks", {"lifetime": "PT1H"})["name"]
    elsewhere = "http://127.0.0.1:9"
    sandbox.ask("POST", f"/councils/{fork}/components", {"name": "bins", "slot": "waste", "url": elsewhere})

    assert running.where_joined(there, {elsewhere}).council == fork
    assert running.where_joined(there, {"http://127.0.0.1:10"}).council == sandbox.council
