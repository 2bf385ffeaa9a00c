"""All addresses of a town in one table: its properties, then its premises."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from synthetic_data.quotas import Integers, Reals
from synthetic_data.town import Text, Town


@dataclass(frozen=True, slots=True)
class Addresses:
    """What properties and premises have in common, with the properties first; see
    :class:`~synthetic_data.town.Properties`."""

    uprn: Integers
    street: Integers
    line: Text
    postcode: Text
    easting: Integers
    northing: Integers
    latitude: Reals
    longitude: Reals


def addresses_of(town: Town) -> Addresses:
    """Every addressable place of a town, or of a block of one."""
    tables = (town.properties, town.premises)
    return Addresses(
        *(np.concatenate([getattr(each, column.name) for each in tables]) for column in fields(Addresses))
    )
