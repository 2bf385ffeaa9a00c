from __future__ import annotations

import re

import numpy as np
import pytest

from synthetic_data import identifiers
from synthetic_data.town import Town

POSTCODE = re.compile(r"ZZ9[0-8] [0-9][ABDEFGHJLNPQRSTUWXYZ]{2}")
EMAIL = re.compile(r"[a-z]+\.[a-z]+\.[0-9]+@example\.(com|org|net)")
MOBILE = re.compile(r"07700 900[0-9]{3}")
NOTIFY_COMMANDS = {f"07700 900{ending}" for ending in ("000", "111", "222", "002", "003")}


def test_every_uprn_is_different_and_in_the_range_that_is_ours(town: Town) -> None:
    uprn = town.properties.uprn
    assert len(set(uprn.tolist())) == uprn.size
    assert all(re.fullmatch(r"9999[0-9]{8}", str(number)) for number in uprn.tolist())


def test_every_usrn_is_different_and_in_the_range_that_is_ours(town: Town) -> None:
    usrn = town.streets.usrn
    assert len(set(usrn.tolist())) == usrn.size
    assert all(re.fullmatch(r"999[0-9]{5}", str(number)) for number in usrn.tolist())


def test_no_postcode_is_one_that_royal_mail_or_the_nhs_uses(town: Town) -> None:
    assert all(POSTCODE.fullmatch(postcode) for postcode in set(town.properties.postcode.tolist()))


def test_e_mail_goes_to_reserved_domains_and_nobody_shares_an_address(town: Town) -> None:
    given = [email for email in town.residents.email.tolist() if email is not None]
    assert all(EMAIL.fullmatch(email) for email in given)
    assert len(set(given)) == len(given)


def test_mobile_numbers_are_for_drama_and_command_nothing(town: Town) -> None:
    given = {mobile for mobile in town.residents.mobile.tolist() if mobile is not None}
    assert all(MOBILE.fullmatch(mobile) for mobile in given)
    assert not given & NOTIFY_COMMANDS


def test_ward_codes_were_never_issued(town: Town) -> None:
    letter = "W" if town.profile.nation == "Wales" else "E"
    assert all(re.fullmatch(rf"{letter}05999[0-9]{{3}}", code) for code in town.wards.code.tolist())


def test_everything_lies_in_the_north_sea(town: Town) -> None:
    homes = town.properties
    assert homes.easting.min() > 650_000
    assert homes.easting.max() < 690_000
    assert homes.northing.min() > 560_000
    assert homes.northing.max() < 600_000
    # Britain ends at 1.77 degrees east, and Denmark begins at 8; the Dogger Bank is far north of Norfolk.
    assert homes.longitude.min() > 1.85
    assert homes.longitude.max() < 2.7
    assert homes.latitude.min() > 54.8
    assert homes.latitude.max() < 55.3


def test_numbers_do_not_repeat_within_a_range() -> None:
    everything = identifiers.usrns(identifiers.USRNS, 17)
    assert len(set(everything.tolist())) == identifiers.USRNS
    with pytest.raises(ValueError, match="safe USRNs"):
        identifiers.usrns(identifiers.USRNS + 1, 0)


def test_a_district_has_four_thousand_different_postcodes_and_no_more() -> None:
    number = np.arange(identifiers.UNITS_A_DISTRICT)
    written = identifiers.postcodes(np.zeros_like(number), number)
    assert len(set(written.tolist())) == 4_000
    with pytest.raises(ValueError, match="holds 4000"):
        identifiers.postcodes(np.array([0]), np.array([4_000]))
