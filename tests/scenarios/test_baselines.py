"""A known failure is told and does not count; a baseline that is out of date does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.cli.conform import made_with
from sandbox.machine import now
from scenarios.conformance import baselines, running, verdicts
from scenarios.conformance.record import CheckResult
from scenarios.conformance.running import Prepared, Wanted
from scenarios.conformance.target import Target
from scenarios.conformance.written import BrokenFile
from scenarios.results import Outcome
from tests.conftest import KEY
from tests.scenarios.conforming import ONE, PACKS, Desk
from tests.scenarios.tampering import Tampered

REASON = "The supplier mends it in the summer release."
DAY = date(2026, 6, 1)
RIGHT = "waste.journey.bins-of-one-home"
BOTH = (ONE, RIGHT)


def entry(**fields: Any) -> dict[str, Any]:
    return {"check": ONE, "reason": REASON, "owner": "Pat Lee", "expires": "2026-06-01", **fields}


@dataclass
class Came:
    """What a run with two checks came to, of which one failed; and what a baseline would say of it."""

    ready: Prepared
    results: tuple[CheckResult, ...]
    folder: Path

    def with_known(self, *entries: dict[str, Any], day: date = DAY) -> tuple[list[CheckResult], list[str]]:
        """The results as a baseline of these entries has them on a day, and its notices."""
        file = self.folder / "known.yaml"
        file.write_text(yaml.safe_dump({"known": list(entries)}))
        baseline = baselines.read(file, day)
        marked = [baseline.marked(result) for result in self.results]
        return marked, list(baseline.notices(marked, self.ready))

    def known(self, *entries: dict[str, Any], day: date = DAY) -> list[str]:
        """The checks whose failure is known."""
        return [result.id for result in self.with_known(*entries, day=day)[0] if result.baseline]


def broken(between: Tampered) -> None:
    """Give every report a reference of its own."""
    between.tamper(
        "POST .*/waste/missed-collections$",
        lambda status, body: (status, {**body, "reference": f"MC-{status}"}),
    )


@pytest.fixture(scope="module")
def run(conformance_town: tuple[Tampered, str]) -> Iterator[tuple[Prepared, tuple[CheckResult, ...]]]:
    between, url = conformance_town
    broken(between)
    wanted = Wanted(
        base_url=url,
        council="fairwater",
        key=KEY,
        targets=[Target("waste")],
        packs=PACKS,
        made_with=made_with(),
        now=now,
        only=BOTH,
    )
    results = running.run(wanted).record.checks
    between.where = "nothing"
    with running.prepared(wanted) as ready:
        yield ready, results


@pytest.fixture
def came(run: tuple[Prepared, tuple[CheckResult, ...]], tmp_path: Path) -> Came:
    assert {result.id: result.outcome for result in run[1]} == {ONE: Outcome.FAIL, RIGHT: Outcome.PASS}
    return Came(*run, tmp_path)


def test_a_known_failure_is_told_and_does_not_count(desk: Desk) -> None:
    broken(desk.between)
    desk.put("known.yaml", yaml.safe_dump({"known": [entry(expires="2999-01-31")]}))
    words = ("waste", "--target", desk.target, "--only", ONE, "--only", RIGHT)
    assert desk.conform(*words).code == 1
    said = desk.conform(*words, "--baseline", "known.yaml")
    assert said.code == 0, said.text
    assert f"known  {ONE}" in said.text
    assert f"{ONE} fails, and is known to: {REASON[:-1]} (Pat Lee, until 2999-01-31)." in said.text
    assert "known failure WASTE-003" in said.text


def test_a_baseline_that_is_out_of_date_fails_the_run(desk: Desk) -> None:
    desk.put("known.yaml", yaml.safe_dump({"known": [entry(expires="2999-01-31")]}))
    said = desk.conform("waste", "--only", ONE, "--baseline", "known.yaml")
    assert said.code == 1
    assert f"Baseline known.yaml: `{ONE}` passes again; take the entry out" in said.text


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"check": "waste.*.missed-bin-*"},
        {"check": "", "requirement": "WASTE-003"},
        {"check": "", "requirement": "WASTE-003", "service": "waste"},
    ],
)
def test_an_id_a_pattern_or_a_requirement_names_its_checks(came: Came, named: dict[str, str]) -> None:
    marked, notices = came.with_known(entry(**named))
    assert [result.baseline for result in marked if result.id == ONE] == [
        f"{REASON[:-1]} (Pat Lee, until 2026-06-01)"
    ]
    assert [result.baseline for result in marked if result.id == RIGHT] == [""]
    assert notices == []
    required = verdicts.of_requirements(came.ready.packs, ["waste"], marked, whole=False)
    assert verdicts.passed(required, marked)
    assert {one.id: one.verdict for one in required}["WASTE-003"] == "known failure"


def test_what_is_not_known_still_counts(came: Came) -> None:
    assert came.known(entry(check=RIGHT)) == []
    assert came.known(entry(check="", requirement="WASTE-003", service="addresses")) == []


def test_an_entry_excuses_on_its_last_day_and_not_after(came: Came) -> None:
    assert came.known(entry(), day=date(2026, 6, 1)) == [ONE]
    marked, [notice] = came.with_known(entry(), day=date(2026, 6, 2))
    assert not any(result.baseline for result in marked)
    assert f"`{ONE}` ended on 2026-06-01 and excuses nothing more; Pat Lee is to mend" in notice


def test_what_passes_again_is_to_leave_the_baseline(came: Came) -> None:
    [notice] = came.with_known(entry(check=RIGHT))[1]
    assert f"`{RIGHT}` passes again" in notice


def test_nothing_is_said_of_what_was_not_tried_or_only_in_part(came: Came) -> None:
    untried = entry(check="waste.journey.missed-bin-put-right")
    in_part = entry(check="waste.journey.bins-*")
    elsewhere = [entry(check="street_reports.journey.any"), entry(check="council.journey.any")]
    assert came.with_known(untried, in_part, *elsewhere)[1] == []


@pytest.mark.parametrize(
    ("named", "near"),
    [
        ({"check": "waste.journey.missed-bin-reported-twise"}, f"did you mean `{ONE}`?"),
        ({"check": "wast.journey.missed-bin-reported-twice"}, f"did you mean `{ONE}`?"),
        ({"check": "", "requirement": "WASTE-999"}, "did you mean `WASTE-0"),
    ],
)
def test_an_entry_that_names_nothing_is_told_with_the_nearest(
    came: Came, named: dict[str, str], near: str
) -> None:
    [notice] = came.with_known(entry(**named))[1]
    assert "names nothing that there is" in notice
    assert near in notice


def test_a_known_failure_does_not_stop_a_run_that_stops_at_the_first(desk: Desk) -> None:
    broken(desk.between)
    words = ("waste", "--target", desk.target, "--only", "journey", "--fail-fast", "--baseline", "known.yaml")
    desk.put("known.yaml", yaml.safe_dump({"known": [entry(check="waste.*", expires="2999-01-31")]}))
    assert "an earlier check failed" not in desk.conform(*words).text
    desk.put("known.yaml", yaml.safe_dump({"known": []}))
    assert "an earlier check failed" in desk.conform(*words).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"owner": None}, "$.known[0].owner"),
        ({"expires": "soon"}, "$.known[0].expires"),
        ({"reason": "later"}, "at least 10 characters"),
        ({"check": ""}, "needs either a `check` or a `requirement`"),
        ({"requirement": "WASTE-003"}, "needs either a `check` or a `requirement`"),
        ({"service": "waste"}, "a `check` says its service itself"),
        ({"onwer": "Pat"}, "did you mean `owner`?"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_nearest_word(
    fields: dict[str, Any], words: str, tmp_path: Path
) -> None:
    file = tmp_path / "known.yaml"
    file.write_text("# what we know of\n" + yaml.safe_dump({"known": [entry(**fields)]}))
    with pytest.raises(BrokenFile) as refused:
        baselines.read(file, DAY)
    assert words in str(refused.value)
    assert all(mistake.line and mistake.line > 2 for mistake in refused.value.mistakes)
