"""Forenames and surnames: vocabularies drawn from by column, never a call for each person.

Forenames follow sex and birth period in England and Wales (``forenames.csv``); surnames, and
some groups' forenames, come from Faker's lists for a country, Latin script only.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module

import numpy as np

from synthetic_data.assumptions import NAMING, SHARES_SURNAME
from synthetic_data.profiles.figures_table import FIGURES
from synthetic_data.quotas import Integers, Reals
from synthetic_data.town import ETHNIC_GROUPS, ROLES, SEXES, Dates, Text
from synthetic_data.words import (
    BENGALI_SURNAMES,
    MUSLIM_MEN,
    MUSLIM_SURNAMES,
    MUSLIM_WOMEN,
    NOT_BRITISH,
    OF_ONE_TRADITION,
)

_PERIODS = {
    "1904": 1909,
    "1914": 1919,
    "1924": 1929,
    "1934": 1939,
    "1944": 1949,
    "1954": 1959,
    "1964": 1969,
    "1974": 1979,
    "1984": 1989,
    "1994": 1995,
    "1996-2005": 2005,
    "2006-2015": 2015,
    "2016-2020": 9999,
}
"""Birth periods of ``forenames.csv``, each with the last year of birth that it serves."""

_RANK_FLATTENED = 4.0
"""Ranks become weights 1 / (rank + this): about the shape of the counted years."""

_OUR_SURNAMES = {"bengali": BENGALI_SURNAMES, "muslim": MUSLIM_SURNAMES}


@cache
def _forenames() -> dict[tuple[int, int], tuple[Text, Reals]]:
    """For a sex and a period: names, and their weights added up."""
    names: dict[tuple[str, str], list[str]] = {}
    weights: dict[tuple[str, str], list[float]] = {}
    with (FIGURES / "forenames.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        other = {*MUSLIM_WOMEN, *MUSLIM_MEN, *OF_ONE_TRADITION}
        for sex, period, name, rank, count in rows:
            if name in other:
                continue
            names.setdefault((sex, period), []).append(name[:1].upper() + name[1:])
            weight = float(count) if count else 1 / (int(rank) + _RANK_FLATTENED)
            weights.setdefault((sex, period), []).append(weight)
    periods = list(_PERIODS)
    return {
        (SEXES.index(sex), periods.index(period)): (
            np.array(listed, dtype=object),
            np.cumsum(weights[sex, period]),
        )
        for (sex, period), listed in names.items()
    }


def _listed(locale: str, *attributes: str) -> list[str]:
    provider = import_module(f"faker.providers.person.{locale}").Provider
    for attribute in attributes:
        names = [name for name in getattr(provider, attribute, ()) if len(name) > 1 and _is_latin(name)]
        if names:
            return list(dict.fromkeys(names))
    raise LookupError(f"Faker's locale {locale} has no list of {attributes[0]} in Latin script.")


def _is_latin(name: str) -> bool:
    return name[0].isupper() and all(ord(letter) < 0x250 for letter in name)


@cache
def _surnames(source: str) -> tuple[Text, Reals]:
    """Surnames of a list, and their weights added up."""
    weights: Mapping[str, float] = {}
    if source in _OUR_SURNAMES:
        names = list(_OUR_SURNAMES[source])
    elif source == "zh_CN":
        names = _listed(source, "last_romanized_names")
    else:
        names = _listed(source, "unisex_last_names", "last_names")
        if source == "en_GB":
            weights = import_module("faker.providers.person.en_GB").Provider.last_names
            names = [
                name for name in names if name not in _OUR_SURNAMES["muslim"] and name not in NOT_BRITISH
            ]
    return np.array(names, dtype=object), np.cumsum([weights.get(name, 1.0) for name in names])


@cache
def _own_forenames(tradition: str, sex: int) -> Text:
    woman = SEXES[sex] == "F"
    if tradition == "muslim":
        names = list(MUSLIM_WOMEN if woman else MUSLIM_MEN)
    else:
        names = _listed(tradition, "first_names_female" if woman else "first_names_male")
    return np.array(names, dtype=object)


def forenames(
    sex: Integers, born: Dates, ethnic_group: Integers, lineage: Reals, rng: np.random.Generator
) -> Text:
    """A forename for each person; ``lineage``, 0 to 1 and alike in a household, picks a group's list."""
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    period = np.searchsorted(list(_PERIODS.values()), year)
    chance = rng.random(sex.size)
    given = np.empty(sex.size, dtype=object)
    for (of_sex, of_period), (names, weights) in _forenames().items():
        rows = np.flatnonzero((sex == of_sex) & (period == of_period))
        given[rows] = _drawn(names, weights, chance[rows])
    own, chance = rng.random(sex.size), rng.random(sex.size)
    for group, (lists, share) in NAMING.items():
        members = np.flatnonzero((ethnic_group == ETHNIC_GROUPS.index(group)) & (own < share))
        turn = (lineage[members] * len(lists)).astype(np.int64)
        for number, (_, tradition) in enumerate(lists):
            for of_sex in range(len(SEXES)):
                rows = members[(turn == number) & (sex[members] == of_sex)]
                if tradition and rows.size:
                    names = _own_forenames(tradition, of_sex)
                    given[rows] = names[(chance[rows] * names.size).astype(np.int64)]
    return given


