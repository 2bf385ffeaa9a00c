"""What the town assumes of cars, origins, English, health and care: see ``assumptions``.

The published tables count each of these alone for an authority. How they go with age, home
and family is our estimate of the broad pattern in England and Wales, taken from no table. Only
proportions matter: each margin is fitted to the profile.
"""

from __future__ import annotations

CARS_BY_ADULTS = {
    1: (1.9, 1.4, 0.15, 0.03),
    2: (0.5, 1.0, 1.6, 0.5),
    3: (0.4, 0.7, 1.2, 2.5),
    4: (0.4, 0.6, 1.0, 4.0),
}
"""How much likelier each of CARS is for a household of so many adults or more."""

CARS_BY_TENURE = {
    "owned_outright": (0.5, 1.1, 1.2, 1.2),
    "owned_mortgage": (0.25, 0.9, 1.6, 1.5),
    "shared_ownership": (0.6, 1.3, 0.9, 0.5),
    "council_rent": (2.6, 1.0, 0.35, 0.2),
    "other_social_rent": (2.4, 1.0, 0.35, 0.2),
    "private_rent": (1.3, 1.1, 0.7, 0.5),
    "other_private_rent": (1.0, 1.1, 0.9, 0.7),
    "rent_free": (1.6, 1.0, 0.6, 0.5),
}
CARS_OF_STUDENTS = (4.0, 1.0, 0.4, 0.2)
CARS_OF_THE_AGED = (2.2, 1.2, 0.3, 0.1)
"""The same by tenure, for students who share, and where the head is 80 or over."""

BORN_BY_ETHNIC_GROUP = {
    "bangladeshi": (1.0, 0.05, 0, 0, 0.002, 0, 0.005, 1.0, 0.003, 0.001, 0),
    "chinese": (0.45, 0.02, 0.001, 0, 0.002, 0.002, 0.01, 1.4, 0.02, 0.02, 0.005),
    "indian": (0.8, 0.05, 0.001, 0, 0.002, 0.001, 0.25, 1.0, 0.01, 0.01, 0.001),
    "other_asian": (0.5, 0.04, 0.002, 0.001, 0.002, 0.01, 0.1, 1.3, 0.03, 0.02, 0.002),
    "pakistani": (1.0, 0.03, 0.001, 0, 0.002, 0.003, 0.01, 0.75, 0.003, 0.002, 0),
    "black_african": (0.65, 0.08, 0.002, 0.001, 0.003, 0.002, 1.2, 0.02, 0.02, 0.002, 0.001),
    "black_caribbean": (1.3, 0.01, 0, 0, 0, 0, 0.02, 0.003, 0.8, 0.002, 0.01),
    "other_black": (1.0, 0.08, 0.002, 0.001, 0.002, 0.002, 0.4, 0.03, 0.3, 0.005, 0.005),
    "other_mixed": (1.2, 0.1, 0.01, 0.01, 0.005, 0.01, 0.1, 0.15, 0.25, 0.04, 0.004),
    "white_and_asian": (1.7, 0.04, 0.004, 0.002, 0.003, 0.005, 0.04, 0.25, 0.02, 0.04, 0.003),
    "white_and_black_african": (1.5, 0.1, 0.004, 0.002, 0.002, 0.003, 0.4, 0.01, 0.03, 0.01, 0.002),
    "white_and_black_caribbean": (2.0, 0.01, 0.001, 0, 0, 0.001, 0.01, 0.003, 0.05, 0.003, 0.003),
    "other": (0.5, 0.2, 0.02, 0.02, 0.03, 0.2, 0.2, 0.8, 0.5, 0.03, 0.004),
    "arab": (0.5, 0.06, 0.001, 0.001, 0.001, 0.003, 0.6, 0.9, 0.01, 0.005, 0),
    "white_british": (2.0, 0.012, 0.002, 0.0006, 0.003, 0.001, 0.014, 0.01, 0.008, 0.008, 0.002),
    "gypsy_or_irish_traveller": (1.8, 0.15, 0.01, 0.02, 0, 0.01, 0.002, 0.003, 0.005, 0.002, 0),
    "white_irish": (0.8, 1.2, 0.001, 0, 0.001, 0.001, 0.01, 0.01, 0.03, 0.015, 0.001),
    "other_white": (0.4, 0.7, 0.6, 0.4, 0.08, 0.25, 0.12, 0.05, 0.25, 0.12, 0.003),
    "roma": (0.2, 0.1, 0.3, 1.2, 0.02, 0.1, 0, 0.002, 0.005, 0, 0),
}
"""How much likelier each of COUNTRIES_OF_BIRTH is in an ethnic group."""

BORN_ABROAD_BY_AGE = {18: 0.9, 30: 1.6, 45: 1.4, 65: 1.5}
BORN_ABROAD_OF_CHILDREN = {0: 0.05, 5: 0.12, 10: 0.18, 18: 0.3}
"""How much likelier any country but the UK is from an age on, for adults and for those, grown up or
not, who live with their parents."""

