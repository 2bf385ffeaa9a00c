"""When bins are emptied, bank holidays included."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service_apis.kit.weekly_rounds import round_days, usual_day
from service_apis.kit.working_days import is_bank_holiday
from service_apis.waste.rules import streams_on
from tests.conftest import CouncilUnderTest
from tests.service_apis.waste.asking import a_home, a_reportable_bin

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("usual", "emptied"),
    [
        # Easter 2026: Good Friday is the 3rd of April.
        ("2026-04-02", "2026-04-02"),
        ("2026-04-03", "2026-04-04"),
        ("2026-04-06", "2026-04-07"),
        ("2026-04-10", "2026-04-11"),
        ("2026-04-13", "2026-04-13"),
        # May 2026: the 4th and the 25th.
        ("2026-05-01", "2026-05-01"),
        ("2026-05-04", "2026-05-05"),
        ("2026-05-08", "2026-05-09"),
        ("2026-05-11", "2026-05-11"),
        ("2026-05-25", "2026-05-26"),
        ("2026-05-29", "2026-05-30"),
        ("2026-06-01", "2026-06-01"),
        # Christmas 2026: Friday, Boxing Day on the Saturday and again on the Monday, then New Year's Day.
        ("2026-12-24", "2026-12-24"),
        ("2026-12-25", "2026-12-29"),
        ("2026-12-28", "2026-12-30"),
        ("2026-12-29", "2026-12-31"),
        ("2026-12-30", "2027-01-02"),
        ("2026-12-31", "2027-01-04"),
        ("2027-01-01", "2027-01-05"),
        ("2027-01-08", "2027-01-11"),
        ("2027-01-15", "2027-01-16"),
        ("2027-01-18", "2027-01-18"),
        # Easter and May 2027.
        ("2027-03-26", "2027-03-27"),
        ("2027-03-29", "2027-03-30"),
        ("2027-04-02", "2027-04-03"),
        ("2027-04-05", "2027-04-05"),
        ("2027-05-03", "2027-05-04"),
        ("2027-05-31", "2027-06-01"),
        ("2027-06-04", "2027-06-05"),
    ],
)
def test_a_collection_is_made_on_its_day_or_as_soon_after_a_bank_holiday_as_crews_can(
    usual: str, emptied: str
) -> None:
    day = date.fromisoformat(usual)
    assert round_days(day.year)[day] == date.fromisoformat(emptied)
    assert usual_day(date.fromisoformat(emptied)) == day


@pytest.mark.parametrize("year", range(2024, 2034))
def test_no_crew_is_out_on_a_sunday_or_bank_holiday_or_for_two_days_at_once(year: int) -> None:
    done = list(round_days(year).values())
    assert len(done) == len(set(done))
    assert done == sorted(done)
    assert not [day for day in done if day.weekday() == 6 or is_bank_holiday(day)]


@pytest.mark.parametrize("year", range(2024, 2034))
def test_what_one_year_leaves_behind_the_next_agrees_on(year: int) -> None:
    ending, beginning = round_days(year), round_days(year + 1)
    shared = {day for day in ending if day.month == 12 and day.year == year}
    assert {day: ending[day] for day in shared} == {day: beginning[day] for day in shared}


def test_refuse_and_recycling_go_in_turn_food_each_week_and_garden_waste_from_march_to_november() -> None:
    mondays = [date(2026, 1, 5) + week * 7 * DAY for week in range(52)]
    collected = [set(streams_on(round_days(each.year)[each], "Monday", 1)) for each in mondays]
    assert all(("refuse" in streams) != ("recycling" in streams) for streams in collected)
    assert all("food" in streams for streams in collected)
    turns = ["refuse" in streams for streams in collected]
    assert turns[:-2] == turns[2:]
    assert turns[0] != turns[1]
    garden = [day.month for day, streams in zip(mondays, collected, strict=True) if "garden" in streams]
    assert set(garden) == set(range(3, 12))
    assert all("recycling" in streams for streams in collected if "garden" in streams)


def test_a_calendar_says_which_holiday_moved_a_collection(council: CouncilUnderTest) -> None:
    monday = a_reportable_bin(council, stream="food")  # emptied last week, which began with a holiday
    calendar = council.get(
        "waste", f"/properties/{monday['uprn']}/collections", **{"from": "2026-05-25", "to": "2026-05-31"}
    ).json()
    food = next(each for each in calendar["collections"] if each["stream"] == "food")
    assert date.fromisoformat(food["collection_date"]) == date.fromisoformat(food["usual_date"]) + DAY
    assert food["moved_for"] == "Spring Bank Holiday"


def test_a_calendar_keeps_to_the_period_asked_for(council: CouncilUnderTest) -> None:
    path = f"/properties/{a_home(council)}/collections"
    collections = council.get("waste", path, **{"from": "2026-06-15", "to": "2026-06-28"}).json()[
        "collections"
    ]
    streams = sorted(each["stream"] for each in collections if each["stream"] != "garden")
    assert streams == ["food", "food", "recycling", "refuse"]
    assert all("2026-06-15" <= each["collection_date"] <= "2026-06-28" for each in collections)


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-06-10", "2026-06-09"), ("1999-01-01", "1999-02-01"), ("2026-06-01", "9999-12-31")],
)
def test_a_period_that_makes_no_sense_is_refused(council: CouncilUnderTest, first: str, last: str) -> None:
    answer = council.get("waste", f"/properties/{a_home(council)}/collections", **{"from": first, "to": last})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/period-refused"


def test_every_home_is_on_a_round_and_rounds_are_even(council: CouncilUnderTest) -> None:
    rounds = council.get("waste", "/rounds").json()["items"]
    homes = [each["homes"] for each in rounds]
    classes = ("RD01", "RD02", "RD03", "RD04", "RD06", "RI01", "RI02", "RI03")
    lived_in = sum(
        council.get("addresses", "/properties", per_page=1, classification=each).json()["total"]
        for each in classes
    )
    assert sum(homes) == lived_in
    assert max(homes) < 1.5 * min(homes)
    assert {each["weekday"] for each in rounds} == {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}


def test_the_bins_of_a_day_are_those_whose_calendars_have_it(council: CouncilUnderTest) -> None:
    bins = council.get("waste", "/collections", on="2026-06-03", per_page=5).json()["items"]
    assert bins
    for each in bins:
        path = f"/properties/{each['uprn']}/collections"
        calendar = council.get("waste", path, **{"from": "2026-06-03", "to": "2026-06-03"}).json()
        assert each["stream"] in [collection["stream"] for collection in calendar["collections"]]


@pytest.mark.parametrize("day", ["2026-05-25", "2026-05-31"])
def test_no_bins_are_emptied_on_a_bank_holiday_or_a_sunday(council: CouncilUnderTest, day: str) -> None:
    assert council.get("waste", "/collections", on=day).json()["total"] == 0


def test_an_unknown_property_has_no_calendar(council: CouncilUnderTest) -> None:
    for path in ("/properties/1", "/properties/1/collections", "/properties/1/calendar.ics"):
        answer = council.get("waste", path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/no-such-property"
