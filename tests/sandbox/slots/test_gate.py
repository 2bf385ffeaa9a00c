"""The gate: open where all that is asked is so, and else each thing that is not is named with its remedy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.components.gate import Checked, Limits, look
from sandbox.components.settings import Share


@dataclass(frozen=True)
class Compared:
    """A comparison."""

    calls: int
    different: int
    median_slower_ms: float
    events: int = 0
    events_different: int = 0
    sentence: str = ""


PASSED = Checked(passed=True, partial=False, counts={"pass": 200}, changed=())
ALIKE = Compared(calls=500, different=0, median_slower_ms=10)

some_tested = st.none() | st.builds(
    Checked,
    passed=st.booleans(),
    partial=st.booleans(),
    counts=st.just({"pass": 3, "fail": 1}),
    changed=st.sampled_from([(), ("its address",), ("its address", "its mapping")]),
)
some_compared = st.none() | st.integers(0, 2000).flatmap(
    lambda calls: st.builds(
        Compared,
        st.just(calls),
        st.integers(0, calls),
        st.floats(-1000, 1000, allow_nan=False),
        st.integers(0, 50),
        st.integers(0, 3),
    )
)
some_limits = st.builds(Limits, st.integers(1, 2000), st.floats(0, 100), st.floats(0, 1000))


@given(some_tested, some_compared, some_limits)
def test_it_is_open_just_where_the_checks_passed_and_the_comparison_keeps_to_the_limits(
    checked: Checked | None, compared: Compared | None, limits: Limits
) -> None:
    passed = checked is not None and checked.passed and not checked.partial and not checked.changed
    within = (
        compared is not None
        and compared.calls >= limits.calls
        and Fraction(compared.different * 100) <= Fraction(str(limits.percent)) * compared.calls
        and Fraction(compared.events_different * 100) <= Fraction(str(limits.percent)) * compared.events
        and compared.median_slower_ms <= limits.slower_ms
    )
    found = look("bins-r-us", checked, compared, limits)
    assert found.is_open == (passed and within)
    assert all("council component" in each.remedy for each in found.unmet)


@given(some_tested, some_compared, some_limits)
def test_what_is_wrong_with_one_thing_hides_nothing_of_another(
    checked: Checked | None, compared: Compared | None, limits: Limits
) -> None:
    whole = look("bins", checked, compared, limits).unmet
    of_checks = look("bins", checked, ALIKE, Limits(1, 100, 1000)).unmet
    of_comparison = look("bins", PASSED, compared, limits).unmet
    assert whole == of_checks + of_comparison


@pytest.mark.parametrize(
    ("checked", "compared", "said"),
    [
        (None, ALIKE, "has not been checked"),
        (replace(PASSED, passed=False, counts={"pass": 7, "fail": 2, "error": 1}), ALIKE, "3 of 10 checks"),
        (replace(PASSED, partial=True), ALIKE, "of a part only"),
        (replace(PASSED, changed=("its address",)), ALIKE, "Its address changed"),
        (PASSED, None, "has not been compared"),
        (PASSED, replace(ALIKE, calls=499), "499 calls were compared, fewer than 500"),
        (PASSED, replace(ALIKE, calls=1000, different=6), r"6 calls of 1,000 differed \(0.6 %\)"),
        (PASSED, replace(ALIKE, events=100, events_different=1), r"1 event of 100 differed \(1 %\)"),
        (PASSED, replace(ALIKE, median_slower_ms=251), "251 ms slower at the median, more than 250 ms"),
    ],
)
def test_each_thing_that_is_unmet_is_said(
    checked: Checked | None, compared: Compared | None, said: str
) -> None:
    found = look("bins-r-us", checked, compared, Limits())
    assert len(found.unmet) == 1
    problem = found.problem
    assert problem.status == 409
    with pytest.raises(type(problem), match=said):
        raise problem


def test_five_calls_in_a_thousand_may_differ_and_not_one_more() -> None:
    assert look("bins", PASSED, replace(ALIKE, calls=1000, different=5), Limits()).is_open
    assert not look("bins", PASSED, replace(ALIKE, calls=1000, different=6), Limits()).is_open
    assert look("bins", PASSED, replace(ALIKE, calls=1000, different=3), Limits(percent=0.3)).is_open


names = st.frozensets(st.sampled_from("abc"), max_size=2)
shares = st.builds(Share, st.integers(0, 100), names, names, names)


@given(shares, shares, shares)
def test_a_share_that_covers_another_covers_all_that_the_other_covers(
    one: Share, two: Share, three: Share
) -> None:
    assert one.covers(one)
    if one.covers(two) and two.covers(three):
        assert one.covers(three)
    if one.covers(two):
        assert one.residents >= two.residents
        assert one.percent >= two.percent
