"""Building a town: from a profile to columns of places, homes, households and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data import place_names, places
from synthetic_data.blocks import Share, blocks_for, shares
from synthetic_data.deprivation import deprivation_classes
from synthetic_data.furnishing import Unfurnished, furnish
from synthetic_data.homes import homes_of
from synthetic_data.incomes import unit_of_pay
from synthetic_data.premises import plan_premises
from synthetic_data.quotas import Integers
from synthetic_data.real_places import check_invented_name, display_name
from synthetic_data.schools import schools_wanted
from synthetic_data.society import form_society
from synthetic_data.streams import seed_of_block, stream
from synthetic_data.tables import Setting, describe, households_table, properties_table, settle
from synthetic_data.town import Block, Town, Wards
from synthetic_data.wards import reach, slice_of, ward_count, wards_of_town

if TYPE_CHECKING:
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile

FEWEST_RESIDENTS = 100
MOST_RESIDENTS = 2_000_000
"""For more there are no safe identifiers of streets and postcodes."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A town that is drawn up and not yet built: its name, its wards, and what each block is to have.

    ``bounds`` are the rows of the wards at which the blocks begin, and the end of the last.
    """

    name: str
    profile: Profile
    seed: int
    as_of: date
    identifiers: Mode
    wards: Wards
    bounds: tuple[int, ...]
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
    check_invented_name(name)
    if residents > MOST_RESIDENTS:
        raise ValueError(f"A town has at most {MOST_RESIDENTS} residents, not {residents}.")
    bounds = blocks_for(residents, ward_count(profile, residents))
    written_name = display_name(name)
    wards = wards_of_town(profile, residents, written_name, bounds, seed)
    standing = (wards.deprivation - wards.deprivation.mean()) / max(float(wards.deprivation.std()), 1e-9)
    lean = np.add.reduceat(standing, bounds[:-1]) / np.diff(bounds)
    return Blueprint(
        name=written_name,
        profile=profile,
        seed=seed,
        as_of=as_of,
        identifiers=identifiers,
        wards=wards,
        bounds=tuple(bounds.tolist()),
        shares=tuple(shares(profile, residents, np.diff(bounds), lean, seed)),
    )


def build_block(blueprint: Blueprint, number: int) -> Town:
    """Build one block of a town. The same blueprint gives the same block, to the byte."""
    block, share = Block(number, len(blueprint.shares)), blueprint.shares[number]
    profile, seed, as_of = share.profile, seed_of_block(blueprint.seed, number), blueprint.as_of
    society = form_society(profile, share.residents, share.sizes, seed)
    homes = homes_of(profile, society.tenure, society.shapes.size, stream(seed, "homes"))
    wards = slice_of(blueprint.wards, *blueprint.bounds[number : number + 2])
    planned = plan_premises(
        blueprint.name,
        wards,
        sum(each.residents for each in blueprint.shares[:number]),
        share.residents,
        schools_wanted(society.age),
        seed,
    )
    streets, all_plots = places.lay_out(
        places.standing(homes, society.tenure),
        homes.dwelling_type,
        place_names.establishment_names(society.communal.kind, stream(seed, "place_names.establishments")),
        planned,
        wards,
        reach(homes.band.size / wards.code.size),
        block,
        seed,
        blueprint.seed,
    )
    plots = all_plots.those(all_plots.premises < 0)
    settled = settle(society, plots)
    setting = Setting(_deprivation_of_wards(blueprint, number)[streets.ward], unit_of_pay(blueprint.profile))
    persons = describe(profile, society, settled, setting, seed, as_of, blueprint.identifiers, block)
    properties = properties_table(profile, homes, society, plots, settled, seed, as_of, block, blueprint.seed)
    furnished = furnish(
        Unfurnished(blueprint.seed, seed, as_of, block, blueprint.bounds[number]),
        all_plots,
        planned,
        streets,
        properties,
        persons,
    )
    return Town(
        name=blueprint.name,
        profile=blueprint.profile,
        seed=blueprint.seed,
        as_of=as_of,
        wards=wards,
        streets=furnished.streets,
        properties=properties,
        households=households_table(profile, society, settled, persons, seed, as_of, block),
        residents=furnished.residents,
        premises=furnished.premises,
        schools=furnished.schools,
        polling_places=furnished.polling_places,
        businesses=furnished.businesses,
        block=block,
    )


def _deprivation_of_wards(blueprint: Blueprint, number: int) -> Integers:
    """The class of each ward of a block among all wards of the town."""
    return deprivation_classes(blueprint.wards.deprivation)[slice(*blueprint.bounds[number : number + 2])]


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
