from __future__ import annotations

import pytest

from service_apis.addresses.rules import CLASSIFICATIONS
from service_apis.addresses.seed import CODE_OF_PREMISES
from synthetic_data.amenities import PREMISES_KINDS
from tests.conftest import CouncilUnderTest


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("CL03", "library"),
        ("CE03", "primary school"),
        ("CI08", "depot"),
        ("CO01", "town hall"),
        ("CC09", "recycling centre"),
        ("CC04", "community centre"),
    ],
)
def test_council_buildings_are_found_by_class_and_by_name(
    council: CouncilUnderTest, code: str, words: str
) -> None:
    found = council.get("addresses", "/properties", classification=code, q=words).json()["items"]
    assert found
    for each in found:
        assert words in each["line"].lower()
        assert each["classification_name"] == CLASSIFICATIONS[code]
        assert council.get("addresses", f"/properties/{each['uprn']}").json() == each


def test_a_shop_is_in_the_gazetteer_and_no_bins_or_bills_are_its(council: CouncilUnderTest) -> None:
    shop = council.get("addresses", "/properties", classification="CR08", per_page=1).json()["items"][0]
    assert council.get("waste", f"/properties/{shop['uprn']}/collections").status_code == 404
    bills = council.get("council_tax", "/accounts", uprn=shop["uprn"])
    assert bills.json().get("total", 0) == 0


def test_every_kind_of_premises_has_a_class_with_a_name() -> None:
    assert set(CODE_OF_PREMISES) == set(PREMISES_KINDS)
    assert set(CODE_OF_PREMISES.values()) <= set(CLASSIFICATIONS)
