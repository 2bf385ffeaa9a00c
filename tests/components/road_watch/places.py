"""Where a report is: its point, and the address of the council that it is at or near."""

import math
import re
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from defects import wrong
from forms import degrees
from refusals import Refused

FARTHEST = 3000
"""How many metres from an address of the council a report may be."""
_METRES_IN_A_DEGREE = 111_320
_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9][A-Z]{2})\b")


class Place(NamedTuple):
    """An address of the council."""

    uprn: str
    address: str
    postcode: str
    lat: float
    long: float


_PLACES = "SELECT uprn, address, postcode, lat, long FROM places"


def words_of(text: str) -> str:
    """Words as they are compared: small letters and digits, with a space around each."""
    return f" {' '.join(re.findall('[a-z0-9]+', text.lower().replace(chr(39), '')))} "


def locate(db: sqlite3.Connection, form: Mapping[str, str], uprn: str | None) -> tuple[float, float, Place]:
    """Where a form says that it is. A point counts for more than a UPRN, that for more than words.

    Raises Refused.
    """
    place = None
    if uprn:
        row = db.execute(f"{_PLACES} WHERE uprn = ?", (uprn,)).fetchone()
        if row is None:
            raise Refused(f"address_id {uprn} is no UPRN of this council; send one that is, or lat and long")
        place = Place(*row)
    point = degrees(form)
    if point:
        return *point, place or _near(db, *point)
    if place is None and "address_string" in form:
        place = _written_in(db, form["address_string"])
    if place is None:
        raise Refused("lat was not sent; send lat and long, or address_id or address_string")
    return place.lat, place.long, place


def _near(db: sqlite3.Connection, lat: float, long: float) -> Place:
    """The address nearest to a point: looked for close by, and then in wider and wider squares."""
    for reach in (200, 1000, FARTHEST):
        north = reach / _METRES_IN_A_DEGREE
        east = north / max(math.cos(math.radians(lat)), 1e-6)
        around = (lat - north, lat + north, long - east, long + east)
        rows = db.execute(f"{_PLACES} WHERE lat BETWEEN ? AND ? AND long BETWEEN ? AND ?", around)
        found = [(_metres(place, lat, long), place) for place in map(Place._make, rows)]
        nearest = min(found, default=None)
        if nearest and nearest[0] <= reach:
            return nearest[1]
    inside = Place(*db.execute(f"{_PLACES} ORDER BY uprn LIMIT 1").fetchone())
    if wrong("far-away-accepted"):
        return inside
    raise Refused(
        f"lat {lat}, long {long} is more than {FARTHEST:,} metres from any address of this council; "
        f"lat {inside.lat}, long {inside.long} is in it"
    )


def _metres(place: Place, lat: float, long: float) -> float:
    east = (place.long - long) * math.cos(math.radians(lat))
    return math.hypot(place.lat - lat, east) * _METRES_IN_A_DEGREE


def _written_in(db: sqlite3.Connection, text: str) -> Place:
    """The address that words mean: by its line, or its street, or else by its postcode. Raises Refused."""
    words, written = words_of(text), _POSTCODE.search(" ".join(text.upper().split()))
    postcode = " ".join(written.groups()) if written else None
    row = db.execute(
        f"{_PLACES} WHERE instr(:words, street_words) OR postcode = :postcode "
        "ORDER BY (instr(:words, line_words) > 0) * 2 + (postcode IS :postcode) DESC, uprn LIMIT 1",
        {"words": words, "postcode": postcode},
    ).fetchone()
    if row is None:
        raise Refused("address_string names no street or postcode of this council; send lat and long")
    return Place(*row)
