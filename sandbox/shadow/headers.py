"""Headers: those of an answer that mean something to a caller, compared by what they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.shadow.causes import ABSENT, Cause

if TYPE_CHECKING:
    from sandbox.components.asking import Answered
    from sandbox.shadow.meaning import Found

MEANT = ("content-type", "etag", "location", "link", "allow", "retry-after", "www-authenticate")
"""The headers that are looked at."""
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;=\"]+(?:=\"[^\"]*\"|=[^,;\"]*)?)*)")
_REL = re.compile(r"rel=\"?([^\";]+)\"?")
_CHARSET = re.compile(r"charset=\"?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_ALSO_CALLED = {"utf8": "utf-8", "latin-1": "iso-8859-1", "latin1": "iso-8859-1", "us-ascii": "utf-8"}


def meant(answered: Answered) -> dict[str, str]:
    """The headers of an answer that are looked at, each once."""
    told: dict[str, str] = {}
    for name, value in answered.headers:
        if name in MEANT and name not in told:
            told[name] = value
    return told


def compare_headers(found: Found, ours: dict[str, str], theirs: dict[str, str], *, bodies: bool) -> None:
    """Add what sets the headers of two answers apart; without ``bodies`` their type means nothing."""
    for name in MEANT[1:]:
        one, other = ours.get(name), theirs.get(name)
        if one is None and other is None:
            continue
        place = f"header {name}"
        if other is None:
            found.say(place, Cause.MISSING, f"a header is missing: {_written(name)}", "", one, ABSENT)
        elif one is None:
            if name in ("location", "retry-after"):
                told = f"a header that the stub does not give: {_written(name)}"
                found.say(place, Cause.EXTRA, told, "", ABSENT, other)
        elif one != other:
            _values(found, name, one, other)
    if bodies:
        _content_types(found, ours.get("content-type", ""), theirs.get("content-type", ""))


def _values(found: Found, name: str, ours: str, theirs: str) -> None:
    place = f"header {name}"
    if name == "location" and not _lead_alike(ours, theirs):
        found.say(place, Cause.HEADER, "another address in Location", "", ours, theirs)
    elif name == "link":
        _links(found, place, ours, theirs)
    elif name == "allow" and _methods(ours) != _methods(theirs):
        found.say(place, Cause.HEADER, "other methods in Allow", f"{theirs} instead of {ours}", ours, theirs)
    elif name == "www-authenticate" and _scheme(ours) != _scheme(theirs):
        amount = f"{_scheme(theirs)} instead of {_scheme(ours)}"
        found.say(place, Cause.HEADER, "another scheme in WWW-Authenticate", amount, ours, theirs)
    elif name == "retry-after":
        found.say(
            place, Cause.HEADER, "another time in Retry-After", f"{theirs} instead of {ours}", ours, theirs
        )


def _links(found: Found, place: str, ours: str, theirs: str) -> None:
    one, other = _by_relation(ours), _by_relation(theirs)
    for relation, address in one.items():
        if relation not in other:
            found.say(place, Cause.MISSING, f"a link is missing: {relation}", "", address, ABSENT)
        elif not _lead_alike(address, other[relation]):
            told = f"a {relation} link that leads elsewhere"
            found.say(place, Cause.HEADER, told, "", address, other[relation])
    for relation, address in other.items():
        if relation not in one:
            told = f"a link that the stub does not give: {relation}"
            found.say(place, Cause.EXTRA, told, "", ABSENT, address)


def _content_types(found: Found, ours: str, theirs: str) -> None:
    one, other = (each.partition(";")[0].strip().lower() for each in (ours, theirs))
    if one != other:
        amount = f"{other or 'none'} instead of {one or 'none'}"
        found.say("media type", Cause.MEDIA_TYPE, "another media type", amount, one, other)
    sets = _charset(ours), _charset(theirs)
    if sets[0] != sets[1]:
        amount = f"{sets[1]} instead of {sets[0]}"
        found.say("charset", Cause.CHARSET, "another charset", amount, *sets)


def _charset(content_type: str) -> str:
    """The charset that is stated; JSON, and text of which nothing is said, is in UTF-8."""
    stated = _CHARSET.search(content_type)
    name = stated[1].lower() if stated else "utf-8"
    return _ALSO_CALLED.get(name, name)


def _lead_alike(ours: str, theirs: str) -> bool:
    """Whether two addresses lead to the same place; one may be written from the root, or further on."""
    return ours == theirs or _is_rest_of(ours, theirs) or _is_rest_of(theirs, ours)


def _is_rest_of(whole: str, rest: str) -> bool:
    if "//" in rest or not rest:
        return False
    parts = urlsplit(whole)
    below = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return below == rest if rest.startswith("/") else below.endswith(f"/{rest}")


def _by_relation(value: str) -> dict[str, str]:
    links: dict[str, str] = {}
    for address, parameters in _LINK.findall(value):
        relation = _REL.search(parameters)
        links[relation[1] if relation else ""] = address
    return links


def _methods(value: str) -> set[str]:
    return {each.strip().upper() for each in value.split(",") if each.strip()} - {"OPTIONS", "HEAD"}


def _scheme(value: str) -> str:
    return value.partition(" ")[0].strip(",").capitalize()


def _written(name: str) -> str:
    return {"etag": "ETag", "www-authenticate": "WWW-Authenticate"}.get(name, name.title())
