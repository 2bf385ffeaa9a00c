"""Polling places: where the residents of each street vote."""

from __future__ import annotations

import numpy as np

from synthetic_data import assumptions_of_places as assumed
from synthetic_data.amenities import PREMISES_KINDS, PollingPlaces, Premises
from synthetic_data.quotas import Integers
from synthetic_data.town import Properties, Streets

_SUITED = ("community_centre", "primary_school", "library", "place_of_worship", "social_club", "pub")
"""Where councils put polling stations, the best first. Each ward has a community centre."""


def polling_places(
    streets: Streets, properties: Properties, premises: Premises, residents: Integers, first_ward: int
) -> tuple[PollingPlaces, Integers]:
    """The polling places, and the row of them for each street: the nearest in its ward.

    ``residents`` are those of each property, ``first_ward`` is the block's first ward in the town.
    """
    rank = np.full(len(PREMISES_KINDS), len(_SUITED))
    rank[[PREMISES_KINDS.index(kind) for kind in _SUITED]] = np.arange(len(_SUITED))
    order = np.argsort(rank[premises.kind], kind="stable")
    order = order[rank[premises.kind[order]] < len(_SUITED)]
    ward_of = streets.ward[premises.street[order]]
    people = np.bincount(streets.ward[properties.street], weights=residents)
    chosen, codes = [], []
    for ward, number in enumerate(people.tolist()):
        wanted = max(1, round(number / assumed.STATION_RESIDENTS))
        own = order[ward_of == ward][:wanted]
        chosen.append(own)
        codes += [f"{_letters(first_ward + ward)}{_letters(place)}" for place in range(own.size)]
    premises_of = np.concatenate(chosen)
    ward = streets.ward[premises.street[premises_of]]
    return (
        PollingPlaces(np.array(codes, dtype=object), ward, premises_of),
        _nearest(streets, properties, premises, premises_of, ward),
    )


def _nearest(
    streets: Streets, properties: Properties, premises: Premises, places: Integers, ward: Integers
) -> Integers:
    """For each street, the nearest polling place of its ward, from the middle of its addresses."""
    at = np.concatenate([properties.street, premises.street])
    count = np.bincount(at, minlength=streets.ward.size)
    distance = np.zeros((streets.ward.size, places.size))
    for axis in ("easting", "northing"):
        metres = np.concatenate([getattr(properties, axis), getattr(premises, axis)])
        middle = np.bincount(at, weights=metres, minlength=count.size) / np.maximum(count, 1)
        distance += (middle[:, None] - getattr(premises, axis)[places][None, :]) ** 2
    elsewhere = streets.ward[:, None] != ward[None, :]
    return np.asarray(np.argmin(np.where(elsewhere, np.inf, distance), axis=1))


def _letters(number: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    more, last = divmod(number, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + last)
