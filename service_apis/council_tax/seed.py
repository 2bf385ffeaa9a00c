"""The town's homes as the council bills them, and what has been paid since 1 April."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from service_apis.council_tax import rules
from service_apis.council_tax.models import Account, Award, Base, Bill, Charge, Disregard, Entry, LiablePerson
from service_apis.kit.clock import at
from service_apis.kit.seeding import Columns, Seeding, columns
from synthetic_data.town import BANDS, COMPOSITIONS, PROPERTY_KINDS, ROLES, TENURES, Town

COMMUNAL_BANDS = {"care_home": "F", "student_hall": "D", "hostel": "E"}
BY_DIRECT_DEBIT, FORGETS, IN_TWELVE, WITH_OLD_DEBT = 0.75, 0.04, 0.25, 0.4
INSTALMENT_DAYS = {1: 0.5, 8: 0.1, 15: 0.25, 25: 0.15}
DISREGARDED = {"severe_mental_impairment": 0.006, "carer": 0.003, "apprentice": 0.004}
EXEMPT_WHEN_EMPTY = {"exempt_f": 0.6, "exempt_e": 0.22, "exempt_b": 0.08, "exempt_g": 0.05, "exempt_l": 0.05}
"""Assumptions: the bands of communal buildings; shares of payers by how they pay; of those who do not
pay, the share who did not last year either; how instalments fall in a month; the share of adults
disregarded besides students; and why some empty homes are exempt."""

BASIS = {"owned_outright": "freeholder", "owned_mortgage": "freeholder", "shared_ownership": "leaseholder"}
TAX_BEGAN, SECOND_HOME_PREMIUM_BEGAN = date(1993, 4, 1), date(2025, 4, 1)


class Home(NamedTuple):
    """A dwelling and how it is taxed: its award's code and since when, if it has one."""

    reference: str
    uprn: str
    address: str
    band: str
    kind: str
    opened_on: date
    award: str | None
    since: date | None


class Demand(NamedTuple):
    """A bill before it is addressed: ``plan`` is its instalments, the texts what the row keeps."""

    issued_on: date
    net: int
    plan: tuple[tuple[date, int], ...]
    lines_text: str
    plan_text: str


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Charges, an account for each dwelling, its persons and awards, this year's bills and payments."""
    today, places = seeding.as_of, town.properties
    year = rules.year_of(today)
    bands = BANDS if town.profile.nation == "Wales" else BANDS[:-1]
    charges = {band: rules.part(town.profile.band_d_pence, rules.NINTHS[band], 9) for band in bands}
    yield columns(Charge, year=year, band=list(charges), annual_pence=list(charges.values()))
    kind, opened = _kinds(town)
    disregards = _disregards(town)
    awards = _awards(town, kind, opened, disregards)
    band_of_kind = [COMMUNAL_BANDS.get(each, "D") for each in PROPERTY_KINDS]
    band = np.where(places.band >= 0, np.take(BANDS, places.band), np.take(band_of_kind, places.kind))
    references = [f"CT{number:08d}" for number in range(1, len(kind) + 1)]
    address = [
        f"{line}, {town.name}, {code}" for line, code in zip(places.line, places.postcode, strict=True)
    ]
    own = zip(references, places.uprn.astype(str).tolist(), address, band.tolist(), kind, opened, strict=True)
    homes = [Home._make((*facts, *award)) for facts, award in zip(own, awards, strict=True)]
    yield from _books(town, year, charges, homes, seeding)
    yield _liable_persons(town, homes)
    held = [home for home in homes if home.award is not None]
    holders, starts = [home.reference for home in held], [home.since for home in held]
    yield columns(Award, account=holders, code=[home.award for home in held], starts_on=starts)
    yield _table(Disregard, disregards)
    seeding.counters.update({"council_tax.accounts": len(homes), "council_tax.bills": len(homes)})
    wednesday = today + timedelta(days=(2 - today.weekday()) % 7)
    seeding.schedule(at(wednesday, rules.MORNING), "recovery", "weekly")
    seeding.schedule(at(rules.months_on(today.replace(day=1), 1), rules.MORNING), "empty_homes", "monthly")
    seeding.schedule(at(date(year + 1, 4, 1), rules.NIGHT), "annual_bills", str(year + 1))


