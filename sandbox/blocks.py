"""One block of a council: a part of its town, built, with every service's records of it.

A block needs nothing but the plan and its number, so that it can be made in this process, in another, or
on another machine, and is the same everywhere.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from service_apis.kit.discovery import discover
from synthetic_data.assumptions_of_mess import A_LITTLE

if TYPE_CHECKING:
    from synthetic_data.build import Blueprint
    from synthetic_data.fidelity import Measure
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile
    from synthetic_data.town import Town

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""
DueEntry = tuple[datetime, str, str]
"""Something on the agenda: when, of what kind, about what."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a council is to be: its name, what it is shaped like, how many people, from which seed.

    ``identifiers`` is the mode of its identifiers, see ``synthetic_data.identifiers``; ``mess`` the level of
    faults in its services' copies, from 0 to 1, see ``synthetic_data.mess``.
    """

    name: str
    profile: Profile
    residents: int
    seed: int
    as_of: date
    identifiers: Mode = "unallocatable"
    mess: float = A_LITTLE


@dataclass(frozen=True, slots=True)
class BlockRecords:
    """What one block comes to.

    ``image`` holds the rows of every service's tables (see ``service_apis.kit.bulk.Image``); ``due`` is,
    for each service, what it put on the agenda; ``counters`` the last number given out in each series;
    ``measure`` what was counted of the town.
    """

    number: int
    residents: int
    households: int
    homes: int
    image: bytes
    due: dict[str, tuple[DueEntry, ...]]
    counters: dict[str, int]
    measure: Measure


def drawn_up(plan: Plan) -> Blueprint:
    """The blueprint of the plan's town, which each process draws up once."""
    return _drawn_up(
        plan.name, plan.profile.gss_code, plan.residents, plan.seed, plan.as_of, plan.identifiers
    )


@lru_cache(maxsize=2)
def _drawn_up(
    name: str, gss_code: str, residents: int, seed: int, as_of: date, identifiers: Mode
) -> Blueprint:
    # NumPy and the generator are needed to build alone; a server that only serves starts without them.
    from synthetic_data.build import draw_up
    from synthetic_data.profiles import find_profile

    profile = find_profile(gss_code)
    return draw_up(profile, residents=residents, seed=seed, as_of=as_of, name=name, identifiers=identifiers)


def seed_block(
    plan: Plan, services: Sequence[str], number: int, progress: Progress = lambda what, share: None
) -> BlockRecords:
    """Build one block of the plan's town and let the services, named by slug, make their records of it."""
    from synthetic_data.build import build_block

    progress("the town", 0.0)
    with _uncollected():
        return records_of(build_block(drawn_up(plan), number), services, progress, mess=plan.mess)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare millions of short-lived rows Python's search for cycles, which they have none of."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def records_of(
    town: Town,
    services: Sequence[str],
    progress: Progress = lambda what, share: None,
    *,
    mess: float = 0.0,
) -> BlockRecords:
    """The services' records of a town, or of one block of it; ``mess`` is the level of faults in them."""
    from service_apis.kit.bulk import Image
    from service_apis.kit.seeding import Seeding
    from synthetic_data.fidelity import measure

    known, image = discover(), Image()
    due: dict[str, tuple[DueEntry, ...]] = {}
    counters: dict[str, int] = {}
    for done, slug in enumerate(services, start=1):
        service = known[slug]
        progress(service.title, done / (len(services) + 1))
        seeding = Seeding(town.as_of, town.block.number, town.block.before, slug, mess)
        for columns in service.seed(town, seeding):
            image.add(columns)
        for columns in seeding.truth:
            image.add(columns)
        due[slug] = tuple(seeding.due)
        counters |= seeding.counters
    return BlockRecords(
        number=town.block.number,
        residents=len(town.residents.born),
        households=len(town.households.size),
        homes=int((town.properties.kind == 0).sum()),
        image=image.content(),
        due=due,
        counters=counters,
        measure=measure(town),
    )
