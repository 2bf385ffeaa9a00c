"""Traits of those who owe the council money: how they pay, what they have missed, how far recovery is.

A service's ``traits.py`` calls :func:`declare_payers` with its :class:`Books`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select, true

from service_apis.kit.trait import Choice, Number, Select, Traits
from service_apis.kit.work import Query, Work

PENCE = Number("pence", 1, 10_000_000, 1)
DAYS = Number("days", 1, 3660, 365)
INSTALMENTS = Number("instalments", 1, 12, 1)


@dataclass(frozen=True, slots=True)
class Books:
    """A service's tables: its accounts, whose open ones have no ``closed_on``, its bills and parties.

    ``debt`` is what is owed, in words ("council tax"); ``prefix`` goes before each trait's name, so that two
    services with such traits can be told apart.
    """

    account: Any
    bill: Any
    party: Any
    debt: str
    prefix: str = ""

    @property
    def is_open(self) -> ColumnElement[bool]:
        """That an account has not been closed.

        SQLite would take an index on ``status`` for selective, though nearly all accounts are open.
        """
        opened: ColumnElement[bool] = self.account.closed_on.is_(None)
        return opened

    @property
    def overdue(self) -> ColumnElement[int]:
        """What is owed and due, in pence."""
        owed: ColumnElement[int] = self.account.balance_pence - self.account.undue_pence
        return owed

    def liable(self, *conditions: ColumnElement[bool], ever: bool = False) -> Query:
        """Those who answer (or ``ever`` answered) for the accounts that fit, with the account."""
        known = [self.party.resident_id.is_not(None)]
        if not ever:
            known.append(self.party.liable_until.is_(None))
        rows = select(self.party.resident_id, self.account.reference)
        rows = rows.join(self.account, self.account.reference == self.party.account)
        return rows.where(*known, *conditions)


def declare_payers(traits: Traits, books: Books, stages: tuple[str, ...]) -> None:
    """Declare the traits of those who are liable on accounts; ``stages`` are those of recovery."""
    account, debt, prefix = books.account, books.debt, books.prefix

    def declare(name: str, sentence: str, select: Select, parameter: Number | Choice | None = None) -> None:
        traits.of_resident(prefix + name, sentence, select, parameter)

    def liable(work: Work) -> Query:
        return books.liable(books.is_open)

    def opened_within(work: Work, days: int) -> Query:
        return books.liable(books.is_open, books.party.liable_from >= work.today - timedelta(days))

    def direct_debit(work: Work) -> Query:
        return books.liable(books.is_open, account.payment_method == "direct_debit")

    def in_credit(work: Work, pence: int) -> Query:
        return books.liable(account.balance_pence <= -pence, ever=True)

    def arrears(work: Work, pence: int) -> Query:
        return books.liable(books.overdue >= pence, ever=True)

    def paid_nothing(work: Work) -> Query:
        return books.liable(books.is_open, account.paid_pence == 0, books.overdue > 0)

    def recovery(work: Work, stage: str) -> Query:
        return books.liable(account.stage == stage.replace("-", "_"), ever=True)

    def missed(work: Work, instalments: int) -> Query:
        return books.liable(account.reference.in_(_missed(work, account, books.bill, instalments)))

    all_stages = Choice("stage", tuple(stage.replace("_", "-") for stage in stages))
    due = f"instalments of {debt} that have fallen due"
    traits.known_by("account", "resident", liable)
    declare("liable", f"Is liable for {debt}.", liable)
    declare("liable-within", f"Became liable for {debt} in the last {{days}} days.", opened_within, DAYS)
    declare("direct-debit", f"Pays {debt} by direct debit.", direct_debit)
    declare("in-credit", f"Has paid {{pence}} pence or more of {debt} too much.", in_credit, PENCE)
    declare("arrears", f"Owes {{pence}} pence or more of overdue {debt}.", arrears, PENCE)
    declare("paid-nothing", f"Has paid no {debt} this year, although some was due.", paid_nothing)
    declare("recovery", f"Is in recovery for {debt}, at the stage {{stage}}.", recovery, all_stages)
    declare("missed-instalments", f"Has not paid {{instalments}} or more {due}.", missed, INSTALMENTS)


def declare_bases(traits: Traits, books: Books, bases: Mapping[str, tuple[str, str]]) -> None:
    """Declare a trait for each ground on which somebody is liable: its name to a sentence and the basis."""
    for name, (sentence, basis) in bases.items():
        traits.of_resident(name, sentence, partial(_on_basis, books, basis))


def _on_basis(books: Books, basis: str, work: Work) -> Query:
    party = books.party
    held = (party.basis == basis, party.resident_id.is_not(None), party.liable_until.is_(None))
    return select(party.resident_id, party.account).where(*held)


def _missed(work: Work, account: Any, bill: Any, least: int) -> Any:
    """The accounts of which so many instalments of the latest bill have fallen due and are not paid in full.

    What was paid since the bill goes to what was due at once, then to the instalments in their order.
    """
    newer = select(func.max(bill.reference)).where(bill.account == account.reference)
    latest = newer.correlate(account).scalar_subquery()
    each = func.json_each(bill.instalments).table_valued("key", "value")
    said = each.c.value
    amount = cast(func.json_extract(said, "$.amount_pence"), Integer)
    so_far = func.sum(amount).over(partition_by=bill.reference, order_by=cast(each.c.key, Integer))
    due = (
        select(
            account.reference,
            func.json_extract(said, "$.due_on").label("due_on"),
            (bill.due_now_pence + so_far).label("asked"),
            (account.paid_pence - bill.paid_pence).label("paid"),
        )
        .join(bill, bill.reference == latest)
        .join(each, true())
        .where(account.closed_on.is_(None), account.balance_pence > account.undue_pence)
        .subquery()
    )
    missed = select(due.c.reference).where(due.c.due_on < work.today.isoformat(), due.c.asked > due.c.paid)
    return missed.group_by(due.c.reference).having(func.count() >= least)
