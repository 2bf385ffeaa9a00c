"""How closely a town keeps to the published figures that it was made from: what is counted.

:func:`measure` counts a town, or one block of a large one; measures of blocks add up to the measure
of the whole. ``fidelity_report`` sets a measure beside the profile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthetic_data.profiles import AGE_BANDS, Profile
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import (
    BANDS,
    CARS,
    COUNTRIES_OF_BIRTH,
    DISABILITIES,
    DWELLING_TYPES,
    ECONOMIC_CLASSES,
    ENGLISH,
    ETHNIC_GROUPS,
    HEALTH,
    SEXES,
    TENURES,
    UNPAID_CARE,
    Town,
)

SIZES = ("1", "2", "3", "4", "5", "6", "7", "8_plus")
BEDROOMS = ("1", "2", "3", "4_plus")
AGES_AND_SEXES = tuple(
    f"{sex}_{first}_plus" if first == AGE_BANDS[-1][0] else f"{sex}_{first}_{last}"
    for sex in SEXES
    for first, last in AGE_BANDS
)
"""The categories of the margin ``age_and_sex``: ``F_0_4`` to ``M_85_plus``."""

Published = Callable[[Profile], Mapping[str, int]]

MARGINS: dict[str, tuple[Sequence[str], Published]] = {
    "age_and_sex": (AGES_AND_SEXES, lambda of: _named(AGES_AND_SEXES, _by_age(of))),
    "household_or_communal": (
        ("household", "communal"),
        lambda of: {"household": of.in_households, "communal": of.in_communal},
    ),
    "household_size": (SIZES, lambda of: _named(SIZES, of.households_by_size)),
    "tenure": (TENURES, lambda of: of.households_by_tenure),
    "dwelling_type": (DWELLING_TYPES, lambda of: of.households_by_dwelling_type),
    "bedrooms": (BEDROOMS, lambda of: of.households_by_bedrooms),
    "cars": (CARS, lambda of: of.households_by_cars),
    "council_tax_band": (BANDS, lambda of: of.dwellings_by_band),
    "ethnic_group": (ETHNIC_GROUPS, lambda of: of.residents_by_ethnic_group),
    "country_of_birth": (COUNTRIES_OF_BIRTH, lambda of: of.residents_by_birthplace),
    "english": (ENGLISH, lambda of: of.residents_by_english),
    "disability": (DISABILITIES, lambda of: of.residents_by_disability),
    "health": (HEALTH, lambda of: of.residents_by_health),
    "unpaid_care": (UNPAID_CARE, lambda of: of.residents_by_care_given),
    "economic_class": (ECONOMIC_CLASSES, lambda of: of.residents_by_economic_class),
}
"""Every margin that a town keeps: its categories, and what a profile publishes of them."""

_DIRECTIONS = 24
"""How many sides a ward's outline has at most."""
_IN_BAD_HEALTH = (HEALTH.index("bad"), HEALTH.index("very_bad"))
_ROUTINE_OR_NEVER = (ECONOMIC_CLASSES.index("7_routine"), ECONOMIC_CLASSES.index("8_never_worked"))
_SOCIAL_RENT = (TENURES.index("council_rent"), TENURES.index("other_social_rent"))


@dataclass(frozen=True, slots=True)
class WardMeasure:
    """One ward, counted. ``deprivation`` is the score of ``town.Wards``.

    ``with_class`` counts those who have an economic class, ``in_routine`` those of them in routine work
    or who never worked. ``outline`` holds the corners, in metres east and north, of a convex shape
    whose sides its homes reach.
    """

    code: str
    name: str
    residents: int
    homes: int
    households: int
    deprivation: float
    in_social_rent: int
    without_car: int
    in_bad_health: int
    with_class: int
    in_routine: int
    outline: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What was counted of a town: for each margin each category's count, and each ward.

    Measures of the blocks of one town add up to that of the town.
    """

    margins: Mapping[str, Mapping[str, int]]
    residents: int
    households: int
    homes: int
    wards: tuple[WardMeasure, ...]

    def __add__(self, other: Measure) -> Measure:
        """The measure of two parts of one town together."""
        return Measure(
            {
                margin: {category: count + other.margins[margin][category] for category, count in own.items()}
                for margin, own in self.margins.items()
            },
            self.residents + other.residents,
            self.households + other.households,
            self.homes + other.homes,
            self.wards + other.wards,
        )


def measure(town: Town) -> Measure:
    """Count a town, or one block of it.

    Dwelling types and bedrooms are counted over homes that are lived in, as the census counts them;
    council tax bands over all homes, as the Valuation Office does; English, care and economic class
    over those whom the census asks by their age.
    """
    return Measure(
        {name: _counts(rows, MARGINS[name][0]) for name, rows in _rows(town)},
        residents=town.residents.born.size,
        households=town.households.size.size,
        homes=int((town.properties.kind == 0).sum()),
        wards=tuple(_wards(town)),
    )


def total_variation(town: Town) -> dict[str, float]:
    """For each margin, the share of people or homes that would have to change to fit exactly.

    Half the sum of absolute differences between the town's shares and the profile's; 0 is
    a perfect fit.
    """
    return variations(town.profile, measure(town))


def variations(profile: Profile, measure: Measure) -> dict[str, float]:
    """The same for a measure, such as that of several blocks together."""
    return {name: distance(measure.margins[name], of(profile)) for name, (_, of) in MARGINS.items()}


def distance(counted: Mapping[str, int], published: Mapping[str, int]) -> float:
    """The total variation between counts and published counts of the same categories, 0 to 1."""
    return sum(abs(difference) for difference in differences(counted, published).values()) / 2


def differences(counted: Mapping[str, int], published: Mapping[str, int]) -> dict[str, float]:
    """For each category, the town's share less the published one."""
    here, there = max(sum(counted.values()), 1), sum(published[category] for category in counted)
    return {category: count / here - published[category] / there for category, count in counted.items()}


