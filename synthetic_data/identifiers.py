"""Identifiers that belong to nobody: each from a range that is never issued.

Public, so that suppliers can use it in their own tests. Ranges and their sources:

- mobile numbers: 07700 900000 to 900999, which Ofcom keeps for drama, without those that
  GOV.UK Notify treats as commands;
- postcodes: ZZ90 to ZZ98, an area that Royal Mail has never had, with inward letters of the
  postal rule (ZZ99 is left out: the NHS uses it for people without an address);
- e-mail: example.com, example.org and example.net (RFC 2606);
- UPRN and USRN: the top of BS 7666's ranges, 9999xxxxxxxx and 999xxxxx;
- ward codes: E05999xxx and W05999xxx, above any GSS code issued.
"""

from __future__ import annotations

import numpy as np

from synthetic_data.quotas import Integers
from synthetic_data.town import Text

FIRST_UPRN, UPRNS = 999_900_000_000, 100_000_000
FIRST_USRN, USRNS = 99_900_000, 100_000
FIRST_MOBILE, MOBILES = 7_700_900_000, 1_000
NOTIFY_COMMANDS = (7_700_900_000, 7_700_900_002, 7_700_900_003, 7_700_900_111, 7_700_900_222)
EMAIL_DOMAINS = ("example.com", "example.org", "example.net")
INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
POSTCODE_DISTRICTS = tuple(f"ZZ{number}" for number in range(90, 99))
UNITS_A_SECTOR = len(INWARD_LETTERS) ** 2
UNITS_A_DISTRICT = 10 * UNITS_A_SECTOR
_UPRN_STRIDE, _USRN_STRIDE, _UNIT_STRIDE = 61_803_399, 61_803, 147
"""Coprime to their ranges: numbers scatter, and none comes twice."""


def uprns(count: int, start: int) -> Integers:
    """``count`` different UPRNs, scattered over the range from a starting point."""
    return FIRST_UPRN + (start + np.arange(count, dtype=np.int64) * _UPRN_STRIDE) % UPRNS


def usrns(count: int, start: int) -> Integers:
    """``count`` different USRNs.

    Raises:
        ValueError: there are not so many.
    """
    if count > USRNS:
        raise ValueError(f"{count} streets are more than the {USRNS} safe USRNs.")
    return FIRST_USRN + (start + np.arange(count, dtype=np.int64) * _USRN_STRIDE) % USRNS


def postcodes(district: Integers, unit: Integers) -> Text:
    """Postcodes from a row of POSTCODE_DISTRICTS and a running number within the district.

    Consecutive numbers share a sector, as neighbouring streets do.

    Raises:
        ValueError: a running number is beyond UNITS_A_DISTRICT.
    """
    if unit.size and int(unit.max()) >= UNITS_A_DISTRICT:
        raise ValueError(
            f"A postcode district holds {UNITS_A_DISTRICT} postcodes, not {int(unit.max()) + 1}."
        )
    sector, within = np.divmod(unit, UNITS_A_SECTOR)
    first, second = np.divmod(within * _UNIT_STRIDE % UNITS_A_SECTOR, len(INWARD_LETTERS))
    letters = np.array(list(INWARD_LETTERS), dtype=object)
    digits = np.array([str(digit) for digit in range(10)], dtype=object)
    outward = np.array([f"{name} " for name in POSTCODE_DISTRICTS], dtype=object)
    return np.asarray(outward[district] + digits[sector] + letters[first] + letters[second])


def mobiles(count: int, rng: np.random.Generator) -> Text:
    """``count`` drama numbers such as "07700 900123"; there are 995, so many people share one."""
    numbers = [n for n in range(FIRST_MOBILE, FIRST_MOBILE + MOBILES) if n not in NOTIFY_COMMANDS]
    written = np.array([f"0{number // 10**6} {number % 10**6:06d}" for number in numbers], dtype=object)
    return written[rng.integers(0, written.size, count)]


def emails(local_parts: Text, rng: np.random.Generator) -> Text:
    """Addresses at the reserved domains."""
    domains = np.array([f"@{domain}" for domain in EMAIL_DOMAINS], dtype=object)
    return np.asarray(local_parts + domains[rng.integers(0, domains.size, local_parts.size)])


def ward_codes(nation: str, count: int) -> Text:
    """Codes that look like a ward's and were never issued."""
    letter = "W" if nation == "Wales" else "E"
    return np.array([f"{letter}05999{number:03d}" for number in range(1, count + 1)], dtype=object)
