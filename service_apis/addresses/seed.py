"""The town's streets and properties as the gazetteer keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from service_apis.addresses.models import Property, Street, Ward, Word
from service_apis.addresses.rules import words_of
from service_apis.kit.seeding import Columns, Seeding, columns
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
_CODE_OF_KIND = {"home": "RD04", "care_home": "RI01", "student_hall": "RI03", "hostel": "RI02"}


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Wards, streets, properties, and the words by which properties are found."""
    wards, streets, homes = town.wards, town.streets, town.properties
    usrn = streets.usrn.astype(str)
    yield columns(Ward, code=wards.code, name=wards.name)
    yield columns(Street, usrn=usrn, name=streets.name, ward_code=wards.code[streets.ward])

    ward = streets.ward[homes.street]
    uprn = homes.uprn.astype(str)
    dwelling_codes = np.array([_CODE_OF_DWELLING[each] for each in DWELLING_TYPES])
    kind_codes = np.array([_CODE_OF_KIND[each] for each in PROPERTY_KINDS])
    is_home = homes.kind == PROPERTY_KINDS.index("home")
    yield columns(
        Property,
        uprn=uprn,
        usrn=usrn[homes.street],
        ward_code=wards.code[ward],
        line=homes.line,
        street=streets.name[homes.street],
        ward=wards.name[ward],
        town=town.name,
        postcode=homes.postcode,
        classification=np.where(is_home, dwelling_codes[homes.dwelling_type], kind_codes[homes.kind]),
        easting=homes.easting,
        northing=homes.northing,
        latitude=homes.latitude.round(6),
        longitude=homes.longitude.round(6),
    )
    yield _words(uprn.tolist(), homes.line.tolist(), homes.postcode.tolist())


def _words(uprns: list[str], lines: list[str], postcodes: list[str]) -> Columns:
    """Each address's own words; a postcode counts both in its halves and whole."""
    of_postcode = {each: {*words_of(each), each.replace(" ", "").lower()} for each in set(postcodes)}
    words: list[str] = []
    counts: list[int] = []
    for line, postcode in zip(lines, postcodes, strict=True):
        found = sorted(of_postcode[postcode].union(words_of(line)))
        words += found
        counts.append(len(found))
    return columns(Word, word=words, uprn=np.repeat(np.array(uprns, dtype=object), counts))
