"""Giving what was brought its wards, streets and places on the map."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthetic_data import identifiers, place_names
from synthetic_data.national_grid import to_latitude_longitude
from synthetic_data.own.reading import Sheet
from synthetic_data.quotas import Integers, Reals
from synthetic_data.streams import Seed, stream
from synthetic_data.town import Streets, Text, Wards
from synthetic_data.wards import TOWN_CENTRE

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_PLOT, _ROW, _ROW_PLOTS, _FROM_ROAD, _MARGIN = 14, 70, 40, 12, 260
"""Metres between plots and between rows of them, plots along one side of a row, metres from the middle of
the road, and between wards."""
_FEWEST_METRES = 0.5
_METRES_A_DEGREE = 111_200.0


@dataclass(frozen=True, slots=True)
class Places:
    """Wards, streets, and each address of the sheet: its street, number, line and point.

    ``order`` are the rows of the sheet street by street; the other columns are in that order.
    """

    wards: Wards
    streets: Streets
    order: Integers
    street: Integers
    number: Integers
    line: Text
    easting: Integers
    northing: Integers
    latitude: Reals
    longitude: Reals


def place(sheet: Sheet, profile: Profile, council: str, seed: Seed) -> Places:
    """Lay out the sheet of addresses; what has no point gets one on a map at sea."""
    unnamed = place_names.ward_names(1, council, stream(seed, "own.wards"))[0]
    ward_names, ward_of_row = _by_appearance([each or unnamed for each in sheet.column("ward")])
    pairs = list(zip(ward_of_row.tolist(), sheet.column("street"), strict=True))
    streets, street_of_row = _by_appearance(sorted(set(pairs), key=_first_of(pairs)), pairs)
    order = np.argsort(street_of_row, kind="stable")
    street = street_of_row[order]
    ward_of = np.array([ward for ward, _ in streets], dtype=np.int64)
    first = np.searchsorted(street, np.arange(len(streets)))
    rank = np.arange(street.size) - first[street]
    easting, northing, latitude, longitude = _points(sheet, order, _map(street, rank, ward_of))
    ward = ward_of[street]
    homes = np.bincount(ward, minlength=len(ward_names))
    usrn_start = int(stream(seed, "own.usrn").integers(identifiers.USRNS))
    return Places(
        Wards(
            identifiers.ward_codes(profile.nation, len(ward_names)),
            np.array(ward_names, dtype=object),
            np.rint(np.bincount(ward, weights=easting) / homes).astype(np.int64),
            np.rint(np.bincount(ward, weights=northing) / homes).astype(np.int64),
            np.full(len(ward_names), profile.service_volumes["imd2025_avg_score"]),
        ),
        Streets(
            identifiers.usrns(len(streets), usrn_start),
            np.array([name for _, name in streets], dtype=object),
            ward_of,
            np.full(len(streets), -1),
        ),
        order,
        street,
        np.array([_number(sheet, row, at) for row, at in zip(order.tolist(), rank.tolist(), strict=True)]),
        np.array([_line(sheet, row) for row in order.tolist()], dtype=object),
        easting,
        northing,
        latitude,
        longitude,
    )


def _first_of(values: list[Any]) -> Any:
    """The key that sorts wards in their order and, within one, streets as they first appear."""
    first: dict[Any, int] = {}
    for row, value in enumerate(values):
        first.setdefault(value, row)
    return lambda pair: (pair[0], first[pair])


def _by_appearance(distinct: list[Any], values: list[Any] | None = None) -> tuple[list[Any], Integers]:
    """The distinct values in the order in which they come, and the row of each value among them."""
    values = distinct if values is None else values
    rows = {value: row for row, value in enumerate(dict.fromkeys(distinct))}
    return list(rows), np.array([rows[value] for value in values], dtype=np.int64)


def _line(sheet: Sheet, row: int) -> str:
    """The first line as it was given, or put together from its parts."""
    line, flat, building, number = (
        sheet.column(name)[row] for name in ("line", "flat", "building", "number")
    )
    if line:
        return str(line)
    flat = f"Flat {flat}" if flat and flat[0].isdigit() else flat
    on_street = f"{number} {sheet.column('street')[row]}" if number else sheet.column("street")[row]
    return ", ".join(part for part in (flat, building, on_street) if part)


def _number(sheet: Sheet, row: int, rank: int) -> int:
    """The number on the street: as given, read off the line, or counted."""
    written, line, street = (sheet.column(name)[row] for name in ("number", "line", "street"))
    before = (line or "").rpartition(street)[0] if street else ""
    digits = re.search(r"\d+", written or "") or re.search(r"(\d+)\D*$", before)
    return int(re.sub(r"\D", "", digits[0])) if digits else rank + 1


def _map(street: Integers, rank: Integers, ward_of: Integers) -> tuple[Integers, Integers]:
    """Easting and northing of each address: streets in rows, rows in columns, wards in a square."""
    rows = -(-np.bincount(street, minlength=ward_of.size) // (2 * _ROW_PLOTS))
    before = np.cumsum(rows) - rows
    wards = int(ward_of.max()) + 1
    of_ward = before[np.searchsorted(ward_of, np.arange(wards))]
    row = before[street] - of_ward[ward_of[street]] + rank // (2 * _ROW_PLOTS)
    width = (_ROW_PLOTS + 4) * _PLOT
    columns = max(1, int(np.sqrt((int(row.max()) + 1) * _ROW / width)))
    apart = max(columns * width, -(-(int(row.max()) + 1) // columns) * _ROW) + _MARGIN
    side = int(np.ceil(np.sqrt(wards)))
    along = rank % (2 * _ROW_PLOTS)
    ward = ward_of[street]
    east = (ward % side - side // 2) * apart + row % columns * width + along // 2 * _PLOT
    north = (ward // side - side // 2) * apart + row // columns * _ROW
    north = north + np.where(along % 2 == 0, _FROM_ROAD, -_FROM_ROAD)
    return TOWN_CENTRE[0] + east, TOWN_CENTRE[1] + north


def _points(
    sheet: Sheet, order: Integers, drawn: tuple[Integers, Integers]
) -> tuple[Integers, Integers, Reals, Reals]:
    """Easting, northing, latitude and longitude, from whichever of them were given."""
    east, north, latitude, longitude = (
        np.array([np.nan if each is None else each for each in sheet.column(name)], dtype=np.float64)[order]
        for name in ("easting", "northing", "latitude", "longitude")
    )
    lies, knows = ~np.isnan(east), ~np.isnan(latitude)
    only_degrees = knows & ~lies
    east[only_degrees], north[only_degrees] = to_grid(latitude[only_degrees], longitude[only_degrees])
    nowhere = ~knows & ~lies
    east[nowhere], north[nowhere] = drawn[0][nowhere], drawn[1][nowhere]
    found = to_latitude_longitude(east, north)
    latitude, longitude = (
        np.where(knows, given, np.round(worked_out, 6))
        for given, worked_out in zip((latitude, longitude), found, strict=True)
    )
    return np.rint(east).astype(np.int64), np.rint(north).astype(np.int64), latitude, longitude


def to_grid(latitude: Reals, longitude: Reals) -> tuple[Reals, Reals]:
    """Metres on the British National Grid of points in degrees (WGS84), to half a metre.

    Steps towards the point from the middle of the grid, by how far off each step still is.
    """
    east, north = np.full(latitude.size, 400_000.0), np.full(latitude.size, 400_000.0)
    for _ in range(40):
        lat, lon = to_latitude_longitude(east, north)
        up = (latitude - lat) * _METRES_A_DEGREE
        right = (longitude - lon) * _METRES_A_DEGREE * np.cos(np.radians(latitude))
        east, north = east + right, north + up
        if latitude.size == 0 or max(np.abs(up).max(), np.abs(right).max()) < _FEWEST_METRES / 10:
            break
    return east, north
