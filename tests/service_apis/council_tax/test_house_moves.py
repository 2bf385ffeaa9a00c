"""A house move that is told to the citizen index reaches council tax."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from service_apis.council_tax.lifecycle import lifecycle
from service_apis.council_tax.models import LiablePerson
from service_apis.kit.events import Event
from service_apis.kit.records import EventRecord
from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import (
    account,
    account_at,
    accounts,
    assert_adds_up,
    bills,
    household,
    ledger,
    move,
)

MOVED = "virtual-council.residents.resident.moved"


def an_empty_home(council: CouncilUnderTest) -> dict[str, Any]:
    """A home that stands empty, charged in full."""
    found = (account(council, each["reference"]) for each in accounts(council, kind="empty"))
    return next(each for each in found if not each["awards"])


def kept_of(council: CouncilUnderTest, *uprns: str) -> list[Any]:
    """All that is kept of some dwellings, and how many accounts there are in all."""
    found = [each["reference"] for uprn in uprns for each in accounts(council, uprn=uprn)]
    kept = [(account(council, each), bills(council, each), ledger(council, each)) for each in found]
    return [len(accounts(council)), *kept]


def hear_again(council: CouncilUnderTest) -> None:
    opened = council.sandbox.councils.first
    with opened.writing("council-tax") as work:
        told = work.session.scalars(select(EventRecord).where(EventRecord.type == MOVED)).all()
        for record in told:
            lifecycle.event_handlers[MOVED](work, Event.of(record))


def test_a_move_closes_one_account_and_opens_another_by_the_day(council: CouncilUnderTest) -> None:
    [mover] = household(council, adults=1, size=1)
    old, empty = account_at(council, mover["uprn"]), an_empty_home(council)
    move(council, mover["id"], empty["uprn"], "2026-05-20")

    closed = account(council, old["reference"])
    assert (closed["status"], closed["closed_on"], closed["plan"]) == ("closed", "2026-05-20", [])
    final = bills(council, old["reference"])[0]
    assert (final["reason"], final["lines"][0]["days"]) == ("closed", 49)
    assert final["payable_pence"] == closed["balance_pence"]

    opened = account_at(council, empty["uprn"])
    assert [person["resident_id"] for person in opened["liable_persons"]] == [mover["id"]]
    assert opened["awards"] == [{"code": "single_person", "starts_on": "2026-05-20", "ends_on": None}]
    first = bills(council, opened["reference"])[0]
    assert [line["days"] for line in first["lines"]] == [316, 316]

    vacated = account_at(council, mover["uprn"])
    assert (vacated["kind"], vacated["opened_on"]) == ("empty", "2026-05-20")
    assert vacated["liable_persons"][0]["basis"] == "owner"
    assert account(council, empty["reference"])["status"] == "closed"
    for reference in (old["reference"], empty["reference"], opened["reference"], vacated["reference"]):
        for bill in bills(council, reference):
            assert_adds_up(bill)


def test_the_two_homes_are_charged_for_every_day_of_the_year_between_them(council: CouncilUnderTest) -> None:
    [mover] = household(council, adults=1, size=1)
    old, empty = account_at(council, mover["uprn"]), an_empty_home(council)
    move(council, mover["id"], empty["uprn"], "2026-06-01")
    for uprn in (old["uprn"], empty["uprn"]):
        latest = [bills(council, each["reference"])[0] for each in accounts(council, uprn=uprn)]
        assert sum(bill["lines"][0]["days"] for bill in latest) == 365


def test_a_move_that_is_heard_twice_changes_nothing_more(council: CouncilUnderTest) -> None:
    [mover] = household(council, adults=1, size=1)
    uprns = (mover["uprn"], an_empty_home(council)["uprn"])
    move(council, mover["id"], uprns[1], "2026-05-20")
    before = kept_of(council, *uprns)
    hear_again(council)
    assert kept_of(council, *uprns) == before


def test_who_is_left_alone_gets_the_single_person_discount(council: CouncilUnderTest) -> None:
    members = household(council, adults=2, size=2, liable=2)
    home = account_at(council, members[0]["uprn"])
    move(council, members[0]["id"], an_empty_home(council)["uprn"], "2026-05-02", alone=True)
    after = account(council, home["reference"])
    assert after["status"] == "open"
    assert after["awards"] == [{"code": "single_person", "starts_on": "2026-05-02", "ends_on": None}]
    left = {each["resident_id"]: each["liable_until"] for each in after["liable_persons"]}
    assert left == {members[0]["id"]: "2026-05-02", members[1]["id"]: None}
    hear_again(council)
    assert account(council, home["reference"]) == after


def test_a_liable_person_who_is_known_by_name_alone_is_heard_to_have_moved(council: CouncilUnderTest) -> None:
    mover, stays = household(council, adults=2, size=2, liable=2)
    home = account_at(council, mover["uprn"])
    with council.sandbox.councils.first.writing("council-tax") as work:
        for person in work.session.scalars(select(LiablePerson).filter_by(account=home["reference"])):
            person.resident_id = None
    move(council, mover["id"], an_empty_home(council)["uprn"], "2026-05-02", alone=True)
    after = account(council, home["reference"])
    assert after["status"] == "open"
    assert {each["name"]: each["liable_until"] for each in after["liable_persons"]} == {
        f"{mover['forename']} {mover['surname']}": "2026-05-02",
        f"{stays['forename']} {stays['surname']}": None,
    }


def test_who_is_liable_for_a_dwelling_stays_so_when_a_stray_of_the_index_moves(
    council: CouncilUnderTest,
) -> None:
    [lives_there] = household(council, adults=1, size=1)
    home = account_at(council, lives_there["uprn"])
    with council.sandbox.councils.first.writing("council-tax") as work:
        # The index has the wrong people at the address: not who lives there, but somebody who left it.
        everywhere = text("UPDATE residents_residents SET uprn = :uprn WHERE id = :id")
        stray = household(council, adults=2, size=2)[0]
        elsewhere = an_empty_home(council)["uprn"]
        work.session.execute(everywhere, {"uprn": elsewhere, "id": lives_there["id"]})
        work.session.execute(everywhere, {"uprn": lives_there["uprn"], "id": stray["id"]})
    move(council, stray["id"], elsewhere, "2026-05-02", alone=True)
    after = account(council, home["reference"])
    assert (after["status"], after["awards"]) == ("open", home["awards"])
    assert [each["liable_until"] for each in after["liable_persons"]] == [None]


def test_who_moves_in_with_another_shares_the_account(
    council: CouncilUnderTest,
) -> None:
    [host] = household(council, adults=1, size=1)
    home = account_at(council, host["uprn"])
    guest = household(council, adults=2, size=2)[0]
    move(council, guest["id"], host["uprn"], "2026-05-10", alone=True)
    joined = account(council, home["reference"])
    assert [each["resident_id"] for each in joined["liable_persons"]] == [host["id"], guest["id"]]
    assert joined["awards"][0]["ends_on"] == "2026-05-10"
    latest = bills(council, home["reference"])[0]
    assert [(line["code"], line["days"]) for line in latest["lines"]] == [
        ("charge", 365),
        ("single_person", 39),
    ]
    assert_adds_up(latest)
    before = kept_of(council, host["uprn"], guest["uprn"])
    hear_again(council)
    assert kept_of(council, host["uprn"], guest["uprn"]) == before


def test_a_move_of_last_year_is_billed_from_the_first_of_april(council: CouncilUnderTest) -> None:
    [mover] = household(council, adults=1, size=1)
    old, empty = account_at(council, mover["uprn"]), an_empty_home(council)
    assert max(old["opened_on"], empty["opened_on"]) <= "2026-01-10"
    move(council, mover["id"], empty["uprn"], "2026-01-10")
    assert bills(council, old["reference"])[0]["net_pence"] == 0
    opened = account_at(council, empty["uprn"])
    assert opened["opened_on"] == "2026-01-10"
    assert [bill["lines"][0]["days"] for bill in bills(council, opened["reference"])] == [365]


def test_a_student_takes_their_disregard_along(council: CouncilUnderTest) -> None:
    students = next(
        each
        for each in (account(council, one["reference"]) for one in accounts(council, kind="occupied"))
        if [award["code"] for award in each["awards"]] == ["exempt_n"]
    )
    student, empty = students["liable_persons"][0]["resident_id"], an_empty_home(council)
    move(council, student, empty["uprn"], "2026-05-20", alone=True)
    moved = account_at(council, empty["uprn"])
    assert [award["code"] for award in moved["awards"]] == ["exempt_n"]
    assert moved["balance_pence"] == 0
