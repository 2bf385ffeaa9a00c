"""The town's homes as the collection service keeps them, with some weeks of its work behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import product
from typing import Any, get_args

import numpy as np

from service_apis.kit.clock import at
from service_apis.kit.copies import named, people_of
from service_apis.kit.seeding import Columns, Seeding, columns, shared_out, table
from service_apis.kit.working_days import add_working_days, is_working_day
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkyThing, Weekday
from synthetic_data.town import DWELLING_TYPES, ROLES, Integers, Town

HOMES_A_ROUND, FEWEST_ROUNDS, ROUNDS_A_BLOCK = 1_000, 5, 100
SUBSCRIBE_TO_GARDEN_WASTE = 0.3
MISSED_OF_100_000, REPORTED_AFTER, NOT_JUSTIFIED = 60, (0.35, 0.45, 0.20), 0.1
BULKY_A_HOME_A_YEAR, WORKING_DAYS_A_YEAR, HISTORY_DAYS = 0.05, 253, 56
"""Assumptions, for none of these is published by authority: homes that a crew does in a day (a small
town has a round each weekday nevertheless), houses that subscribe, bins missed, the share of reports
that come 0, 1 and 2 working days later, reports that prove unjustified, bulky bookings."""
HOUSES = [DWELLING_TYPES.index(each) for each in ("detached", "semi_detached", "terraced", "caravan")]
WEEKDAYS = get_args(Weekday)


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Rounds, properties with their holders, missed bins and bulky collections."""
    homes, people, figures = town.properties, town.residents, town.profile.service_volumes
    round_ = _rounds(town)[homes.street]
    served = np.bincount(round_)
    number = np.arange(served.size)
    first = town.block.number * ROUNDS_A_BLOCK + 1
    name = np.array([f"R{each + first:03d}" for each in number], dtype=object)
    tonnes = served * figures["household_waste_tonnes_2022_23"] / town.profile.households
    recycled = tonnes * figures["household_recycling_rate_pct_2022_23"] / 100
    weekday, week, refuse = np.take(WEEKDAYS, number % 5), 1 + number % 2, tonnes - recycled
    tonnages = {"refuse_tonnes": refuse.round(1), "recycled_tonnes": recycled.round(1)}
    yield columns(Round, reference=name, weekday=weekday, refuse_week=week, homes=served, **tonnages)
    house = np.isin(homes.dwelling_type, HOUSES)
    subscribes = town.stream("waste.garden_subscriptions").random(house.size) < SUBSCRIBE_TO_GARDEN_WASTE
    garden = house & (homes.household >= 0) & subscribes
    season_ends = np.datetime64(f"{town.as_of.year + (town.as_of.month > 11)}-11-30")
    heads = np.flatnonzero((people.role == ROLES.index("head")) & (people.household >= 0))
    holders = np.full((2, house.size), None, dtype=object)
    known = people_of(town, seeding, heads, named("holder_name", "holder_id"))
    known.enter(homes.uprn[people.property[heads]].astype(str).tolist())
    holders[:, people.property[heads]] = known.resident_id, known.name
    yield columns(
        Property,
        uprn=homes.uprn.astype(str),
        address=homes.line + f", {town.name}, " + homes.postcode,
        round=name[round_],
        shared=~house,
        garden_until=np.where(garden, season_ends, np.datetime64("NaT")),
        holder_id=holders[0],
        holder_name=holders[1],
    )
    yield table(MissedCollection, _missed(town, seeding, round_, garden))
    yield table(BulkyCollection, _bulky(town, seeding))


def _rounds(town: Town) -> Integers:
    """The round of each street: neighbouring streets, with as equal a share of the homes as may be."""
    homes = np.bincount(town.properties.street, minlength=town.streets.ward.size)
    wanted = max(FEWEST_ROUNDS, round(homes.sum() / HOMES_A_ROUND))
    return shared_out(homes, np.argsort(town.streets.ward, kind="stable"), wanted)


def _missed(town: Town, seeding: Seeding, round_: Integers, garden: Any) -> list[dict[str, Any]]:
    """Bins reported as missed; those whose two working days are not over wait for the crews' return."""
    draw, uprn = town.stream("waste.missed_bins"), town.properties.uprn
    cases: list[dict[str, Any]] = []
    for back, stream in product(range(HISTORY_DAYS, 0, -1), rules.STREAMS):
        day = seeding.as_of - timedelta(days=back)
        due = [stream in rules.streams_on(day, WEEKDAYS[turn % 5], 1 + turn % 2) for turn in range(10)]
        bins = np.flatnonzero(np.array(due)[round_ % 10] & (garden | (stream != "garden")))
        for home in draw.choice(bins, draw.poisson(bins.size * MISSED_OF_100_000 / 100_000), replace=False):
            reported_on = add_working_days(day, int(draw.choice(3, p=REPORTED_AFTER)))
            reported_at = at(reported_on, time(15, 30)) + timedelta(minutes=int(draw.integers(330)))
            return_by = add_working_days(reported_on, rules.DAYS_TO_RETURN)
            status = "collected" if draw.random() > NOT_JUSTIFIED else "not_justified"
            if reported_at >= seeding.now:
                continue
            (reference,) = seeding.references("waste.missed_collections", "MC-{:06d}", 1)
            if return_by >= seeding.as_of:
                status = "reported"
                seeding.schedule(at(return_by, rules.CREWS_RETURN), "return_visit", reference)
            case = {"reference": reference, "uprn": str(uprn[home]), "stream": stream, "status": status}
            cases.append(case | {"collection_date": day, "reported_at": reported_at, "return_by": return_by})
    return cases


def _bulky(town: Town, seeding: Seeding) -> list[dict[str, Any]]:
    """Bulky collections of the past weeks, and those booked by now for the next."""
    draw, uprn = town.stream("waste.bulky_collections"), town.properties.uprn
    homes, most = np.flatnonzero(town.properties.household >= 0), rules.capacity_for(uprn.size)
    cases: list[dict[str, Any]] = []
    for ahead in range(-HISTORY_DAYS, rules.BULKY_DAYS_AHEAD + 1):
        day = seeding.as_of + timedelta(days=ahead)
        wanted = draw.poisson(homes.size * BULKY_A_HOME_A_YEAR / WORKING_DAYS_A_YEAR)
        for home in draw.choice(homes, min(wanted, most) if is_working_day(day) else 0):
            things = draw.choice(get_args(BulkyThing), min(int(draw.geometric(0.5)), 6)).tolist()
            booked_on = day - timedelta(days=int(draw.integers(2, 21)))
            if booked_on >= seeding.as_of:
                continue
            (reference,) = seeding.references("waste.bulky_collections", "BC-{:06d}", 1)
            status = "booked" if ahead >= 0 else "collected"
            if status == "booked":
                seeding.schedule(at(day, rules.CREWS_FINISH), "bulky_visit", reference)
            case = {"reference": reference, "uprn": str(uprn[home]), "collection_date": day, "status": status}
            asked = {"things": ",".join(things), "charge_pence": rules.charge_pence(len(things))}
            cases.append(case | asked | {"booked_on": booked_on})
    return cases
