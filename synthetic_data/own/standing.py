"""Who heads each household that was brought, who is the head's partner, and what the others are.

What is not given is read off ages, sexes and surnames. Roles and compositions then follow the rules of
the generated town (:mod:`synthetic_data.roles`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data.household_shapes import Shapes
from synthetic_data.quotas import Flags, Integers
from synthetic_data.roles import compositions, roles
from synthetic_data.seats import NOBODY, Seats, name_heads
from synthetic_data.town import ROLES, Text

COUPLE_WITHIN = 16
"""Assumption: a man and a woman of less than so many years apart are taken for a couple if they share a
surname or are the household's only adults. A wider gap makes them parent and child."""
ADULT = 18
_HEAD, _PARTNER = ROLES.index("head"), ROLES.index("partner")


@dataclass(frozen=True, slots=True)
class Standing:
    """Role of each person; size, adults, composition and head (a row of people) of each household."""

    role: Integers
    size: Integers
    adults: Integers
    composition: Integers
    head: Integers


def standing(
    age: Integers,
    sex: Integers,
    surname: Text,
    household: Integers,
    given: Integers,
    student: Flags,
    homes: int,
) -> Standing:
    """The standing of all; ``given`` are rows of ROLES, -1 where none was given.

    ``household`` is a row of the ``homes`` households, -1 for those outside; ``student`` marks full-time
    students of 16 and over.
    """
    nobody = np.full(homes, NOBODY, dtype=np.int64)
    seats = Seats(age, sex, np.zeros(age.size, np.bool_), household, nobody, nobody.copy())
    for place, places in ((_HEAD, seats.head), (_PARTNER, seats.partner)):
        rows = np.flatnonzero((given == place) & (household >= 0))
        places[household[rows]] = rows
    _name_heads(seats, given)
    _name_partners(seats, surname, given)
    size = np.bincount(household[household >= 0], minlength=homes)
    children = _count(household, age < ADULT, homes)
    shapes = Shapes(size, children, seats.partner >= 0)
    studying = (_count(household, student, homes) == size) & (size > 1) & ~shapes.couple
    role = np.where(given >= 0, given, roles(seats, studying)).astype(np.int8)
    return Standing(role, size, shapes.adults, compositions(shapes, seats, role, student), seats.head)


def _count(household: Integers, which: Flags, homes: int) -> Integers:
    return np.bincount(household[(household >= 0) & which], minlength=homes)


def _name_heads(seats: Seats, given: Integers) -> None:
    """Where no head was given, the eldest adult without a role is it, or else the eldest adult."""
    adults = np.where((seats.age >= ADULT) & (given < 0), seats.household, NOBODY)
    name_heads(Seats(seats.age, seats.sex, seats.free, adults, seats.head, seats.partner))
    others = (seats.age >= ADULT) & (given != _PARTNER)
    for suited in (others, seats.age >= ADULT):
        adults = np.where(suited, seats.household, NOBODY)
        name_heads(Seats(seats.age, seats.sex, seats.free, adults, seats.head, seats.partner))
    turned = np.flatnonzero(seats.head == seats.partner)
    seats.partner[turned] = NOBODY


def _name_partners(seats: Seats, surname: Text, given: Integers) -> None:
    """Where no partner was given, the adult nearest in age who could be one."""
    rows = np.flatnonzero((seats.household >= 0) & (seats.age >= ADULT) & (given < 0))
    home = seats.household[rows]
    head = seats.head[home]
    adults = _count(seats.household, seats.age >= ADULT, seats.head.size)
    apart = np.abs(seats.age[rows].astype(np.int64) - seats.age[head])
    suits = (
        (rows != head)
        & (seats.partner[home] == NOBODY)
        & (seats.sex[rows] != seats.sex[head])
        & (apart < COUPLE_WITHIN)
        & ((surname[rows] == surname[head]) | (adults[home] == 2))
    )
    rows, home, apart = rows[suits], home[suits], apart[suits]
    nearest_last = np.lexsort((-rows, -apart))
    seats.partner[home[nearest_last]] = rows[nearest_last]
