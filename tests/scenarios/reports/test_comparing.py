"""Two runs are compared by what they came to, not by how quick a machine was."""

from __future__ import annotations

import pytest

from scenarios.conformance import comparing
from scenarios.conformance.record import Made, Record
from scenarios.results import Outcome
from tests.scenarios.reports.records import record, requirement, result

KNOWN = {"baseline": "until 1 January 2027 (A. Person)"}


def a_run(outcome: Outcome | None = Outcome.PASS, seconds: float = 0.25, **changed: str) -> Record:
    checks = [result("waste.data.always")]
    if outcome is not None:
        checks.append(result("waste.data.one", outcome, verifies=("WASTE-002",), seconds=seconds, **changed))
    return record(checks, [requirement(1), requirement(2)])


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (a_run(), a_run(), False),
        (a_run(), a_run(Outcome.FAIL), True),
        (a_run(), a_run(Outcome.ERROR), True),
        (a_run(), a_run(Outcome.SKIP), True),
        (a_run(), a_run(Outcome.OMIT), True),
        (a_run(), a_run(Outcome.FAIL, **KNOWN), True),
        (a_run(), a_run(None), True),
        (a_run(Outcome.FAIL), a_run(), False),
        (a_run(Outcome.FAIL), a_run(Outcome.FAIL), False),
        (a_run(Outcome.FAIL), a_run(Outcome.SKIP), False),
        (a_run(Outcome.FAIL, **KNOWN), a_run(Outcome.FAIL), True),
        (a_run(None), a_run(), False),
        (a_run(None), a_run(Outcome.FAIL), True),
        (a_run(None), a_run(Outcome.SKIP), False),
    ],
)
def test_a_run_is_worse_where_it_shows_less(before: Record, after: Record, worse: bool) -> None:
    found = comparing.compared(before, after)
    assert found.worse is worse
    assert list(comparing.told(found))[-1] == ("WORSE" if worse else "NOTHING GOT WORSE")


def test_what_changed_is_named_with_what_it_was_and_became() -> None:
    lines = list(comparing.told(comparing.compared(a_run(), a_run(Outcome.FAIL))))
    assert lines[:4] == [
        "Worse:",
        "  the run: passed -> not passed",
        "  waste: WASTE-002: pass -> fail",
        "  waste.data.one: pass -> fail",
    ]
    gone = list(comparing.told(comparing.compared(a_run(), a_run(None))))
    assert "  waste.data.one: pass -> gone" in gone


def test_what_is_much_slower_is_told_and_does_not_count() -> None:
    found = comparing.compared(a_run(seconds=0.4), a_run(seconds=2.0))
    assert [str(change) for change in found.slower] == ["waste.data.one: 0.4 s -> 2.0 s"]
    assert not found.worse
    assert not comparing.compared(a_run(seconds=0.01), a_run(seconds=0.1)).slower


def test_other_circumstances_are_told_beside_the_results() -> None:
    later = a_run().model_copy(
        update={"seed": 2, "made_with": Made(virtual_council="0.2.0", python="3.12.1", schemathesis="4.22.4")}
    )
    found = comparing.compared(a_run(), later)
    assert {str(change) for change in found.circumstances} == {
        "Virtual Council: 0.1.0 -> 0.2.0",
        "Python: 3.11.9 -> 3.12.1",
        "seed of the checks: 1 -> 2",
    }
    assert not found.worse
