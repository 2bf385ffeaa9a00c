"""The town's homes as the council bills them, and what has been paid since 1 April."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from service_apis.council_tax import rules
from service_apis.council_tax.models import Account, Award, Bill, Charge, Disregard, Entry, LiablePerson
from service_apis.kit.clock import at
from service_apis.kit.copies import enter_outsiders, named, people_of
from service_apis.kit.revenues.financial_year import begins, months_on, part, year_of
from service_apis.kit.revenues.opening import Terms, books, schedule_instalments
from service_apis.kit.revenues.parties import keys_of, record_keys
from service_apis.kit.revenues.payers import habits
from service_apis.kit.seeding import Columns, Seeding, columns, table
from synthetic_data.town import BANDS, COMPOSITIONS, PROPERTY_KINDS, ROLES, TENURES, Town

BAND_OF_COMMUNAL = {"care_home": "F", "student_hall": "D", "hostel": "E"}
PAYERS = {"by_debit": 0.75, "forgets": 0.04}
IN_TWELVE, WITH_OLD_DEBT = 0.25, 0.4
DAYS = {1: 0.5, 8: 0.1, 15: 0.25, 25: 0.15}
DISREGARDED = {"severe_mental_impairment": 0.006, "carer": 0.003, "apprentice": 0.004}
EXEMPT_WHEN_EMPTY = {"exempt_f": 0.6, "exempt_e": 0.22, "exempt_b": 0.08, "exempt_g": 0.05, "exempt_l": 0.05}
"""Assumptions: the bands of communal buildings; shares of accounts by how, how often, on which day and
since when they (do not) pay; of adults disregarded besides students; of reasons for exemption."""

BASIS = {"owned_outright": "freeholder", "owned_mortgage": "freeholder", "shared_ownership": "leaseholder"}
BASIS |= {"council_rent": "council_tenant", "other_social_rent": "social_tenant", "rent_free": "licensee"}
TAX_BEGAN, SECOND_HOME_PREMIUM_BEGAN = date(1993, 4, 1), date(2025, 4, 1)
Awarded = tuple[str | None, date | None]
Homes = dict[str, list[Any]]
"""What accounts have of their own, as columns."""


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Charges, an account for each dwelling, its persons and awards, this year's bills and payments."""
    today, places = seeding.as_of, town.properties
    year = year_of(today)
    bands = BANDS if town.profile.nation == "Wales" else BANDS[:-1]
    annual = {band: part(town.profile.band_d_pence, rules.NINTHS[band], 9) for band in bands}
    if seeding.first_block:
        yield columns(Charge, year=year, band=list(annual), annual_pence=list(annual.values()))
    kind, opened = _kinds(town)
    disregards = _disregards(town)
    awards = _awards(town, kind, opened, disregards)
    communal = [BAND_OF_COMMUNAL.get(each, "D") for each in PROPERTY_KINDS]
    banded = np.where(places.band >= 0, np.take(BANDS, places.band), np.take(communal, places.kind))
    homes: Homes = {
        "reference": seeding.references("council_tax.accounts", "CT{:08d}", len(kind)),
        "uprn": places.uprn.astype(str).tolist(),
        "address": (places.line + f", {town.name}, " + places.postcode).tolist(),
        "band": banded.tolist(),
        "kind": kind,
        "opened_on": opened,
    }
    yield from _books(town, seeding, annual, homes, awards)
    yield _liable_persons(town, seeding, homes)
    held = [(account, *award) for account, award in zip(homes["reference"], awards, strict=True) if award[0]]
    yield table(Award, [dict(zip(("account", "code", "starts_on"), each, strict=True)) for each in held])
    yield table(Disregard, disregards)
    wednesday = today + timedelta(days=(2 - today.weekday()) % 7)
    seeding.schedule(at(wednesday, time(8)), "recovery", "weekly")
    seeding.schedule(at(months_on(today.replace(day=1), 1), time(8)), "empty_homes", "monthly")
    seeding.schedule(at(begins(year + 1), time(0, 30)), "annual_bills", str(year + 1))


def _kinds(town: Town) -> tuple[list[str], list[date]]:
    """What each dwelling is, and since when its account runs."""
    places, began = town.properties, np.datetime64(TAX_BEGAN)
    communal, lived_in = places.kind != PROPERTY_KINDS.index("home"), places.household >= 0
    names = ["communal", "occupied", "second_home"]
    kind = np.select([communal, lived_in, places.second_home], names, "empty")
    moved_in = np.where(lived_in, town.households.moved_in[places.household], began)
    opened = np.maximum(np.where(kind == "empty", places.empty_since, moved_in), began)
    return kind.tolist(), opened.astype("M8[D]").tolist()


def _adults(town: Town) -> Any:
    of_age = months_on(town.as_of, -12 * 18)
    return (town.residents.born <= np.datetime64(of_age)) & (town.residents.household >= 0)


def _disregards(town: Town) -> list[dict[str, str]]:
    """Students, and a few adults with another reason."""
    people, rng = town.residents, town.stream("council_tax.disregards")
    reasons = np.array([*DISREGARDED, "", "student"], dtype=object)
    which = np.searchsorted(np.cumsum(list(DISREGARDED.values())), rng.random(len(people.born)), "right")
    why = reasons[np.where(people.student, len(reasons) - 1, which)]
    out = np.flatnonzero(_adults(town) & (why != ""))
    uprns = town.properties.uprn[people.property[out]].astype(str).tolist()
    given = zip(people.id[out].tolist(), uprns, why[out].tolist(), strict=True)
    return [{"resident_id": who, "uprn": uprn, "reason": reason} for who, uprn, reason in given]


