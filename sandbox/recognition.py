"""Recognising identifiers: by the name of a column or a key, and by how they read in any text."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from synthetic_data.identifiers import is_nhs_number, range_of

HERE = "this machine or a private network"
_NAMED = {
    "uprn": "uprn",
    "address_id": "uprn",
    "usrn": "usrn",
    "ward_code": "ward_code",
    "postcode": "postcode",
    "zipcode": "postcode",
    "mobile": "phone",
    "phone": "phone",
    "telephone": "phone",
    "landline": "phone",
    "email": "email",
    "nino": "nino",
    "nhs_number": "nhs_number",
    "card_number": "card",
    "account_number": "bank_account",
    "sort_code": "bank_account",
}
"""What the end of a name says of the whole value."""

_NO_IDENTIFIER = re.compile(
    r"(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)"
    r"|(?<!\d)\d\d?([/.-])\d\d?\1\d{4}(?!\d)"
    r"|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b"
)
"""Dates, times and UUIDs, which are blanked first: their digits read like telephone numbers."""
_SUSPECT = re.compile(r"[\d@]|://|www\.")
_ALONE, _END = r"(?<![\w+])(?<!\d[.-])", r"(?![\w-]|\.\d)"

_PATTERNS = {
    "host": r"(?:https?|ftps?|wss?)://(?:[^\s/@]*@)?(\[[\da-f:]+\]|[^\s/:?#\"'<>\\)\],;]+)|\b(www\.[\w.-]*\w)",
    "email": r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*",
    "nino": r"(?<!\w)[a-z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[a-d](?!\w)",
    "postcode": r"(?<!\w)(?:[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}|zz\d\d? ?\d[a-z]{2}|gir ?0aa)(?!\w)",
    "ward_code": r"(?<!\w)[ew]05\d{6}(?!\w)",
    "bank_account": r"(?<![\w-])\d\d([ -])\d\d\1\d\d\W+(?:(?:and|account|acc|a/c|no|number)\W+)*\d{8}(?!\w)"
    r"|(?<!\w)gb\d\d ?[a-z]{4}(?: ?\d){14}(?!\w)",
    "card": _ALONE
    + r"(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{5})"
    + _END,
    "phone": _ALONE + r"(?:(?:\+44|0044)[ -]?(?:\(0\)[ -]?)?|\(?0)[1235789](?:[ -]?[()]?[ -]?\d){8,9}(?!\w)"
    r"|(?<!\w)\+(?!44)[1-9](?:[ -]?[()]?\d){7,13}(?![\w.:])",
    "nhs_number": _ALONE + r"[1-9]\d\d([ -]?)\d{3}\1\d{4}" + _END,
    "uprn": r"\buprn\W{0,3}(\d{1,12})(?!\w)|" + _ALONE + r"(\d{12})" + _END,
    "usrn": r"\busrn\W{0,3}(\d{1,8})(?!\w)",
}
_WITHIN = ("host", "uprn", "usrn")
"""Kinds of which a pattern's group is the identifier, and the rest what it was known by."""
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class Sighting:
    """An identifier that was seen; ``range`` is how its safe range is written, None outside all."""

    kind: str
    value: str
    range: str | None


def sightings(name: str, value: object) -> Iterator[Sighting]:
    """The identifiers in a value of a column or key of that name; JSON is looked into."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    value = _opened(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_text(key)
            yield from sightings(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sightings(name, inner)
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield from _in_one(name.lower(), value)


def _opened(value: object) -> object:
    """What a text holds if it is JSON; otherwise the text."""
    if not isinstance(value, str) or value[:1] not in ("{", "[", '"'):
        return value
    try:
        opened: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return opened


def _in_one(name: str, value: str | int) -> tuple[Sighting, ...]:
    kind, text = _kind_of(name), str(value)
    if kind:
        return (_sighted(kind, text),)
    if isinstance(value, int):
        return (_sighted("card", text),) if re.fullmatch(r"\d{13,19}", text) and _is_card(text) else ()
    return _in_text(text)


@lru_cache(maxsize=10_000)
def _kind_of(name: str) -> str | None:
    """The kind of identifier that a column or key of that name holds."""
    return next((kind for end, kind in _NAMED.items() if name == end or name.endswith("_" + end)), None)


@lru_cache(maxsize=200_000)
def _in_text(text: str) -> tuple[Sighting, ...]:
    """What reads like an identifier in a text; what one kind has taken, the next does not see."""
    if not _SUSPECT.search(text):
        return ()
    left = _NO_IDENTIFIER.sub(" ", text)
    found: list[Sighting] = []
    for kind, pattern in _COMPILED.items():
        if not _SUSPECT.search(left):
            break
        seen = [match for match in pattern.finditer(left) if _IS.get(kind, _always)(match[0])]
        for match in seen:
            own = (
                match.group(1, 2)
                if kind in ("host", "uprn")
                else (match[match.re.groups and kind == "usrn"],)
            )
            found.append(_sighted(kind, next(each for each in own if each)))
        for match in reversed(seen):
            left = f"{left[: match.start()]} {left[match.end() :]}"
    return tuple(found)


def _always(_: str) -> bool:
    return True


def _is_card(text: str) -> bool:
    """Whether a card's number begins so and Luhn's check holds."""
    digits = _digits(text)
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    issued = re.match(r"4|5[0-9]|2[2-7]|3[05-8]|6", digits)
    return bool(issued) and sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _is_phone(text: str) -> bool:
    """Whether there are as many digits as a British number has, so that a list of small ones is none."""
    national = _national(text)
    if not national.startswith("0"):
        return True
    groups = len(re.findall(r"\d+", text))
    return len(national) == 11 or (len(national) == 10 and national[:2] in ("01", "08") and groups <= 3)


def _is_postcode(text: str) -> bool:
    """Whether it is no "A1 2nd floor"."""
    return not re.search(r"\d(st|nd|rd|th)$", text)


_IS: dict[str, Callable[[str], bool]] = {
    "card": _is_card,
    "phone": _is_phone,
    "nhs_number": is_nhs_number,
    "postcode": _is_postcode,
}


def _sighted(kind: str, text: str) -> Sighting:
    if kind == "phone":
        national = _national(text)
        kind = {"07": "mobile", "01": "landline", "02": "landline"}.get(national[:2], "non_geographic")
        return Sighting(kind, text, _range(kind, national))
    if kind in ("host", "email"):
        name, at, host = text.rpartition("@")
        whole = kind == "host" or (name and at)
        return Sighting(kind, text, _range_of_host(host.strip(".").lower()) if whole else None)
    if kind == "bank_account":
        return Sighting(kind, text, None)
    written = text if kind not in ("nino", "card", "nhs_number") else re.sub(r"[ -]", "", text)
    return Sighting(kind, text, _range(kind, written))


def _range(kind: str, text: str) -> str | None:
    found = range_of(kind, text)
    return found.template if found else None


def _range_of_host(host: str) -> str | None:
    """The reserved domain; or that a host is nobody's because it is not on the public internet."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return _range("host", host) or (HERE if "." not in host else None)
    return HERE if address.is_private or address.is_loopback else None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _national(text: str) -> str:
    """A telephone number's digits as they are dialled in Britain; one from abroad keeps its +."""
    if re.match(r"\+44|0044", text):
        return "0" + _digits(re.sub(r"^(\+44|0044)[ -]?(\(0\))?", "", text))
    return ("+" if text.startswith("+") else "") + _digits(text)