def ages(town: Town) -> Integers:
    """Everybody's age in years on the as-of date."""
    born = town.residents.born.astype("datetime64[D]")
    today = np.datetime64(town.as_of, "D")
    months = born.astype("datetime64[M]")
    this_month = today.astype("datetime64[M]")
    day = (born - months.astype("datetime64[D]")).astype(np.int64)
    day_today = int((today - this_month.astype("datetime64[D]")).astype(np.int64))
    whole_months = (this_month - months).astype(np.int64) - (day > day_today)
    return np.asarray(whole_months // 12)


def _rows(town: Town) -> Iterator[tuple[str, Integers]]:
    """Each margin's category of everybody, or of every home, that counts towards it."""
    homes, households, people = town.properties, town.households, town.residents
    band = np.digitize(ages(town), [first for first, _ in AGE_BANDS]) - 1
    yield "age_and_sex", people.sex * len(AGE_BANDS) + band
    yield "household_or_communal", (people.household < 0).astype(np.int64)
    yield "household_size", np.minimum(households.size, len(SIZES)) - 1
    yield "tenure", households.tenure
    yield "dwelling_type", homes.dwelling_type[households.property]
    yield "bedrooms", homes.bedrooms[households.property] - 1
    yield "cars", households.cars
    yield "council_tax_band", homes.band
    yield "ethnic_group", people.ethnic_group
    yield "country_of_birth", people.country_of_birth
    yield "english", people.english
    yield "disability", people.disability
    yield "health", people.health
    yield "unpaid_care", people.unpaid_care
    yield "economic_class", people.economic_class


def _counts(rows: Integers, vocabulary: Sequence[str]) -> dict[str, int]:
    return _named(vocabulary, np.bincount(rows[rows >= 0], minlength=len(vocabulary)).tolist())


def _named(vocabulary: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(vocabulary, counts, strict=True))


def _by_age(profile: Profile) -> tuple[int, ...]:
    return tuple(count for sex in SEXES for count in profile.residents_by_age[sex])


def _wards(town: Town) -> Iterator[WardMeasure]:
    homes, households, people, wards = town.properties, town.households, town.residents, town.wards
    ward = town.streets.ward[homes.street]
    of_household, of_resident = ward[households.property], ward[people.property]
    asked = people.economic_class >= 0

    def in_each(where: Integers, chosen: Flags | None = None) -> list[int]:
        counted = where if chosen is None else where[chosen]
        count: list[int] = np.bincount(counted, minlength=wards.code.size).tolist()
        return count

    columns = zip(
        wards.code.tolist(),
        wards.name.tolist(),
        in_each(of_resident),
        in_each(ward, homes.kind == 0),
        in_each(of_household),
        wards.deprivation.tolist(),
        in_each(of_household, np.isin(households.tenure, _SOCIAL_RENT)),
        in_each(of_household, households.cars == 0),
        in_each(of_resident, np.isin(people.health, _IN_BAD_HEALTH)),
        in_each(of_resident, asked),
        in_each(of_resident, np.isin(people.economic_class, _ROUTINE_OR_NEVER)),
        [_outline(homes.easting[ward == row], homes.northing[ward == row]) for row in range(wards.code.size)],
        strict=True,
    )
    for column in columns:
        yield WardMeasure(*column)


def _outline(east: Integers, north: Integers) -> tuple[tuple[int, int], ...]:
    """The outermost homes in each direction, anticlockwise from the east."""
    if not east.size:
        return ()
    # In whole numbers, so that every machine finds the same homes.
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    across = np.rint(1000 * np.cos(angles)).astype(np.int64)
    up = np.rint(1000 * np.sin(angles)).astype(np.int64)
    outermost = np.argmax(np.outer(across, east) + np.outer(up, north), axis=1)
    corners = dict.fromkeys((int(east[home]), int(north[home])) for home in outermost)
    return tuple(corners)
