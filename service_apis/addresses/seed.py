"""The town's streets and properties as the gazetteer keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from service_apis.addresses.models import Property, Street, Ward, Word
from service_apis.addresses.rules import words_of
from service_apis.kit.seeding import Columns, Seeding, columns
from synthetic_data.addresses import addresses_of
from synthetic_data.amenities import PREMISES_KINDS
from synthetic_data.town import DWELLING_TYPES, PROPERTY_KINDS, Town

_CODE_OF_DWELLING = {
    "detached": "RD02",
    "semi_detached": "RD03",
    "terraced": "RD04",
    "flat": "RD06",
    "converted_house": "RD06",
    "converted_building": "RD06",
    "in_commercial_building": "RD06",
    "caravan": "RD01",
}
CODE_OF_PREMISES = {
    "shop": "CR08",
    "supermarket": "CR08",
    "hairdresser": "CR08",
    "cafe": "CR07",
    "restaurant": "CR07",
    "takeaway": "CR10",
    "pub": "CR06",
    "bank": "CR01",
    "betting_shop": "CR02",
    "petrol_station": "CR05",
    "office": "CO01",
    "workshop": "CI03",
    "garage": "CI03",
    "warehouse": "CI04",
    "factory": "CI01",
    "depot": "CI08",
    "recycling_centre": "CC09",
    "surgery": "CM02",
    "dentist": "CM01",
    "vet": "CN04",
    "nursery": "CE02",
    "gym": "CL06",
    "hotel": "CH03",
    "social_club": "CL10",
    "theatre": "CL07",
    "car_park": "CT03",
    "leisure_centre": "CL06",
    "library": "CL03",
    "town_hall": "CO01",
    "council_office": "CO01",
    "community_centre": "CC04",
    "place_of_worship": "ZW99",
    "park": "LP01",
    "cemetery": "CC06",
    "primary_school": "CE03",
    "secondary_school": "CE04",
}
_CODE_OF_KIND = {"home": "RD04", "care_home": "RI01", "student_hall": "RI03", "hostel": "RI02"}


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Wards, streets, homes and premises, and the words by which properties are found."""
    wards, streets, homes, places = town.wards, town.streets, town.properties, addresses_of(town)
    usrn = streets.usrn.astype(str)
    yield columns(Ward, code=wards.code, name=wards.name)
    yield columns(Street, usrn=usrn, name=streets.name, ward_code=wards.code[streets.ward])

    ward = streets.ward[places.street]
    uprn = places.uprn.astype(str)
    dwelling_codes = np.array([_CODE_OF_DWELLING[each] for each in DWELLING_TYPES])
    kind_codes = np.array([_CODE_OF_KIND[each] for each in PROPERTY_KINDS])
    premises_codes = np.array([CODE_OF_PREMISES[each] for each in PREMISES_KINDS])
    is_home = homes.kind == PROPERTY_KINDS.index("home")
    yield columns(
        Property,
        uprn=uprn,
        usrn=usrn[places.street],
        ward_code=wards.code[ward],
        line=places.line,
        street=streets.name[places.street],
        ward=wards.name[ward],
        town=town.name,
        postcode=places.postcode,
        classification=np.concatenate(
            [
                np.where(is_home, dwelling_codes[homes.dwelling_type], kind_codes[homes.kind]),
                premises_codes[town.premises.kind],
            ]
        ),
        easting=places.easting,
        northing=places.northing,
        latitude=places.latitude,
        longitude=places.longitude,
    )
    yield _words(town, uprn.tolist(), places.line.tolist(), places.street.tolist(), places.postcode.tolist())


def _words(
    town: Town, uprns: list[str], lines: list[str], street_of: list[int], postcodes: list[str]
) -> Columns:
    """The words of streets, of postcodes (in halves and whole), and what else is in each address's line."""
    streets = town.streets.name.tolist()
    words: list[str] = []
    bearers: list[str] = []

    def bears(bearer: str, found: Iterable[str]) -> None:
        own = dict.fromkeys(found)
        words.extend(own)
        bearers.extend([bearer] * len(own))

    for usrn, street in zip(town.streets.usrn.astype(str).tolist(), streets, strict=True):
        bears(usrn, words_of(street))
    for postcode in dict.fromkeys(postcodes):
        bears(postcode, (*words_of(postcode), postcode.replace(" ", "").lower()))
    for uprn, line, row in zip(uprns, lines, street_of, strict=True):
        # Most lines are a number and the street's name.
        before = line.removesuffix(streets[row]).rstrip()
        if before.isdecimal():
            words.append(before)
            bearers.append(uprn)
        else:
            bears(uprn, words_of(before))
    return columns(Word, word=words, bearer=bearers)