def _table(model: type[Base], rows: list[dict[str, Any]]) -> Columns:
    return columns(model, **{name: [row[name] for row in rows] for name in (rows[0] if rows else ())})


def _kinds(town: Town) -> tuple[list[str], list[date]]:
    """What each dwelling is, and since when its account runs."""
    places = town.properties
    communal, lived_in = places.kind != PROPERTY_KINDS.index("home"), places.household >= 0
    kinds = ["communal", "occupied", "second_home"]
    kind = np.select([communal, lived_in, places.second_home], kinds, "empty")
    began = np.datetime64(TAX_BEGAN)
    moved_in = np.where(lived_in, town.households.moved_in[places.household], began)
    opened = np.maximum(np.where(kind == "empty", places.empty_since, moved_in), began)
    return kind.tolist(), opened.astype("M8[D]").tolist()


def _disregards(town: Town) -> list[dict[str, str]]:
    """Students, and a few adults with another reason, with the row of their home."""
    people, rng = town.residents, town.stream("council_tax.disregards")
    reasons = np.array([*DISREGARDED, "student", ""], dtype=object)
    which = np.searchsorted(np.cumsum(list(DISREGARDED.values())), rng.random(len(people.born)), "right")
    which = np.where(which == len(DISREGARDED), which + 1, which)
    which[people.student] = len(DISREGARDED)
    out = np.flatnonzero(_adults(town) & (which <= len(DISREGARDED)))
    uprns = town.properties.uprn[people.property[out]].astype(str).tolist()
    given = zip(out.tolist(), uprns, reasons[which[out]].tolist(), strict=True)
    return [{"resident_id": f"R{n + 1:08d}", "uprn": uprn, "reason": why} for n, uprn, why in given]


def _adults(town: Town) -> Any:
    people, day = town.residents, town.as_of
    of_age = np.datetime64(day.replace(year=day.year - 18, day=min(day.day, 28)))
    return (people.born <= of_age) & (people.household >= 0)


