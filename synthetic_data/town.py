"""The town: every generated fact about a pretend place, held as columns.

A table is a frozen dataclass of NumPy arrays of one length; row *i* of each
array describes the same thing, and one table points at another by row number
(``property`` in :class:`Households` is a row of :class:`Properties`), with -1
for "none". Facts with few values are small integers that index a vocabulary
(a tuple of strings) named beside the column, so that a service can write
``np.take(TENURES, town.households.tenure)`` or test ``== TENURES.index(...)``.

Nothing here knows a web framework or a database: services turn these columns
into their own records in their ``seed.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from synthetic_data.amenities import Businesses, PollingPlaces, Premises, Schools
from synthetic_data.streams import stream

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

Integers = npt.NDArray[np.integer[Any]]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]
Text = npt.NDArray[np.object_]
"""Python strings, or None where nothing is known."""

SEXES = ("F", "M")

DWELLING_TYPES = (
    "detached",
    "semi_detached",
    "terraced",
    "flat",
    "converted_house",
    "converted_building",
    "in_commercial_building",
    "caravan",
)
"""Accommodation types of Census 2021 table TS044."""

TENURES = (
    "owned_outright",
    "owned_mortgage",
    "shared_ownership",
    "council_rent",
    "other_social_rent",
    "private_rent",
    "other_private_rent",
    "rent_free",
)
"""Tenures of Census 2021 table TS054."""

BANDS = ("A", "B", "C", "D", "E", "F", "G", "H", "I")
"""Council tax bands; I is used in Wales only."""

COMPOSITIONS = ("one_person", "couple", "couple_with_children", "lone_parent", "students", "sharers", "other")

ROLES = ("head", "partner", "child", "parent", "sharer", "resident")
"""A resident's place in the household; ``resident`` is for communal establishments."""

PROPERTY_KINDS = ("home", "care_home", "student_hall", "hostel")
"""What stands at an address where people live, or could."""

ETHNIC_GROUPS = (
    "bangladeshi",
    "chinese",
    "indian",
    "other_asian",
    "pakistani",
    "black_african",
    "black_caribbean",
    "other_black",
    "other_mixed",
    "white_and_asian",
    "white_and_black_african",
    "white_and_black_caribbean",
    "other",
    "arab",
    "white_british",
    "gypsy_or_irish_traveller",
    "white_irish",
    "other_white",
    "roma",
)
"""The nineteen groups of Census 2021 table TS021."""

ECONOMIC_CLASSES = (
    "1_higher_managerial",
    "2_lower_managerial",
    "3_intermediate",
    "4_small_employers",
    "5_lower_supervisory",
    "6_semi_routine",
    "7_routine",
    "8_never_worked",
    "students",
)
"""NS-SEC of Census 2021 table TS062, for residents of 16 and over."""

CARS = ("0", "1", "2", "3_plus")
"""Cars and vans of a household, Census 2021 table TS045."""

COUNTRIES_OF_BIRTH = (
    "uk",
    "eu14",
    "eu8",
    "eu2",
    "eu_other",
    "europe_non_eu",
    "africa",
    "middle_east_and_asia",
    "americas_and_caribbean",
    "oceania_and_other",
    "british_overseas",
)
"""Groups of countries of Census 2021 table TS004."""

ENGLISH = ("main_language", "very_well", "well", "not_well", "not_at_all")
"""Proficiency in English of Census 2021 table TS029, for residents of 3 and over. In Wales the
first stands for English or Welsh."""

DISABILITIES = ("limited_a_lot", "limited_a_little", "condition_not_limited", "none")
"""Disability and long-term conditions of Census 2021 table TS038."""

HEALTH = ("very_good", "good", "fair", "bad", "very_bad")
"""General health of Census 2021 table TS037."""

UNPAID_CARE = ("none", "1_9_hours", "10_19_hours", "20_34_hours", "35_49_hours", "50_plus_hours")
"""Hours of unpaid care given a week, Census 2021 table TS039, for residents of 5 and over."""


NUMBERS_A_BLOCK = 100_000
"""How many numbers of each series a block may give out; far more than any block has of anything."""


@dataclass(frozen=True, slots=True)
class Block:
    """Which part of a large town this is: some wards, built apart from the others.

    ``number`` counts from 0 to ``count`` - 1. A town of up to some 20,000 residents is one block.
    Each block numbers its records in a range of its own, so that none waits for another.
    """

    number: int = 0
    count: int = 1

    @property
    def before(self) -> int:
        """The number before the first of this block, in any series."""
        return self.number * NUMBERS_A_BLOCK


@dataclass(frozen=True, slots=True)
class Wards:
    """Electoral wards. ``code`` looks like a GSS code and is outside the issued range.

    ``deprivation`` is a score on the scale of the Indices of Multiple Deprivation, higher where
    people are worse off; over the wards it keeps to the profile's own average.
    """

    code: Text
    name: Text
    easting: Integers
    northing: Integers
    deprivation: Reals


