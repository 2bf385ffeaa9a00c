"""Names as they are mistaken: typed or heard wrong, or the one that a married woman was born with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data.assumptions_of_mess import MARRIED_NAME, NEIGHBOURING_KEYS, SOUND_ALIKES
from synthetic_data.quotas import Integers
from synthetic_data.town import ETHNIC_GROUPS, ROLES, SEXES, Text

if TYPE_CHECKING:
    from synthetic_data.town import Town


def misspelt(names: Text, rng: np.random.Generator) -> Text:
    """Each name with one mistake, never the same as before; a name has three letters or more."""
    how = rng.integers(0, len(_MISTAKES), names.size).tolist()
    chances = rng.random((names.size, 2)).tolist()
    written = zip(names.tolist(), how, chances, strict=True)
    return np.array([_misspell(name, first, *chance) for name, first, chance in written], dtype=object)


def _misspell(name: str, how: int, where: float, which: float) -> str:
    for turn in range(len(_MISTAKES)):
        mistaken = _MISTAKES[(how + turn) % len(_MISTAKES)](name, where, which)
        if mistaken != name:
            return mistaken
    return name + name[-1]


def _place(name: str, where: float, last: int) -> int:
    """A place after the first letter, which people get right, and before ``last`` places from the end."""
    return 1 + int(where * (len(name) - 1 - last))


def _neighbouring_key(name: str, where: float, which: float) -> str:
    place = _place(name, where, 0)
    keys = NEIGHBOURING_KEYS.get(name[place], name[place])
    return name[:place] + keys[int(which * len(keys))] + name[place + 1 :]


def _doubled(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 0)
    return name[:place] + name[place] + name[place:] if name[place].isalpha() else name


def _dropped(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 0)
    return name[:place] + name[place + 1 :] if name[place].isalpha() else name


def _swapped(name: str, where: float, _which: float) -> str:
    place = _place(name, where, 1)
    pair = name[place : place + 2]
    return name[:place] + pair[::-1] + name[place + 2 :] if pair.isalpha() and pair.islower() else name


def _sound_alike(name: str, _where: float, which: float) -> str:
    heard = [(letters, other) for letters, other in SOUND_ALIKES if letters in name[1:]]
    if not heard:
        return name
    letters, other = heard[int(which * len(heard))]
    return name[0] + name[1:].replace(letters, other, 1)


_MISTAKES: tuple[Callable[[str, float, float], str], ...] = (
    _neighbouring_key,
    _doubled,
    _dropped,
    _swapped,
    _sound_alike,
)


def surnames_at_birth(town: Town, rng: np.random.Generator) -> Text:
    """The surname that each resident was born with.

    Most women who share their surname with the man they live with as a couple had another, which is one of
    somebody else of their ethnic group in the town; all others have kept theirs.
    """
    people = town.residents
    given, couple = people.surname.copy(), _spouse(town)
    wives = (couple >= 0) & (people.sex == SEXES.index("F"))
    wives &= people.sex[couple] == SEXES.index("M")
    wives &= people.surname[couple] == people.surname
    wives &= rng.random(wives.size) < MARRIED_NAME
    chance = rng.random(wives.size)
    for group in range(len(ETHNIC_GROUPS)):
        members = np.flatnonzero(people.ethnic_group == group)
        rows = members[wives[members]]
        given[rows] = people.surname[members[(chance[rows] * members.size).astype(np.int64)]]
    return given


def _spouse(town: Town) -> Integers:
    """The row of the one with whom each resident is a couple, -1 for the others."""
    people, households = town.residents, town.households.size.size
    head, partner = (
        np.flatnonzero((people.role == ROLES.index(role)) & (people.household >= 0))
        for role in ("head", "partner")
    )
    of_household = np.full(households, -1, dtype=np.int64)
    of_household[people.household[head]] = head
    spouse = np.full(people.household.size, -1, dtype=np.int64)
    spouse[partner] = of_household[people.household[partner]]
    led = spouse[partner] >= 0
    spouse[spouse[partner[led]]] = partner[led]
    return spouse
