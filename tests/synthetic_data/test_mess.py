"""A service's copy of the town's people has the faults that it is said to have, and no others."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from synthetic_data.assumptions_of_mess import A_LITTLE, NICKNAMES, RATES
from synthetic_data.build import build_block, draw_up
from synthetic_data.identifiers import range_of
from synthetic_data.mess import PARTS, Messy, clean_copy, make_messy
from synthetic_data.mess_of_dates import transposed
from synthetic_data.mess_of_names import misspelt
from synthetic_data.profiles import find_profile
from synthetic_data.streams import stream
from synthetic_data.town import Town
from tests.synthetic_data.conftest import AS_OF, town_like


@cache
def messy(level: float, service: str = "residents") -> Messy:
    town = town_like("Hartlepool")
    return of_town(town, level, service)


def of_town(town: Town, level: float, service: str = "residents") -> Messy:
    everybody = np.arange(town.residents.born.size)
    return make_messy(
        town, everybody, PARTS, level, lambda kind: town.stream(f"{service}.mess.{kind}"), repeats=True
    )


def values(copy: Any, part: str) -> list[Any]:
    listed: list[Any] = getattr(copy, "linked" if part == "link" else part).tolist()
    return listed


def faulty(copy: Messy, kind: str) -> set[int]:
    return {row for fault in copy.faults if fault.kind == kind for row in fault.rows.tolist()}


def test_without_mess_the_copy_is_the_town() -> None:
    town, copy = town_like("Hartlepool"), messy(0)
    assert (copy.faults, copy.repeats) == ((), 0)
    for part in PARTS:
        assert values(copy.copy, part) == values(clean_copy(town, copy.copy.person), part)


@pytest.mark.parametrize("level", [A_LITTLE, 1])
def test_a_value_differs_from_the_towns_exactly_where_a_fault_is_told(level: float) -> None:
    copy = messy(level)
    clean = clean_copy(town_like("Hartlepool"), copy.copy.person)
    for part in PARTS:
        told = [row for fault in copy.faults if fault.part == part for row in fault.rows.tolist()]
        assert len(told) == len(set(told)), f"{part}: two faults in one value"
        both = zip(values(copy.copy, part), values(clean, part), strict=True)
        assert {row for row, (one, other) in enumerate(both) if one != other} == set(told)


def test_every_kind_of_fault_occurs_at_about_its_rate() -> None:
    copy = messy(1)
    assert {fault.kind for fault in copy.faults} == set(RATES) - {"duplicate"}
    first = copy.copy.person.size - copy.repeats
    assert copy.repeats == pytest.approx(first * RATES["duplicate"], rel=0.2)
    for kind in ("misspelt_surname", "unlinked", "old_address"):
        found = sum(row < first for row in faulty(copy, kind))
        assert found == pytest.approx(first * RATES[kind], rel=0.25)


def test_a_little_mess_is_one_or_two_records_in_a_hundred() -> None:
    town, copy = town_like("Hartlepool"), messy(A_LITTLE)
    kept = {"unlinked"}  # the index itself knows who everybody is
    rows = set().union(*(faulty(copy, kind) for kind in set(RATES) - kept))
    assert 0.01 < len(rows) / town.residents.born.size < 0.02


def test_more_mess_keeps_the_faults_of_less() -> None:
    first = town_like("Hartlepool").residents.born.size
    for kind in ("nickname", "maiden_name", "old_address", "transposed_date", "missing_email"):
        less = {row for row in faulty(messy(0.3), kind) if row < first}
        assert less < faulty(messy(0.9), kind)


def test_each_service_has_mess_of_its_own() -> None:
    one, other = messy(1, "residents"), messy(1, "libraries")
    assert faulty(one, "misspelt_surname") != faulty(other, "misspelt_surname")
    assert faulty(one, "misspelt_surname") == faulty(of_town(town_like("Hartlepool"), 1), "misspelt_surname")


def test_a_part_that_a_service_does_not_keep_moves_no_other() -> None:
    town = town_like("Hartlepool")
    everybody = np.arange(town.residents.born.size)
    few = make_messy(town, everybody, ("surname",), 1, lambda kind: town.stream(f"residents.mess.{kind}"))
    first = everybody.size
    assert {row for row in faulty(messy(1), "misspelt_surname") if row < first} == faulty(
        few, "misspelt_surname"
    )
    assert {fault.part for fault in few.faults} == {"surname"}


def test_no_fault_makes_an_identifier_that_the_town_does_not_have() -> None:
    town, copy = town_like("Hartlepool"), messy(1)
    people = town.residents
    assert set(copy.copy.mobile.tolist()) <= set(people.mobile.tolist())
    assert set(copy.copy.email.tolist()) <= set(people.email.tolist())
    assert all(range_of("mobile", number) for number in copy.copy.mobile.tolist() if number)
    moved = copy.copy.property[sorted(faulty(copy, "old_address"))]
    assert (town.properties.household[moved] >= 0).all(), "an old address is one where others live by now"


def test_a_household_that_moved_is_all_at_the_old_address() -> None:
    town, copy = town_like("Hartlepool"), messy(1)
    first = town.residents.born.size
    at, household = copy.copy.property[:first], town.residents.household
    housed = household >= 0
    pairs = set(zip(household[housed].tolist(), at[housed].tolist(), strict=True))
    assert len(pairs) == len(set(household[housed].tolist()))


def test_a_nickname_is_one_of_the_names() -> None:
    town, copy = town_like("Hartlepool"), messy(1)
    rows = sorted(faulty(copy, "nickname"))
    assert rows
    for row in rows:
        name = town.residents.forename[copy.copy.person[row]]
        assert copy.copy.forename[row] in NICKNAMES[name]


def test_a_maiden_name_is_the_one_that_somebody_was_born_with() -> None:
    people, copy = town_like("Hartlepool").residents, messy(1)
    rows = np.array(sorted(faulty(copy, "maiden_name")))
    who = copy.copy.person[rows]
    assert who.size > 50
    assert (copy.copy.surname[rows] == people.surname_at_birth[who]).all()
    assert (people.surname_at_birth[who] != people.surname[who]).all()


@pytest.mark.parametrize(
    ("born", "mistaken"),
    [
        ("1980-03-04", "1980-04-03"),
        ("1947-05-23", "1974-05-23"),
        ("1980-03-23", None),  # 1908 is too long ago
        ("1944-04-04", None),  # nothing to take for another
        ("2026-05-06", None),  # not born yet
        ("2002-05-20", None),  # a child
        ("1952-02-29", None),  # no such day in 1925
    ],
)
def test_a_date_is_mistaken_as_a_clerk_would_let_pass(born: str, mistaken: str | None) -> None:
    given = transposed(np.array([born], dtype="datetime64[D]"), AS_OF)[0]
    assert (None if np.isnat(given) else str(given)) == mistaken


def test_no_mistaken_date_is_to_come_or_makes_a_child_of_an_adult() -> None:
    born = np.arange(np.datetime64("1920-01-01"), np.datetime64("2026-06-01"))
    for day in (date(2026, 6, 1), date(2028, 2, 29)):
        given = transposed(born, day)
        mistaken = ~np.isnat(given)
        assert mistaken.mean() > 0.3
        assert (given[mistaken] != born[mistaken]).all()
        assert (given[mistaken] <= np.datetime64(day)).all()
        of_age = np.datetime64(date(day.year - 18, day.month, min(day.day, 28)))
        assert ((given[mistaken] <= of_age) == (born[mistaken] <= of_age)).all()


def test_a_misspelt_name_is_another_with_the_same_beginning() -> None:
    names = np.array(["Smith", "Anna", "Lee", "O'Brien", "Żółć", "Al-Amin", "Mcc"] * 200, dtype=object)
    given = misspelt(names, stream(7, "test"))
    for name, written in zip(names.tolist(), given.tolist(), strict=True):
        assert written != name
        assert written[0] == name[0]
        assert abs(len(written) - len(name)) <= 1
    assert len(set(given.tolist())) > 40


def test_a_block_of_a_large_town_has_mess_of_its_own() -> None:
    profile = find_profile("Leeds")
    plan = draw_up(profile, residents=45_000, seed=7, as_of=AS_OF, name="north-fairwater")
    town = build_block(plan, 1)
    copy = of_town(town, A_LITTLE)
    assert 0.001 < len(faulty(copy, "misspelt_surname")) / town.residents.born.size < 0.005
    assert set(copy.copy.property.tolist()) <= set(range(town.properties.uprn.size))


@pytest.mark.parametrize("level", [-0.1, 1.1, float("nan")])
def test_a_level_outside_0_to_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        of_town(town_like("Hartlepool"), level)


def test_a_part_that_there_is_not_is_named() -> None:
    town = town_like("Hartlepool")
    with pytest.raises(ValueError, match="no part shoe_size"):
        make_messy(town, np.arange(3), ("shoe_size",), 1, town.stream)
