"""Towns of several shapes, each built once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from synthetic_data.build import build_town
from synthetic_data.profiles import find_profile
from synthetic_data.town import Town

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