def surnames(
    head: Integers,
    role: Integers,
    sex: Integers,
    ethnic_group: Integers,
    lineage: Reals,
    rng: np.random.Generator,
) -> tuple[Text, Text]:
    """A surname for each person, and the one they were born with.

    ``head`` is the row of the head of each one's household, or one's own. In a couple that shares a
    name it is the man's; two of one sex share the head's. A grandparent in the house has the name
    that the head was born with.
    """
    own = _own_surnames(ethnic_group, lineage, rng)
    share = np.zeros(len(ROLES))
    for name, value in SHARES_SURNAME.items():
        share[ROLES.index(name)] = value
    shares = rng.random(head.size) < share[role]
    takers, children, parents = (
        np.flatnonzero(shares & (role == ROLES.index(name))) for name in ("partner", "child", "parent")
    )
    leads = head[takers]
    his = (sex[takers] == SEXES.index("M")) & (sex[leads] == SEXES.index("F"))
    surname = own.copy()
    surname[leads] = surname[takers] = np.where(his, own[takers], own[leads])
    surname[children] = surname[head[children]]
    surname[parents] = own[head[parents]]
    born_with = surname.copy()
    born_with[leads], born_with[takers] = own[leads], own[takers]
    return surname, born_with


def _own_surnames(ethnic_group: Integers, lineage: Reals, rng: np.random.Generator) -> Text:
    given = np.empty(ethnic_group.size, dtype=object)
    chance = rng.random(ethnic_group.size)
    for row, group in enumerate(ETHNIC_GROUPS):
        members = np.flatnonzero(ethnic_group == row)
        lists = NAMING.get(group, ((("en_GB", ""),), 0.0))[0]
        turn = (lineage[members] * len(lists)).astype(np.int64)
        for number, (source, _) in enumerate(lists):
            rows = members[turn == number]
            if rows.size:
                given[rows] = _drawn(*_surnames(source), chance[rows])
    return given


def _drawn(names: Text, weights: Reals, chance: Reals) -> Text:
    return np.asarray(names[np.searchsorted(weights, chance * weights[-1], side="right")])


def mailbox_names(forename: Text, surname: Text, number: Integers) -> Text:
    """The local part of an e-mail address: "mary.smith.1042", in plain letters."""
    first, last = _plain(forename), _plain(surname)
    return np.asarray(first + "." + last + "." + number.astype(str).astype(object))


def _plain(names: Text) -> Text:
    plain = {name: _letters(name) for name in set(names.tolist())}
    return np.array([plain[name] for name in names.tolist()], dtype=object)


_NOT_FOLDED = str.maketrans({"\u0142": "l", "\u0141": "L", "\u0131": "i"})
"""Letters that have no plain letter inside them for Unicode to find."""


@cache
def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.translate(_NOT_FOLDED))
    return "".join(letter for letter in folded.lower() if letter.isascii() and letter.isalpha())
