"""What falls due as the clock is advanced: instalments, notices, reviews and a new year's bills."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from service_apis.council_tax import rules
from service_apis.kit.records import EventRecord
from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import (
    SERVICE,
    account,
    account_at,
    accounts,
    assert_adds_up,
    bills,
    household,
    ledger,
    move,
)


def by_debit(council: CouncilUnderTest) -> dict[str, Any]:
    """An account that is paid by direct debit, with instalments to come."""
    found = accounts(council, payment_method="direct_debit", minimum_balance_pence=100_000)
    return account(council, found[0]["reference"])


def newcomer(council: CouncilUnderTest) -> dict[str, Any]:
    """The account of somebody who has just moved, for which nobody pays but the test."""
    [mover] = household(council, adults=1, size=1)
    empty = accounts(council, kind="empty")[0]
    move(council, mover["id"], empty["uprn"], "2026-06-01")
    return account_at(council, empty["uprn"])


def test_a_direct_debit_pays_each_instalment_on_its_day(council: CouncilUnderTest) -> None:
    before = by_debit(council)
    council.advance(to="2026-08-01T09:00:00Z")
    due = [each for each in before["plan"] if each["due_on"] < "2026-08-01"]
    after = account(council, before["reference"])
    assert after["plan"] == before["plan"][len(due) :]
    assert after["balance_pence"] == before["balance_pence"] - sum(each["amount_pence"] for each in due)
    paid = [entry for entry in ledger(council, before["reference"]) if entry["entered_on"] >= "2026-06-01"]
    assert [(entry["entered_on"], -entry["amount_pence"]) for entry in paid] == [
        (each["due_on"], each["amount_pence"]) for each in due
    ]


def test_an_instalment_is_overdue_once_its_day_is_over(council: CouncilUnderTest) -> None:
    before = newcomer(council)
    first = before["plan"][0]
    council.advance(to=f"{first['due_on']}T12:00:00Z")
    assert account(council, before["reference"])["arrears_pence"] == 0
    council.advance(days=1)
    assert account(council, before["reference"])["arrears_pence"] == first["amount_pence"]


def test_a_bill_is_paid_off_in_instalments(council: CouncilUnderTest) -> None:
    owing = newcomer(council)
    path = f"/accounts/{owing['reference']}/payments"
    for instalment in owing["plan"]:
        council.advance(to=f"{instalment['due_on']}T09:00:00Z")
        body = {"amount_pence": instalment["amount_pence"], "method": "bank_transfer"}
        assert council.post(SERVICE, path, json=body).status_code == 201
    council.advance(days=14)
    done = account(council, owing["reference"])
    assert (done["balance_pence"], done["plan"], done["stage"]) == (0, [], "none")


def stages_of(council: CouncilUnderTest, reference: str, weeks: int) -> list[str]:
    """The stages that an account goes through, a week at a time."""
    stages: list[str] = []
    for _ in range(weeks):
        council.advance(days=7)
        stage = account(council, reference)["stage"]
        if not stages or stages[-1] != stage:
            stages.append(stage)
    return stages


def test_who_never_pays_goes_from_a_reminder_to_a_liability_order(council: CouncilUnderTest) -> None:
    owing = newcomer(council)
    council.advance(to="2026-07-01T12:00:00Z")
    stages = stages_of(council, owing["reference"], 12)
    assert stages == ["reminder", "final_notice", "summons", "liability_order"]
    after = account(council, owing["reference"])
    assert (after["plan"], after["arrears_pence"]) == ([], owing["balance_pence"] + rules.SUMMONS_COSTS_PENCE)


def test_who_pays_after_each_reminder_has_a_second_and_then_loses_the_instalments(
    council: CouncilUnderTest,
) -> None:
    owing = newcomer(council)
    path, stages = f"/accounts/{owing['reference']}/payments", []
    for month in (7, 8, 9):
        council.advance(to=f"2026-{month:02}-10T09:00:00Z")
        behind = account(council, owing["reference"])
        stages.append(behind["stage"])
        body = {"amount_pence": behind["arrears_pence"], "method": "card"}
        assert council.post(SERVICE, path, json=body).json()["stage"] == "none"
    assert stages == ["reminder", "second_reminder", "final_notice"]
    assert account(council, owing["reference"])["balance_pence"] == 0


def test_a_notice_is_an_event_with_what_it_asks_for(council: CouncilUnderTest) -> None:
    owing = newcomer(council)
    council.advance(to="2026-07-10T09:00:00Z")
    opened = council.sandbox.councils.first
    with opened.reading("council-tax") as work:
        sent = select(EventRecord).where(EventRecord.type == "virtual-council.council-tax.reminder.issued")
        data = {record.subject: record.data for record in work.session.scalars(sent)}
    assert data[owing["reference"]]["arrears_pence"] == owing["plan"][0]["amount_pence"]


def test_a_home_that_has_stood_empty_for_a_year_gets_its_premium_from_that_day(
    council: CouncilUnderTest,
) -> None:
    found = (account(council, each["reference"]) for each in accounts(council, kind="empty"))
    recent = (each for each in found if "2025-06-01" < each["opened_on"] < "2026-01-01")
    empty = next(each for each in recent if not each["awards"])
    day = f"2026{empty['opened_on'][4:]}"
    council.advance(to="2027-03-05T09:00:00Z")
    after = account(council, empty["reference"])
    assert after["awards"] == [{"code": "empty_1_year", "starts_on": day, "ends_on": None}]
    assert bills(council, empty["reference"])[0]["lines"][1]["starts_on"] == day


def test_on_the_first_of_april_every_open_account_has_a_bill_of_the_new_year(
    council: CouncilUnderTest,
) -> None:
    council.advance(to="2027-04-01T09:00:00Z")
    charges = {
        each["band"]: each["annual_pence"] for each in council.get(SERVICE, "/charges").json()["charges"]
    }
    assert charges["D"] == round(256020 * 1.0499)
    for each in accounts(council, status="open")[::9]:
        bill = bills(council, each["reference"])[0]
        assert (bill["year"], bill["reason"]) == (2027, "annual")
        assert_adds_up(bill)
        assert bill["payable_pence"] == each["balance_pence"]
        assert bill["lines"][0]["amount_pence"] == charges[each["band"]]


def test_a_year_later_every_balance_is_still_its_ledgers_sum(council: CouncilUnderTest) -> None:
    council.advance(to="2027-06-01T09:00:00Z")
    for each in accounts(council)[::5]:
        assert sum(e["amount_pence"] for e in ledger(council, each["reference"])) == each["balance_pence"]
        plan = account(council, each["reference"])["plan"]
        to_come = sum(instalment["amount_pence"] for instalment in plan)
        assert each["arrears_pence"] == max(0, each["balance_pence"] - to_come)
        assert all(instalment["due_on"] >= "2027-06-01" for instalment in plan)
