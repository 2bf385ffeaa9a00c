from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthetic_data.town import COMPOSITIONS, TENURES, Town


def test_larger_households_have_more_cars(town: Town) -> None:
    homes = town.households
    means = [
        homes.cars[homes.composition == COMPOSITIONS.index(word)].mean() for word in ("one_person", "couple")
    ]
    assert means[1] > 1.5 * means[0]
    several = homes.cars >= 2
    assert several[homes.size == 1].mean() < 0.15
    assert several[homes.size >= 3].mean() > 3 * several[homes.size == 1].mean()


def test_owners_have_more_cars_than_social_tenants(town: Town) -> None:
    homes = town.households
    owned = homes.tenure == TENURES.index("owned_mortgage")
    social = np.isin(homes.tenure, [TENURES.index("council_rent"), TENURES.index("other_social_rent")])
    assert homes.cars[owned].mean() > 1.5 * homes.cars[social].mean()
    assert (homes.cars[social] == 0).mean() > 1.5 * (homes.cars[owned] == 0).mean()


def test_student_houses_have_few_cars(build: Callable[..., Town]) -> None:
    homes = build("Cambridge").households
    shared = homes.composition == COMPOSITIONS.index("students")
    assert homes.cars[shared].mean() < homes.cars[~shared & (homes.size >= 3)].mean()
