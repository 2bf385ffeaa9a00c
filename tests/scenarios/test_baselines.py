"""A known failure is told and does not count; a baseline that is out of date does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.scenarios.conforming import ONE, Desk

REASON = "The supplier mends it in the summer release."


def entry(**fields: Any) -> dict[str, Any]:
    return {"check": ONE, "reason": REASON, "owner": "Pat Lee", "expires": "2999-01-31", **fields}


def run(desk: Desk, *entries: dict[str, Any], only: tuple[str, ...] = ("journey",), options: str = "") -> Any:
    """A run of the target against a baseline of these entries."""
    file = desk.put("known.yaml", yaml.safe_dump({"known": list(entries)}))
    words = [word for name in only for word in ("--only", name)]
    return desk.conform(
        "waste", "--target", desk.target, *words, "--baseline", str(file.name), *options.split()
    )


@pytest.fixture
def broken(desk: Desk) -> Desk:
    """A target that gives every report a reference of its own."""
    desk.between.tamper(
        "POST .*/waste/missed-collections$",
        lambda status, body: (status, {**body, "reference": f"MC-{status}"}),
    )
    return desk


def test_a_known_failure_is_told_and_does_not_count(broken: Desk) -> None:
    said = run(broken, entry(), only=(ONE, "bins-of-one-home"))
    assert said.code == 0, said.text
    assert f"known  {ONE}" in said.text
    assert f"{ONE} fails, and is known to: {REASON[:-1]} (Pat Lee, until 2999-01-31)." in said.text
    assert "known failure WASTE-003" in said.text


@pytest.mark.parametrize(
    "named",
    [
        {"check": "waste.*.missed-bin-*"},
        {"check": "", "requirement": "WASTE-003"},
        {"check": "", "requirement": "WASTE-003", "service": "waste"},
    ],
)
def test_a_pattern_or_a_requirement_names_its_checks(broken: Desk, named: dict[str, str]) -> None:
    said = run(broken, entry(**named), only=(ONE,))
    assert "known" in said.text
    assert "Baseline" not in said.text


def test_what_is_not_known_still_fails(broken: Desk) -> None:
    said = run(broken, entry(check="", requirement="WASTE-007"), only=(ONE, "bins-of-one-home"))
    assert said.code == 1
    assert f"FAIL   {ONE}" in said.text


def test_an_entry_that_ended_excuses_nothing(broken: Desk) -> None:
    said = run(broken, entry(expires="2020-01-31"))
    assert said.code == 1
    assert f"`{ONE}` ended on 2020-01-31 and excuses nothing more; Pat Lee is to mend" in said.text


def test_what_passes_again_is_to_leave_the_baseline(desk: Desk) -> None:
    said = run(desk, entry())
    assert said.code == 1
    assert f"Baseline known.yaml: `{ONE}` passes again; take the entry out" in said.text


def test_nothing_is_said_of_an_entry_that_was_not_tried(desk: Desk) -> None:
    elsewhere = entry(check="street_reports.journey.pothole-reported")
    said = run(desk, entry(), elsewhere, only=("waste.journey.bins-of-one-home",))
    assert said.code == 0, said.text


@pytest.mark.parametrize(
    ("named", "near"),
    [
        ({"check": "waste.journey.missed-bin-reported-twise"}, f"did you mean `{ONE}`?"),
        ({"check": "wast.journey.missed-bin-reported-twice"}, f"did you mean `{ONE}`?"),
        ({"check": "", "requirement": "WASTE-999"}, "did you mean `WASTE-0"),
    ],
)
def test_an_entry_that_names_nothing_fails_the_run(desk: Desk, named: dict[str, str], near: str) -> None:
    said = run(desk, entry(**named), only=(ONE,))
    assert said.code == 1
    assert "names nothing that there is" in said.text
    assert near in said.text


def test_a_known_failure_does_not_stop_a_run_that_stops_at_the_first(broken: Desk) -> None:
    said = run(broken, entry(), only=("journey",), options="--fail-fast")
    assert "an earlier check failed" not in said.text
    assert (
        "an earlier check failed"
        in run(broken, entry(check="waste.journey.bins-of-one-home"), options="-x").text
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"owner": None}, "$.known[0].owner"),
        ({"expires": "soon"}, "$.known[0].expires"),
        ({"reason": "later"}, "at least 10 characters"),
        ({"check": ""}, "needs either a `check` or a `requirement`"),
        ({"requirement": "WASTE-003"}, "needs either a `check` or a `requirement`"),
        ({"onwer": "Pat"}, "did you mean `owner`?"),
    ],
)
def test_a_mistake_is_named_before_anything_runs(desk: Desk, fields: dict[str, Any], words: str) -> None:
    said = run(desk, entry(**fields))
    assert said.code == 2
    assert "known.yaml" in said.text
    assert words in said.text
