"""What no published figure of an authority says, and the town has to assume.

Each table is ours to change. They shape how the published margins combine (who lives with
whom, which home is whose); the margins themselves always come from the profile.
"""

from __future__ import annotations

CHILDREN_BY_SIZE = {
    2: (0.88, 0.12),
    3: (0.40, 0.47, 0.13),
    4: (0.18, 0.22, 0.55, 0.05),
    5: (0.10, 0.15, 0.25, 0.48, 0.02),
    6: (0.08, 0.10, 0.22, 0.30, 0.29, 0.01),
    7: (0.06, 0.08, 0.20, 0.26, 0.25, 0.14, 0.01),
    8: (0.05, 0.08, 0.15, 0.22, 0.25, 0.15, 0.09, 0.01),
}
"""Chance of 0, 1, 2, ... children under 18 in a household of a size, before it is tilted to fit
the number of children in the town. The last row serves all larger sizes."""

COUPLE_SHARE = {
    "two_adults": 0.84,
    "more_adults": 0.74,
    "two_with_children": 0.90,
    "more_with_children": 0.85,
}
"""Share of households of two or more adults that have a couple at their head."""

LONE_FATHERS = 0.11
"""Share of lone parents who are men (ONS, Families and households, about 2021)."""

SAME_SEX_COUPLES = 0.012
"""Share of couples of one sex."""

LIVING_ALONE = {18: 0.03, 22: 0.10, 27: 0.17, 35: 0.26, 45: 0.22, 55: 0.20, 65: 0.25, 75: 0.36, 85: 0.58}
"""Relative likelihood of living alone from each age on."""

CHILDLESS_COUPLE = {
    18: 0.05,
    22: 0.20,
    26: 0.45,
    32: 0.25,
    38: 0.20,
    48: 0.45,
    55: 0.80,
    65: 1.0,
    78: 0.7,
    86: 0.3,
}
"""Relative likelihood, from each age on, of a woman living in a couple without young children."""

COUPLE_WITH_GROWN_CHILDREN = {38: 0.1, 42: 0.5, 46: 1.0, 60: 0.6, 66: 0.2, 75: 0.05}
"""The same for couples with more adults at home."""

COMMUNAL_RATE = {"75": 0.025, "85": 0.125}
"""Residents of care homes for each resident aged 75 to 84, and 85 and over."""

STUDENTS_AT_HOME = 0.35
"""Share of adult students who live with their family or alone."""

STUDENT_HOUSE = 3.7
"""Students in a shared student household, on average."""

TENURE_BY_AGE = {
    "under_35": (0.05, 0.8, 2.0, 0.9, 0.9, 2.6, 1.2, 1.2),
    "35_to_64": (0.8, 1.6, 1.0, 1.0, 1.0, 0.9, 1.0, 0.8),
    "65_and_over": (2.6, 0.12, 0.4, 1.0, 1.0, 0.35, 0.8, 1.2),
}
"""How much likelier each of TENURES is for a household whose head has this age."""

TENURE_BY_COMPOSITION = {
    "one_person": (0.9, 0.7, 1.1, 1.3, 1.4, 1.1, 1.0, 1.5),
    "couple": (1.4, 1.2, 1.0, 0.5, 0.5, 0.8, 1.0, 0.9),
    "couple_with_children": (0.8, 1.9, 1.0, 0.7, 0.7, 0.9, 1.0, 0.7),
    "lone_parent": (0.6, 0.6, 1.2, 2.0, 2.0, 1.4, 1.0, 0.8),
    "students": (0.01, 0.02, 0.01, 0.02, 0.1, 5.0, 2.0, 0.5),
    "sharers": (0.4, 0.5, 0.6, 0.5, 0.5, 2.0, 1.3, 1.0),
    "other": (1.0, 1.0, 0.8, 1.1, 1.1, 1.0, 1.0, 1.0),
}
"""The same for a household's composition."""

DWELLING_BY_TENURE = {
    "owned_outright": (2.0, 1.3, 0.9, 0.4, 0.3, 0.5, 0.3, 2.0),
    "owned_mortgage": (1.5, 1.3, 1.1, 0.4, 0.5, 0.6, 0.2, 0.5),
    "shared_ownership": (0.4, 1.0, 1.0, 1.5, 0.5, 0.8, 0.2, 0.1),
    "council_rent": (0.05, 0.8, 1.0, 2.0, 0.4, 0.6, 0.1, 0.05),
    "other_social_rent": (0.08, 0.8, 1.0, 2.0, 0.7, 0.9, 0.2, 0.05),
    "private_rent": (0.5, 0.6, 1.1, 1.3, 2.5, 2.0, 2.5, 0.8),
    "other_private_rent": (0.9, 0.8, 1.0, 1.0, 1.5, 1.5, 2.0, 1.0),
    "rent_free": (1.0, 0.8, 0.9, 1.0, 1.0, 1.0, 2.5, 1.0),
}
"""How much likelier each of DWELLING_TYPES is in a tenure."""

