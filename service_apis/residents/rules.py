"""How residents are found, and what happens when they come, move and go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from service_apis.kit.postcodes import tidied
from service_apis.kit.problems import Conflict, NotFound, Unprocessable
from service_apis.kit.work import Query, Work
from service_apis.residents.models import Address, Departure, Resident
from service_apis.residents.schemas import NewResident, Reason

OLDEST_MOVE = timedelta(days=365)
ADULT, OLDEST_AGE = 18, 120


class NoSuchResident(NotFound):
    """The index has no resident of that id."""


class NoHousehold(NotFound):
    """The resident has no household: they live in a communal establishment, such as a care home, or the entry
    was made without saying with whom they live."""


class UnknownUprn(Unprocessable):
    """The UPRN is not one of the council's. The addresses service finds those that are."""


class MoveDateRefused(Unprocessable):
    """A move, arrival, departure or death is recorded once it has happened, and within a year of it."""


class NotYetBorn(Unprocessable):
    """Nobody arrives, leaves or dies before they are born, or lives to be older than anybody has."""


class AlreadyLivesThere(Conflict):
    """The resident's address is already the one that they are said to have moved to."""


@lru_cache(20_000)
def key(name: str) -> str:
    """A name as it is compared: lower case, without spaces, hyphens and apostrophes."""
    return "".join(letter for letter in name.lower() if letter.isalpha())


def resident_rows() -> Query:
    """All residents with their addresses, by id."""
    rows = select(Resident.__table__, Address.address, Address.postcode)
    return rows.join(Address, Address.uprn == Resident.uprn).order_by(Resident.id)


def find_residents(*, name: str | None, born: date | None, postcode: str | None, uprn: str | None) -> Query:
    """The residents that fit everything asked.

    Each word of ``name`` must begin their forename or surname.
    """
    conditions: list[ColumnElement[bool]] = []
    for word in (name or "").split():
        start, end = key(word), key(word) + "\uffff"
        conditions.append(
            Resident.surname_key.between(start, end) | Resident.forename_key.between(start, end)
        )
    if born is not None:
        conditions.append(Resident.born == born)
    if uprn is not None:
        conditions.append(Resident.uprn == uprn)
    if postcode is not None:
        there = select(Address.uprn).where(Address.postcode == tidied(postcode))
        conditions.append(Resident.uprn.in_(there))
    return resident_rows().where(*conditions)


_BY_ID = resident_rows().where(Resident.id == bindparam("id"))
_GONE = select(Departure.__table__).where(Departure.resident_id == bindparam("id"))


def find_resident(work: Work, resident_id: str) -> Any:
    """One resident's row with their address. Raises NoSuchResident."""
    row = work.execute(_BY_ID, id=resident_id).first()
    if row is None:
        raise _no_such(work, resident_id)
    return row


def household_of(work: Work, resident_id: str) -> list[Any]:
    """The rows of those in the resident's household, the eldest first. Raises NoHousehold."""
    household = find_resident(work, resident_id).household
    if household is None:
        raise NoHousehold(
            f"{resident_id} has no household: they live in a communal establishment, or nobody has entered "
            "with whom they live"
        )
    members = resident_rows().where(Resident.household == household)
    return list(work.execute(members.order_by(None).order_by(Resident.born, Resident.id)))


def move(
    work: Work, resident_id: str, uprn: str, moved_on: date, whole_household: bool
) -> tuple[list[Resident], str]:
    """Move a resident, or all of their household, and record the event that others hear.

    Returns those who moved and the UPRN they left. Raises NoSuchResident, UnknownUprn,
    MoveDateRefused, AlreadyLivesThere or StaleVersion.
    """
    resident = _to_change(work, resident_id)
    _refuse_unknown_address(work, uprn)
    _refuse_day(work, moved_on)
    if resident.uprn == uprn:
        raise AlreadyLivesThere(f"{resident.id} already lives at UPRN {uprn}; nothing was changed")
    left = resident.uprn
    moving = _going(work, resident, whole_household)
    stays_together = whole_household and resident.household is not None
    adults = {"left_behind": _adults_left(work, left, moving), "there_already": _adults(work, uprn)}
    joined = resident.household if stays_together else _new_household(work)
    for each in moving:
        each.uprn, each.household, each.moved_in = uprn, joined, moved_on
    _tell(work, "resident.moved", moving, left, uprn, moved_on, **adults)
    return moving, left


def arrive(work: Work, uprn: str, arrived_on: date, newcomers: Sequence[NewResident]) -> list[Resident]:
    """Enter a household that has come from elsewhere, and record the event that others hear.

    Raises UnknownUprn, MoveDateRefused or NotYetBorn.
    """
    _refuse_unknown_address(work, uprn)
    _refuse_day(work, arrived_on)
    for each in newcomers:
        if not arrived_on.year - OLDEST_AGE <= each.born.year or each.born > arrived_on:
            raise NotYetBorn(
                f"{each.forename} {each.surname} cannot have arrived on {arrived_on}, born on {each.born}; "
                f"give a date of birth before it, and of the last {OLDEST_AGE} years"
            )
    there_already, household = _adults(work, uprn), _new_household(work)
    arrived = [
        Resident(
            **each.model_dump(),
            id=f"R{work.next_number('residents.resident'):08d}",
            forename_key=key(each.forename),
            surname_key=key(each.surname),
            uprn=uprn,
            household=household,
            moved_in=arrived_on,
        )
        for each in newcomers
    ]
    work.session.add_all(arrived)
    adults = {"left_behind": 0, "there_already": there_already}
    _tell(work, "resident.arrived", arrived, None, uprn, arrived_on, **adults)
    return arrived


