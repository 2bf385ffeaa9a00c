"""What the gazetteer answers."""

from __future__ import annotations

from service_apis.kit.schemas import Schema


class WardEntry(Schema):
    """An electoral ward."""

    code: str
    name: str


class WardList(Schema):
    """Every ward of the council."""

    items: list[WardEntry]


class StreetEntry(Schema):
    """A street and the ward that it is in."""

    usrn: str
    name: str
    ward_code: str
    ward: str


class PropertyEntry(Schema):
    """A property.

    ``address`` is the whole address on one line; ``classification`` a code of the AddressBase
    scheme and ``classification_name`` its meaning. Eastings and northings are metres on the
    British National Grid, latitude and longitude degrees (WGS84); all lie at sea.
    """

    uprn: str
    usrn: str
    address: str
    line: str
    street: str
    town: str
    postcode: str
    ward_code: str
    ward: str
    classification: str
    classification_name: str
    easting: int
    northing: int
    latitude: float
    longitude: float