DWELLING_BY_SIZE = {
    1: (0.6, 0.8, 0.9, 1.8, 1.7, 1.7, 1.6, 1.5),
    2: (1.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    3: (1.2, 1.2, 1.1, 0.5, 0.7, 0.7, 0.8, 0.4),
    5: (1.3, 1.3, 1.2, 0.3, 0.6, 0.5, 0.8, 0.2),
}
"""The same by household size, from this many residents on."""

BEDROOMS_BY_DWELLING = {
    "detached": (0.02, 0.4, 1.2, 3.0),
    "semi_detached": (0.05, 0.8, 2.0, 0.9),
    "terraced": (0.2, 1.2, 1.4, 0.6),
    "flat": (3.0, 2.0, 0.25, 0.04),
    "converted_house": (3.0, 1.6, 0.4, 0.15),
    "converted_building": (2.0, 1.8, 0.6, 0.25),
    "in_commercial_building": (1.6, 1.6, 0.9, 0.4),
    "caravan": (1.5, 2.0, 0.3, 0.01),
}
"""How much likelier 1, 2, 3, 4 or more bedrooms are in a dwelling type."""

BEDROOMS_BY_SIZE = {
    1: (2.0, 1.4, 0.7, 0.4),
    2: (0.9, 1.1, 1.0, 0.9),
    3: (0.15, 0.8, 1.3, 1.4),
    5: (0.02, 0.3, 1.0, 2.2),
}
"""The same by household size, from this many residents on."""

VALUE_OF_DWELLING = {
    "detached": 3.4,
    "semi_detached": 1.8,
    "terraced": 1.1,
    "flat": 0.9,
    "converted_house": 1.0,
    "converted_building": 1.4,
    "in_commercial_building": 0.8,
    "caravan": -1.5,
}
VALUE_OF_BEDROOM = 0.75
VALUE_OF_SOCIAL_RENT = -0.7
BAND_SPREAD = 1.15
"""Where a home stands in the order of council tax bands, in bands, and how far it strays."""

MOVED_IN_YEARS = {
    "owned_outright": 31.0,
    "owned_mortgage": 14.0,
    "shared_ownership": 6.0,
    "council_rent": 16.0,
    "other_social_rent": 15.0,
    "private_rent": 4.3,
    "other_private_rent": 6.0,
    "rent_free": 8.0,
}
"""Mean years since moving in, by tenure; together about 9 % have moved in the last year."""

ECONOMIC_CLASS_BY_AGE = {
    16: (0.02, 0.1, 0.2, 0.05, 0.1, 0.3, 0.3, 0.5, 60.0),
    18: (0.15, 0.5, 0.8, 0.2, 0.5, 1.0, 0.9, 0.9, 14.0),
    22: (0.9, 1.0, 1.1, 0.5, 0.9, 1.0, 0.9, 0.8, 3.0),
    26: (1.4, 1.3, 1.1, 0.9, 1.0, 0.9, 0.8, 0.8, 0.35),
    45: (1.1, 1.1, 0.9, 1.3, 1.1, 1.0, 1.0, 0.8, 0.05),
    66: (0.8, 0.9, 1.1, 0.9, 1.0, 1.2, 1.3, 1.6, 0.01),
}
"""How much likelier each of ECONOMIC_CLASSES is from an age on."""

ECONOMIC_CLASS_IN_SOCIAL_RENT = (0.2, 0.4, 0.8, 0.7, 1.0, 1.5, 1.8, 2.5, 0.9)
"""The same for tenants of the council and of housing associations."""

GIVES_EMAIL = {16: 0.85, 65: 0.6, 75: 0.4, 85: 0.15}
GIVES_MOBILE = {16: 0.92, 65: 0.8, 75: 0.6, 85: 0.3}
"""Share of residents, from each age on, who have given the council a way to reach them."""


def by_age(table: dict[int, float], oldest: int = 110) -> list[float]:
    """A table of steps as one value for each year of age; nothing below its first age."""
    values, current = [], 0.0
    for age in range(oldest + 1):
        current = table.get(age, current)
        values.append(current)
    return values


SHARES_SURNAME = {"partner": 0.74, "child": 0.93, "parent": 0.6}
"""Share of people in each role who bear the surname of the head of their household; a parent, the one
that the head was born with."""

NAMING = {
    "bangladeshi": ((("bengali", "muslim"),), 0.9),
    "chinese": ((("zh_CN", ""),), 0.0),
    "indian": ((("en_IN", "en_IN"),), 0.85),
    "other_asian": ((("en_IN", "en_IN"), ("muslim", "muslim")), 0.6),
    "pakistani": ((("muslim", "muslim"),), 0.92),
    "black_african": ((("yo_NG", "yo_NG"), ("ig_NG", "ig_NG"), ("tw_GH", "tw_GH"), ("en_KE", "")), 0.5),
    "other_mixed": ((("en_GB", ""), ("en_GB", ""), ("es_ES", ""), ("en_IN", "")), 0.0),
    "other": ((("tr_TR", "tr_TR"), ("fr_DZ", "muslim"), ("es_ES", "es_ES")), 0.5),
    "arab": ((("fr_DZ", "muslim"),), 0.95),
    "white_irish": ((("en_IE", "en_IE"),), 0.5),
    "gypsy_or_irish_traveller": ((("en_IE", ""),), 0.0),
    "other_white": (
        (
            ("pl_PL", "pl_PL"),
            ("pl_PL", "pl_PL"),
            ("ro_RO", "ro_RO"),
            ("it_IT", "it_IT"),
            ("pt_PT", "pt_PT"),
            ("en_IE", ""),
        ),
        0.75,
    ),
    "roma": ((("ro_RO", "ro_RO"),), 0.7),
}
"""For an ethnic group: lists that a household's surnames and own forenames come from, one pair or
another, and the share of people who bear such a forename. All other groups, and the rest of these,
follow the lists of England and Wales."""
