"""Seating people in households: children, parents, couples, those alone and all others.

The seats of the town equal its people, so every step takes from those still free, the most
particular first: parents must suit the children's ages, partners each other; grown
children, sharers and students take what is left. Roles are read off the ages afterwards.
"""

from __future__ import annotations

import numpy as np

from synthetic_data.assumptions import (
    CHILDLESS_COUPLE,
    COUPLE_WITH_GROWN_CHILDREN,
    LIVING_ALONE,
    LONE_FATHERS,
    SAME_SEX_COUPLES,
    by_age,
)
from synthetic_data.assumptions_of_families import GRANDPARENT_LIVES_IN
from synthetic_data.household_shapes import Shapes
from synthetic_data.matching import match_by_age
from synthetic_data.quotas import Flags, Integers, Reals, pick
from synthetic_data.seats import (
    NOBODY,
    Seats,
    children_ages,
    let_either_lead,
    name_heads,
    part_ill_matched,
)
from synthetic_data.town import SEXES

_WOMAN, _MAN = SEXES.index("F"), SEXES.index("M")


def seat_residents(
    shapes: Shapes,
    age: Integers,
    sex: Integers,
    available: Flags,
    student_households: Integers,
    rng: np.random.Generator,
) -> Seats:
    """Give each available person a household; ``student_households`` are rows of ``shapes``."""
    households = shapes.size.size
    seats = Seats(
        age,
        sex,
        available.copy(),
        np.full(age.size, NOBODY, dtype=np.int64),
        np.full(households, NOBODY, dtype=np.int64),
        np.full(households, NOBODY, dtype=np.int64),
    )
    families = np.flatnonzero(shapes.children > 0)
    if families.size:
        _seat_children(seats, shapes, families, rng)
        _seat_parents(seats, shapes, families, rng)
    _seat_alone(seats, shapes, rng)
    _seat_couples(seats, shapes, rng)
    _seat_others(seats, shapes, student_households, rng)
    name_heads(seats)
    part_ill_matched(seats, shapes)
    let_either_lead(seats, rng)
    return seats


def _seat_children(seats: Seats, shapes: Shapes, families: Integers, rng: np.random.Generator) -> None:
    number = shapes.children[families]
    owner = np.repeat(families, number)
    first = np.cumsum(number) - number
    gap = rng.choice([0.1, 1.2, 2.0, 2.7, 3.5, 5.0], owner.size, p=[0.02, 0.13, 0.3, 0.25, 0.2, 0.1])
    gap[first] = 0.0
    since_eldest = np.cumsum(gap)
    since_eldest -= np.repeat(since_eldest[first], number)
    span = since_eldest[first + number - 1]
    squeeze = np.minimum(1.0, 16.5 / np.maximum(span, 0.1))
    eldest = span * squeeze + (18 - span * squeeze) * rng.random(families.size)
    wish = np.repeat(eldest, number) - since_eldest * np.repeat(squeeze, number)
    children = np.flatnonzero(seats.free & (seats.age < 18))
    children = rng.permutation(children)
    children = children[np.argsort(seats.age[children], kind="stable")]
    seats.take(children, owner[np.argsort(wish, kind="stable")])


def _seat_parents(seats: Seats, shapes: Shapes, families: Integers, rng: np.random.Generator) -> None:
    youngest, eldest = children_ages(seats, shapes.size.size)
    gap = np.clip(rng.normal(27.5, 5.2, families.size), 18, 41)
    lowest = eldest[families] + 18
    suited = np.clip(eldest[families] + gap, lowest, np.maximum(youngest[families] + 42, lowest))
    wish = np.rint(suited).astype(np.int64)
    father = ~shapes.couple[families] & (rng.random(families.size) < LONE_FATHERS)
    for sex, rows in ((_WOMAN, ~father), (_MAN, father)):
        found = match_by_age(wish[rows], seats.free_adults(sex), seats.age, 4, rng)
        seats.take(found, families[rows], seats.head)
    without = seats.head[families] < 0
    found = match_by_age(wish[without], seats.free_adults(), seats.age, 12, rng)
    seats.take(found, families[without], seats.head)
    couples = families[shapes.couple[families] & (seats.head[families] >= 0)]
    _seat_partners(seats, couples, rng)


