from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import get_args

import phonenumbers
import pytest
from faker import Faker
from stdnum import luhn
from stdnum.gb import nhs

from synthetic_data.build import build_town
from synthetic_data.digest import digest
from synthetic_data.identifiers import RANGES, Mode, range_of
from synthetic_data.profiles import find_profile
from synthetic_data.providers import SafeProvider
from synthetic_data.town import Town

DRAWN = 300
AS_OF = date(2026, 6, 1)
MODES: tuple[Mode, ...] = get_args(Mode)
KINDS = {
    "safe_uprn": "uprn",
    "safe_usrn": "usrn",
    "safe_ward_code": "ward_code",
    "safe_postcode": "postcode",
    "safe_mobile": "mobile",
    "safe_landline": "landline",
    "safe_non_geographic": "non_geographic",
    "safe_domain": "host",
    "safe_nino": "nino",
    "safe_nhs_number": "nhs_number",
    "safe_card_number": "card",
}
HMRC = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
"""What HMRC's own code accepts, with the prefixes that it leaves out."""
SHAPE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}")
"""A postcode's shape, and the inward letters of the government's data standard."""
GOVTALK = re.compile(r"[A-PR-UWYZ][A-HK-Y]?\d[\dA-HJKMNPR-Y]? \d[ABD-HJLNP-UW-Z]{2}")
"""The same with that standard's letters of areas, of which the second is never Z."""


def drawn(method: str, mode: Mode) -> set[str]:
    fake = Faker("en_GB")
    fake.add_provider(SafeProvider)
    fake.seed_instance(4711)
    draw: Callable[..., str] = getattr(fake, method)
    return {draw(mode=mode) for _ in range(DRAWN)}


def is_valid_number(text: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(text, "GB"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", KINDS)
def test_all_that_is_drawn_lies_in_a_range_of_its_mode(method: str, mode: Mode) -> None:
    for identifier in drawn(method, mode):
        found = range_of(KINDS[method], identifier)
        assert found is not None, identifier
        assert mode in found.modes, identifier


@pytest.mark.parametrize("mode", MODES)
def test_every_range_of_a_mode_is_drawn_from(mode: Mode) -> None:
    methods = {kind: method for method, kind in KINDS.items()}
    for each in RANGES:
        if mode in each.modes:
            assert any(each.holds(identifier) for identifier in drawn(methods[each.kind], mode)), each


def test_faker_knows_no_kind_that_is_not_tested() -> None:
    methods = {name for name in vars(SafeProvider) if name.startswith("safe_")}
    assert methods == {*KINDS, "safe_email", "safe_url"}


def test_the_same_seed_draws_the_same() -> None:
    for method in KINDS:
        assert drawn(method, "format_valid") == drawn(method, "format_valid")


def test_libphonenumber_accepts_format_valid_landlines_and_refuses_the_others() -> None:
    assert all(is_valid_number(number) for number in drawn("safe_landline", "format_valid"))
    assert not any(is_valid_number(number) for number in drawn("safe_landline", "unallocatable"))


@pytest.mark.parametrize("mode", MODES)
def test_libphonenumber_accepts_non_geographic_numbers(mode: Mode) -> None:
    assert all(is_valid_number(number) for number in drawn("safe_non_geographic", mode))


@pytest.mark.parametrize("mode", MODES)
def test_libphonenumber_finds_mobiles_possible_and_never_valid(mode: Mode) -> None:
    numbers = [phonenumbers.parse(number, "GB") for number in drawn("safe_mobile", mode)]
    assert all(phonenumbers.is_possible_number(number) for number in numbers)
    assert not any(phonenumbers.is_valid_number(number) for number in numbers)


@pytest.mark.parametrize("ending", ["000", "111", "222", "002", "003"])
def test_a_mobile_that_notify_treats_as_a_command_is_outside(ending: str) -> None:
    assert range_of("mobile", f"07700 900{ending}") is None
    assert range_of("mobile", "07700 900123") is not None


def test_hmrcs_rule_accepts_format_valid_ninos_and_refuses_the_others() -> None:
    assert all(HMRC.fullmatch(nino) for nino in drawn("safe_nino", "format_valid"))
    assert not any(HMRC.fullmatch(nino) for nino in drawn("safe_nino", "unallocatable"))


@pytest.mark.parametrize("mode", MODES)
def test_nhs_numbers_have_the_right_check_digit_and_are_kept_for_tests(mode: Mode) -> None:
    numbers = drawn("safe_nhs_number", mode)
    assert all(nhs.is_valid(number) and number.startswith("999") for number in numbers)


def test_an_nhs_number_with_a_wrong_check_digit_is_in_no_range() -> None:
    assert range_of("nhs_number", "999 000 0018") is not None
    assert range_of("nhs_number", "999 000 0019") is None


@pytest.mark.parametrize("mode", MODES)
def test_postcodes_have_the_right_shape_and_an_area_that_cannot_be(mode: Mode) -> None:
    postcodes = drawn("safe_postcode", mode)
    assert all(SHAPE.fullmatch(postcode) for postcode in postcodes)
    assert not any(GOVTALK.fullmatch(postcode) for postcode in postcodes)


@pytest.mark.parametrize("postcode", ["ZZ99 3VZ", "ZZ99 1AA", "ZZ90 1AV", "TS24 8AY"])
def test_a_postcode_of_the_nhs_or_of_royal_mail_is_outside(postcode: str) -> None:
    assert range_of("postcode", postcode) is None


@pytest.mark.parametrize("number", ["0191 496 0123", "020 7496 0123"])
def test_a_number_that_faker_takes_for_drama_and_ofcom_does_not_is_outside(number: str) -> None:
    assert range_of("landline", number) is None


@pytest.mark.parametrize("mode", MODES)
def test_mock_cards_pass_luhns_check(mode: Mode) -> None:
    assert all(luhn.is_valid(number) for number in drawn("safe_card_number", mode))


@pytest.mark.parametrize("mode", MODES)
def test_mail_and_addresses_go_to_reserved_domains(mode: Mode) -> None:
    hosts = {email.rpartition("@")[2] for email in drawn("safe_email", mode)}
    hosts |= {url.split("/")[2] for url in drawn("safe_url", mode)}
    assert hosts == {"example.com", "example.org", "example.net"}


def test_another_mode_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unallocatable and format_valid"):
        drawn("safe_nino", "real")  # type: ignore[arg-type]


def test_a_towns_mode_changes_peoples_numbers_and_nothing_else() -> None:
    def built(mode: Mode) -> Town:
        return build_town(
            find_profile("Slough"), residents=500, seed=7, as_of=AS_OF, name="fairwater", identifiers=mode
        )

    safe, accepted = built("unallocatable"), built("format_valid")
    assert digest(safe) != digest(accepted)
    as_before = replace(accepted.residents, mobile=safe.residents.mobile)
    assert digest(replace(accepted, residents=as_before)) == digest(safe)
    given = [number for number in accepted.residents.mobile.tolist() if number is not None]
    assert given
    assert all(is_valid_number(number) for number in given)
