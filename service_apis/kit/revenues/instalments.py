"""Money owed to the council and paid by instalments.

A service's ``models.py`` declares ``class Account(Owed, Base)`` and ``class Entry(LedgerEntry, Base)``
with table names of its own. What is owed is the sum of an account's ledger; the plan holds part of it
back until instalments fall due; what is owed beyond that is in arrears. On the day itself instalments
are gathered in: :func:`gather` is what the service's ``lifecycle.py`` calls then.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, insert, literal, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service_apis.kit.clock import at
from service_apis.kit.db import Versioned
from service_apis.kit.records import DueEntry
from service_apis.kit.revenues.financial_year import months_on, part, year_of
from service_apis.kit.revenues.payers import paying_in
from service_apis.kit.work import Work

END_OF_DAY = time(23, 0)
"""When a day's instalments are gathered in; what is then unpaid is in arrears."""

LEAST_PENCE = 500
SINGLE_PAYMENT_AFTER = timedelta(days=14)


class Owed(Versioned):
    """What an account owes: ``instalments`` a year, due on ``instalment_day`` of the month.

    The plan holds back ``undue_pence``: ``instalments_left`` payments, the next on ``next_due``,
    each of ``instalment_pence`` but the next, which is the rest.
    ``paid_pence`` was paid this financial year. ``stage`` is how far recovery has gone, since
    ``stage_on``, ``none`` without arrears; ``reminders`` were sent this year. ``habit`` is how the
    pretend payer behaves, see ``payers``.
    """

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    payment_method: Mapped[str] = mapped_column(String(12), default="other")
    habit: Mapped[str] = mapped_column(String(12), default="by_hand")
    instalments: Mapped[int] = mapped_column(default=10)
    instalment_day: Mapped[int] = mapped_column(default=1)
    balance_pence: Mapped[int] = mapped_column(default=0, index=True)
    paid_pence: Mapped[int] = mapped_column(default=0)
    undue_pence: Mapped[int] = mapped_column(default=0)
    instalment_pence: Mapped[int] = mapped_column(default=0)
    instalments_left: Mapped[int] = mapped_column(default=0)
    next_due: Mapped[date | None] = mapped_column(index=True)
    stage: Mapped[str] = mapped_column(String(16), default="none")
    stage_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)

    @property
    def arrears_pence(self) -> int:
        """What is owed and due."""
        return max(0, self.balance_pence - self.undue_pence)

    @property
    def plan(self) -> list[dict[str, Any]]:
        """The instalments to come, less what was paid ahead: ``due_on`` and ``amount_pence`` of each."""
        ahead = max(0, self.undue_pence - max(0, self.balance_pence))
        to_come = written_out(self.undue_pence, self.instalments_left, self.instalment_pence, self.next_due)
        for each in to_come:
            covered = min(ahead, each["amount_pence"])
            each["amount_pence"] -= covered
            ahead -= covered
        return [each for each in to_come if each["amount_pence"] > 0]

    def spread(self, amount: int, count: int, first_due: date) -> None:
        """Let an amount fall due in so many instalments at most, as :func:`split` has them."""
        self.instalments_left, self.instalment_pence = split(amount, count)
        self.undue_pence = max(0, amount)
        self.next_due = first_due if self.instalments_left else None

    def fall_due(self) -> None:
        """Let all that is owed be due at once: the plan is lost."""
        self.undue_pence, self.instalments_left, self.next_due = 0, 0, None


