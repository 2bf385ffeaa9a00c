"""The council's clock stands still until it is advanced, and never goes back."""

from __future__ import annotations

import pytest

from tests.conftest import CouncilUnderTest


def clock(council: CouncilUnderTest) -> dict[str, str]:
    answer = council.client.get("/sandbox/councils/fairwater/clock")
    assert answer.status_code == 200
    shown: dict[str, str] = answer.json()
    return shown


def test_it_stands_still(council: CouncilUnderTest) -> None:
    assert clock(council) == clock(council)
    assert clock(council)["now"] == "2026-06-01T08:00:00Z"


def test_advancing_works_through_what_falls_due_in_order(council: CouncilUnderTest) -> None:
    advanced = council.advance(days=14)
    assert advanced["now"] == "2026-06-15T08:00:00Z"
    instants = [each["at"] for each in advanced["happened"]]
    assert instants == sorted(instants)
    assert advanced["happened_in_all"] == len(instants) > 0
    assert (clock(council)["next_due"] or "9") > advanced["now"]


def test_the_next_thing_due_can_be_named(council: CouncilUnderTest) -> None:
    due = clock(council)["next_due"]
    answer = council.control("/clock", to_next_due=True)
    assert answer.json()["happened"][0]["at"] == due


def test_the_same_advance_in_one_step_or_many_gives_the_same_council(council: CouncilUnderTest) -> None:
    happened = [each for _ in range(7) for each in council.advance(days=1)["happened"]]
    instants = [each["at"] for each in happened]
    assert instants == sorted(instants)
    assert clock(council)["now"] == "2026-06-08T08:00:00Z"


def test_it_never_goes_back(council: CouncilUnderTest) -> None:
    answer = council.control("/clock", to="2026-05-01T09:00:00Z")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/clock-goes-forward"
    assert clock(council)["now"] == "2026-06-01T08:00:00Z"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "2026-07-01T09:00:00Z", "by": "P1D"},
        {"by": "-P1D"},
        {"by": "P99Y"},
        {"by": "P1M"},
        {"to": "2026-07-01"},
    ],
)
def test_how_far_must_be_said_once_and_plainly(council: CouncilUnderTest, body: dict[str, str]) -> None:
    assert council.control("/clock", **body).status_code == 422


def test_a_clock_advanced_stays_so_after_a_restart(council: CouncilUnderTest) -> None:
    council.advance(days=3)
    council.reopen()
    assert clock(council)["now"] == "2026-06-04T08:00:00Z"


def test_working_days_leave_out_weekends_and_bank_holidays(council: CouncilUnderTest) -> None:
    council.advance(to="2026-12-23T10:30:00Z")
    answer = council.control("/clock", by_working_days=3)
    assert answer.json()["now"] == "2026-12-30T10:30:00Z"


def test_working_days_keep_the_time_of_day_through_a_change_of_the_clocks(council: CouncilUnderTest) -> None:
    council.advance(to="2026-10-23T08:00:00Z")
    assert council.control("/clock", by_working_days=1).json()["now"] == "2026-10-26T09:00:00Z"


def test_it_stops_at_the_next_thing_of_a_kind(council: CouncilUnderTest) -> None:
    answer = council.control("/clock", to_next_due=True, service="council-tax", kind="empty_homes").json()
    (review,) = [each for each in answer["happened"] if each["kind"] == "empty_homes"]
    assert answer["now"] == review["at"]
    assert all(each["at"] <= review["at"] for each in answer["happened"])


def test_a_kind_that_never_falls_due_is_refused_with_those_that_do(council: CouncilUnderTest) -> None:
    answer = council.control("/clock", to_next_due=True, service="waste", kind="eclipse")
    assert answer.status_code == 422
    assert "waste bulky_visit" in answer.json()["detail"]


def test_a_kind_that_is_not_on_the_agenda_is_refused(council: CouncilUnderTest) -> None:
    council.advance(days=60)
    answer = council.control("/clock", to_next_due=True, service="waste")
    assert answer.status_code == 409
    assert clock(council)["now"] == "2026-07-31T08:00:00Z"


def test_a_kind_is_named_only_with_the_next_thing_due(council: CouncilUnderTest) -> None:
    assert council.control("/clock", by="P1D", kind="recovery").status_code == 422


@pytest.mark.parametrize("to", ["2040-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_it_is_not_taken_farther_than_ten_years_at_once(council: CouncilUnderTest, to: str) -> None:
    answer = council.control("/clock", to=to)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/too-far-ahead"


def test_what_happened_is_counted_by_kind_and_by_day(council: CouncilUnderTest) -> None:
    advanced = council.advance(days=100)
    happened = advanced["happened"]
    for counts in (advanced["by_kind"], advanced["by_day"]):
        assert sum(each["count"] for each in counts) == advanced["happened_in_all"] == len(happened)
    recovery = next(each for each in advanced["by_kind"] if each["kind"] == "recovery")
    instants = [each["at"] for each in happened if each["kind"] == "recovery"]
    assert (recovery["count"], recovery["first"], recovery["last"]) == (
        len(instants),
        instants[0],
        instants[-1],
    )
    assert advanced["days_in_all"] == len(advanced["by_day"])


def test_the_clock_tells_what_comes_next(council: CouncilUnderTest) -> None:
    coming = council.client.get("/sandbox/councils/fairwater/clock").json()["coming"]
    until = coming[2]["at"]
    happened = [each for each in council.advance(to=until)["happened"] if each["at"] <= until]
    assert happened[:3] == coming[:3]


def test_the_calendar_has_working_days_and_bank_holidays_by_name(council: CouncilUnderTest) -> None:
    period = {"from": "2026-12-21", "to": "2027-01-03", "working_days_after": 5}
    answer = council.client.get("/sandbox/councils/fairwater/calendar", params=period)
    shown = answer.json()
    names = {each["day"]: each["name"] for each in shown["bank_holidays"]}
    assert names["2026-12-25"] == "Christmas Day"
    assert {"2026-12-28", "2027-01-01"} < names.keys()
    assert shown["working_days"] == sum(each["working_day"] for each in shown["days"]) == 7
    assert len(shown["days"]) == 14
    assert shown["lands_on"] == "2026-12-30"


def test_the_calendar_begins_today_where_nothing_is_said(council: CouncilUnderTest) -> None:
    council.advance(days=1)
    shown = council.client.get("/sandbox/councils/fairwater/calendar").json()
    assert (shown["first_day"], shown["last_day"], shown["lands_on"]) == ("2026-06-02", "2026-06-29", None)


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2026-06-02", "to": "2026-06-01"},
        {"from": "2026-01-01", "to": "2027-12-31"},
        {"from": "1066-10-14"},
        {"from": "2099-12-30"},
        {"from": "2095-06-01", "working_days_after": 2000},
        {"working_days_after": -1},
        {"to": "9999-12-31"},
    ],
)
def test_a_calendar_that_cannot_be_told_is_refused(
    council: CouncilUnderTest, period: dict[str, str | int]
) -> None:
    answer = council.client.get("/sandbox/councils/fairwater/calendar", params=period)
    assert answer.status_code == 422


@pytest.mark.parametrize(("method", "path"), [("POST", "/clock/run"), ("POST", "/clock/freeze")])
def test_moving_the_clock_needs_the_control_scope(council: CouncilUnderTest, method: str, path: str) -> None:
    made = council.control("/keys", name="reader", scopes=["waste:read"]).json()
    answer = council.client.request(
        method,
        f"/sandbox/councils/fairwater{path}",
        json={"speed": 60},
        headers={"Authorization": f"Bearer {made['key']}"},
    )
    assert answer.status_code == 403
