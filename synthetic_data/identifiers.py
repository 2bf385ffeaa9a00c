"""Identifiers that belong to nobody: each from a range that is never issued.

Public, so that suppliers can use it in their own tests; ``synthetic_data.providers`` draws from
the same table with Faker, and ``council audit`` proves that a council holds no others.

There are two modes. ``unallocatable`` is never issued to anybody and, where there is a choice, is
refused by a strict checker. ``format_valid`` is never issued either, and passes the usual checker of
its kind. Mobile numbers have no such choice: libphonenumber refuses all that are kept for drama.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, get_args

import numpy as np

from synthetic_data.quotas import Integers
from synthetic_data.town import Text

Mode = Literal["unallocatable", "format_valid"]
BOTH: tuple[Mode, ...] = get_args(Mode)

INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_ANY = {"#": "0123456789", "%": "012345678", "@": INWARD_LETTERS, "?": "ABCD"}
"""What may stand for a sign in a template; ``*`` is any text."""


@dataclass(frozen=True)
class SafeRange:
    """A range of identifiers that belong to nobody.

    ``template`` is how one is written: ``#`` is a digit, ``%`` one from 0 to 8, ``@`` a letter of a
    postcode's inward half, ``?`` a letter from A to D, ``*`` anything. ``modes`` are those that
    draw from it, ``without`` those in it that are not used, and ``source`` who keeps it free.
    """

    kind: str
    template: str
    source: str
    modes: tuple[Mode, ...] = BOTH
    without: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """The first number of a range of numbers."""
        return int(self.template.replace("#", "0").replace(" ", ""))

    @property
    def size(self) -> int:
        """How many a range of numbers has."""
        return int("1" + "0" * self.template.count("#"))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        signs = (
            ".+" if sign == "*" else f"[{_ANY[sign]}]" if sign in _ANY else re.escape(sign)
            for sign in plain(self.template)
        )
        return re.compile("".join(signs), re.IGNORECASE)

    def holds(self, text: str) -> bool:
        """Whether an identifier, with or without spaces, lies inside."""
        if self.kind == "nhs_number" and not is_nhs_number(text):
            return False
        return bool(self._pattern.fullmatch(plain(text))) and plain(text) not in map(plain, self.without)


def plain(text: str) -> str:
    """An identifier without the spaces that it is written with."""
    return text.replace(" ", "")


_LANDLINES = tuple(f"0{area} 496 0###" for area in (113, 114, 116, 117, 118, 121, 131, 141, 151, 161))
_DRAMA = "Ofcom keeps it for drama"
_MANUAL = "HMRC's manual NIM39110: a prefix not to be used"
_PAY = "GOV.UK Pay's list of mock cards"
_CARDS = (
    "4444333322221111",
    "4242424242424242",
    "4000056655665556",
    "5105105105105100",
    "371449635398431",
    "4988080000000000",
    "4000160000000004",
    "4000000000000002",
    "4000000000000069",
    "4000000000000127",
    "4000000000000119",
    "6759649826438453",
)
_NOTIFY = tuple(f"07700 900{ending}" for ending in ("000", "002", "003", "111", "222"))
"""Mobile numbers that GOV.UK Notify treats as commands."""

RANGES = (
    SafeRange("uprn", "9999########", "the top of BS 7666's range"),
    SafeRange("usrn", "999#####", "the top of BS 7666's range"),
    SafeRange("ward_code", "E05999###", "above any GSS code issued"),
    SafeRange("ward_code", "W05999###", "above any GSS code issued"),
    SafeRange("postcode", "ZZ9% #@@", "Royal Mail has never had the area; the NHS uses ZZ99"),
    SafeRange("mobile", "07700 900###", _DRAMA, without=_NOTIFY),
    SafeRange("landline", "01632 960###", _DRAMA, ("unallocatable",)),
    SafeRange("landline", "0115 496 0###", _DRAMA, ("unallocatable",)),
    *(SafeRange("landline", template, _DRAMA, ("format_valid",)) for template in _LANDLINES),
    SafeRange("landline", "020 7946 0###", _DRAMA, ("format_valid",)),
    SafeRange("landline", "0191 498 0###", _DRAMA, ("format_valid",)),
    SafeRange("landline", "029 2018 0###", _DRAMA, ("format_valid",)),
    SafeRange("landline", "028 9649 6###", _DRAMA, ("format_valid",)),
    SafeRange("non_geographic", "0808 157 0###", _DRAMA),
    SafeRange("non_geographic", "0909 879 0###", _DRAMA),
    SafeRange("non_geographic", "03069 990###", _DRAMA),
    *(SafeRange("host", f"example.{end}", "RFC 2606") for end in ("com", "org", "net")),
    *(SafeRange("host", f"*.example.{end}", "RFC 2606", ()) for end in ("com", "org", "net")),
    *(SafeRange("host", f"*.{end}", "RFC 2606", ()) for end in ("test", "example", "invalid", "localhost")),
    *(
        SafeRange("nino", f"{prefix}######?", _MANUAL, ("unallocatable",))
        for prefix in ("QQ", "ZZ", "BG", "GB", "KN", "NK", "NT", "TN")
    ),
    *(
        SafeRange("nino", f"{prefix}######?", "kept for administration, never a person's", ("format_valid",))
        for prefix in ("MW", "NC")
    ),
    SafeRange("nhs_number", "999#######", "the NHS keeps it for tests; the tenth digit checks the rest"),
    *(SafeRange("card", number, _PAY) for number in _CARDS),
)
"""Every range there is: the generator, the provider and the audit know no other."""


@cache
def ranges_of(kind: str, mode: Mode | None = None) -> tuple[SafeRange, ...]:
    """The ranges of a kind, or those that a mode draws from.

    Raises:
        ValueError: there is no such kind or mode.
    """
    if mode is not None and mode not in BOTH:
        raise ValueError(f"There is no mode {mode!r}; the modes are {' and '.join(BOTH)}.")
    found = tuple(each for each in RANGES if each.kind == kind)
    if not found:
        raise ValueError(f"There are no ranges for {kind!r}.")
    return found if mode is None else tuple(each for each in found if mode in each.modes)


def range_of(kind: str, text: str) -> SafeRange | None:
    """The range that an identifier lies in; None if it could be somebody's."""
    return next((each for each in ranges_of(kind) if each.holds(text)), None)


