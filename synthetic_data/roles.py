"""What people are to each other, read off who lives together and how old they are."""

from __future__ import annotations

import numpy as np

from synthetic_data.household_shapes import Shapes
from synthetic_data.quotas import Flags, Integers
from synthetic_data.seats import Seats
from synthetic_data.town import COMPOSITIONS, ROLES

_HEAD, _PARTNER, _CHILD, _PARENT, _SHARER, _RESIDENT = (ROLES.index(role) for role in ROLES)


def roles(seats: Seats, student_households: Flags) -> Integers:
    """Row of ROLES of each person. A child of the household may be grown up.

    A grown child is 16 to 50 years younger than the head or the head's partner.
    """
    housed = seats.household >= 0
    home = np.where(housed, seats.household, 0)
    head, partner = seats.head[home], seats.partner[home]
    older_head = seats.age[head] - seats.age
    older_partner = np.where(partner >= 0, seats.age[partner] - seats.age, 0)
    is_child = ((older_head >= 16) & (older_head <= 50)) | ((older_partner >= 16) & (older_partner <= 50))
    role = np.select(
        [~housed, seats.age < 18, student_households[home], is_child, older_head <= -16],
        [_RESIDENT, _CHILD, _SHARER, _CHILD, _PARENT],
        _SHARER,
    ).astype(np.int8)
    role[seats.head[seats.head >= 0]] = _HEAD
    role[seats.partner[seats.partner >= 0]] = _PARTNER
    return role


def compositions(shapes: Shapes, seats: Seats, role: Integers, student: Flags) -> Integers:
    """Row of COMPOSITIONS of each household."""
    households = shapes.size.size
    housed = seats.household >= 0
    home = seats.household[housed]

    def count(which: Flags) -> Integers:
        return np.bincount(home, weights=which[housed], minlength=households).astype(np.int64)

    couple = seats.partner >= 0
    children, sharers, students = count(role == _CHILD), count(role == _SHARER), count(student)
    nucleus = 1 + couple + children
    index = COMPOSITIONS.index
    return np.select(
        [
            shapes.size == 1,
            (students == shapes.size) & (sharers > 0),
            couple & (shapes.size == 2),
            couple & (nucleus == shapes.size),
            ~couple & (children > 0) & (nucleus == shapes.size),
            ~couple & (sharers + 1 == shapes.size),
        ],
        [
            index("one_person"),
            index("students"),
            index("couple"),
            index("couple_with_children"),
            index("lone_parent"),
            index("sharers"),
        ],
        index("other"),
    ).astype(np.int8)
