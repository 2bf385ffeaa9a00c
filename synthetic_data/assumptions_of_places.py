"""What no published figure says of places: how wards differ, and how many premises and schools there are.

Each table is ours to change, as those of ``assumptions`` are.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_DEPRIVED_DECILE_FROM = 41.0
"""The score from which a small area is among the tenth most deprived of England. The publication of the
Indices of Deprivation 2025 gives ranks; this is where the top tenth of a gamma distribution begins whose
mean is England's average score (about 21) and whose coefficient of variation is 0.72."""
SCORE_VARIATION = 0.6
"""Coefficient of variation of the scores of one authority's small areas, before they are fitted."""
HIGHEST_SCORE = 92.0
"""No small area of England scores much more."""
WARD_NARROWING = 0.75
"""A ward averages several small areas, so that wards spread this much of what small areas spread."""

SQUARE_METRES_A_HOME = 560.0
"""Ground for a home with its share of streets, shops and schools, as streets are laid out here."""

WARD_STRETCH, WARD_MARGIN = 1.5, 260.0
"""How much wider than a square of its homes a ward may be, and the metres between wards."""

WARD_SIZES = (0.85, 1.15)
"""The smallest and largest number of homes of a ward, in shares of the mean."""

NEIGHBOURHOOD_STRAYS = 0.3
"""How far a neighbourhood strays from the ward that its homes would put it in, as the standard deviation
of its place in the order of the town's neighbourhoods: wards have a character and are mixed."""
STANDING_STRAYS = 1.9
"""How far a home strays from the neighbourhood that its worth would put it in, in council tax bands."""
STANDING_OF_SOCIAL_RENT = -1.8
STANDING_OF_DWELLING = {"detached": 1.0, "flat": -0.7, "converted_house": -0.5, "caravan": -0.5}
"""What counts, beside band and bedrooms, for where a home stands among others, in bands."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of premises.

    ``per_1000`` residents; ``site`` is where it stands: "high_street" among a ward's shops, "estate" on a
    trading estate, "ward" on any street; ``floor`` its usual area in square metres and ``pounds`` the
    rateable value of each (0 where it is exempt); ``frontage`` metres along the street; ``always``: the
    town has one at least.
    """

    name: str
    per_1000: float
    site: str
    floor: float
    pounds: float
    frontage: int = 14
    always: bool = False


# fmt: off
PREMISES = (
    Kind("shop", 7.2, "high_street", 95, 110, always=True),
    Kind("supermarket", 0.2, "high_street", 1500, 140, 60),
    Kind("hairdresser", 1.1, "high_street", 55, 120),
    Kind("cafe", 0.9, "high_street", 80, 120),
    Kind("restaurant", 0.9, "high_street", 140, 115),
    Kind("takeaway", 0.95, "high_street", 60, 115),
    Kind("pub", 0.75, "ward", 300, 60, 24, always=True),
    Kind("bank", 0.1, "high_street", 220, 150),
    Kind("betting_shop", 0.1, "high_street", 90, 150),
    Kind("petrol_station", 0.12, "ward", 350, 100, 40),
    Kind("office", 8.4, "high_street", 140, 95),
    Kind("workshop", 5.4, "estate", 180, 55),
    Kind("garage", 0.9, "estate", 200, 50),
    Kind("warehouse", 3.7, "estate", 600, 50, 40),
    Kind("factory", 1.3, "estate", 1100, 42, 60),
    Kind("depot", 0.012, "estate", 2500, 40, 60, always=True),
    Kind("recycling_centre", 0.012, "estate", 2000, 15, 60, always=True),
    Kind("surgery", 0.2, "ward", 500, 110, 24, always=True),
    Kind("dentist", 0.2, "high_street", 150, 100),
    Kind("vet", 0.09, "ward", 180, 90),
    Kind("nursery", 0.4, "ward", 250, 70, 24),
    Kind("gym", 0.4, "estate", 500, 60, 30),
    Kind("hotel", 0.35, "ward", 700, 75, 40),
    Kind("social_club", 0.45, "ward", 350, 35, 24),
    Kind("theatre", 0.02, "high_street", 900, 60, 40),
    Kind("car_park", 0.9, "high_street", 1200, 12, 40),
    Kind("leisure_centre", 0.02, "ward", 3500, 55, 70, always=True),
    Kind("library", 0.05, "ward", 500, 80, 24, always=True),
    Kind("town_hall", 0.004, "high_street", 3500, 110, 60, always=True),
    Kind("council_office", 0.012, "high_street", 1200, 105, 40),
    Kind("community_centre", 0.15, "ward", 350, 45, 24),
    Kind("place_of_worship", 0.65, "ward", 400, 0, 24, always=True),
    Kind("park", 0.3, "ward", 0, 0, 90, always=True),
    Kind("cemetery", 0.03, "ward", 0, 0, 90, always=True),
    Kind("primary_school", 0.0, "ward", 1700, 65, 90),
    Kind("secondary_school", 0.0, "ward", 7500, 65, 120),
)
# fmt: on
"""Together about 37 rateable premises for each 1,000 residents, which is what the Valuation Office
Agency's lists hold for England; how they split by kind, and their sizes, follow its broad groups (shops,
offices, industry, other) and are otherwise our estimate. Schools follow the number of children, and
each ward has a community centre."""

VACANT = 0.1
"""Share of the premises of businesses in which nobody trades."""
FLOOR_SPREAD = 0.6
"""Standard deviation of the logarithm of floor areas."""
PUPILS_AT_A_SCHOOL = {"primary": 280, "secondary": 1050}
"""Pupils of a school, on average; a small town has one smaller school of each phase."""
AT_STATE_SCHOOLS = 0.93
"""Share of children of 5 to 15 at state-funded schools; others go to independent ones or learn at home.
The published count of pupils at state schools leaves out academies, and cannot be used for it."""
INDEPENDENT_BY_BAND = 0.5
"""How much likelier an independent school is with each council tax band of the home, as a logarithm."""
SIXTH_FORM = 0.75
"""Share of students of 16 and 17 who stay at a school; others are at colleges."""
SPARE_PLACES = 1.08
"""Places for each pupil."""
STATION_RESIDENTS = 2_200
"""Residents of a polling district, of whom about three in four may vote."""
ESTATE_RESIDENTS = 8_000
"""Residents for each trading estate."""
BUSINESS_YEARS = 11.0
"""Mean years since a business opened."""
