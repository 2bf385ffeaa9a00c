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


def test_students_who_share_have_fewer_cars_than_other_tenants(build: Callable[..., Town]) -> None:
    homes = build("Cambridge").households
    students = homes.composition == COMPOSITIONS.index("students")
    rented = (homes.tenure == TENURES.index("private_rent")) & (homes.size >= 3)
    assert (rented & students).sum() > 50
    assert homes.cars[rented & students].mean() < 0.7 * homes.cars[rented & ~students].mean()