def _seat_partners(seats: Seats, couples: Integers, rng: np.random.Generator) -> None:
    heads = seats.head[couples]
    sex = np.where(rng.random(couples.size) < SAME_SEX_COUPLES, seats.sex[heads], 1 - seats.sex[heads])
    older = np.where(seats.sex[heads] == _WOMAN, 2.0, -2.0)
    wish = np.rint(seats.age[heads] + rng.normal(older, 3.3)).astype(np.int64)
    for wanted in (_WOMAN, _MAN):
        rows = sex == wanted
        found = match_by_age(np.maximum(wish[rows], 18), seats.free_adults(wanted), seats.age, 12, rng)
        seats.take(found, couples[rows], seats.partner)


def _likelihood(table: dict[int, float], age: Integers) -> Reals:
    return np.asarray(np.array(by_age(table))[age])


def _seat_alone(seats: Seats, shapes: Shapes, rng: np.random.Generator) -> None:
    alone = np.flatnonzero(shapes.size == 1)
    adults = seats.free_adults()
    chosen = adults[pick(_likelihood(LIVING_ALONE, seats.age[adults]), alone.size, rng)]
    seats.take(rng.permutation(chosen), alone, seats.head)


def _seat_couples(seats: Seats, shapes: Shapes, rng: np.random.Generator) -> None:
    couples = shapes.couple & (shapes.children == 0)
    for table, rows in (
        (COUPLE_WITH_GROWN_CHILDREN, couples & (shapes.size > 2)),
        (CHILDLESS_COUPLE, couples & (shapes.size == 2)),
    ):
        women = seats.free_adults(_WOMAN)
        households = np.flatnonzero(rows)
        number = min(households.size, women.size, seats.free_adults(_MAN).size)
        chosen = women[pick(_likelihood(table, seats.age[women]), number, rng)]
        households = households[:number]
        seats.take(rng.permutation(chosen), households, seats.head)
        _seat_partners(seats, households, rng)


def _seat_others(seats: Seats, shapes: Shapes, students: Integers, rng: np.random.Generator) -> None:
    taken = np.bincount(seats.household[seats.household >= 0], minlength=shapes.size.size)
    owner = np.repeat(np.arange(shapes.size.size), shapes.size - taken)
    if not owner.size:
        return
    wish = _ages_for_others(seats, owner, students, rng)
    for reach in (1, 5):
        rows = np.flatnonzero(wish >= 0)
        found = match_by_age(wish[rows], seats.free_adults(), seats.age, reach, rng)
        seats.take(found, owner[rows])
        wish[rows[found >= 0]] = NOBODY
    rows = np.flatnonzero(wish >= 0)
    rows = rows[np.argsort(wish[rows], kind="stable")]
    left = seats.free_adults()
    seats.take(left[np.argsort(seats.age[left], kind="stable")], owner[rows])


def _ages_for_others(seats: Seats, owner: Integers, students: Integers, rng: np.random.Generator) -> Integers:
    """The age that would suit each seat still open."""
    number, households = owner.size, seats.head.size
    head = seats.head[owner]
    known = np.where(head >= 0, seats.age[head], 0)
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    sharing = (rng.random(households) < 0.45)[owner]
    sharers = np.clip(rng.normal(31, 8, households), 20, 60)[owner]
    parent = np.clip(rng.normal(63, 12, households), 40, 90)[owner]
    younger = rng.normal(28.5, 5.0, number)
    nearby = rng.normal(0, 4.0, number)
    at_university = np.zeros(households, dtype=np.bool_)
    at_university[students] = True
    wish = np.select(
        [
            at_university[owner],
            (known >= 43),
            (known > 0) & (rng.random(number) < GRANDPARENT_LIVES_IN),
            known > 0,
            sharing,
            first,
        ],
        [
            rng.normal(20.3, 1.4, number),
            known - younger,
            known + younger,
            known + nearby,
            sharers + nearby,
            parent,
        ],
        parent - younger,
    )
    return np.asarray(np.clip(np.rint(wish), 18, 100).astype(np.int64))
