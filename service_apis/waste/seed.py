"""The town's homes as the collection service keeps them, with some weeks of its work behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any, get_args

import numpy as np

from service_apis.kit.clock import at
from service_apis.kit.seeding import Columns, Seeding, columns
from service_apis.kit.working_days import add_working_days, is_working_day
from service_apis.waste import rules
from service_apis.waste.models import BulkyCollection, Container, MissedCollection, Property, Round
from service_apis.waste.schemas import BulkyThing
from synthetic_data.town import DWELLING_TYPES, ROLES, Integers, Town

HOMES_A_ROUND, FEWEST_ROUNDS = 1_000, 5
LITRES = np.array([(180, 1100), (240, 1100), (23, 140), (240, 240)])
SUBSCRIBE_TO_GARDEN_WASTE = 0.3
MISSED_OF_100_000, REPORTED_AFTER = 60, (0.35, 0.45, 0.20)
BULKY_A_HOME_A_YEAR, WORKING_DAYS_A_YEAR, BULKY_CANCELLED = 0.05, 253, 0.06
HISTORY_DAYS = 56
"""Assumptions, for none of these is published by authority: homes that a crew does in a day (a small
town has a round each weekday nevertheless), litres of the streams' own and shared containers, houses
that subscribe, bins missed, the share reported 0, 1 and 2 working days later, bulky bookings."""

STREAMS, THINGS = list(rules.TITLES), get_args(BulkyThing)
GARDEN = STREAMS.index("garden")
HOUSES = [DWELLING_TYPES.index(each) for each in ("detached", "semi_detached", "terraced", "caravan")]


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Rounds, properties with their holders, containers, missed bins and bulky collections."""
    homes, people, figures = town.properties, town.residents, town.profile.service_volumes
    uprn = homes.uprn.astype(str)
    round_ = _rounds(town)[homes.street]
    served = np.bincount(round_)
    number = np.arange(served.size)
    name = np.array([f"R{each + 1:03d}" for each in number], dtype=object)
    tonnes = served * figures["household_waste_tonnes_2022_23"] / town.profile.households
    recycled = tonnes * figures["household_recycling_rate_pct_2022_23"] / 100
    yield columns(
        Round,
        reference=name,
        weekday=number % 5,
        refuse_week=1 + number % 2,
        homes=served,
        refuse_tonnes=(tonnes - recycled).round(1),
        recycled_tonnes=recycled.round(1),
    )
    heads = np.flatnonzero((people.role == ROLES.index("head")) & (people.household >= 0))
    holder_id = np.full(uprn.size, None, dtype=object)
    holder_name = holder_id.copy()
    holder_id[people.property[heads]] = [f"R{row + 1:08d}" for row in heads.tolist()]
    holder_name[people.property[heads]] = people.forename[heads] + " " + people.surname[heads]
    yield columns(
        Property,
        uprn=uprn,
        address=homes.line + f", {town.name}, " + homes.postcode,
        round=name[round_],
        holder_id=holder_id,
        holder_name=holder_name,
    )
    owner, stream, own = _containers(town)
    season_ends = np.datetime64(f"{town.as_of.year + (town.as_of.month > 11)}-11-30")
    yield columns(
        Container,
        uprn=uprn[owner],
        stream=np.array(STREAMS, dtype=object)[stream],
        litres=LITRES[stream, (~own).astype(int)],
        shared=~own,
        paid_until=np.where(stream == GARDEN, season_ends, np.datetime64("NaT")),
    )
    missed = _missed(town, seeding, owner, stream, round_[owner] % 5, round_[owner] % 2)
    yield from _cases(seeding, MissedCollection, "missed_collections", uprn, missed)
    yield from _cases(seeding, BulkyCollection, "bulky_collections", uprn, _bulky(town, seeding))


def _rounds(town: Town) -> Integers:
    """The round of each street: neighbouring streets, with as equal a share of the homes as may be."""
    homes = np.bincount(town.properties.street, minlength=town.streets.ward.size)
    order = np.argsort(town.streets.ward, kind="stable")
    wanted = max(FEWEST_ROUNDS, round(homes.sum() / HOMES_A_ROUND))
    rounds = np.empty_like(homes)
    rounds[order] = (np.cumsum(homes[order]) - homes[order] / 2) * wanted // homes.sum()
    return np.unique(rounds, return_inverse=True)[1]


