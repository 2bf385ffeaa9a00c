"""Accounts as they are found, paid, planned and discounted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import (
    SERVICE,
    account,
    accounts,
    assert_adds_up,
    bills,
    everything,
    ledger,
)


def owing(council: CouncilUnderTest) -> dict[str, Any]:
    """An account with money to pay and nothing overdue."""
    found = accounts(council, status="open", kind="occupied", stage="none", minimum_balance_pence=100_000)
    return account(council, next(each["reference"] for each in found if not each["arrears_pence"]))


def undiscounted(council: CouncilUnderTest) -> dict[str, Any]:
    """An account that pays the whole charge."""
    found = accounts(council, status="open", kind="occupied", stage="none", minimum_balance_pence=120_000)
    shown = (account(council, each["reference"]) for each in found)
    return next(each for each in shown if not each["awards"] and not each["arrears_pence"])


def test_every_seeded_bill_adds_up_and_every_balance_is_its_ledgers_sum(council: CouncilUnderTest) -> None:
    for each in accounts(council)[::7]:
        reference = each["reference"]
        for bill in bills(council, reference):
            assert_adds_up(bill)
        assert sum(entry["amount_pence"] for entry in ledger(council, reference)) == each["balance_pence"]


def test_every_home_has_one_open_account(council: CouncilUnderTest) -> None:
    every = everything(council, "/properties", "addresses")
    uprns = {each["uprn"] for each in every if each["classification"].startswith("R")}
    assert len(uprns) < len(every)
    assert sorted(each["uprn"] for each in accounts(council, status="open")) == sorted(uprns)
    assert len(accounts(council)) == len(uprns)


def test_discounts_premiums_and_arrears_are_in_proportion_to_the_profile(council: CouncilUnderTest) -> None:
    every = [account(council, each["reference"]) for each in accounts(council)[::2]]
    codes = [each["awards"][0]["code"] for each in every if each["awards"]]
    single = sum(code in ("single_person", "one_counted") for code in codes) / len(every)
    assert single == pytest.approx(17921 / 46140, abs=0.04)
    assert sum(code.startswith("exempt") for code in codes) / len(every) == pytest.approx(0.021, abs=0.01)
    in_recovery = sum(each["stage"] != "none" for each in every)
    assert 0.005 < in_recovery / len(every) < 0.04


@pytest.mark.parametrize(
    "asked",
    [{"status": "open"}, {"kind": "empty"}, {"stage": "summons"}, {"payment_method": "other"}],
    ids=lambda asked: next(iter(asked)),
)
def test_a_filter_finds_those_that_fit_and_no_others(
    council: CouncilUnderTest, asked: dict[str, str]
) -> None:
    [(name, value)] = asked.items()
    found = {each["reference"] for each in accounts(council, **asked)}
    assert found == {each["reference"] for each in accounts(council) if each[name] == value}


def test_an_account_is_found_by_who_is_liable_and_by_what_it_owes(council: CouncilUnderTest) -> None:
    wanted = account(council, accounts(council, kind="occupied")[5]["reference"])
    person = wanted["liable_persons"][0]
    for asked in (
        {"resident_id": person["resident_id"]},
        {"name": person["name"].upper()},
        {"name": person["name"].rpartition(" ")[2][:4]},
        {"uprn": wanted["uprn"]},
        {"minimum_balance_pence": wanted["balance_pence"]},
    ):
        assert wanted["reference"] in [each["reference"] for each in accounts(council, **asked)], asked
    assert all(each["balance_pence"] >= 200_000 for each in accounts(council, minimum_balance_pence=200_000))


def test_a_dwelling_shows_its_accounts(council: CouncilUnderTest) -> None:
    one = accounts(council)[0]
    shown = council.get(SERVICE, f"/properties/{one['uprn']}").json()
    assert (shown["band"], shown["account"], shown["accounts"]) == (one["band"], one["reference"], [one])


def test_what_is_unknown_is_named_with_the_remedy(council: CouncilUnderTest) -> None:
    for path, says in (
        ("/accounts/CT99999999", "/accounts lists"),
        ("/properties/999999999999", "addresses lists"),
        (f"/accounts/{accounts(council)[0]['reference']}/bills/1999", "/bills lists"),
    ):
        answer = council.get(SERVICE, path)
        assert answer.status_code == 404
        assert says in answer.json()["detail"]


def test_a_payment_lowers_the_balance_and_its_repeat_does_not(council: CouncilUnderTest) -> None:
    before = owing(council)
    path = f"/accounts/{before['reference']}/payments"
    request: dict[str, Any] = {
        "json": {"amount_pence": 5_000, "method": "card"},
        "headers": {"Idempotency-Key": "k1"},
    }
    first, again = council.post(SERVICE, path, **request), council.post(SERVICE, path, **request)
    assert (first.status_code, again.json()) == (201, first.json())
    after = account(council, before["reference"])
    assert after == first.json()
    assert after["balance_pence"] == before["balance_pence"] - 5_000
    assert ledger(council, before["reference"])[-1] == {
        "year": 2026,
        "kind": "payment",
        "amount_pence": -5_000,
        "entered_on": "2026-06-01",
        "method": "card",
    }


def test_a_payment_against_an_older_version_is_refused(council: CouncilUnderTest) -> None:
    before = owing(council)
    path, body = f"/accounts/{before['reference']}/payments", {"amount_pence": 1, "method": "cash"}
    tag = council.get(SERVICE, f"/accounts/{before['reference']}").headers["ETag"]
    assert council.post(SERVICE, path, json=body, headers={"If-Match": tag}).status_code == 201
    stale = council.post(SERVICE, path, json=body, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version")


@pytest.mark.parametrize("day", ["2026-06-02", "2026-03-31", "0001-01-01"])
def test_a_payment_of_another_year_or_of_tomorrow_is_refused(council: CouncilUnderTest, day: str) -> None:
    path = f"/accounts/{owing(council)['reference']}/payments"
    refused = council.post(SERVICE, path, json={"amount_pence": 1, "method": "card", "paid_on": day})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/date-refused")


def plan(council: CouncilUnderTest, reference: str, count: int, day: int) -> Any:
    path = council.url(SERVICE, f"/accounts/{reference}/instalments")
    return council.client.put(path, json={"count": count, "day": day})


def test_instalments_can_be_spread_to_march_on_another_day(council: CouncilUnderTest) -> None:
    before = owing(council)
    after = plan(council, before["reference"], 12, 20).json()
    assert [each["due_on"] for each in after["plan"]] == [
        *(f"2026-{month:02}-20" for month in range(7, 13)),
        *(f"2027-{month:02}-20" for month in range(1, 4)),
    ]
    assert sum(each["amount_pence"] for each in after["plan"]) == before["balance_pence"]
    latest = bills(council, before["reference"])[0]
    assert latest["reason"] == "instalments"
    assert latest["instalments"] == after["plan"]
    assert_adds_up(latest)


def test_an_account_under_a_summons_has_lost_its_instalments(council: CouncilUnderTest) -> None:
    summoned = accounts(council, stage="summons")[0]
    assert summoned["arrears_pence"] == summoned["balance_pence"]
    assert account(council, summoned["reference"])["plan"] == []
    refused = plan(council, summoned["reference"], 10, 1)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nothing-to-spread")


def test_paying_what_a_summons_asks_ends_recovery(council: CouncilUnderTest) -> None:
    summoned = accounts(council, stage="summons")[0]
    assert [e["amount_pence"] for e in ledger(council, summoned["reference"]) if e["kind"] == "costs"] == [
        6_500
    ]
    path = f"/accounts/{summoned['reference']}/payments"
    part = {"amount_pence": summoned["balance_pence"] - 1, "method": "card"}
    assert council.post(SERVICE, path, json=part).json()["stage"] == "summons"
    done = council.post(SERVICE, path, json={"amount_pence": 1, "method": "card"}).json()
    assert (done["stage"], done["stage_on"], done["balance_pence"]) == ("none", None, 0)


def test_a_discount_from_a_day_on_is_billed_for_its_days(council: CouncilUnderTest) -> None:
    before = undiscounted(council)
    path = f"/accounts/{before['reference']}/discounts"
    body = {"discount": "single_person", "starts_on": "2026-05-01"}
    after = council.post(SERVICE, path, json=body).json()
    assert after["awards"] == [{"code": "single_person", "starts_on": "2026-05-01", "ends_on": None}]
    bill, annual = bills(council, before["reference"])
    assert_adds_up(bill)
    [charge, discount] = bill["lines"]
    assert discount["days"] == 335
    assert discount["amount_pence"] == -round(charge["amount_pence"] * 335 / 365 / 4)
    assert after["balance_pence"] == before["balance_pence"] + bill["net_pence"] - annual["net_pence"]
    assert [each["due_on"] for each in after["plan"]] == [each["due_on"] for each in before["plan"]]
    repeated = council.post(SERVICE, path, json=body)
    assert (repeated.status_code, repeated.json()["type"]) == (409, "/problems/discount-unchanged")


def test_a_discount_can_end(council: CouncilUnderTest) -> None:
    shown = (account(council, each["reference"]) for each in accounts(council, kind="occupied"))
    single = next(each for each in shown if [a["code"] for a in each["awards"]] == ["single_person"])
    body = {"discount": None, "starts_on": "2026-06-01"}
    after = council.post(SERVICE, f"/accounts/{single['reference']}/discounts", json=body).json()
    assert after["awards"][0]["ends_on"] == "2026-06-01"
    assert_adds_up(bills(council, single["reference"])[0])


@pytest.mark.parametrize("day", ["2026-06-02", "2026-03-31"])
def test_a_discount_outside_the_year_so_far_is_refused(council: CouncilUnderTest, day: str) -> None:
    path = f"/accounts/{undiscounted(council)['reference']}/discounts"
    refused = council.post(SERVICE, path, json={"discount": "exempt_f", "starts_on": day})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/date-refused")


def test_a_class_that_the_law_does_not_know_is_refused(council: CouncilUnderTest) -> None:
    path = f"/accounts/{undiscounted(council)['reference']}/discounts"
    refused = council.post(SERVICE, path, json={"discount": "exempt_a", "starts_on": "2026-06-01"})
    assert refused.status_code == 422
