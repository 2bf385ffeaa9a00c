"""Bills: a year's charge by the day, in lines that add up, and how it is entered and spread.

A service's ``models.py`` declares ``class Bill(BillColumns, Base)`` with a table name of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from pydantic import Json
from sqlalchemy import String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from service_apis.kit.problems import NotFound
from service_apis.kit.revenues.financial_year import begins, share_of_year, year_of
from service_apis.kit.revenues.instalments import SINGLE_PAYMENT_AFTER, Owed, enter, plan_from
from service_apis.kit.revenues.payments import Instalment
from service_apis.kit.schemas import Schema
from service_apis.kit.work import Query, Work

Reason = Literal["annual", "opened", "closed", "changed", "instalments"]
"""Why a bill is sent: a new year, an account opened or closed, a changed charge, or a changed plan."""

Change = tuple[str, int, date, date | None]
"""What changes a charge: its code, its per cent, its first day, and the first day it no longer holds."""


class NoSuchBill(NotFound):
    """The account has no bill of that reference, and none for that year."""


class BillColumns:
    """A bill as it was sent: never changed, but superseded by the year's next.

    ``lines`` and ``instalments`` are JSON, in the shapes of :class:`BillLine` and ``Instalment``.
    """

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    account: Mapped[str] = mapped_column(String(12), index=True)
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(12))
    issued_on: Mapped[date]
    net_pence: Mapped[int]
    brought_forward_pence: Mapped[int]
    paid_pence: Mapped[int]
    payable_pence: Mapped[int]
    due_now_pence: Mapped[int]
    lines: Mapped[str] = mapped_column(Text)
    instalments: Mapped[str] = mapped_column(Text)


BILL_WRITTEN = "B{:09d}"
"""How a bill's reference is written; its number is counted in the series of the table's name."""


class BillLine(Schema):
    """The charge for a period, or what a discount, exemption or premium changes of it.

    The period goes up to, not including, ``ends_on``.
    """

    code: str
    starts_on: date
    ends_on: date
    days: int
    amount_pence: int


class BillEntry(Schema):
    """A bill. Its lines' sum is ``net``; with earlier debts and costs, less payments, ``payable``.

    That is ``due_now`` and the instalments together; below zero it is a credit.
    """

    reference: str
    account: str
    year: int
    reason: Reason
    issued_on: date
    lines: Json[list[BillLine]]
    net_pence: int
    brought_forward_pence: int
    paid_pence: int
    payable_pence: int
    due_now_pence: int
    instalments: Json[list[Instalment]]


def lines_of(
    annual: int, year: int, start: date, end: date | None, changes: Iterable[Change]
) -> list[dict[str, Any]]:
    """A bill's lines for the days from ``start`` to before ``end``, in the shape of :class:`BillLine`.

    Each line is rounded by itself. Changes are reckoned on the charge, not on one another.
    """
    start, end = max(start, begins(year)), min(end or date.max, begins(year + 1))
    lines = []
    for code, percent, since, until in (("charge", 100, start, end), *changes):
        since, until = max(since, start), min(until or end, end)
        if since < until:
            amount, days = share_of_year(annual, since, until, percent), (until - since).days
            line = {"code": code, "starts_on": since, "ends_on": until, "days": days, "amount_pence": amount}
            lines.append(line)
    return lines


def written(lines: list[dict[str, Any]], plan: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns of a bill that come of its lines and its plan."""
    return {
        "net_pence": sum(line["amount_pence"] for line in lines),
        "lines": json.dumps(lines, default=str, separators=(",", ":")),
        "instalments": json.dumps(plan, default=str, separators=(",", ":")),
    }


def issue(
    work: Work,
    account: Owed,
    bill: type[Any],
    ledger: type[Any],
    year: int,
    reason: Reason,
    lines: list[dict[str, Any]],
) -> Any:
    """Bill an account for a year: enter what changed of its charge, spread what is not yet due."""
    net, charged, kind = sum(line["amount_pence"] for line in lines), 0, "bill"
    if reason not in ("annual", "opened"):
        entered = select(func.sum(ledger.amount_pence)).filter_by(account=account.reference, year=year)
        charged = work.session.scalar(entered.where(ledger.kind.in_(("bill", "adjustment")))) or 0
        kind = "adjustment"
    brought_forward, overdue = account.balance_pence + account.paid_pence - charged, account.arrears_pence
    if kind == "bill" or net != charged:
        enter(work, account, ledger, kind, net - charged, year=year)
    due_now = max(0, min(overdue, account.balance_pence))
    account.spread(account.balance_pence - due_now, *_plan(work, account, year, reason))
    issued = bill(
        reference=BILL_WRITTEN.format(work.next_number(bill.__tablename__)),
        account=account.reference,
        year=year,
        reason=reason,
        issued_on=work.today,
        brought_forward_pence=brought_forward,
        paid_pence=account.paid_pence,
        payable_pence=account.balance_pence,
        due_now_pence=due_now,
        **written(lines, account.plan),
    )
    work.session.add(issued)
    return issued


def _plan(work: Work, account: Owed, year: int, reason: Reason) -> tuple[int, date]:
    if reason == "annual":
        return account.instalments, date(year, 4, account.instalment_day)
    if reason == "changed" and account.next_due is not None:
        return account.instalments_left, account.next_due
    if reason in ("opened", "instalments") and year == year_of(work.today):
        return plan_from(work.today, account.instalments, account.instalment_day)
    return 1, work.today + SINGLE_PAYMENT_AFTER


def bills_of(bill: type[Any], account: str) -> Query:
    """An account's bills, the latest first."""
    return select(bill.__table__).filter_by(account=account).order_by(bill.reference.desc())


def find_bill(work: Work, bill: type[Any], account: str, wanted: str) -> Any:
    """An account's bill by its reference, or the latest of a year. Raises NoSuchBill."""
    for sent in work.session.execute(bills_of(bill, account)):
        if wanted in (sent.reference, str(sent.year)):
            return sent
    raise NoSuchBill(f"Account {account} has no bill {wanted}; its /bills lists those it has")