def _awards(
    town: Town, kind: list[str], opened: list[date], disregards: list[dict[str, str]]
) -> list[tuple[str | None, date | None]]:
    """Each account's award and since when: as many as the profile's share of dwellings."""
    rng, profile, places = town.stream("council_tax.awards"), town.profile, town.properties
    reasons = defaultdict(list)
    for each in disregards:
        reasons[each["uprn"]].append(each["reason"])
    adults = np.bincount(town.residents.property[_adults(town)], minlength=len(kind)).tolist()
    hall = PROPERTY_KINDS.index("student_hall")
    year_began = date(rules.year_of(town.as_of), 4, 1)
    awards: list[tuple[str | None, date | None]] = []
    for home, uprn in enumerate(places.uprn.astype(str).tolist()):
        award: tuple[str, date] | None = None
        if kind[home] == "occupied":
            code = rules.award_for(adults[home], reasons.get(uprn, ()))
            award = (code, opened[home]) if code else None
        elif kind[home] == "empty":
            award = rules.empty_premium(opened[home], year_began)
        elif kind[home] == "second_home":
            award = ("second_home", max(opened[home], SECOND_HOME_PREMIUM_BEGAN))
        elif places.kind[home] == hall:
            award = ("exempt_m", opened[home])
        awards.append(award or (None, None))
    dwellings = len(kind) / profile.dwellings
    single = [home for home, (code, _) in enumerate(awards) if code in ("single_person", "one_counted")]
    unclaimed = max(0, len(single) - round(profile.single_adult_discounts * dwellings))
    for home in rng.permutation(single)[:unclaimed].tolist():
        awards[home] = (None, None)
    exempt = sum((code or "").startswith("exempt") for code, _ in awards)
    empty = [home for home, each in enumerate(kind) if each == "empty"]
    more = min(max(0, round(profile.exempt_dwellings * dwellings) - exempt), len(empty) // 2)
    classes = rng.choice(list(EXEMPT_WHEN_EMPTY), more, p=list(EXEMPT_WHEN_EMPTY.values())).tolist()
    for home, code in zip(rng.permutation(empty)[:more].tolist(), classes, strict=True):
        awards[home] = (code, opened[home])
    return awards


def _liable_persons(town: Town, homes: list[Home]) -> Columns:
    """Heads, their partners and joint tenants where people live; elsewhere whoever owns the place."""
    people, households = town.residents, town.households
    joint = np.isin(households.composition, [COMPOSITIONS.index("students"), COMPOSITIONS.index("sharers")])
    is_head = np.isin(people.role, [ROLES.index("head"), ROLES.index("partner")])
    shares = (people.role == ROLES.index("sharer")) & joint[people.household]
    who = np.flatnonzero((people.household >= 0) & (is_head | shares))
    ids: list[str | None] = [f"R{number + 1:08d}" for number in who.tolist()]
    named = [*zip(people.forename[who].tolist(), people.surname[who].tolist(), strict=True)]
    tenure = households.tenure[people.household[who]]
    basis = np.array([BASIS.get(each, "tenant") for each in TENURES])[tenure].tolist()
    accounts = [homes[place] for place in people.property[who].tolist()]
    for home in homes:
        if home.kind != "occupied":
            accounts.append(home)
            ids.append(None)
            named.append(("The owner of", home.address.rsplit(", ", 2)[0]))
            basis.append("owner")
    return columns(
        LiablePerson,
        account=[home.reference for home in accounts],
        resident_id=ids,
        name=[f"{first} {last}" for first, last in named],
        name_key=[f"{first} {last}".lower() for first, last in named],
        surname_key=[last.lower() for _, last in named],
        basis=basis,
        liable_from=[home.opened_on for home in accounts],
    )


def _payers(town: Town, count: int) -> Iterator[tuple[str, str, int, int, int]]:
    """How each account is paid: habit, method, instalments a year, their day, and debt of an earlier year."""
    rng = town.stream("council_tax.payers")
    pays, by_debit, debt_draw = rng.random(count), rng.random(count) < BY_DIRECT_DEBIT, rng.random(count)
    never = pays >= town.profile.collection_rate
    forgets = ~by_debit & (pays < FORGETS / (1 - BY_DIRECT_DEBIT))
    forgetting = [f"forgets_{n}" for n in rng.integers(0, 4, count)]
    habit = np.where(never, "never", np.where(forgets, forgetting, "prompt"))
    method = np.where(by_debit & ~never, "direct_debit", "other")
    instalments = np.where(rng.random(count) < IN_TWELVE, 12, 10)
    day = rng.choice(list(INSTALMENT_DAYS), count, p=list(INSTALMENT_DAYS.values()))
    debt = np.where(never & (debt_draw < WITH_OLD_DEBT), rng.integers(10_000, 90_000, count), 0)
    columns_ = (habit, method, instalments, day, debt)
    yield from zip(*(column.tolist() for column in columns_), strict=True)


@lru_cache(10_000)
def _demand(annual: int, start: date, award: str | None, since: date | None, wanted: int, day: int) -> Demand:
    """The bill of a home from a day of the financial year on: that of 1 April, or of moving in."""
    year = rules.year_of(start)
    lines = rules.lines_of(annual, year, start, None, [(award, since, None)] if award and since else [])
    net = sum(line["amount_pence"] for line in lines)
    count, first_due = (wanted, start.replace(day=day))
    if start != date(year, 4, 1):
        count, first_due = rules.plan_from(start, wanted, day)
    count, each = rules.split(net, count)
    plan = rules.instalments_of(net, count, each, first_due if count else None)
    dated = tuple((each["due_on"], each["amount_pence"]) for each in plan)
    return Demand(start, net, dated, json.dumps(lines, default=str), json.dumps(plan, default=str))


@lru_cache(10_000)
def _payments(plan: tuple[tuple[date, int], ...], habit: str, today: date) -> list[tuple[date, int]]:
    """What has been paid and when: those who forget pay three weeks late, once reminded."""
    paid = []
    for due_on, amount in plan if habit != "never" else ():
        late = habit == f"forgets_{due_on.month % 4}"
        paid.append((due_on + timedelta(days=21 if late else 0), amount))
    return [each for each in paid if each[0] < today]


def _stage(missed_since: date | None, reminders: int, habit: str, today: date) -> tuple[str, date | None]:
    """The stage that an instalment missed since a day has led to by now, and since when."""
    if missed_since is None or today < missed_since + timedelta(days=7):
        return "none", None
    if habit != "never":
        return rules.RECOVERY[min(reminders, 3) - 1], missed_since + timedelta(days=7)
    for stage, days in (("liability_order", 63), ("summons", 35), ("final_notice", 21)):
        if today >= missed_since + timedelta(days=days):
            return stage, missed_since + timedelta(days=days)
    return "reminder", missed_since + timedelta(days=7)


def _books(
    town: Town, year: int, charges: dict[str, int], homes: list[Home], seeding: Seeding
) -> Iterator[Columns]:
    """Accounts, their bills and their ledgers, by the rules that hold from now on."""
    today, began = town.as_of, date(year, 4, 1)
    accounts: list[dict[str, Any]] = []
    bills: list[dict[str, Any]] = []
    ledger: list[tuple[Any, ...]] = []
    for number, (home, payer) in enumerate(zip(homes, _payers(town, len(homes)), strict=True), 1):
        habit, method, wanted, day, debt = payer
        start = max(home.opened_on, began)
        since = max(home.since, began) if home.since else None
        demand = _demand(charges[home.band], start, home.award, since, wanted, day)
        debt = debt if demand.net else 0
        payments = _payments(demand.plan, habit, today)
        due = [each for each in demand.plan if each[0] < today]
        missed = due[len(payments)][0] if len(payments) < len(due) else None
        reminders = sum(habit == f"forgets_{each[0].month % 4}" for each in due)
        stage, stage_on = ("liability_order", began) if debt else _stage(missed, reminders, habit, today)
        lost = stage in rules.WHOLE_BALANCE_DUE and not debt
        left = () if lost else demand.plan[len(due) :]
        costs = rules.SUMMONS_COSTS_PENCE if stage in ("summons", "liability_order") and not debt else 0
        entries: list[tuple[Any, ...]] = [("bill", demand.net, demand.issued_on, None)]
        entries += [("payment", -amount, on, method) for on, amount in payments]
        entries += [("costs", costs, stage_on, None)] if costs else []
        ledger += [(home.reference, year - 1, "brought_forward", debt, began, None)] if debt else []
        ledger += [(home.reference, year, *entry) for entry in entries]
        paid = sum(amount for _, amount in payments)
        accounts.append(
            {
                **dict(zip(Home._fields[:6], home, strict=False)),
                "habit": habit,
                "payment_method": method,
                "instalments": wanted,
                "instalment_day": day,
                "balance_pence": debt + demand.net + costs - paid,
                "paid_pence": paid,
                "undue_pence": sum(amount for _, amount in left),
                "instalment_pence": demand.plan[-1][1] if left else 0,
                "instalments_left": len(left),
                "next_due": left[0][0] if left else None,
                "stage": stage,
                "stage_on": stage_on,
                "reminders": reminders if habit != "never" else int(stage != "none"),
            }
        )
        bills.append(
            {
                "reference": f"CTB{number:08d}",
                "account": home.reference,
                "year": year,
                "reason": "annual" if start == began else "opened",
                "issued_on": demand.issued_on,
                "net_pence": demand.net,
                "brought_forward_pence": debt,
                "paid_pence": 0,
                "payable_pence": demand.net + debt,
                "due_now_pence": debt,
                "lines": demand.lines_text,
                "instalments": demand.plan_text,
            }
        )
    yield _table(Account, accounts)
    yield _table(Bill, bills)
    names = ("account", "year", "kind", "amount_pence", "entered_on", "method")
    yield columns(Entry, **dict(zip(names, map(list, zip(*ledger, strict=True)), strict=True)))
    for next_due in sorted({each["next_due"] for each in accounts if each["next_due"] is not None}):
        seeding.schedule(at(next_due, rules.END_OF_DAY), "instalments", next_due.isoformat())
