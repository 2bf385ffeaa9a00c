"""Building a town: from a profile to columns of places, homes, households and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import place_names, places
from synthetic_data.blocks import Share, blocks_for, shares
from synthetic_data.homes import homes_of
from synthetic_data.society import form_society
from synthetic_data.streams import seed_of_block, stream
from synthetic_data.tables import describe, households_table, properties_table, settle
from synthetic_data.town import Block, Town

if TYPE_CHECKING:
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile

FEWEST_RESIDENTS = 100
_RESIDENTS_A_WARD = 800


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A town that is drawn up and not yet built: its name, its blocks and what each is to have."""

    name: str
    profile: Profile
    seed: int
    as_of: date
    identifiers: Mode
    wards: tuple[int, ...]
    shares: tuple[Share, ...]

    @property
    def blocks(self) -> range:
        """The numbers of the blocks."""
        return range(len(self.shares))


def draw_up(
    profile: Profile,
    *,
    residents: int,
    seed: int,
    as_of: date,
    name: str,
    identifiers: Mode = "unallocatable",
) -> Blueprint:
    """Draw up a pretend town of ``residents`` people, shaped like a profile.

    ``name`` is a slug such as "north-fairwater". Ages are those on ``as_of``. ``identifiers`` is the mode
    of its identifiers.

    Raises:
        ValueError: fewer than 100 residents, or a name that is not a slug.
        RealPlaceName: the name could be taken for a real authority's.
    """
    if residents < FEWEST_RESIDENTS:
        raise ValueError(f"A town needs at least {FEWEST_RESIDENTS} residents, not {residents}.")
    place_names.check_invented_name(name)
    wards = max(2, min(profile.wards, residents // _RESIDENTS_A_WARD))
    blocks = blocks_for(residents, wards)
    wards_of = np.diff(np.arange(blocks + 1) * wards // blocks)
    return Blueprint(
        name=place_names.display_name(name),
        profile=profile,
        seed=seed,
        as_of=as_of,
        identifiers=identifiers,
        wards=tuple(wards_of.tolist()),
        shares=tuple(shares(profile, residents, wards_of, np.zeros(blocks), seed)),
    )


def build_block(blueprint: Blueprint, number: int) -> Town:
    """Build one block of a town. The same blueprint gives the same block, to the byte."""
    block, share = Block(number, len(blueprint.shares)), blueprint.shares[number]
    profile, seed, as_of = share.profile, seed_of_block(blueprint.seed, number), blueprint.as_of
    society = form_society(profile, share.residents, share.sizes, seed)
    homes = homes_of(profile, society.tenure, society.shapes.size, stream(seed, "homes"))
    wards, streets, plots = places.lay_out(
        homes.band + 0.5 * homes.bedrooms,
        homes.dwelling_type,
        place_names.establishment_names(society.communal.kind, stream(seed, "place_names.establishments")),
        blueprint.wards[number],
        profile.nation,
        blueprint.name,
        stream(seed, "places"),
        block.number,
    )
    settled = settle(society, plots)
    persons = describe(profile, society, settled, seed, as_of, blueprint.identifiers, block)
    return Town(
        name=blueprint.name,
        profile=blueprint.profile,
        seed=blueprint.seed,
        as_of=as_of,
        wards=wards,
        streets=streets,
        properties=properties_table(profile, homes, society, plots, settled, seed, as_of, block),
        households=households_table(profile, society, settled, persons, seed, as_of, block),
        residents=persons,
        block=block,
    )


def build_blocks(
    profile: Profile,
    *,
    residents: int,
    seed: int,
    as_of: date,
    name: str,
    identifiers: Mode = "unallocatable",
) -> Iterator[Town]:
    """The blocks of a town, one after the other. See :func:`draw_up` for the arguments and errors."""
    blueprint = draw_up(
        profile, residents=residents, seed=seed, as_of=as_of, name=name, identifiers=identifiers
    )
    return (build_block(blueprint, number) for number in blueprint.blocks)


def build_town(
    profile: Profile,
    *,
    residents: int,
    seed: int,
    as_of: date,
    name: str,
    identifiers: Mode = "unallocatable",
) -> Town:
    """A town that is one block, as those of up to some 20,000 people are.

    See :func:`draw_up` for the arguments and errors.

    Raises:
        ValueError: the town has several blocks; :func:`build_blocks` gives them one by one.
    """
    blueprint = draw_up(
        profile, residents=residents, seed=seed, as_of=as_of, name=name, identifiers=identifiers
    )
    if len(blueprint.shares) > 1:
        raise ValueError(f"{residents} residents are built in blocks; build_blocks gives one by one.")
    return build_block(blueprint, 0)
