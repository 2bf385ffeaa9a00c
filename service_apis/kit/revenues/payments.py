"""Payments on an account that owes by instalments: their shapes, and how one is taken."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from service_apis.kit.problems import Conflict, Unprocessable
from service_apis.kit.revenues.financial_year import begins, year_of
from service_apis.kit.revenues.instalments import LedgerEntry, Owed, enter
from service_apis.kit.schemas import Schema
from service_apis.kit.work import Work


class DateRefused(Unprocessable):
    """A payment or a change takes effect within this financial year, and not later than today."""


class NothingToSpread(Conflict):
    """Nothing is left to pay by instalments: all of it is paid, or due at once."""


class Instalment(Schema):
    """A payment to come."""

    due_on: date
    amount_pence: int


class Transaction(Schema):
    """An entry of the ledger: a debt is positive, a payment negative; their sum is the balance."""

    year: int
    kind: str
    amount_pence: int
    entered_on: date
    method: str | None


class Payment(Schema):
    """A payment that was made, today where ``paid_on`` is left out."""

    amount_pence: Annotated[int, Field(ge=1, le=10_000_000)]
    method: Literal["direct_debit", "card", "bank_transfer", "cash", "cheque"]
    paid_on: date | None = None


class InstalmentPlan(Schema):
    """How many instalments a year, and on which day of the month."""

    count: Literal[10, 12]
    day: Annotated[int, Field(ge=1, le=28)]


def take_payment(work: Work, account: Owed, ledger: type[LedgerEntry], payment: Payment) -> None:
    """Enter a payment, and record the event of it; what is overpaid is left in credit.

    Raises DateRefused.
    """
    paid_on = payment.paid_on or work.today
    if not begins(year_of(work.today)) <= paid_on <= work.today:
        raise DateRefused(
            f"{paid_on} cannot be the date of a payment: it must lie in this financial year "
            f"and not after {work.today}, which is today in this council"
        )
    account.paid_pence += payment.amount_pence
    enter(work, account, ledger, "payment", -payment.amount_pence, method=payment.method, entered_on=paid_on)
    work.record(
        "payment.received",
        account.reference,
        amount_pence=payment.amount_pence,
        method=payment.method,
        paid_on=paid_on.isoformat(),
        balance_pence=account.balance_pence,
    )


def choose_plan(account: Owed, plan: InstalmentPlan) -> None:
    """Let an account pay in so many instalments on another day, once it is billed again.

    Raises NothingToSpread.
    """
    if account.balance_pence <= account.arrears_pence:
        raise NothingToSpread(
            f"Account {account.reference} has nothing to spread: it owes {account.balance_pence} pence, "
            f"of which {account.arrears_pence} are overdue and to be paid at once"
        )
    account.instalments, account.instalment_day = plan.count, plan.day
