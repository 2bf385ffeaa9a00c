"""What the town assumes of families, incomes and deprived wards: see ``assumptions``.

All figures here are our estimates of the broad pattern in England and Wales, but for the anchors
named where they are used: the profile's pay and rate of employment, and its ethnic groups. What is
shared out among people stays as the profile counts it.
"""

from __future__ import annotations

GRANDPARENT_LIVES_IN = 0.22
"""Chance that one more adult in the home of a young family is a grandparent, not a brother, sister or
lodger. About one household in forty then holds three generations."""

MINORITIES_WITH_GRANDPARENT = 1.0
"""How far a home with a grandparent leans to the groups other than the white ones, against a spread of
about 1.5 among all homes."""

PARTNER_OF_ANOTHER_GROUP = {
    "bangladeshi": 0.05,
    "chinese": 0.26,
    "indian": 0.09,
    "other_asian": 0.16,
    "pakistani": 0.06,
    "black_african": 0.16,
    "black_caribbean": 0.38,
    "other_black": 0.4,
    "other_mixed": 0.8,
    "white_and_asian": 0.8,
    "white_and_black_african": 0.8,
    "white_and_black_caribbean": 0.8,
    "other": 0.28,
    "arab": 0.2,
    "white_british": 0.0,
    "gypsy_or_irish_traveller": 0.4,
    "white_irish": 0.65,
    "other_white": 0.3,
    "roma": 0.2,
}
"""Share of couples of one group who are parted between others. White British couples have no share of
their own: as many are taken as the others need, see the next figure."""

WHITE_BRITISH_FOR_EACH_OTHER = 0.92
MOST_WHITE_BRITISH = 0.35
"""White British couples who are parted, for each couple of another group; and no more than this share of
them, where they are few."""

SHARERS_OF_ANY_GROUP = 0.6
"""Share of those sharing a house, students among them, who came to it without regard to group."""

MIXED_WITH_PARENTS = 0.68
"""Share of each mixed group who are children of parents of two groups, if there are enough such parents.
Where couples do not suffice, the rest live with a lone parent."""

LONE_PARENTS_OF_MIXED = 0.3
"""No more than this share of lone parents' children have a parent of another group elsewhere."""

IN_WORK_BY_CLASS = (1.0, 1.0, 0.97, 1.0, 0.95, 0.85, 0.8, 0.0, 0.42)
"""How much likelier somebody of each of ECONOMIC_CLASSES is to be in work, between 16 and 64."""

IN_WORK_BY_AGE = {16: 0.6, 18: 0.85, 22: 1.0, 55: 0.85, 60: 0.65}
IN_WORK_BY_DISABILITY = (0.3, 0.7, 0.95, 1.0)
IN_WORK_BY_TENURE = {
    "owned_outright": 0.9,
    "owned_mortgage": 1.3,
    "shared_ownership": 1.2,
    "council_rent": 0.6,
    "other_social_rent": 0.6,
    "private_rent": 1.0,
    "other_private_rent": 1.0,
    "rent_free": 0.9,
}
"""The same from an age on, with each of DISABILITIES, and by the tenure of the home."""

IN_WORK_PAST_64 = {65: 0.36, 66: 0.22, 70: 0.1, 75: 0.03, 80: 0.0}
"""Share of older people of a class but the last who are in work; no authority's rate counts them."""

PENSION_AGE = 66
STATE_PENSION = 9_300
"""Age, and about the full new State Pension in pounds a year, of the time of the published pay."""

PAY_BY_CLASS = (1.75, 1.25, 0.95, 0.85, 0.95, 0.72, 0.68, 0.6, 0.3)
"""Pay of somebody of each of ECONOMIC_CLASSES in work, before all is brought to the profile's median."""

PAY_BY_AGE = {16: 0.5, 18: 0.65, 22: 0.85, 30: 1.0, 40: 1.08, 50: 1.03, 60: 0.92, 66: 0.6}
"""The same from an age on; past pension age many work fewer hours."""

PENSION_BY_CLASS = (0.65, 0.48, 0.27, 0.18, 0.2, 0.12, 0.1, 0.02, 0.1)
"""Pension beside the State Pension, as a share of the profile's median pay."""

OUT_OF_WORK_BY_CLASS = (9_500, 8_500, 7_200, 6_800, 7_000, 6_800, 6_800, 6_500, 2_500)
"""Benefits, grants and early pensions of those out of work below pension age, in pounds a year."""

INCOME_SPREAD = 0.4
"""Standard deviation of the logarithm of incomes within a class."""

INCOME_LEANING_BY_TENURE = {
    "owned_outright": 0.2,
    "owned_mortgage": 0.6,
    "shared_ownership": 0.2,
    "council_rent": -0.9,
    "other_social_rent": -0.9,
    "private_rent": -0.1,
    "other_private_rent": -0.1,
    "rent_free": -0.3,
}
"""How far people of a tenure lean towards the better incomes of their class, in standard deviations of
their own leaning. Half of that leaning is common to a household."""

DEPRIVED_FROM = (0.8, 1.25)
"""A ward below the first of these, as a multiple of the wards' mean score of deprivation, counts as less
deprived, one from the second on as more deprived."""

ECONOMIC_CLASS_BY_DEPRIVATION = (
    (1.6, 1.3, 1.1, 1.1, 0.9, 0.75, 0.7, 0.5, 1.0),
    (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (0.55, 0.75, 0.9, 0.85, 1.05, 1.3, 1.4, 1.9, 1.0),
)
DISABILITY_BY_DEPRIVATION = ((0.75, 0.88, 1.0, 1.04), (1.0, 1.0, 1.0, 1.0), (1.4, 1.2, 1.0, 0.94))
HEALTH_BY_DEPRIVATION = (
    (1.15, 1.02, 0.88, 0.78, 0.72),
    (1.0, 1.0, 1.0, 1.0, 1.0),
    (0.87, 0.97, 1.12, 1.3, 1.4),
)
CARE_BY_DEPRIVATION = (
    (1.0, 1.02, 0.95, 0.85, 0.8, 0.75),
    (1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
    (1.0, 0.97, 1.05, 1.15, 1.2, 1.3),
)
"""How much likelier each class, disability, health and amount of care is in a ward that is less, middling
and more deprived, beyond what tenure, age and disability explain."""
