"""Who lives in communal establishments, and in how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data.assumptions import COMMUNAL_RATE
from synthetic_data.quotas import Integers, pick, quotas
from synthetic_data.town import PROPERTY_KINDS

if TYPE_CHECKING:
    from synthetic_data.profiles import Profile

_PLACES = {"care_home": 34, "student_hall": 120, "hostel": 25}
"""Residents of one establishment."""

_MOST = 0.45
"""No more than this share of an age lives in one kind of establishment."""


@dataclass(frozen=True, slots=True)
class Communal:
    """Establishments (a row of PROPERTY_KINDS each) and, for each resident, which one or -1."""

    kind: Integers
    establishment: Integers


def communal_residents(profile: Profile, age: Integers, residents: int, rng: np.random.Generator) -> Communal:
    """Choose ``residents`` adults for care homes, student halls and hostels, by age."""
    establishment = np.full(age.size, -1, dtype=np.int64)
    kinds: list[int] = []
    for kind, wanted in _by_kind(profile, age, residents).items():
        likelihood = _likelihood(kind, age) * (establishment < 0)
        chosen = np.flatnonzero(pick(likelihood, wanted, rng)) if wanted else np.zeros(0, dtype=np.int64)
        if not chosen.size:
            continue
        places = max(1, round(chosen.size / _PLACES[kind]))
        sizes = quotas(chosen.size, 0.7 + 0.6 * rng.random(places))
        establishment[rng.permutation(chosen)] = len(kinds) + np.repeat(np.arange(places), sizes)
        kinds += [PROPERTY_KINDS.index(kind)] * places
    return Communal(np.array(kinds, dtype=np.int8), establishment)


def _likelihood(kind: str, age: Integers) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if kind == "care_home":
        return np.select([age >= 85, age >= 75, age >= 65], [1.0, 0.2, 0.03], 0.0)
    if kind == "student_hall":
        return np.select([age < 18, age <= 19, age <= 22], [0.0, 1.0, 0.35], 0.0)
    return np.select([age < 18, age < 60], [0.0, 1.0], 0.1)


def _by_kind(profile: Profile, age: Integers, residents: int) -> dict[str, int]:
    """Split by the ages and students of the place; hostels take what halls and homes cannot."""
    old, oldest = int(((age >= 75) & (age < 85)).sum()), int((age >= 85).sum())
    young = int(((age >= 18) & (age <= 22)).sum())
    students = profile.residents_by_economic_class
    surplus = max(0.0, students["students"] / sum(students.values()) - 0.055)
    weights = np.array(
        [COMMUNAL_RATE["75"] * old + COMMUNAL_RATE["85"] * oldest + 1e-9, surplus * age.size * 0.5, 0.0]
    )
    care, halls, _ = quotas(residents, weights).tolist()
    care = min(care, int(_MOST * oldest + 0.1 * old))
    halls = min(halls if halls >= 8 else 0, int(_MOST * young))
    return {"care_home": care, "student_hall": halls, "hostel": residents - care - halls}
