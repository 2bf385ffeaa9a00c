"""Where people live: in a less deprived, a middling or a more deprived ward."""

from __future__ import annotations

import numpy as np

from synthetic_data.assumptions_of_families import DEPRIVED_FROM
from synthetic_data.quotas import Integers, Reals

_MIDDLING = 1


def deprivation_classes(score: Reals) -> Integers:
    """0, 1 or 2 for each ward that is less, middling or more deprived than the town's wards are.

    ``score`` is :attr:`synthetic_data.town.Wards.deprivation`. Where all wards are alike, all are
    middling, and it makes no difference to anybody where they live.
    """
    mean = float(score.mean())
    if mean <= 0:
        return np.full(score.size, _MIDDLING)
    return np.digitize(np.round(score / mean, 9), DEPRIVED_FROM)