@dataclass(frozen=True, slots=True)
class Streets:
    """Streets. ``usrn`` is eight digits, 999xxxxx; ``ward`` a row of :class:`Wards`, ``polling_place``
    of :class:`PollingPlaces`, where those who live there vote."""

    usrn: Integers
    name: Text
    ward: Integers
    polling_place: Integers


@dataclass(frozen=True, slots=True)
class Properties:
    """Addressable places: homes (lived in, empty or second homes) and communal establishments.

    ``uprn`` is twelve digits, 9999xxxxxxxx. ``line`` is the first line of the address
    ("14 Alder Way", "Flat 2, 14 Alder Way"). ``easting`` and ``northing`` are metres on the
    British National Grid and lie at sea, as do ``latitude`` and ``longitude`` (WGS84).
    ``dwelling_type`` indexes DWELLING_TYPES, ``band`` BANDS (both -1 for communal
    establishments, whose ``bedrooms`` are 0; 4 stands for four and more), ``kind``
    PROPERTY_KINDS. ``household`` is a row of :class:`Households`, -1 where nobody lives; then
    ``empty_since`` says since when, or ``second_home`` is true.
    """

    uprn: Integers
    street: Integers
    number: Integers
    line: Text
    postcode: Text
    easting: Integers
    northing: Integers
    latitude: Reals
    longitude: Reals
    kind: Integers
    dwelling_type: Integers
    band: Integers
    bedrooms: Integers
    household: Integers
    empty_since: Dates
    second_home: Flags


@dataclass(frozen=True, slots=True)
class Households:
    """Households. ``size`` counts residents; ``moved_in`` is a date before the as-of date.

    ``id`` is written H00000001. ``cars`` counts cars and vans; 3 stands for three and more (CARS).
    """

    id: Text
    property: Integers
    size: Integers
    tenure: Integers
    composition: Integers
    moved_in: Dates
    cars: Integers


@dataclass(frozen=True, slots=True)
class Residents:
    """People, in the order of their households, then those in communal establishments.

    ``id`` is written R00000001: services share it, as they share UPRNs.
    ``household`` is -1 in communal establishments; ``property`` is always known.
    ``economic_class`` is -1 under 16. ``student`` marks full-time students of 18 and over.
    ``email`` and ``mobile`` are None for those who gave none. ``country_of_birth`` indexes
    COUNTRIES_OF_BIRTH, ``english`` ENGLISH (-1 under 3), ``disability`` DISABILITIES, ``health``
    HEALTH, ``unpaid_care`` (what they give, not get) UNPAID_CARE (-1 under 5).
    ``surname_at_birth`` differs from ``surname`` for those who took their partner's. ``works`` marks
    those in paid work; ``income`` is gross and personal, in pounds a year, 0 under 16.
    ``school`` is a row of :class:`Schools`, -1 for those who go to none of them.
    """

    id: Text
    household: Integers
    property: Integers
    role: Integers
    sex: Integers
    born: Dates
    forename: Text
    surname: Text
    surname_at_birth: Text
    ethnic_group: Integers
    economic_class: Integers
    student: Flags
    email: Text
    mobile: Text
    country_of_birth: Integers
    english: Integers
    disability: Integers
    health: Integers
    unpaid_care: Integers
    works: Flags
    income: Integers
    school: Integers


@dataclass(frozen=True, slots=True)
class Town:
    """One pretend place, or one block of a large one: its tables, and what it was made from.

    ``profile`` holds the figures of the whole authority.
    ``name`` is the invented name as people write it ("Fairwater"). ``seed`` and the
    purpose of a draw name each random stream, see :meth:`stream`.
    """

    name: str
    profile: Profile
    seed: int
    as_of: date
    wards: Wards
    streets: Streets
    properties: Properties
    households: Households
    residents: Residents
    premises: Premises
    schools: Schools
    polling_places: PollingPlaces
    businesses: Businesses
    block: Block = Block()

    def stream(self, purpose: str) -> np.random.Generator:
        """The random stream for one purpose, such as ``"waste.missed_bins"``."""
        return stream(self.seed, purpose, self.block.number)


def numbered(letter: str, block: Block, count: int) -> Text:
    """The block's first ids of a series: R00000001, R00000002, ..."""
    first = block.before + 1
    return np.array([f"{letter}{number:08d}" for number in range(first, first + count)], dtype=object)


def last_number(letter: str, ids: Text) -> int:
    """The highest number among the ids that are written so; 0 if none is. Imported ids may have gaps."""
    ours = sorted((each for each in ids.tolist() if len(each) == 9 and each[0] == letter), reverse=True)
    return next((int(each[1:]) for each in ours if each[1:].isdecimal()), 0)