def nhs_check_digit(nine: str) -> int:
    """The tenth digit of an NHS number, by modulus 11; 10 means that there is no such number."""
    return -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11


def is_nhs_number(text: str) -> bool:
    """Whether this is ten digits of which the last checks the others."""
    digits = plain(text)
    return len(digits) == 10 and digits.isdecimal() and nhs_check_digit(digits[:9]) == int(digits[9])


def choices(template: str) -> Iterator[str]:
    """For each sign of a template, the signs that may stand there."""
    return (_ANY.get(sign, sign) for sign in template)


(_UPRN,), (_USRN,) = ranges_of("uprn"), ranges_of("usrn")
FIRST_UPRN, UPRNS = _UPRN.first, _UPRN.size
FIRST_USRN, USRNS = _USRN.first, _USRN.size
EMAIL_DOMAINS = tuple(each.template for each in ranges_of("host", "unallocatable"))
POSTCODE_DISTRICTS = tuple(f"ZZ9{digit}" for digit in _ANY["%"])
UNITS_A_SECTOR = len(INWARD_LETTERS) ** 2
UNITS_A_DISTRICT = 10 * UNITS_A_SECTOR
_UPRN_STRIDE, _USRN_STRIDE, _UNIT_STRIDE = 61_803_399, 61_803, 147
"""Coprime to their ranges: numbers scatter, and none comes twice."""


def uprns(count: int, start: int, before: int = 0) -> Integers:
    """``count`` different UPRNs, scattered over the range from a starting point, after ``before`` others."""
    return FIRST_UPRN + (start + np.arange(before, before + count, dtype=np.int64) * _UPRN_STRIDE) % UPRNS


def usrns(count: int, start: int, before: int = 0) -> Integers:
    """``count`` different USRNs, after ``before`` others.

    Raises:
        ValueError: there are not so many.
    """
    if before + count > USRNS:
        raise ValueError(f"{before + count} streets are more than the {USRNS} safe USRNs.")
    return FIRST_USRN + (start + np.arange(before, before + count, dtype=np.int64) * _USRN_STRIDE) % USRNS


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


def contact_numbers(count: int, mode: Mode, rng: np.random.Generator) -> Text:
    """``count`` numbers such as "07700 900123"; there are 995, so many people share one.

    Format-valid ones are landlines such as "020 7946 0123", 14,000 of them, because libphonenumber
    accepts none of the mobiles that are kept for drama.
    """
    kind = "landline" if mode == "format_valid" else "mobile"
    written = [
        number
        for each in ranges_of(kind, mode)
        for number in (each.template.replace("###", f"{last:03d}") for last in range(each.size))
        if number not in each.without
    ]
    return np.array(written, dtype=object)[rng.integers(0, len(written), count)]


def emails(local_parts: Text, rng: np.random.Generator) -> Text:
    """Addresses at the reserved domains."""
    domains = np.array([f"@{domain}" for domain in EMAIL_DOMAINS], dtype=object)
    return np.asarray(local_parts + domains[rng.integers(0, domains.size, local_parts.size)])


def ward_codes(nation: str, count: int) -> Text:
    """Codes that look like a ward's and were never issued."""
    letter = "W" if nation == "Wales" else "E"
    return np.array([f"{letter}05999{number:03d}" for number in range(1, count + 1)], dtype=object)
