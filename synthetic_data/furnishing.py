"""Furnishing a block: its premises, schools, polling places and businesses, once everybody has a home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from synthetic_data.amenities import Businesses, PollingPlaces, Premises, Schools
from synthetic_data.businesses import businesses_table
from synthetic_data.national_grid import to_latitude_longitude
from synthetic_data.places import Plots
from synthetic_data.polling import polling_places
from synthetic_data.premises import PlannedPremises
from synthetic_data.schools import enrol
from synthetic_data.streams import Seed, stream
from synthetic_data.tables import uprns_of_block
from synthetic_data.town import Block, Properties, Residents, Streets


@dataclass(frozen=True, slots=True)
class Amenities:
    """The four tables, and the two that point at them: residents at schools, streets at polling places."""

    premises: Premises
    schools: Schools
    polling_places: PollingPlaces
    businesses: Businesses
    residents: Residents
    streets: Streets


@dataclass(frozen=True, slots=True)
class Unfurnished:
    """What a block is made from: the seeds of town and block, the day, and its first ward in the town."""

    town_seed: Seed
    seed: Seed
    as_of: date
    block: Block
    first_ward: int


def furnish(
    unfurnished: Unfurnished,
    plots: Plots,
    planned: PlannedPremises,
    streets: Streets,
    properties: Properties,
    residents: Residents,
) -> Amenities:
    """Everything but homes, on the plots that were laid out for it."""
    seed, as_of = unfurnished.seed, unfurnished.as_of
    plots = plots.those(plots.premises >= 0)
    before = unfurnished.block.before + properties.uprn.size
    premises = _premises_table(plots, planned, before, unfurnished.town_seed)
    schools, school = enrol(residents, properties, premises, as_of, seed)
    people = np.bincount(residents.property, minlength=properties.uprn.size)
    places, place_of = polling_places(streets, properties, premises, people, unfurnished.first_ward)
    trade = planned.trade[plots.premises]
    rows = np.flatnonzero(trade >= 0)
    trading = businesses_table(
        rows, trade[rows], premises.name[rows], premises.floor_area[rows], as_of, stream(seed, "businesses")
    )
    return Amenities(
        premises,
        schools,
        places,
        trading,
        replace(residents, school=school),
        replace(streets, polling_place=place_of),
    )


def _premises_table(plots: Plots, planned: PlannedPremises, before: int, town_seed: Seed) -> Premises:
    latitude, longitude = to_latitude_longitude(plots.easting, plots.northing)
    row = plots.premises
    return Premises(
        uprn=uprns_of_block(row.size, before, town_seed),
        street=plots.street,
        number=plots.number,
        line=plots.line,
        postcode=plots.postcode,
        easting=plots.easting,
        northing=plots.northing,
        latitude=np.round(latitude, 6),
        longitude=np.round(longitude, 6),
        kind=planned.kind[row],
        name=planned.name[row],
        floor_area=planned.floor_area[row],
        rateable_value=planned.rateable_value[row],
    )
