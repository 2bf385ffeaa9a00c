"""Large things that are fetched on a day, for a charge."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.waste.asking import a_home

PATH = "/bulky-collections"


def a_slot(council: CouncilUnderTest) -> dict[str, Any]:
    slots = council.get("waste", "/bulky-slots").json()["items"]
    found: dict[str, Any] = next(each for each in slots if each["free"])
    return found


def book(council: CouncilUnderTest, day: str, *things: str) -> Any:
    body = {"uprn": a_home(council), "collection_date": day, "things": things or ("sofa",)}
    return council.post("waste", PATH, json=body)


@pytest.mark.parametrize(
    ("things", "charge_pence"),
    [(("sofa",), 3200), (("sofa",) * 3, 3200), (("bed",) * 4, 4000), (("fridge",) * 8, 7200)],
)
def test_the_charge_goes_by_the_number_of_things(
    council: CouncilUnderTest, things: tuple[str, ...], charge_pence: int
) -> None:
    answer = book(council, a_slot(council)["collection_date"], *things)
    assert answer.status_code == 201, answer.text
    assert answer.json()["charge_pence"] == charge_pence
    assert answer.json()["things"] == list(things)


def test_a_booking_takes_a_place_and_a_cancellation_gives_it_and_the_charge_back(
    council: CouncilUnderTest,
) -> None:
    slot = a_slot(council)
    reference = book(council, slot["collection_date"]).json()["reference"]
    assert a_slot(council)["free"] == slot["free"] - 1
    cancelled = council.post("waste", f"{PATH}/{reference}/cancellation")
    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["refunded_pence"] == cancelled.json()["charge_pence"] == 3200
    assert a_slot(council) == slot
    assert council.post("waste", f"{PATH}/{reference}/cancellation").status_code == 409


def test_a_full_slot_takes_no_more(council: CouncilUnderTest) -> None:
    slot = a_slot(council)
    for _ in range(slot["free"]):
        assert book(council, slot["collection_date"]).status_code == 201
    refused = book(council, slot["collection_date"])
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/slot-full"


@pytest.mark.parametrize(
    "day", ["2026-06-01", "2026-06-06", "2026-05-29", "2026-06-30", "9999-12-31", "0001-01-01"]
)
def test_only_working_days_of_the_next_four_weeks_can_be_booked(council: CouncilUnderTest, day: str) -> None:
    refused = book(council, day)
    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/slot-not-offered"


def test_things_are_fetched_on_their_day(council: CouncilUnderTest) -> None:
    reference = book(council, "2026-06-03").json()["reference"]
    council.advance(to="2026-06-03T13:00:00Z")
    too_late = council.post("waste", f"{PATH}/{reference}/cancellation")
    assert too_late.status_code == 409
    council.advance(to="2026-06-03T14:00:00Z")
    assert council.get("waste", f"{PATH}/{reference}").json()["status"] == "collected"


def test_a_cancelled_booking_is_not_fetched(council: CouncilUnderTest) -> None:
    reference = book(council, "2026-06-03").json()["reference"]
    council.post("waste", f"{PATH}/{reference}/cancellation")
    council.advance(days=7)
    assert council.get("waste", f"{PATH}/{reference}").json()["status"] == "cancelled"


@pytest.mark.parametrize("things", [[], ["sofa"] * 9, ["piano"], "sofa,bed"])
def test_what_cannot_be_fetched_is_refused(council: CouncilUnderTest, things: Any) -> None:
    body = {"uprn": a_home(council), "collection_date": "2026-06-03", "things": things}
    assert council.post("waste", PATH, json=body).status_code == 422


def test_nothing_booked_is_left_behind_when_its_day_has_passed(council: CouncilUnderTest) -> None:
    council.advance(days=30)
    assert council.get("waste", PATH, status="booked").json()["total"] == 0


def test_every_seeded_booking_was_charged_for_and_made_before_its_day(council: CouncilUnderTest) -> None:
    bookings = council.get("waste", PATH, per_page=200).json()["items"]
    assert bookings
    for each in bookings:
        assert each["booked_on"] < each["collection_date"]
        assert each["charge_pence"] == 3200 + 800 * max(0, len(each["things"]) - 3)
        assert (each["status"] == "booked") == (each["collection_date"] >= "2026-06-01")
