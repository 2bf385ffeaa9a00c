"""A year of reports along the town's streets, each as far along its path as its age has brought it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from service_apis.kit.clock import at
from service_apis.kit.day_columns import day_ends, working_days_after
from service_apis.kit.places import cell_of, key_of
from service_apis.kit.seeding import Columns, Seeding, columns
from service_apis.street_reports.models import CATEGORIES, Category, Place, Report, Step, Update, path_of
from service_apis.street_reports.rules import DAY_ENDS
from synthetic_data.addresses import Addresses, addresses_of
from synthetic_data.town import Text, Town

ENDINGS = {"fixed": 0.82, "no_further_action": 0.09, "duplicate": 0.05, "not_councils_responsibility": 0.04}
"""How reports end: an assumption."""
SLOWNESS = 0.7
"""A step takes half its time and, on average, this much of it again: an assumption."""
REMARKS = ("Seen this morning.", "It has been here for days.", "Near the junction.", "Outside a house.", None)


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """The places of the town, a year of reports with their updates, and the days on which they move on."""
    places = addresses_of(town)
    written = places.line + f", {town.name}, " + places.postcode
    yield _places(town, places, written)
    draw = town.stream("street_reports.history")
    category = np.repeat(np.arange(len(CATEGORIES)), [_in_a_year(town, each) for each in CATEGORIES.values()])
    draw.shuffle(category)
    count = len(category)
    minutes = draw.integers(7 * 60, 22 * 60, count) - draw.integers(1, 366, count) * 1440
    requested = np.datetime64(seeding.as_of, "m") + np.sort(minutes).astype("timedelta64[m]")
    ending = draw.choice(len(ENDINGS), count, p=list(ENDINGS.values()))
    path = category * len(ENDINGS) + ending

    waits, states, notes = _along_paths("wait"), _along_paths("state"), _along_paths("note")
    pace = 0.5 + draw.exponential(SLOWNESS, (count, 1))
    waited = np.maximum(1, (waits[path] * pace).round()).astype(int).cumsum(axis=1)
    days = working_days_after(requested[:, None], waited, seeding.as_of.year)
    ends, taken = day_ends(days, DAY_ENDS), (waits[path] > 0) & (days < np.datetime64(seeding.as_of))
    done, rows = taken.sum(axis=1), np.arange(count)
    begun, closed, last = done > 0, done == (waits[path] > 0).sum(axis=1), np.maximum(done - 1, 0)
    next_step_on = np.where(closed, np.datetime64("NaT"), days[rows, np.minimum(done, 4)])
    for day in np.unique(next_step_on[~closed]).tolist():
        seeding.schedule(at(day, DAY_ENDS), "steps", day.isoformat())

    ids = np.array(seeding.references("street_reports.report", "SR{:07d}", count), dtype=object)
    at_place = draw.integers(len(places.uprn), size=count)
    aim = waits[category * len(ENDINGS)].sum(axis=1)
    yield columns(
        Report,
        service_request_id=ids,
        service_code=np.array(list(CATEGORIES), dtype=object)[category],
        status=np.where(closed, "closed", "open"),
        state=np.where(begun, states[path, last], "open"),
        status_notes=np.where(begun, notes[path, last], None),
        description=np.array(REMARKS, dtype=object)[draw.integers(len(REMARKS), size=count)],
        requested_datetime=requested,
        updated_datetime=np.where(begun, ends[rows, last], requested),
        expected_datetime=day_ends(working_days_after(requested, aim, seeding.as_of.year), DAY_ENDS),
        address=written[at_place],
        address_id=places.uprn[at_place].astype(str),
        zipcode=places.postcode[at_place],
        lat=(places.latitude[at_place] + draw.uniform(-1e-4, 1e-4, count)).round(6),
        long=(places.longitude[at_place] + draw.uniform(-1e-4, 1e-4, count)).round(6),
        ending=np.array(list(ENDINGS), dtype=object)[ending],
        steps_done=done,
        next_step_on=next_step_on,
    )
    report, step = np.nonzero(taken)
    order = np.argsort(days[report, step], kind="stable")
    report, step = report[order], step[order]
    yield columns(
        Update,
        update_id=seeding.references("street_reports.update", "UP{:07d}", len(report)),
        service_request_id=ids[report],
        status=states[path[report], step],
        description=notes[path[report], step],
        updated_datetime=ends[report, step],
    )


def _along_paths(what: str) -> Any:
    """A row for each kind and each end: ``what`` of its steps, empty after the last."""
    paths = [path_of(category, ending) for category in CATEGORIES.values() for ending in ENDINGS]
    padded = [[*path, *[Step(0, "", "")] * (5 - len(path))] for path in paths]
    return np.array(
        [[getattr(step, what) for step in path] for path in padded], dtype=None if what == "wait" else object
    )


def _in_a_year(town: Town, category: Category) -> int:
    """How many reports of a kind a year brings: the authority's own figure where one is published."""
    published = town.profile.service_volumes.get("fly_tipping_incidents_2022_23")
    if category.code == "fly-tipping" and published:
        return round(len(town.residents.born) * published / town.profile.population)
    return round(len(town.residents.born) * category.a_year / 1000)


def _places(town: Town, places: Addresses, written: Text) -> Columns:
    keys = np.array([key_of(name) for name in town.streets.name.tolist()], dtype=object)
    return columns(
        Place,
        uprn=places.uprn.astype(str),
        line=places.line,
        address=written,
        street_key=keys[places.street],
        postcode=places.postcode,
        latitude=places.latitude,
        longitude=places.longitude,
        cell=cell_of(places.latitude, places.longitude).astype(np.int64),
    )
