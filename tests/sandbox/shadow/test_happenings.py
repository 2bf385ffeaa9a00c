"""The events of both sides are compared by case: missing, not expected, twice, or out of order."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.components.references import References
from sandbox.shadow.causes import Cause
from sandbox.shadow.happenings import compare_events
from sandbox.shadow.noise import Noise

Event = dict[str, Any]


def told(what: str, subject: str = "BC-1", **data: Any) -> Event:
    """An event of a bulky collection."""
    return {"type": f"virtual-council.waste.bulky-collection.{what}", "subject": subject, "data": data}


BOOKED, CANCELLED = told("booked", charge_pence=4000), told("cancelled")
OTHER = told("booked", "BC-2")


def compared(ours: list[Event], theirs: list[Event], *pairs: tuple[str, str]) -> list[tuple[Cause, str]]:
    """The causes and sentences."""
    found = compare_events(ours, theirs, References(iter(pairs)), Noise())
    return [(each.cause, each.sentence) for each in found]


def test_events_of_different_cases_have_no_order_among_each_other() -> None:
    assert compared([BOOKED, CANCELLED, OTHER], [OTHER, BOOKED, CANCELLED]) == []


def test_references_that_differ_are_matched_up_in_subjects_and_data() -> None:
    ours, theirs = told("booked", "BC-1", reference="BC-1"), told("booked", "B77", reference="B77")
    assert compared([ours], [theirs], ("BC-1", "B77")) == []


@pytest.mark.parametrize(
    ("theirs", "cause", "sentence"),
    [
        ([BOOKED], Cause.EVENT_MISSING, "an event is missing: bulky collection cancelled"),
        (
            [BOOKED, CANCELLED, CANCELLED],
            Cause.EVENT_TWICE,
            "an event told twice: bulky collection cancelled",
        ),
        (
            [BOOKED, CANCELLED, told("refunded")],
            Cause.EVENT_EXTRA,
            "an event that the stub does not tell: bulky collection refunded",
        ),
        (
            [CANCELLED, BOOKED],
            Cause.EVENT_ORDER,
            "events in another order: bulky collection booked is not told when the stub tells it",
        ),
        (
            [BOOKED, told("cancelled", "999900000017")],
            Cause.EVENT_SUBJECT,
            "an event of another subject: bulky collection cancelled (999900000017 instead of BC-1)",
        ),
        (
            [told("booked", charge_pence=5000), CANCELLED],
            Cause.HIGHER,
            "bulky collection booked: a higher charge (by £10.00)",
        ),
    ],
)
def test_what_is_told_otherwise_is_told_by_its_cause(
    theirs: list[Event], cause: Cause, sentence: str
) -> None:
    assert compared([BOOKED, CANCELLED], theirs) == [(cause, sentence)]
