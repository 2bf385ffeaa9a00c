"""Forenames and surnames: vocabularies drawn from by column, never a call for each person.

Forenames follow sex and birth period in England and Wales (``forenames.csv``); surnames, and
some groups' forenames, come from Faker's lists for a country, Latin script only.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib import import_module

import numpy as np

from synthetic_data.assumptions import NAMING, SHARES_SURNAME
from synthetic_data.profiles.figures_table import FIGURES
from synthetic_data.quotas import Integers, Reals
from synthetic_data.town import ETHNIC_GROUPS, ROLES, SEXES, Dates, Text
from synthetic_data.words import BENGALI_SURNAMES, MUSLIM_SURNAMES, MUSLIM_WOMEN

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

_OTHER_WHITE = ("pl_PL", "ro_RO", "it_IT", "pt_PT")


@cache
def _forenames() -> dict[tuple[int, int], tuple[Text, Reals]]:
    """For a sex and a period: names, and their weights added up."""
    names: dict[tuple[str, str], list[str]] = {}
    weights: dict[tuple[str, str], list[float]] = {}
    with (FIGURES / "forenames.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        other = _of_one_tradition()
        for sex, period, name, rank, count in rows:
            if name in other:
                continue
            names.setdefault((sex, period), []).append(name)
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


@cache
def _of_one_tradition() -> frozenset[str]:
    """Forenames that only some groups give: they are drawn for those groups alone."""
    own = {*MUSLIM_WOMEN, *MUSLIM_SURNAMES}
    for locale in ("en_IN", "en_PK", "fr_DZ"):
        own.update(_listed(locale, "first_names"))
    shared = {name for locale in ("en_GB", "en_IE", "it_IT") for name in _listed(locale, "first_names")}
    return frozenset(own - shared)


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
def _surnames(source: str) -> Text:
    if source == "bengali":
        names: list[str] = list(BENGALI_SURNAMES)
    elif source == "muslim":
        names = [
            "Ahmed",
            "Akhtar",
            "Ali",
            "Begum",
            "Bibi",
            "Hussain",
            "Iqbal",
            "Khan",
            "Mahmood",
            "Malik",
            "Shah",
        ]
    elif source == "zh_CN":
        names = _listed(source, "last_romanized_names")
    else:
        names = _listed(source, "unisex_last_names", "last_names")
    return np.array(names, dtype=object)


@cache
def _own_forenames(tradition: str, sex: int) -> Text:
    woman = SEXES[sex] == "F"
    if tradition == "muslim":
        names = list(MUSLIM_WOMEN) if woman else _listed("en_PK", "first_names")
    elif tradition == "other_white":
        names = [name for locale in _OTHER_WHITE for name in _own_forenames(locale, sex)]
    else:
        names = _listed(tradition, "first_names_female" if woman else "first_names_male")
    return np.array(names, dtype=object)


def forenames(sex: Integers, born: Dates, ethnic_group: Integers, rng: np.random.Generator) -> Text:
    """A forename for each person."""
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    period = np.searchsorted(list(_PERIODS.values()), year)
    chance = rng.random(sex.size)
    given = np.empty(sex.size, dtype=object)
    for (of_sex, of_period), (names, weights) in _forenames().items():
        rows = np.flatnonzero((sex == of_sex) & (period == of_period))
        given[rows] = names[np.searchsorted(weights, chance[rows] * weights[-1], side="right")]
    own, pick = rng.random(sex.size), rng.random(sex.size)
    for group, (_, tradition, share) in NAMING.items():
        members = (ethnic_group == ETHNIC_GROUPS.index(group)) & (own < share)
        for of_sex in range(len(SEXES)):
            rows = np.flatnonzero(members & (sex == of_sex))
            if rows.size:
                names = _own_forenames(tradition, of_sex)
                given[rows] = names[(pick[rows] * names.size).astype(np.int64)]
    return given


def surnames(head: Integers, role: Integers, ethnic_group: Integers, rng: np.random.Generator) -> Text:
    """A surname for each person; ``head`` is the row of the head of each one's household, or one's own."""
    own = _own_surnames(ethnic_group, rng)
    share = np.zeros(len(ROLES))
    for name, value in SHARES_SURNAME.items():
        share[ROLES.index(name)] = value
    shared = rng.random(head.size) < share[role]
    return np.asarray(np.where(shared, own[head], own))


def _own_surnames(ethnic_group: Integers, rng: np.random.Generator) -> Text:
    given = np.empty(ethnic_group.size, dtype=object)
    which, pick = rng.random(ethnic_group.size), rng.random(ethnic_group.size)
    for row, group in enumerate(ETHNIC_GROUPS):
        members = np.flatnonzero(ethnic_group == row)
        sources = NAMING.get(group, (("en_GB",), "", 0.0))[0]
        for turn, source in enumerate(sources):
            rows = members[(which[members] * len(sources)).astype(np.int64) == turn]
            if rows.size:
                names = _surnames(source)
                given[rows] = names[(pick[rows] * names.size).astype(np.int64)]
    return given


def mailbox_names(forename: Text, surname: Text, number: Integers) -> Text:
    """The local part of an e-mail address: "mary.smith.1042", in plain letters."""
    first, last = _plain(forename), _plain(surname)
    return np.asarray(first + "." + last + "." + number.astype(str).astype(object))


def _plain(names: Text) -> Text:
    plain = {name: _letters(name) for name in set(names.tolist())}
    return np.array([plain[name] for name in names.tolist()], dtype=object)


_NOT_FOLDED = str.maketrans({"\u0142": "l", "\u0141": "L", "\u0131": "i"})
"""Letters that have no plain letter inside them for Unicode to find."""


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.translate(_NOT_FOLDED))
    return "".join(letter for letter in folded.lower() if letter.isascii() and letter.isalpha())
