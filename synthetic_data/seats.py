"""Seats in households while a town is being filled, and putting right what does not suit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic_data.household_shapes import Shapes
from synthetic_data.quotas import Flags, Integers

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Seats:
    """Who lives where while the town is being filled; the arrays change in place.

    ``household`` is a row for each person (-1 when free or communal); ``head``, ``partner``
    are people for each household (-1 for none).
    """

    age: Integers
    sex: Integers
    free: Flags
    household: Integers
    head: Integers
    partner: Integers

    def take(self, persons: Integers, households: Integers, place: Integers | None = None) -> None:
        """Seat those who were found (not -1), as ``head`` or ``partner`` where given."""
        found = persons >= 0
        self.household[persons[found]] = households[found]
        self.free[persons[found]] = False
        if place is not None:
            place[households[found]] = persons[found]

    def free_adults(self, sex: int | None = None) -> Integers:
        suited = self.free & (self.age >= 18)
        return np.flatnonzero(suited if sex is None else suited & (self.sex == sex))


def children_ages(seats: Seats, households: int) -> tuple[Integers, Integers]:
    """Age of the youngest and the eldest under 18 in each household."""
    youngest, eldest = np.full(households, 99), np.full(households, -1)
    children = np.flatnonzero((seats.household >= 0) & (seats.age < 18))
    np.minimum.at(youngest, seats.household[children], seats.age[children])
    np.maximum.at(eldest, seats.household[children], seats.age[children])
    return youngest, eldest


def name_heads(seats: Seats) -> None:
    """The eldest adult heads a household that was given no head."""
    housed = np.flatnonzero(seats.household >= 0)
    eldest_last = housed[np.argsort(seats.age[housed], kind="stable")]
    eldest = np.full(seats.head.size, NOBODY, dtype=np.int64)
    eldest[seats.household[eldest_last]] = eldest_last
    missing = seats.head < 0
    seats.head[missing] = eldest[missing]


def let_either_lead(seats: Seats, rng: np.random.Generator) -> None:
    """Couples were formed from the woman's side; either of the two may be the head."""
    turned = np.flatnonzero((seats.partner >= 0) & (rng.random(seats.head.size) < 0.5))
    seats.head[turned], seats.partner[turned] = seats.partner[turned], seats.head[turned]


def unparented(seats: Seats) -> Integers:
    """Households where a child has no adult at least 16 and at most 55 years older."""
    child = (seats.household >= 0) & (seats.age < 18)
    home = seats.household[child]
    head, partner = seats.head[home], seats.partner[home]
    gap = seats.age[head] - seats.age[child]
    other = np.where(partner >= 0, seats.age[partner] - seats.age[child], -1)
    suits = ((gap >= 16) & (gap <= 55)) | ((other >= 16) & (other <= 55))
    return np.flatnonzero(np.bincount(home[~suits], minlength=seats.head.size))


def part_ill_matched(seats: Seats, shapes: Shapes) -> None:
    """Swap the few heads whose age does not suit the children with someone whose age does."""
    households = unparented(seats)
    if not households.size:
        return
    youngest, eldest = children_ages(seats, shapes.size.size)
    for household in households.tolist():
        home = seats.household
        childless = (home >= 0) & (seats.age >= 18) & (shapes.children[home] == 0) & (seats.partner[home] < 0)
        suited = childless & (seats.age >= eldest[household] + 18) & (seats.age <= youngest[household] + 45)
        if not suited.any():
            suited = (
                childless & (seats.age >= eldest[household] + 16) & (seats.age <= youngest[household] + 55)
            )
        candidates = np.flatnonzero(suited)
        head = int(seats.head[household])
        same = candidates[seats.sex[candidates] == seats.sex[head]]
        candidates = same if same.size else candidates
        if candidates.size:
            _swap(seats, head, int(candidates[household % candidates.size]))


def _swap(seats: Seats, one: int, other: int) -> None:
    here, there = int(seats.household[one]), int(seats.household[other])
    seats.household[one], seats.household[other] = there, here
    seats.head[here] = other
    if seats.head[there] == other:
        seats.head[there] = one
