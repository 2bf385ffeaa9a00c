"""Building a town: from a profile to columns of places, homes, households and people."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from synthetic_data import place_names, places
from synthetic_data.homes import homes_of
from synthetic_data.society import form_society
from synthetic_data.streams import stream
from synthetic_data.tables import describe, households_table, properties_table, settle
from synthetic_data.town import Town

if TYPE_CHECKING:
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile

FEWEST_RESIDENTS = 100
_RESIDENTS_A_WARD = 800


def build_town(
    profile: Profile,
    *,
    residents: int,
    seed: int,
    as_of: date,
    name: str,
    identifiers: Mode = "unallocatable",
) -> Town:
    """A pretend town of ``residents`` people, shaped like a profile.

    ``name`` is a slug such as "north-fairwater". Ages are those on ``as_of``. The same
    arguments give the same town, to the byte. ``identifiers`` is the mode of its identifiers.

    Raises:
        ValueError: fewer than 100 residents, or a name that is not a slug.
        RealPlaceName: the name could be taken for a real authority's.
    """
    if residents < FEWEST_RESIDENTS:
        raise ValueError(f"A town needs at least {FEWEST_RESIDENTS} residents, not {residents}.")
    place_names.check_invented_name(name)
    society = form_society(profile, residents, seed)
    homes = homes_of(profile, society.tenure, society.shapes.size, stream(seed, "homes"))
    written_name = place_names.display_name(name)
    wards, streets, plots = places.lay_out(
        homes.band + 0.5 * homes.bedrooms,
        homes.dwelling_type,
        place_names.establishment_names(society.communal.kind, stream(seed, "place_names.establishments")),
        max(2, min(profile.wards, residents // _RESIDENTS_A_WARD)),
        profile.nation,
        written_name,
        stream(seed, "places"),
    )
    settled = settle(society, plots)
    persons = describe(profile, society, settled, seed, as_of, identifiers)
    return Town(
        name=written_name,
        profile=profile,
        seed=seed,
        as_of=as_of,
        wards=wards,
        streets=streets,
        properties=properties_table(profile, homes, society, plots, settled, seed, as_of),
        households=households_table(profile, society, settled, persons, seed, as_of),
        residents=persons,
    )