def leave(
    work: Work, resident_id: str, left_on: date, reason: Reason, whole_household: bool
) -> list[Departure]:
    """Take a resident, or all of their household, out of the index, and record the event that others hear.

    Returns what is kept of them. Raises NoSuchResident, MoveDateRefused, NotYetBorn or StaleVersion.
    """
    resident = _to_change(work, resident_id)
    _refuse_day(work, left_on)
    leaving = _going(work, resident, whole_household)
    for each in leaving:
        if each.born > left_on:
            raise NotYetBorn(f"{each.id} was born on {each.born}; they cannot have left or died before it")
    left, stay = resident.uprn, _adults_left(work, resident.uprn, leaving)
    gone = [
        Departure(
            resident_id=each.id,
            name=f"{each.forename} {each.surname}",
            born=each.born,
            uprn=each.uprn,
            household=each.household,
            reason=reason,
            left_on=left_on,
        )
        for each in leaving
    ]
    what = "resident.died" if reason == "died" else "resident.left"
    _tell(work, what, leaving, left, None, left_on, left_behind=stay, there_already=0)
    for each in leaving:
        work.session.delete(each)
    work.session.add_all(gone)
    return gone


def departures(*, resident_id: str | None, uprn: str | None, reason: str | None) -> Query:
    """Those who have left or died and fit what was asked, by id."""
    asked = {"resident_id": resident_id, "uprn": uprn, "reason": reason}
    rows = select(Departure.__table__).order_by(Departure.resident_id)
    return rows.filter_by(**{name: value for name, value in asked.items() if value is not None})


def _to_change(work: Work, resident_id: str) -> Resident:
    resident = work.session.get(Resident, resident_id)
    if resident is None:
        raise _no_such(work, resident_id)
    work.expect_version(resident.version, f"Resident {resident_id}")
    return resident


def _no_such(work: Work, resident_id: str) -> NoSuchResident:
    gone = work.execute(_GONE, id=resident_id).first()
    if gone is not None:
        how = "died" if gone.reason == "died" else "moved away"
        return NoSuchResident(f"Resident {resident_id} {how} on {gone.left_on}; /departures has what is kept")
    return NoSuchResident(f"There is no resident {resident_id}; search /residents for those there are")


def _going(work: Work, resident: Resident, whole_household: bool) -> list[Resident]:
    """Who goes: the resident, or with them everybody of their household, by id."""
    if not whole_household or resident.household is None:
        return [resident]
    together = select(Resident).where(Resident.household == resident.household).order_by(Resident.id)
    return list(work.session.scalars(together))


def _new_household(work: Work) -> str:
    return f"H{work.next_number('residents.household'):08d}"


def _adults_left(work: Work, uprn: str, going: Sequence[Resident]) -> int:
    counted = (each for each in going if each.household is not None)
    return _adults(work, uprn) - sum(_is_adult(work, each) for each in counted)


def _tell(
    work: Work,
    what: str,
    residents: Sequence[Resident],
    left: str | None,
    reached: str | None,
    day: date,
    *,
    left_behind: int,
    there_already: int,
) -> None:
    """Record the event of a move within the council, into it or out of it: all are told in one shape."""
    who = [
        {"id": each.id, "name": f"{each.forename} {each.surname}", "adult": _is_adult(work, each)}
        for each in residents
    ]
    work.record(
        what,
        residents[0].id,
        residents=who,
        from_uprn=left,
        to_uprn=reached,
        moved_on=day.isoformat(),
        adults_left_behind=left_behind,
        adults_there_already=there_already,
    )


def _refuse_unknown_address(work: Work, uprn: str) -> None:
    if work.session.get(Address, uprn) is None:
        raise UnknownUprn(f"UPRN {uprn} is not an address of this council; the addresses service lists those")


def _refuse_day(work: Work, day: date) -> None:
    if not work.today - OLDEST_MOVE <= day <= work.today:
        raise MoveDateRefused(
            f"{day} cannot be recorded: it must lie between {work.today - OLDEST_MOVE} "
            f"and {work.today}, which is today in this council"
        )


def born_by(today: date, years: int) -> date:
    """The last date of birth of those who have turned so many years."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        return date(today.year - years, 2, 28)


def _is_adult(work: Work, resident: Resident) -> bool:
    return resident.born <= born_by(work.today, ADULT)


def _adults(work: Work, uprn: str) -> int:
    """How many adults live in the households of an address today.

    An entry without a household is not counted: it may be somebody's second.
    """
    adults = select(func.count()).where(
        Resident.uprn == uprn,
        Resident.born <= born_by(work.today, ADULT),
        Resident.household.is_not(None),
    )
    return work.session.scalar(adults) or 0
