"""What the law says of charges, discounts and instalments, to the penny and the day."""

from __future__ import annotations

from datetime import date

import pytest

from service_apis.council_tax import rules
from service_apis.kit.revenues.billing import lines_of
from service_apis.kit.revenues.financial_year import months_on, part, share_of_year, year_of
from service_apis.kit.revenues.instalments import plan_from, split, written_out
from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import SERVICE


def test_each_band_is_charged_its_ninths_of_band_d(council: CouncilUnderTest) -> None:
    charges = council.get(SERVICE, "/charges").json()["charges"]
    assert {each["band"]: each["annual_pence"] for each in charges} == {
        "A": 170680,
        "B": 199127,
        "C": 227573,
        "D": 256020,
        "E": 312913,
        "F": 369807,
        "G": 426700,
        "H": 512040,
    }


def test_halves_of_a_penny_are_rounded_up() -> None:
    assert [part(5, 1, 2), part(4, 1, 3), part(5, 1, 3)] == [3, 1, 2]


def test_the_financial_year_begins_in_april() -> None:
    assert [year_of(date(2026, 3, 31)), year_of(date(2026, 4, 1))] == [2025, 2026]
    assert months_on(date(2026, 11, 30), 3) == date(2027, 2, 28)


def test_two_parts_of_a_year_are_the_whole_and_a_leap_year_has_one_day_more() -> None:
    assert share_of_year(36500, date(2026, 4, 1), date(2026, 4, 11)) == 1000
    assert share_of_year(36600, date(2027, 4, 1), date(2027, 4, 11)) == 1000
    assert share_of_year(36500, date(2026, 4, 1), date(2027, 4, 1), -25) == -9125


@pytest.mark.parametrize(
    ("adults", "disregarded", "award"),
    [
        (2, [], None),
        (3, ["student"], None),
        (1, [], "single_person"),
        (2, ["carer"], "one_counted"),
        (1, ["carer"], "none_counted"),
        (3, ["student"] * 3, "exempt_n"),
        (1, ["severe_mental_impairment"], "exempt_u"),
        (2, ["severe_mental_impairment", "student"], "exempt_u"),
        (2, ["apprentice", "student"], "none_counted"),
        (0, [], "exempt_s"),
    ],
)
def test_the_discount_goes_by_the_adults_who_count(
    adults: int, disregarded: list[str], award: str | None
) -> None:
    assert rules.award_for(adults, disregarded) == award


def test_a_home_pays_a_premium_once_it_has_been_empty_for_a_year_and_more_after_five_and_ten() -> None:
    since = date(2020, 6, 10)
    assert rules.empty_premium(since, date(2021, 6, 9)) is None
    assert rules.empty_premium(since, date(2021, 6, 10)) == ("empty_1_year", date(2021, 6, 10))
    assert rules.empty_premium(since, date(2026, 1, 1)) == ("empty_5_years", date(2025, 6, 10))
    assert rules.empty_premium(since, date(2031, 1, 1)) == ("empty_10_years", date(2030, 6, 10))


@pytest.mark.parametrize("total", [1, 499, 500, 999, 1001, 5100, 5499, 5500, 6600, 170680, 256020, 512041])
@pytest.mark.parametrize("count", [1, 2, 10, 12])
def test_instalments_sum_to_the_total_in_whole_pounds_but_for_the_first(total: int, count: int) -> None:
    many, each = split(total, count)
    plan = written_out(total, many, each, date(2026, 4, 1))
    amounts = [instalment["amount_pence"] for instalment in plan]
    assert sum(amounts) == total
    assert 1 <= len(amounts) <= count
    assert all(amount % 100 == 0 and amount == amounts[-1] for amount in amounts[1:])
    assert len(amounts) == 1 or min(amounts) >= 500


def test_nothing_is_paid_in_no_instalments() -> None:
    assert split(0, 10) == (0, 0)
    assert split(-500, 10) == (0, 0)


@pytest.mark.parametrize(
    ("issued", "wanted", "day", "count", "first_due"),
    [
        (date(2026, 6, 1), 10, 1, 8, date(2026, 7, 1)),
        (date(2026, 6, 1), 12, 1, 9, date(2026, 7, 1)),
        (date(2026, 6, 25), 10, 1, 8, date(2026, 8, 1)),
        (date(2026, 6, 25), 12, 1, 8, date(2026, 8, 1)),
        (date(2026, 4, 10), 10, 15, 10, date(2026, 5, 15)),
        (date(2026, 12, 2), 10, 1, 2, date(2027, 1, 1)),
        (date(2027, 1, 5), 10, 1, 1, date(2027, 1, 19)),
        (date(2027, 3, 30), 12, 28, 1, date(2027, 4, 13)),
    ],
)
def test_a_bill_of_mid_year_has_one_instalment_less_than_the_months_left(
    issued: date, wanted: int, day: int, count: int, first_due: date
) -> None:
    assert plan_from(issued, wanted, day) == (count, first_due)


def test_a_bill_charges_each_day_once_with_what_holds_on_it() -> None:
    awards = [
        ("single_person", -25, date(2020, 1, 1), date(2026, 6, 1)),
        ("empty_1_year", 100, date(2026, 9, 1), None),
    ]
    lines = lines_of(36500, 2026, date(2019, 5, 5), date(2026, 10, 1), awards)
    assert [(line["code"], line["days"], line["amount_pence"]) for line in lines] == [
        ("charge", 183, 18300),
        ("single_person", 61, -1525),
        ("empty_1_year", 30, 3000),
    ]
    assert lines_of(36500, 2026, date(2025, 5, 5), date(2026, 3, 1), awards) == []
