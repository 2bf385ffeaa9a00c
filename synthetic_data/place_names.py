"""Invented names: of the council, its wards and its streets."""

from __future__ import annotations

import numpy as np

from synthetic_data.quotas import Integers
from synthetic_data.real_places import RealPlaceName, check_invented_name
from synthetic_data.streams import Seed, stream
from synthetic_data.town import PROPERTY_KINDS, Block, Text
from synthetic_data.words import STREET_TYPES, STREET_WORDS, TOWN_ENDS, TOWN_STARTS

_QUARTERS = ("North", "South", "East", "West", "New", "Old", "Upper", "Lower", "Great", "Little")


def invent_name(seed: int) -> str:
    """A council's invented name as a slug, such as "hazelmere"."""
    rng = stream(seed, "place_names.council")
    while True:
        name = _join(
            TOWN_STARTS[int(rng.integers(len(TOWN_STARTS)))], TOWN_ENDS[int(rng.integers(len(TOWN_ENDS)))]
        )
        slug = name.lower()
        try:
            check_invented_name(slug)
        except RealPlaceName:
            continue
        return slug


def _join(start: str, end: str) -> str:
    return start[:-1] + end if start[-1] == end[0] else start + end


def ward_names(count: int, council: str, rng: np.random.Generator) -> Text:
    """Different invented ward names, none of them the council's own."""
    names: list[str] = []
    starts, ends = rng.permutation(len(TOWN_STARTS)), rng.permutation(len(TOWN_ENDS))
    position = 0
    while len(names) < count:
        start = TOWN_STARTS[starts[position % len(starts)]]
        turn = position // len(starts)
        name = _join(start, TOWN_ENDS[ends[(position + turn) % len(ends)]])
        if position % 5 == 4:
            name = f"{_QUARTERS[(position // 5) % len(_QUARTERS)]} {name}"
        position += 1
        if name not in names and not _is_real(name) and name.lower() not in council.lower():
            names.append(name)
    return np.array(names, dtype=object)


def _is_real(name: str) -> bool:
    try:
        check_invented_name(name.lower().replace(" ", "-"))
    except RealPlaceName:
        return True
    return False


def street_names(plots: Integers, seed: Seed, block: Block) -> Text:
    """A name for each street, whose type goes with its length in plots.

    They are different among as many streets of one length as there are words times types; the blocks of
    a town take different stretches of one shuffled list.
    """
    names = np.empty(plots.size, dtype=object)
    length_of = np.digitize(plots, [short for short, _ in STREET_TYPES[1:]])
    for length, (_, types) in enumerate(STREET_TYPES):
        own = np.flatnonzero(length_of == length)
        shuffled = stream(seed, f"place_names.streets.{length}").permutation(len(STREET_WORDS) * len(types))
        first = block.number * shuffled.size // block.count
        word, type_ = np.divmod(shuffled[(first + np.arange(own.size)) % shuffled.size], len(types))
        names[own] = _spaced(STREET_WORDS)[word] + np.array(types, dtype=object)[type_]
    return names


def _spaced(words: tuple[str, ...]) -> Text:
    return np.array([f"{word} " for word in words], dtype=object)


def high_streets(wards: Text, central: int) -> list[str]:
    """The name of each ward's street of shops; the central ward's is the High Street."""
    names = [f"{ward} {('Parade', 'High Street')[row % 2]}" for row, ward in enumerate(wards.tolist())]
    names[central] = "High Street"
    return names


def estates(count: int, rng: np.random.Generator) -> list[str]:
    """Names of trading estates."""
    return [f"{STREET_WORDS[word]} Trading Estate" for word in rng.permutation(len(STREET_WORDS))[:count]]


_ESTABLISHMENT_WORDS = {
    "care_home": "{} Lodge Care Home",
    "student_hall": "{} Hall",
    "hostel": "{} House Hostel",
}


def establishment_names(kind: Integers, rng: np.random.Generator) -> Text:
    """A name for each communal establishment, by its row of PROPERTY_KINDS."""
    words = rng.permutation(len(STREET_WORDS))
    patterns = [_ESTABLISHMENT_WORDS[PROPERTY_KINDS[row]] for row in kind.tolist()]
    names = [p.format(STREET_WORDS[words[i % len(words)]]) for i, p in enumerate(patterns)]
    return np.array(names, dtype=object)