class LedgerEntry:
    """One entry of an account's ledger: a debt is positive, a payment negative; the sum is the balance."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(12), index=True)
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    amount_pence: Mapped[int]
    entered_on: Mapped[date]
    method: Mapped[str | None] = mapped_column(String(16))


def split(total: int, count: int) -> tuple[int, int]:
    """How many instalments an amount is paid in, and how much all but the first are.

    Those are whole pounds and the first takes what is over; none is below five pounds. So it is
    for council tax (SI 1992/613, Sch. 1 para. 2(5) to (7) and 3), and like it for business rates.
    """
    if total <= 0:
        return 0, 0
    count = max(1, min(count, total // LEAST_PENCE))
    each = part(total, 1, count * 100) * 100
    return (count - 1 if count > 1 and total - each * (count - 1) < LEAST_PENCE else count), each


def plan_from(issued: date, wanted: int, day: int) -> tuple[int, date]:
    """How many instalments a bill issued during the year has, and when the first is due.

    One less than the whole months left, or all of them where twelve were asked for, from the next
    month on and not within fourteen days; a single payment where none are left
    (for council tax SI 1992/613, Sch. 1 para. 2(3), 2(3A) and 4).
    """
    months_left = 11 - (issued.month - 4) % 12
    first = months_on(issued.replace(day=day), 1)
    too_soon = first < issued + SINGLE_PAYMENT_AFTER
    count = min(months_left - too_soon, wanted if wanted == 12 else min(10, months_left - 1))
    return (count, months_on(first, int(too_soon))) if count > 1 else (1, issued + SINGLE_PAYMENT_AFTER)


def written_out(total: int, count: int, each: int, first_due: date | None) -> list[dict[str, Any]]:
    """A plan's instalments: ``due_on`` and ``amount_pence`` of each. They sum to ``total``."""
    if first_due is None:
        return []
    amounts = [total - each * (count - 1), *[each] * (count - 1)]
    return [
        {"due_on": months_on(first_due, number), "amount_pence": amount}
        for number, amount in enumerate(amounts)
    ]


def arrears_in(account: type[Owed]) -> ColumnElement[int]:
    """What is owed and due, as a column of a query."""
    over = account.balance_pence - account.undue_pence
    return case((over > 0, over), else_=0).label("arrears_pence")


def enter(work: Work, account: Owed, ledger: type[Any], kind: str, amount: int, **more: Any) -> None:
    """Enter a debt or, negative, a payment; recovery ends once nothing is in arrears."""
    values = {"year": year_of(work.today), "entered_on": work.today, **more}
    work.session.add(ledger(account=account.reference, kind=kind, amount_pence=amount, **values))
    account.balance_pence += amount
    if account.arrears_pence == 0:
        account.stage, account.stage_on = "none", None


def await_instalments(work: Work, day: date | None) -> None:
    """Put the ``instalments`` of a day on the service's agenda, once for all accounts."""
    if day is None:
        return
    instant, kind, subject = at(day, END_OF_DAY), "instalments", day.isoformat()
    mine = DueEntry.service == work.service.replace("-", "_")
    awaited = select(DueEntry.id).where(DueEntry.at == instant, DueEntry.kind == kind, mine)
    if work.session.scalar(awaited.limit(1)) is None:
        work.schedule(instant, kind, subject)


def gather(work: Work, account: type[Owed], ledger: type[LedgerEntry], day: date) -> None:
    """Let the instalments of a day fall due; payers with the habit then pay what they owe by it."""
    falling = account.next_due == day
    still_undue = account.instalment_pence * (account.instalments_left - 1)
    take(work, account, ledger, still_undue, falling, account.habit.in_(paying_in(day.month)))
    following = months_on(day, 1)
    later = {
        "undue_pence": still_undue,
        "instalments_left": account.instalments_left - 1,
        "next_due": case((account.instalments_left > 1, following), else_=None),
        "version": account.version + 1,
    }
    moved_on = update(account).where(falling).values(later)
    work.session.execute(moved_on, execution_options={"synchronize_session": False})
    if work.session.scalar(select(account.reference).where(account.next_due == following).limit(1)):
        await_instalments(work, following)


def take(
    work: Work,
    account: type[Owed],
    ledger: type[LedgerEntry],
    still_undue: Any,
    *payers: ColumnElement[bool],
) -> None:
    """Let the accounts that meet every condition pay at once what they owe beyond what is not yet due."""
    owed = account.balance_pence - still_undue
    paying = and_(owed > 0, *payers)
    year, today = literal(year_of(work.today)), literal(work.today)
    rows = select(account.reference, year, literal("payment"), -owed, today, account.payment_method)
    columns = ["account", "year", "kind", "amount_pence", "entered_on", "method"]
    work.session.execute(insert(ledger).from_select(columns, rows.where(paying)))
    standing = {
        "balance_pence": still_undue,
        "paid_pence": account.paid_pence + owed,
        "stage": "none",
        "stage_on": None,
        "version": account.version + 1,
    }
    settled = update(account).where(paying).values(standing)
    work.session.execute(settled, execution_options={"synchronize_session": False})
