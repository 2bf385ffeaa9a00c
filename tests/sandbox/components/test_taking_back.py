"""Cases that a component answered for are taken back as it told callers: untold, and whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.sandbox.components.giving import Giving, giving

MISSED = "waste_missed_collections"
REPORTS, UPDATES = "street_reports_reports", "street_reports_updates"


@pytest.fixture
def giver(council: CouncilUnderTest) -> Iterator[Giving]:
    """A component for waste that gives back what it took over, unless a test has it do otherwise."""
    with giving(council) as there:
        yield there


def _report(council: CouncilUnderTest, but_not: str = "") -> str:
    """Report a bin at the stub, not of one home; the reference of its case."""
    due = council.get("waste", "/collections", reportable="true", missed="false", per_page=20).json()["items"]
    there = next(each for each in due if each["uprn"] != but_not)
    bin_ = {name: there[name] for name in ("uprn", "stream", "collection_date")}
    made = council.post("waste", "/missed-collections", json=bin_)
    assert made.status_code == 201, made.text
    return str(made.json()["reference"])


def _case(council: CouncilUnderTest, reference: str) -> dict[str, Any]:
    shown: dict[str, Any] = council.get("waste", f"/missed-collections/{reference}").json()
    return shown


def _told(council: CouncilUnderTest, subject: str) -> list[str]:
    events = council.client.get("/sandbox/councils/fairwater/events", params={"subject": subject}).json()
    return [each["type"].rpartition(".")[2] for each in events["items"]]


def _held(giver: Giving, reference: str) -> dict[str, Any]:
    """The component's record of a missed bin, once it has taken over anew what there is."""
    giver.take_over()
    (record,) = [each for each in giver.records(MISSED) if each["reference"] == reference]
    return record


def test_an_outcome_that_callers_were_told_stands_when_the_stub_answers_again(giver: Giving) -> None:
    council = giver.council
    case = _report(council)
    giver.fill("live")
    council.advance(days=3)
    _held(giver, case).update(status="not_justified", version=3)
    giver.roll_back()
    assert _case(council, case)["status"] == "collected"
    told = _told(council, case)

    came = giver.came(take_back=True)
    assert came["taken_back"] == 1
    shown = council.get("waste", f"/missed-collections/{case}")
    assert (shown.json()["status"], shown.headers["etag"]) == ("not_justified", '"3"')
    assert _told(council, case) == told
    council.advance(days=3)
    assert _case(council, case)["status"] == "not_justified"


def test_a_case_that_is_still_open_there_is_gone_on_with(giver: Giving) -> None:
    council = giver.council
    case = _report(council)
    giver.fill("live")
    held = _held(giver, case)
    held["return_by"] = "2026-06-09"
    council.advance(days=3)
    giver.roll_back()
    assert _case(council, case)["status"] == "collected"
    giver.came(take_back=True)
    assert _case(council, case)["status"] == "reported"
    council.advance(to="2026-06-09T12:59:00Z")
    assert _case(council, case)["status"] == "reported"
    council.advance(to="2026-06-09T13:00:00Z")
    assert _case(council, case)["status"] == "collected"


def test_what_the_stub_has_changed_since_it_answers_again_is_left_and_explained(giver: Giving) -> None:
    council = giver.council
    case, untouched = _report(council), _report(council)
    giver.fill("live")
    giver.take_over()
    giver.roll_back()
    withdrawn = {"json": {"status": "withdrawn"}}
    address = council.url("waste", f"/missed-collections/{case}")
    assert council.client.patch(address, **withdrawn).status_code == 200
    came = giver.came()
    assert came["sentence"].endswith("1 differs, 1 of these changed here since it ceased to answer")
    assert came["is_whole"]
    (record,) = [each for each in giver.records(MISSED) if each["reference"] == untouched]
    record["status"] = "not_justified"
    came = giver.came(take_back=True)
    assert (came["taken_back"], came["not_taken"]) == (1, [f"{case} was changed here since"])
    assert not came["is_whole"]
    assert _case(council, case)["status"] == "withdrawn"
    assert _case(council, untouched)["status"] == "not_justified"


def test_of_a_share_only_the_cases_of_its_homes_are_taken(giver: Giving) -> None:
    council = giver.council
    home = _case(council, case := _report(council))["uprn"]
    other = _report(council, but_not=home)
    giver.fill("share", homes=[home])
    giver.take_over()
    for record in giver.records(MISSED):
        record["status"] = "not_justified"
    giver.roll_back()
    assert giver.came(take_back=True)["taken_back"] == 1
    assert [_case(council, each)["status"] for each in (case, other)] == ["not_justified", "reported"]


