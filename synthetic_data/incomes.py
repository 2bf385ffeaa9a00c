"""Who is in paid work, and what everybody's income is, from class, age, health and home."""

from __future__ import annotations

from math import exp
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import assumptions_of_families as assumed
from synthetic_data.assumptions import ECONOMIC_CLASS_BY_AGE
from synthetic_data.profiles import AGE_BANDS
from synthetic_data.quotas import Flags, Integers, Reals, pick
from synthetic_data.town import ECONOMIC_CLASSES, SEXES, TENURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthetic_data.profiles import Profile

_STUDENTS = ECONOMIC_CLASSES.index("students")
_WEEKS = 52
_CHILD, _AT_WORK, _PENSIONER, _OUT_OF_WORK = range(4)

_STEPS = 400
_SHARES = (np.arange(_STEPS) + 0.5) / _STEPS
_QUANTILES = np.array(
    [round(exp(assumed.INCOME_SPREAD * NormalDist().inv_cdf(share)), 4) for share in _SHARES.tolist()]
)
"""How an income compares with the median of its like, at each of _SHARES; rounded, so that every
processor has the same."""


def in_work(
    profile: Profile,
    age: Integers,
    economic_class: Integers,
    disability: Integers,
    tenure: Integers,
    rng: np.random.Generator,
) -> Flags:
    """Who is in paid work: between 16 and 64 the profile's rate of employment, few who are older.

    ``tenure`` is that of each one's household, -1 outside. Those who never worked do not work now.
    """
    likelihood = (
        np.array([*assumed.IN_WORK_BY_CLASS, 0.0])[economic_class]
        * _step(assumed.IN_WORK_BY_AGE, age)
        * np.array(assumed.IN_WORK_BY_DISABILITY)[disability]
        * _by_tenure(assumed.IN_WORK_BY_TENURE, 1.0)[tenure]
    )
    works = np.zeros(age.size, dtype=np.bool_)
    asked = np.flatnonzero((age >= 16) & (age < 65))
    rate = profile.service_volumes["employment_rate_pct"] / 100
    most = int((likelihood[asked] > 0).sum())
    works[asked] = pick(likelihood[asked], min(round(rate * asked.size), most), rng)
    older = np.flatnonzero((age >= 65) & (likelihood > 0))
    chance = _step(assumed.IN_WORK_PAST_64, age[older])
    works[older] = pick(chance * likelihood[older], round(float(chance.sum())), rng)
    return works


def unit_of_pay(profile: Profile) -> float:
    """What pay counts in: with it, the median pay of those in work is about the profile's.

    Pounds a year, to multiply PAY_BY_CLASS and PAY_BY_AGE with. It follows from the figures of the
    whole authority, so that a block of poorer wards is paid less than another.
    """
    bands = np.array([(first + last) // 2 for first, last in AGE_BANDS])
    people = np.sum([profile.residents_by_age[sex] for sex in SEXES], axis=0)
    chance = np.where(bands < 65, _step(assumed.IN_WORK_BY_AGE, bands), _step(assumed.IN_WORK_PAST_64, bands))
    by_age = np.array(list(ECONOMIC_CLASS_BY_AGE.values()))[
        np.maximum(np.digitize(bands, list(ECONOMIC_CLASS_BY_AGE)) - 1, 0), :_STUDENTS
    ]
    classes = np.array([profile.residents_by_economic_class[word] for word in ECONOMIC_CLASSES[:_STUDENTS]])
    among = by_age * people[:, None]
    working = among / among.sum(axis=0) * classes * assumed.IN_WORK_BY_CLASS[:_STUDENTS] * chance[:, None]
    pay = np.multiply.outer(
        _step(assumed.PAY_BY_AGE, bands)[:, None] * assumed.PAY_BY_CLASS[:_STUDENTS], _QUANTILES[::10]
    )
    paid = np.broadcast_to(working[:, :, None], pay.shape).ravel()
    order = np.argsort(pay.ravel(), kind="stable")
    middle = np.searchsorted(np.cumsum(paid[order]), paid.sum() / 2)
    return _median_pay(profile) / round(float(pay.ravel()[order[middle]]), 6)


def _median_pay(profile: Profile) -> float:
    return profile.service_volumes["gross_median_weekly_pay_gbp"] * _WEEKS


def incomes(
    profile: Profile,
    unit: float,
    age: Integers,
    economic_class: Integers,
    works: Flags,
    tenure: Integers,
    leaning: Reals,
) -> Integers:
    """Gross personal income of each person in pounds a year, 0 under 16.

    ``unit`` is the authority's :func:`unit_of_pay`. Within a class, incomes spread by quantiles, the
    better ones to those who lean most; people with like ``leaning``, such as couples, have therefore
    often like incomes.
    """
    older = age >= assumed.PENSION_AGE
    state = np.select([age < 16, works, older], [_CHILD, _AT_WORK, _PENSIONER], _OUT_OF_WORK)
    wanting = leaning + _by_tenure(assumed.INCOME_LEANING_BY_TENURE, 0.0)[tenure]
    spread = _spread(state * (len(ECONOMIC_CLASSES) + 1) + economic_class + 1, wanting)
    pay = unit * np.array(assumed.PAY_BY_CLASS)[economic_class] * _step(assumed.PAY_BY_AGE, age) * spread
    pension = np.array(assumed.PENSION_BY_CLASS)[economic_class] * _median_pay(profile) * spread
    state_pension = assumed.STATE_PENSION * np.clip(spread, 0.7, 1.05)
    other = np.array(assumed.OUT_OF_WORK_BY_CLASS)[economic_class] * spread
    other[age < 18] = 0.0
    whole = np.select(
        [state == _CHILD, state == _PENSIONER, works & older, works],
        [0.0, state_pension + pension, state_pension + pay, pay],
        other,
    )
    return np.asarray(np.rint(whole).astype(np.int64))


def _spread(group: Integers, leaning: Reals) -> Reals:
    """Each one's quantile among those of one group, evenly spaced in the order of leaning."""
    order = np.lexsort((leaning, group))
    number = np.bincount(group)
    first = np.cumsum(number) - number
    ranked = group[order]
    share = np.empty(group.size)
    share[order] = (np.arange(group.size) - first[ranked] + 0.5) / number[ranked]
    return np.asarray(np.interp(share, _SHARES, _QUANTILES))


def _step(table: dict[int, float], age: Integers) -> Reals:
    return np.asarray(np.array([0.0, *table.values()])[np.digitize(age, list(table))])


def _by_tenure(table: Mapping[str, float], outside: float) -> Reals:
    """A value for each of TENURES, and the last for those outside households (-1)."""
    return np.array([*(table[word] for word in TENURES), outside])
