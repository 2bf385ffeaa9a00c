"""What the town assumes of its wards and places: see ``assumptions``."""

from __future__ import annotations

MOST_DEPRIVED_FROM = 40.0
"""The score of the Indices of Multiple Deprivation 2025 from which a small area is in England's most
deprived tenth: about the average of the authorities half of whose areas are."""

SPREAD_OF_AREAS = (0.2, 1.0)
"""Bounds of the standard deviation of the logarithm of small areas' scores."""

SPREAD_OF_WARDS = 0.8
"""How widely wards are spread, compared with the small areas (about five) that they are made of."""

SQUARE_METRES_A_HOME = 450.0
"""Ground for a home with its share of street, as streets are laid out here."""

WARD_STRETCH, WARD_MARGIN = 1.5, 260.0
"""How much wider than a square of its homes a ward may be, and the metres between wards."""

WORTH_OF_SOCIAL_RENT = -1.5
"""How far down the order of homes by worth, in council tax bands, a social tenant's home stands."""
