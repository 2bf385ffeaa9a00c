"""How the blocks of a large town differ: see ``assumptions``.

The figures of an authority say nothing of its parts. These exponents say how much commoner something is
where people are worse off: a block whose wards are one standard deviation more deprived than the town has
``exp(exponent)`` times as much of it, before all blocks together are fitted to the profile. They are our
estimate of the broad pattern of the Indices of Deprivation, taken from no table.
"""

from __future__ import annotations

TENURE = {"owned_outright": -0.25, "owned_mortgage": -0.2, "council_rent": 0.4, "other_social_rent": 0.4}
DWELLING = {"detached": -0.6, "semi_detached": -0.1, "terraced": 0.25, "flat": 0.3, "converted_house": 0.2}
CARS = {"0": 0.3, "2": -0.25, "3_plus": -0.3}
BEDROOMS = {"1": 0.2, "2": 0.1, "4_plus": -0.3}
BANDS = {"A": 0.35, "B": 0.1, "D": -0.15, "E": -0.3, "F": -0.45, "G": -0.6, "H": -0.75, "I": -0.75}
ECONOMIC_CLASS = {
    "1_higher_managerial": -0.3,
    "2_lower_managerial": -0.15,
    "5_lower_supervisory": 0.1,
    "6_semi_routine": 0.15,
    "7_routine": 0.25,
    "8_never_worked": 0.4,
}
DISABILITY = {"limited_a_lot": 0.2, "limited_a_little": 0.08}
HEALTH = {"very_good": -0.08, "fair": 0.12, "bad": 0.25, "very_bad": 0.3}
UNPAID_CARE = {"20_34_hours": 0.1, "35_49_hours": 0.12, "50_plus_hours": 0.15}

ETHNIC_GROUP_SPREAD = 0.45
"""How far the share of each ethnic group but white British strays from block to block, as the standard
deviation of its logarithm."""
AGE_SPREAD = 0.06
"""The same for how old a block's people are: the logarithm's change with each 20 years of age."""
