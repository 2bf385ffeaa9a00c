"""How residents are found, and what happens when they move."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from service_apis.kit.postcodes import tidied
from service_apis.kit.problems import Conflict, NotFound, Unprocessable
from service_apis.kit.work import Query, Work
from service_apis.residents.models import Address, Resident

OLDEST_MOVE = timedelta(days=365)
ADULT = 18


class NoSuchResident(NotFound):
    """The index has no resident of that id."""


class NoHousehold(NotFound):
    """The resident has no household: they live in a communal establishment, such as a care home, or the entry
    was made without saying with whom they live."""


class UnknownUprn(Unprocessable):
    """The UPRN is not one of the council's. The addresses service finds those that are."""


class MoveDateRefused(Unprocessable):
    """A move is recorded once it has happened, and within a year of it."""


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


def find_resident(work: Work, resident_id: str) -> Any:
    """One resident's row with their address. Raises NoSuchResident."""
    row = work.execute(_BY_ID, id=resident_id).first()
    if row is None:
        raise NoSuchResident(f"There is no resident {resident_id}; search /residents for those there are")
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
    resident = work.session.get(Resident, resident_id)
    if resident is None:
        raise NoSuchResident(f"There is no resident {resident_id}; search /residents for those there are")
    work.expect_version(resident.version, f"Resident {resident_id}")
    _refuse_impossible(work, resident, uprn, moved_on)
    left, household = resident.uprn, resident.household
    stays_together = whole_household and household is not None
    moving = [resident]
    if stays_together:
        together = select(Resident).where(Resident.household == household).order_by(Resident.id)
        moving = list(work.session.scalars(together))
    counted = (each for each in moving if each.household is not None)
    staying = _adults(work, left) - sum(_is_adult(work, each) for each in counted)
    there_already = _adults(work, uprn)
    joined = household if stays_together else f"H{work.next_number('residents.household'):08d}"
    for each in moving:
        each.uprn, each.household, each.moved_in = uprn, joined, moved_on
    work.record(
        "resident.moved",
        resident.id,
        residents=[
            {
                "id": each.id,
                "name": f"{each.forename} {each.surname}",
                "adult": _is_adult(work, each),
            }
            for each in moving
        ],
        from_uprn=left,
        to_uprn=uprn,
        moved_on=moved_on.isoformat(),
        adults_left_behind=staying,
        adults_there_already=there_already,
    )
    return moving, left


def _refuse_impossible(work: Work, resident: Resident, uprn: str, moved_on: date) -> None:
    if work.session.get(Address, uprn) is None:
        raise UnknownUprn(f"UPRN {uprn} is not an address of this council; the addresses service lists those")
    if not work.today - OLDEST_MOVE <= moved_on <= work.today:
        raise MoveDateRefused(
            f"{moved_on} cannot be recorded as a move: it must lie between {work.today - OLDEST_MOVE} "
            f"and {work.today}, which is today in this council"
        )
    if resident.uprn == uprn:
        raise AlreadyLivesThere(f"{resident.id} already lives at UPRN {uprn}; nothing was changed")


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