def test_nothing_is_taken_where_one_record_does_not_fit(giver: Giving) -> None:
    council = giver.council
    case, other = _report(council), _report(council)
    giver.fill("live")
    giver.take_over()
    for record in giver.records(MISSED):
        if record["reference"] == case:
            record["status"] = "not_justified"
        if record["reference"] == other:
            record["status"] = "reported by somebody else"
    giver.roll_back()
    came = giver.came(take_back=True)
    (why,) = came["not_taken"]
    assert (came["taken_back"], why) == (
        None,
        f"Nothing was taken back: {other} of {MISSED} does not fit: status has more than 14 characters",
    )
    assert [_case(council, each)["status"] for each in (case, other)] == ["reported", "reported"]


def test_nothing_is_taken_for_a_home_that_is_not_there(giver: Giving) -> None:
    case = _report(giver.council)
    giver.fill("live")
    _held(giver, case)["uprn"] = "1"
    giver.roll_back()
    came = giver.came(take_back=True)
    assert came["taken_back"] is None
    assert "contradicts itself" in came["not_taken"][0]


def test_a_case_that_only_one_side_knows_is_shown_and_neither_lost_nor_invented(giver: Giving) -> None:
    case, other = _report(giver.council), _report(giver.council)
    giver.fill("live")
    giver.leave_out(_held(giver, case))
    (twin,) = [each for each in giver.records(MISSED) if each["reference"] == other]
    giver.add(MISSED, {**twin, "reference": "MC-999999", "stream": "garden"})
    giver.roll_back()
    came = giver.came(take_back=True)
    assert came["sentence"].endswith("1 did not come back, 1 nobody here knows")
    assert came["taken_back"] == 0
    assert _case(giver.council, case)["status"] == "reported"
    assert giver.council.get("waste", "/missed-collections/MC-999999").status_code == 404


@pytest.mark.parametrize("lost", [False, True], ids=["ended-otherwise", "lost"])
def test_the_updates_of_a_report_come_with_it_and_none_is_lost(council: CouncilUnderTest, lost: bool) -> None:
    with giving(council, "street_reports") as giver:
        report = next(each for each in giver.records(REPORTS) if each["state"] == "fixed")
        called = report["service_request_id"]
        last = [each for each in giver.records(UPDATES) if each["service_request_id"] == called][-1]
        giver.fill("live")
        if lost:
            giver.leave_out(last)
        else:
            report |= {"state": "no_further_action", "status_notes": "Nobody is there."}
            last |= {"update_id": "RW-U1", "status": "no_further_action", "description": "Nobody is there."}
        giver.roll_back()
        came = giver.came(take_back=True)
        updates = council.get(
            "street_reports",
            "/servicerequestupdates.json",
            start_date=last["updated_datetime"],
            end_date=last["updated_datetime"],
        )
        (shown,) = [each for each in updates.json() if each["service_request_id"] == called]
        if lost:
            assert (came["taken_back"], came["not_taken"]) == (0, [f"{last['update_id']} did not come back"])
            assert shown["update_id"] == last["update_id"]
        else:
            assert came["taken_back"] == 3
            assert (shown["update_id"], shown["description"]) == ("RW-U1", "Nobody is there.")
            assert giver.came()["is_whole"]


def test_cases_are_taken_back_only_from_who_answered_for_them_and_does_no_more(giver: Giving) -> None:
    never = giver.ask(take_back=True)
    assert (never.status_code, never.json()["type"]) == (409, "/problems/nothing-to-take-back")
    giver.fill("live")
    still = giver.ask(take_back=True)
    assert (still.status_code, still.json()["type"]) == (409, "/problems/still-answers")
    giver.roll_back()
    assert giver.came(take_back=True)["taken_back"] == 0


def test_nothing_is_taken_of_a_past_that_never_was(giver: Giving) -> None:
    council = giver.council
    case = _report(council)
    giver.fill("live")
    _held(giver, case)
    giver.roll_back()
    assert council.control("/reset").status_code == 200
    refused = giver.ask(take_back=True)
    assert refused.status_code == 409
    assert council.get("waste", f"/missed-collections/{case}").status_code == 404


def test_a_component_that_is_down_is_taken_back_from_later(council: CouncilUnderTest) -> None:
    with giving(council) as giver:
        case = _report(council)
        giver.fill("live")
        _held(giver, case)["status"] = "not_justified"
        giver.roll_back()
        giver.status = 503
        came = giver.came(take_back=True)
        assert (came["taken_back"], _case(council, case)["status"]) == (None, "reported")
        assert "answered 503" in came["fault"]
        council.reopen()
        giver.status = 200
        assert giver.came(take_back=True)["taken_back"] == 1
        assert _case(council, case)["status"] == "not_justified"
