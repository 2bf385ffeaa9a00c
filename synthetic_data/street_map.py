"""The map: streets side by side in a ward, and where each plot stands on its street, in metres."""

from __future__ import annotations

import numpy as np

from synthetic_data.assumptions_of_places import WARD_MARGIN
from synthetic_data.quotas import Integers, Reals

PLOT_WIDTH = 14
_STREETS_APART = 70
_FROM_ROAD = 12
_FLAT_APART = 2


def coordinates(
    street: Integers,
    number: Integers,
    flat: Integers,
    width: Integers,
    ward_of: Integers,
    middle: Integers,
    apart: float,
) -> tuple[Integers, Integers]:
    """Easting and northing of each plot.

    ``width`` is the plot's own, ``middle`` (n by 2) that of each ward; ``apart`` is how far neighbouring
    wards' are, and a ward that would be wider is drawn together. In every other ward streets run north.
    Odd numbers stand on one side and even ones on the other, in their order.
    """
    far = _along_street(street, number, width)
    length = np.zeros(ward_of.size)
    np.maximum.at(length, street, far + width / 2)
    x, y, widest = _rows_of_streets(length + 2 * PLOT_WIDTH, ward_of, len(middle))
    narrow = np.minimum(1.0, (apart - WARD_MARGIN / 2) / widest)[ward_of][street]
    turned = np.arange(len(middle)) % 2 == 1
    side = np.where(number % 2 == 1, _FROM_ROAD, -_FROM_ROAD)
    along = (x[street] + PLOT_WIDTH + far + np.maximum(flat - 1, 0) % 5 * _FLAT_APART) * narrow
    across = y[street] * narrow + side
    ward = ward_of[street]
    east = middle[ward, 0] + np.where(turned[ward], across, along)
    north = middle[ward, 1] + np.where(turned[ward], along, across)
    return np.rint(east).astype(np.int64), np.rint(north).astype(np.int64)


def _along_street(street: Integers, number: Integers, width: Integers) -> Reals:
    """The middle of each plot, in metres from the beginning of its street; flats share their building's."""
    order = np.lexsort((number, number % 2, street))
    street, number, width = street[order], number[order], width[order]
    first = np.concatenate([[True], (street[1:] != street[:-1]) | (number[1:] != number[:-1])])
    own = np.where(first, width, 0).astype(np.float64)
    new_side = np.concatenate([[True], (street[1:] != street[:-1]) | (number[1:] % 2 != number[:-1] % 2)])
    building = np.maximum.accumulate(np.where(first, np.arange(first.size), 0))
    before = np.cumsum(own) - own
    before -= before[np.maximum.accumulate(np.where(new_side, np.arange(first.size), 0))]
    far = np.empty(first.size)
    far[order] = (before + own / 2)[building]
    return far


def _rows_of_streets(length: Reals, ward_of: Integers, wards: int) -> tuple[Reals, Reals, Reals]:
    """Where each street begins, from the middle of its ward, and how wide each ward is.

    A ward's streets lie end to end in rows about as long as the rows together are deep.
    """
    total = np.bincount(ward_of, weights=length, minlength=wards)
    rows = np.maximum(1, np.rint(np.sqrt(total / _STREETS_APART))).astype(np.int64)
    along = np.cumsum(length) - length
    along = along - along[np.searchsorted(ward_of, np.arange(wards))][ward_of]
    row = ((along + length / 2) * rows[ward_of] / total[ward_of]).astype(np.int64)
    first = np.cumsum(rows) - rows
    _, row_of, streets_of = np.unique(first[ward_of] + row, return_inverse=True, return_counts=True)
    starts = np.cumsum(streets_of) - streets_of
    row_length = np.bincount(row_of, weights=length)
    x = along - along[starts][row_of] - row_length[row_of] / 2
    y = (row - (rows[ward_of] - 1) / 2) * _STREETS_APART
    widest = rows.astype(np.float64) * _STREETS_APART
    np.maximum.at(widest, ward_of, row_length[row_of])
    return x, y, widest