def _containers(town: Town) -> tuple[Integers, Integers, Any]:
    """Each container's property and stream, and whether it is that home's own."""
    homes = town.properties
    has = np.ones((homes.uprn.size, len(STREAMS)), dtype=bool)
    own = np.isin(homes.dwelling_type, HOUSES)
    subscribes = town.stream("waste.garden_subscriptions").random(own.size) < SUBSCRIBE_TO_GARDEN_WASTE
    has[:, GARDEN] = own & (homes.household >= 0) & subscribes
    owner, stream = np.nonzero(has)
    return owner, stream, own[owner]


def _cases(
    seeding: Seeding, model: Any, series: str, uprn: Any, cases: list[dict[str, Any]]
) -> Iterator[Columns]:
    seeding.counters[f"waste.{series}"] = len(cases)
    if cases:
        homes = [case.pop("home") for case in cases]
        yield columns(model, uprn=uprn[homes], **{name: [case[name] for case in cases] for name in cases[0]})


def _missed(
    town: Town, seeding: Seeding, owner: Integers, stream: Integers, weekday: Integers, turn: Integers
) -> list[dict[str, Any]]:
    """Bins reported as missed; those whose two working days are not over wait for the crews' return."""
    draw = town.stream("waste.missed_collections")
    cases: list[dict[str, Any]] = []
    for back in range(HISTORY_DAYS, 0, -1):
        day = seeding.as_of - timedelta(days=back)
        if (usual := rules.usual_day(day)) is None:
            continue
        due = np.array([[each in rules.streams_due(week, usual) for each in STREAMS] for week in (1, 2)])
        bins = np.flatnonzero((weekday == usual.weekday()) & due[turn, stream])
        missed = draw.choice(bins, draw.poisson(bins.size * MISSED_OF_100_000 / 100_000), replace=False)
        for each in missed.tolist():
            reported_on = add_working_days(day, int(draw.choice(3, p=REPORTED_AFTER)))
            reported_at = at(reported_on, time(15, 30)) + timedelta(minutes=int(draw.integers(330)))
            return_by = add_working_days(reported_on, rules.DAYS_TO_RETURN)
            reference = f"MC-{len(cases) + 1:06d}"
            status = rules.finding_on_return(reference) if return_by < seeding.as_of else "reported"
            if reported_at < seeding.now:
                cases.append(
                    {
                        "home": owner[each],
                        "reference": reference,
                        "stream": STREAMS[stream[each]],
                        "collection_date": day,
                        "reported_at": reported_at,
                        "return_by": return_by,
                        "status": status,
                    }
                )
    for day in sorted({case["return_by"] for case in cases if case["status"] == "reported"}):
        seeding.schedule(at(day, rules.CREWS_RETURN), "return_visits", day.isoformat())
    return cases


def _bulky(town: Town, seeding: Seeding) -> list[dict[str, Any]]:
    """Bulky collections of the past weeks, and those booked by now for the next."""
    draw = town.stream("waste.bulky_collections")
    homes = np.flatnonzero(town.properties.household >= 0)
    most = rules.capacity_for(town.properties.uprn.size)
    cases: list[dict[str, Any]] = []
    for ahead in range(-HISTORY_DAYS, rules.BULKY_DAYS_AHEAD + 1):
        day = seeding.as_of + timedelta(days=ahead)
        wanted = draw.poisson(homes.size * BULKY_A_HOME_A_YEAR / WORKING_DAYS_A_YEAR)
        chosen = draw.choice(homes, min(wanted, most) if is_working_day(day) else 0).tolist()
        for home in chosen:
            things = draw.choice(THINGS, min(int(draw.geometric(0.5)), 6)).tolist()
            charge, cancelled = rules.charge_pence(len(things)), draw.random() < BULKY_CANCELLED
            booked_on = day - timedelta(days=int(draw.integers(2, 21)))
            if booked_on < seeding.as_of:
                cases.append(
                    {
                        "home": home,
                        "reference": f"BC-{len(cases) + 1:06d}",
                        "collection_date": day,
                        "things": ",".join(things),
                        "charge_pence": charge,
                        "refunded_pence": charge if cancelled else 0,
                        "booked_on": booked_on,
                        "status": "cancelled" if cancelled else "collected" if ahead < 0 else "booked",
                    }
                )
    for day in sorted(
        {case["collection_date"] for case in cases if case["collection_date"] >= seeding.as_of}
    ):
        seeding.schedule(at(day, rules.CREWS_FINISH), "bulky_round", day.isoformat())
    return cases