BORN_LIKE_PARENT = 1.0
BORN_IN_THIRD_COUNTRY = 0.06
"""For the child of somebody born abroad: how much likelier that country is, and any other country
abroad, than the UK, before age. A child whose parents were born in the UK was born there."""

ENGLISH_BY_COUNTRY = {
    "uk": (1.0, 0.012, 0.003, 0.001, 0.0003),
    "eu14": (0.5, 0.3, 0.15, 0.05, 0.007),
    "eu8": (0.12, 0.33, 0.33, 0.19, 0.03),
    "eu2": (0.08, 0.33, 0.35, 0.21, 0.03),
    "eu_other": (0.4, 0.35, 0.17, 0.07, 0.01),
    "europe_non_eu": (0.25, 0.35, 0.25, 0.13, 0.02),
    "africa": (0.6, 0.25, 0.1, 0.045, 0.007),
    "middle_east_and_asia": (0.33, 0.32, 0.2, 0.125, 0.025),
    "americas_and_caribbean": (0.72, 0.14, 0.09, 0.04, 0.005),
    "oceania_and_other": (0.95, 0.04, 0.01, 0.002, 0.0005),
    "british_overseas": (0.95, 0.04, 0.01, 0.002, 0.0005),
}
"""How much likelier each of ENGLISH is for those born in a place."""

OTHER_TONGUE = {
    "bangladeshi": 1.6,
    "chinese": 1.6,
    "indian": 1.2,
    "other_asian": 1.4,
    "pakistani": 1.3,
    "black_african": 0.8,
    "black_caribbean": 0.05,
    "other_black": 0.6,
    "other_mixed": 0.6,
    "white_and_asian": 0.3,
    "white_and_black_african": 0.4,
    "white_and_black_caribbean": 0.05,
    "other": 1.4,
    "arab": 1.5,
    "white_british": 0.03,
    "gypsy_or_irish_traveller": 0.1,
    "white_irish": 0.02,
    "other_white": 1.3,
    "roma": 2.5,
}
"""How much likelier another main language than English is in an ethnic group."""

ENGLISH_BY_AGE = {3: (1.0, 1.0, 1.0, 0.9, 0.7), 16: (1.0, 1.2, 1.0, 0.8, 0.5), 45: (1.0, 0.7, 1.0, 1.6, 1.8)}
"""How much likelier each of ENGLISH is from an age on."""

DISABILITY_BY_AGE = {
    0: (0.02, 0.035, 0.02, 0.925),
    16: (0.035, 0.085, 0.06, 0.82),
    30: (0.04, 0.085, 0.07, 0.805),
    45: (0.075, 0.105, 0.08, 0.74),
    60: (0.115, 0.145, 0.095, 0.645),
    70: (0.125, 0.18, 0.1, 0.595),
    80: (0.22, 0.25, 0.08, 0.45),
    90: (0.4, 0.28, 0.05, 0.27),
}
DISABILITY_IN_SOCIAL_RENT = (2.3, 1.7, 1.2, 0.7)
DISABILITY_IN_CARE_HOME = (18.0, 4.0, 0.4, 0.15)
"""How much likelier each of DISABILITIES is from an age on, and in a home of a kind."""

HEALTH_BY_DISABILITY = {
    "limited_a_lot": (0.03, 0.12, 0.38, 0.34, 0.13),
    "limited_a_little": (0.1, 0.35, 0.43, 0.11, 0.01),
    "condition_not_limited": (0.35, 0.51, 0.13, 0.01, 0.001),
    "none": (0.61, 0.345, 0.043, 0.002, 0.0003),
}
HEALTH_BY_AGE = {
    0: (2.5, 0.8, 0.4, 0.3, 0.3),
    16: (1.3, 1.0, 0.7, 0.6, 0.5),
    45: (0.8, 1.0, 1.2, 1.2, 1.2),
    65: (0.5, 1.0, 1.3, 1.2, 1.2),
    80: (0.3, 1.0, 1.6, 1.3, 1.2),
}
"""How much likelier each of HEALTH is with a disability, and from an age on."""

CARE_BY_AGE = {
    5: (0.99, 0.006, 0.001, 0.0007, 0.0005, 0.001),
    15: (0.955, 0.023, 0.006, 0.005, 0.004, 0.006),
    25: (0.93, 0.027, 0.009, 0.008, 0.009, 0.018),
    35: (0.905, 0.04, 0.012, 0.01, 0.01, 0.025),
    50: (0.82, 0.095, 0.025, 0.015, 0.014, 0.032),
    65: (0.86, 0.06, 0.018, 0.01, 0.01, 0.04),
    75: (0.895, 0.025, 0.011, 0.008, 0.009, 0.055),
    85: (0.92, 0.01, 0.006, 0.006, 0.008, 0.05),
}
CARE_BY_WOMEN = 1.35
CARE_WITH_DISABLED_AT_HOME = (1.0, 1.6, 2.5, 3.5, 5.0, 7.0)
CARE_IN_COMMUNAL = 0.05
"""How much likelier each of UNPAID_CARE is from an age on; how much likelier any care is from women
than from men, with someone else at home whose day is limited a lot, and outside households."""
