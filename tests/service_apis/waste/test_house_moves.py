"""A house move told to the residents service reaches the containers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord
from service_apis.waste.lifecycle import follow_a_move
from service_apis.waste.models import Property
from tests.conftest import CouncilUnderTest


def home_of(council: CouncilUnderTest, uprn: str) -> dict[str, Any]:
    found: dict[str, Any] = council.get("waste", f"/properties/{uprn}").json()
    return found


def homes(council: CouncilUnderTest, *conditions: Any) -> list[str]:
    with council.sandbox.councils.first.reading("waste") as work:
        return list(work.session.scalars(select(Property.uprn).where(*conditions).order_by(Property.uprn)))


def empty_houses(council: CouncilUnderTest) -> list[str]:
    return homes(council, Property.holder_id.is_(None), Property.shared.is_(False))


def move(council: CouncilUnderTest, resident: str, to: str) -> None:
    answer = council.post(
        "residents",
        f"/residents/{resident}/moves",
        json={"uprn": to, "moved_on": "2026-05-30", "whole_household": True},
    )
    assert answer.status_code == 201, answer.text


def test_the_holder_of_each_home_is_a_resident_of_it(council: CouncilUnderTest) -> None:
    agreed = 0
    held = homes(council, Property.holder_id.is_not(None))[:50]
    for uprn in held:
        home = home_of(council, uprn)
        resident = council.get("residents", f"/residents/{home['holder_id']}").json()
        name = f"{resident['forename']} {resident['surname']}"
        agreed += (resident["uprn"], name) == (uprn, home["holder_name"])
    # A few records are at fault, here or in the citizen index.
    assert agreed > 0.9 * len(held)


def test_containers_change_hands_when_a_household_moves(council: CouncilUnderTest) -> None:
    left, reached = homes(council, Property.holder_id.is_not(None))[0], empty_houses(council)[0]
    holder = home_of(council, left)["holder_id"]
    move(council, holder, reached)
    assert home_of(council, left)["holder_id"] is None
    assert home_of(council, reached)["holder_id"] is not None
    mover = council.get("residents", f"/residents/{home_of(council, reached)['holder_id']}").json()
    assert mover["uprn"] == reached


def test_a_garden_subscription_goes_with_its_holder(council: CouncilUnderTest) -> None:
    left, reached = homes(council, Property.garden_until.is_not(None))[0], empty_houses(council)[0]
    move(council, home_of(council, left)["holder_id"], reached)
    before, after = home_of(council, left), home_of(council, reached)
    assert before["garden_until"] is None
    assert "garden" not in [each["stream"] for each in before["containers"]]
    assert after["garden_until"] == "2026-11-30"
    assert "garden" in [each["stream"] for each in after["containers"]]


def test_a_garden_subscription_ends_where_the_new_home_has_one(council: CouncilUnderTest) -> None:
    left, reached = homes(council, Property.garden_until.is_not(None))[:2]
    there_already = home_of(council, reached)["holder_id"]
    move(council, home_of(council, left)["holder_id"], reached)
    assert home_of(council, left)["garden_until"] is None
    assert home_of(council, reached)["holder_id"] == there_already


def test_a_move_heard_twice_or_out_of_turn_changes_nothing(council: CouncilUnderTest) -> None:
    first = homes(council, Property.holder_id.is_not(None))[0]
    second, third = empty_houses(council)[:2]
    mover = home_of(council, first)["holder_id"]
    move(council, mover, second)
    move(council, home_of(council, second)["holder_id"], third)
    places = [home_of(council, uprn) for uprn in (first, second, third)]
    with council.sandbox.councils.first.writing("waste") as work:
        moved = select(EventRecord).where(EventRecord.type == "virtual-council.residents.resident.moved")
        for record in work.session.scalars(moved.order_by(EventRecord.position)).all():
            follow_a_move(work, Event.of(record))
    assert [home_of(council, uprn) for uprn in (first, second, third)] == places


def test_a_holder_who_is_known_by_name_alone_is_heard_to_have_moved(council: CouncilUnderTest) -> None:
    left, other = homes(council, Property.holder_id.is_not(None))[:2]
    holders = [home_of(council, uprn)["holder_id"] for uprn in (left, other)]
    reached = empty_houses(council)[:2]
    with council.sandbox.councils.first.writing("waste") as work:
        for uprn in (left, other):
            home = work.session.get_one(Property, uprn)
            home.holder_id = None
        home.holder_name = "Somebody Else"
    for holder, uprn in zip(holders, reached, strict=True):
        move(council, holder, uprn)
    assert home_of(council, left)["holder_name"] is None
    assert home_of(council, other)["holder_name"] == "Somebody Else"


def test_the_truth_names_the_holder_whose_record_is_at_fault(council: CouncilUnderTest) -> None:
    asked = {"service": "waste", "per_page": 200}
    faults = council.client.get(f"/sandbox/councils/{council.name}/truth/faults", params=asked).json()[
        "items"
    ]
    named = [each for each in faults if each["field"] == "holder_name"]
    assert named
    for each in named:
        home = home_of(council, each["record"])
        assert home["holder_name"] != each["clean"]
        assert home["holder_id"] in (each["person"], None)
