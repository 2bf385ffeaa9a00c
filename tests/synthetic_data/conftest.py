"""Towns of several shapes, each built once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from synthetic_data.build import build_town
from synthetic_data.digest import TABLES
from synthetic_data.profiles import find_profile
from synthetic_data.town import Block, Town

AS_OF = date(2026, 6, 1)

SHAPES = (
    "Hartlepool",
    "Birmingham",
    "City of London",
    "Isles of Scilly",
    "Isle of Anglesey",
    "Cambridge",
    "Slough",
    "Rutland",
    "North Norfolk",
    "Westminster",
    "Merthyr Tydfil",
)


@cache
def town_like(authority: str, residents: int = 10_000, seed: int = 7) -> Town:
    return build_town(
        find_profile(authority), residents=residents, seed=seed, as_of=AS_OF, name="north-fairwater"
    )


def joined(blocks: Iterable[Town]) -> Town:
    """One town of all its blocks."""
    towns = list(blocks)
    rows = {
        "ward": [each.wards.code.size for each in towns],
        "street": [each.streets.usrn.size for each in towns],
        "property": [each.properties.uprn.size for each in towns],
        "household": [each.households.size.size for each in towns],
        "premises": [each.premises.uprn.size for each in towns],
        "school": [each.schools.premises.size for each in towns],
        "polling_place": [each.polling_places.code.size for each in towns],
    }

    def one(table: str) -> Any:
        tables = [getattr(each, table) for each in towns]
        columns = {}
        for column in fields(tables[0]):
            values = [getattr(each, column.name) for each in tables]
            if column.name in rows:
                before = np.cumsum([0, *rows[column.name][:-1]])
                values = [np.where(each >= 0, each + n, -1) for each, n in zip(values, before, strict=True)]
            columns[column.name] = np.concatenate(values)
        return type(tables[0])(**columns)

    return replace(towns[0], **{name: one(name) for name in TABLES}, block=Block())


@pytest.fixture(params=SHAPES)
def town(request: pytest.FixtureRequest) -> Town:
    """A town of 10,000 shaped like each of several unlike authorities."""
    return town_like(request.param)


@pytest.fixture
def hartlepool() -> Town:
    return town_like("Hartlepool")


@pytest.fixture
def build() -> Callable[..., Town]:
    return town_like