def _awards(
    town: Town, kind: list[str], opened: list[date], disregards: list[dict[str, str]]
) -> list[Awarded]:
    """Each account's award and since when; discounts and exemptions in the profile's share of dwellings."""
    rng, profile, places = town.stream("council_tax.awards"), town.profile, town.properties
    reasons: dict[str, list[str]] = defaultdict(list)
    for each in disregards:
        reasons[each["uprn"]].append(each["reason"])
    adults = np.bincount(town.residents.property[_adults(town)], minlength=len(kind)).tolist()
    hall, year_began = PROPERTY_KINDS.index("student_hall"), begins(year_of(town.as_of))
    awards: list[Awarded] = [(None, None)] * len(kind)
    undisregarded = [rules.award_for(number, ()) for number in range(max(adults, default=0) + 1)]
    for home, uprn in enumerate(places.uprn.astype(str).tolist()):
        if kind[home] == "occupied":
            why, number = reasons.get(uprn), adults[home]
            code = rules.award_for(number, why) if why else undisregarded[number]
            if code:
                awards[home] = (code, opened[home])
        elif kind[home] == "empty":
            awards[home] = rules.empty_premium(opened[home], year_began) or (None, None)
        elif kind[home] == "second_home":
            awards[home] = ("second_home", max(opened[home], SECOND_HOME_PREMIUM_BEGAN))
        elif places.kind[home] == hall:
            awards[home] = ("exempt_m", opened[home])
    share = len(kind) / profile.dwellings
    single = [home for home, each in enumerate(awards) if each[0] in ("single_person", "one_counted")]
    unclaimed = max(0, len(single) - round(profile.single_adult_discounts * share))
    for home in rng.permutation(single)[:unclaimed].tolist():
        awards[home] = (None, None)
    exempt = sum((code or "").startswith("exempt") for code, _ in awards)
    empty = [home for home, each in enumerate(kind) if each == "empty"]
    more = min(max(0, round(profile.exempt_dwellings * share) - exempt), len(empty) // 2)
    classes = rng.choice(list(EXEMPT_WHEN_EMPTY), more, p=list(EXEMPT_WHEN_EMPTY.values())).tolist()
    for home, code in zip(rng.permutation(empty)[:more].tolist(), classes, strict=True):
        awards[home] = (code, opened[home])
    return awards


def _liable_persons(town: Town, seeding: Seeding, homes: Homes) -> Columns:
    """Heads, their partners and joint tenants where people live; elsewhere whoever owns the place."""
    people, households = town.residents, town.households
    joint = np.isin(households.composition, [COMPOSITIONS.index("students"), COMPOSITIONS.index("sharers")])
    is_head = np.isin(people.role, [ROLES.index("head"), ROLES.index("partner")])
    shares = (people.role == ROLES.index("sharer")) & joint[people.household]
    who = np.flatnonzero((people.household >= 0) & (is_head | shares))
    known = people_of(town, seeding, who, named("name", "resident_id"))
    tenure = households.tenure[people.household[who]]
    basis = np.array([BASIS.get(each, "private_tenant") for each in TENURES])[tenure].tolist()
    at_home = people.property[who].tolist()
    vacant = [place for place, kind in enumerate(homes["kind"]) if kind != "occupied"]
    owners = [f"The owner of {homes['address'][place].rsplit(', ', 2)[0]}" for place in vacant]
    accounts = [homes["reference"][place] for place in at_home + vacant]
    keys = record_keys(accounts)
    known.enter(keys[: who.size])
    enter_outsiders(seeding, keys[who.size :])
    return columns(
        LiablePerson,
        account=accounts,
        resident_id=known.resident_id.tolist() + [None] * len(vacant),
        basis=basis + ["owner"] * len(vacant),
        liable_from=[homes["opened_on"][place] for place in at_home + vacant],
        **keys_of(known.name.tolist() + owners),
    )


def _books(
    town: Town, seeding: Seeding, annual: dict[str, int], homes: Homes, awards: list[Awarded]
) -> Iterator[Columns]:
    """Accounts, their bills and their ledgers, by the rules that hold from now on."""
    rng, count, began = town.stream("council_tax.payers"), len(awards), begins(year_of(town.as_of))
    habit, method = habits(rng, count, never=1 - town.profile.collection_rate, **PAYERS)
    wanted = np.where(rng.random(count) < IN_TWELVE, 12, 10).tolist()
    days = rng.choice(list(DAYS), count, p=list(DAYS.values())).tolist()
    indebted = (habit == "never") & (rng.random(count) < WITH_OLD_DEBT)
    debts = np.where(indebted, rng.integers(10_000, 90_000, count), 0).tolist()
    openings = zip(
        [annual[band] for band in homes["band"]],
        [opened if opened > began else began for opened in homes["opened_on"]],
        [code for code, _ in awards],
        [(since if since > began else began) if since else None for _, since in awards],
        *(wanted, days, habit.tolist(), method.tolist(), debts),
        strict=True,
    )
    terms = Terms(town.as_of, rules.AWARDS, rules.RECOVERY, rules.SUMMONS_COSTS_PENCE)
    accounts, *rest = books((Account, Bill, Entry), homes, openings, terms, seeding)
    yield from (accounts, *rest)
    schedule_instalments(seeding, accounts)
