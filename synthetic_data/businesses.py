"""Businesses: what they do in their premises, what they are called, and who needs to know of them."""

from __future__ import annotations

from datetime import date

import numpy as np

from synthetic_data import assumptions_of_places as places
from synthetic_data.amenities import PREMISES_KINDS, Businesses
from synthetic_data.assumptions_of_trades import TRADES
from synthetic_data.quotas import Integers, quotas
from synthetic_data.town import Text
from synthetic_data.words import STREET_WORDS

_KIND_OF_TRADE = np.array([PREMISES_KINDS.index(trade.kind) for trade in TRADES])
KINDS = np.unique(_KIND_OF_TRADE)
"""The rows of PREMISES_KINDS that businesses use."""
_PUB = next(row for row, trade in enumerate(TRADES) if trade.name == "pub")


def trades(kind: Integers, rng: np.random.Generator) -> Integers:
    """The trade in each premises, -1 where there is none; ``kind`` is in rising order."""
    trade = np.full(kind.size, -1, dtype=np.int64)
    for each in KINDS.tolist():
        rows, possible = np.flatnonzero(kind == each), np.flatnonzero(each == _KIND_OF_TRADE)
        shares = quotas(rows.size, [TRADES[row].weight for row in possible.tolist()])
        trade[rows] = rng.permutation(np.repeat(possible, shares))
    return trade


def names(trade: Integers, rng: np.random.Generator) -> Text:
    """What each business is called, such as "Alder & Finch Hardware"; None where there is none.

    The names are two words of ours, so that no firm is meant; pubs have theirs on a sign.
    """
    words = np.array(STREET_WORDS, dtype=object)
    pairs = rng.choice(words.size * (words.size - 1), trade.size, replace=False)
    first, other = np.divmod(pairs, words.size - 1)
    second = words[other + (other >= first)]
    calls = [trade_.calls.split(", ") for trade_ in TRADES]
    most = max(map(len, calls))
    table = np.array([[each[turn % len(each)] for turn in range(most)] for each in calls], dtype=object)
    called = table[trade, rng.integers(0, most, trade.size)]
    name = np.where(trade == _PUB, "The " + words[first] + " & " + second, words[first] + " & " + second)
    name = np.where(trade == _PUB, name, name + " " + called)
    name[trade < 0] = None
    return np.asarray(name, dtype=object)


def businesses_table(
    premises: Integers,
    trade: Integers,
    name: Text,
    floor_area: Integers,
    as_of: date,
    rng: np.random.Generator,
) -> Businesses:
    """The businesses, in the order of their premises; each column has a row for each of them."""
    metres = np.array([each.metres for each in TRADES])[trade]
    working = np.rint(floor_area / metres * np.exp(rng.normal(0, 0.3, trade.size)))
    open_days = 1 + (rng.exponential(places.BUSINESS_YEARS * 365.25, trade.size)).astype(np.int64)
    food = np.array([each.food for each in TRADES])[trade]
    alcohol = np.array([each.alcohol for each in TRADES])[trade]
    return Businesses(
        premises=premises,
        trade=trade.astype(np.int8),
        name=name,
        employees=np.maximum(1, working).astype(np.int64),
        opened_on=np.datetime64(as_of, "D") - np.minimum(open_days, 36_000),
        sells_food=rng.random(trade.size) < food,
        sells_alcohol=rng.random(trade.size) < alcohol,
    )
