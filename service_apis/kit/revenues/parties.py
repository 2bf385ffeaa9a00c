"""Parties: the people who answer for an account, such as the liable persons, tenants or ratepayers.

A service's ``models.py`` declares ``class LiablePerson(Party, Base)`` with a table name of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from service_apis.kit.revenues.instalments import arrears_in
from service_apis.kit.work import Query, Work

Person = tuple[str, str | None]
"""A name, and the id in the citizen index if it is a resident's."""


class Party:
    """Somebody who answers for an account, with the others, from a day until another or still (None).

    ``name_key`` and ``surname_key`` are what names are found by: small letters.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(12), index=True)
    resident_id: Mapped[str | None] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(String(240))
    name_key: Mapped[str] = mapped_column(String(240), index=True)
    surname_key: Mapped[str] = mapped_column(String(240), index=True)
    basis: Mapped[str] = mapped_column(String(20))
    liable_from: Mapped[date]
    liable_until: Mapped[date | None]


def keys_of(names: Iterable[str]) -> dict[str, list[str]]:
    """The names and the keys that they are found by, as columns."""
    whole = list(names)
    small = [name.lower() for name in whole]
    return {"name": whole, "name_key": small, "surname_key": [name.rpartition(" ")[2] for name in small]}


def record_keys(accounts: Iterable[str]) -> list[str]:
    """The key of each party, given its account: its place in the account's list, from 1 (CT00000001-2)."""
    places: dict[str, int] = {}
    keys = []
    for account in accounts:
        places[account] = place = places.get(account, 0) + 1
        keys.append(f"{account}-{place}")
    return keys


def is_one_of(party: Party, moved: Mapping[str, str]) -> bool:
    """Whether a party is among residents given by id and name.

    Where the citizen index's id is not known, the name must do, letter for letter.
    """
    if party.resident_id is not None:
        return party.resident_id in moved
    return party.name in moved.values()


def named(party: type[Party], name: str) -> ColumnElement[bool]:
    """That a party has this name or surname, or one that begins so."""
    start = name.strip().lower()
    return or_(*(key.between(start, start + "\uffff") for key in (party.name_key, party.surname_key)))


def accounts_of(
    account: type[Any],
    party: type[Party],
    name: str | None,
    resident_id: str | None,
    least_balance: int | None,
    equal: Mapping[str, str | None],
) -> Query:
    """The accounts that fit everything asked, with their arrears, by reference; None asks for nothing."""
    query = select(account.__table__, arrears_in(account)).order_by(account.reference)
    query = query.filter_by(**{column: value for column, value in equal.items() if value is not None})
    if least_balance is not None:
        query = query.where(account.balance_pence >= least_balance)
    theirs = select(party.account)
    if resident_id is not None:
        query = query.where(account.reference.in_(theirs.where(party.resident_id == resident_id)))
    if name is not None:
        query = query.where(account.reference.in_(theirs.where(named(party, name))))
    return query


def parties_of(work: Work, party: type[Any], account: str) -> list[Any]:
    """Those who answer for an account now."""
    theirs = select(party).filter_by(account=account, liable_until=None).order_by(party.id)
    return list(work.session.scalars(theirs))


def add_parties(
    work: Work, party: type[Any], account: str, persons: list[Person], basis: str, since: date
) -> None:
    """Let persons answer for an account from a day on, on a ground (``tenant``, ``owner``, ...)."""
    for name, resident_id in persons:
        keys = {column: values[0] for column, values in keys_of([name]).items()}
        who = {"resident_id": resident_id, "basis": basis, "liable_from": since, **keys}
        work.session.add(party(account=account, **who))
