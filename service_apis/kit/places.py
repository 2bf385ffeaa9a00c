"""Places: a service's own copy of the council's addresses, and how one is found.

A service's ``models.py`` declares ``class Place(PlaceColumns, Base)`` with a table name of its own,
and its seed fills it.
"""

from __future__ import annotations

import math
import re
from typing import Any, TypeVar

from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service_apis.kit.postcodes import tidied

METRES_PER_DEGREE = 111_320
_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][0-9A-Z]?) ?([0-9][A-Z]{2})\b")


class PlaceColumns:
    """An address and where it stands. ``cell`` numbers a square of about 100 metres.

    ``street_key`` is the street's name as it is looked for in what people write (see :func:`key_of`).
    """

    uprn: Mapped[str] = mapped_column(String(12), primary_key=True)
    line: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(200))
    street_key: Mapped[str] = mapped_column(String(82), index=True)
    postcode: Mapped[str] = mapped_column(String(8), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    cell: Mapped[int] = mapped_column(index=True)


P = TypeVar("P", bound=PlaceColumns)


def cell_of(latitude: Any, longitude: Any) -> Any:
    """The number of the square that a point (or each of an array of points) lies in."""
    return (latitude + 90) * 1000 // 1 * 1_000_000 + (longitude + 180) * 600 // 1


def key_of(text: str) -> str:
    """Words as they are compared: small letters and digits, a space around each word."""
    return f" {' '.join(re.findall('[a-z0-9]+', text.lower().replace(chr(39), '')))} "


def nearest(session: Session, place: type[P], latitude: float, longitude: float) -> P | None:
    """The address that stands nearest to a point, None where none is within some four kilometres."""
    centre, narrow = int(cell_of(latitude, longitude)), math.cos(math.radians(latitude))
    north, east = place.latitude - latitude, (place.longitude - longitude) * narrow
    for reach in (1, 6, 40):
        rows = (centre + row * 1_000_000 for row in range(-reach, reach + 1))
        around = or_(*(place.cell.between(row - reach, row + reach) for row in rows))
        query = select(place).where(around).order_by(north * north + east * east, place.uprn).limit(1)
        found = session.scalar(query)
        if found is not None:
            return found
    return None


def metres_to(place: PlaceColumns, latitude: float, longitude: float) -> float:
    """How far a point is from a place."""
    east = (place.longitude - longitude) * math.cos(math.radians(latitude))
    return math.hypot(place.latitude - latitude, east) * METRES_PER_DEGREE


def written_in(session: Session, place: type[P], text: str) -> P | None:
    """The address that a text means: by its street and line, or else by its postcode."""
    key = key_of(text)
    words = key.split()
    runs = {key_of(" ".join(words[a:b])) for a in range(len(words)) for b in range(a + 1, a + 6)}
    written = _POSTCODE.search(" ".join(text.upper().split()))
    postcode = tidied("".join(written.groups())) if written else None
    found = select(place).where(or_(place.street_key.in_(runs), place.postcode == postcode))
    places = list(session.scalars(found.order_by(place.uprn)))
    return max(
        places,
        key=lambda each: (key_of(each.line) in key) * 2 + (each.postcode == postcode),
        default=None,
    )
