"""How council tax is charged, billed and paid; money is in pence throughout.

"The 1992 Act" is the Local Government Finance Act 1992; "the Regulations" are the Council Tax
(Administration and Enforcement) Regulations 1992 (SI 1992/613).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Literal

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from service_apis.council_tax.models import Account, Award, Bill, Charge, Entry, LiablePerson
from service_apis.kit.clock import at
from service_apis.kit.problems import Conflict, NotFound, Unprocessable
from service_apis.kit.work import Query, Work

NINTHS = {"A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18, "I": 21}
"""What a band pays, in ninths of band D (1992 Act, s.5; band I in Wales alone)."""

RECOVERY = ("reminder", "second_reminder", "final_notice", "summons", "liability_order")
"""The stages of recovery in their order; an account that is not in recovery is at ``none``."""

WHOLE_BALANCE_DUE = RECOVERY[2:]
"""Stages at which the right to pay by instalments is lost (the Regulations, reg. 23(3) and (4))."""

SINGLE_PAYMENT_AFTER = timedelta(days=14)
LEAST_INSTALMENT_PENCE = 500
SUMMONS_COSTS_PENCE = 6_500
"""An assumption: what a summons costs the debtor (the Regulations, reg. 34(5))."""

NIGHT, MORNING, END_OF_DAY = time(0, 30), time(8, 0), time(23, 0)
"""When a year is billed, when notices go out, and when instalments that fell due are in arrears."""


@dataclass(frozen=True, slots=True)
class AwardKind:
    """A discount, exemption or premium: its per cent of the charge, and the rule it comes from."""

    kind: Literal["discount", "exemption", "premium"]
    percent: int
    meaning: str


_CLASSES = """
b empty, owned by a charity; d left empty by a prisoner; e left empty by somebody in hospital or a care home;
f left empty by somebody who died; g occupation is prohibited by law; h kept for a minister of religion;
i left empty by somebody receiving care; j left empty by somebody giving care; k left empty by a student;
l repossessed by a mortgage lender; m a students' hall of residence; n every resident is a student;
o armed forces accommodation; p visiting forces accommodation; q held by a trustee in bankruptcy;
r a pitch without a caravan or a mooring without a boat; s every resident is under 18;
t an annexe that may not be let separately; u every resident is severely mentally impaired, or a student;
v a diplomat's main home; w an annexe lived in by a dependent relative"""
AWARDS = {
    "single_person": AwardKind("discount", -25, "One adult lives there (1992 Act, s.11(1)(a))"),
    "one_counted": AwardKind("discount", -25, "One adult counts, others are disregarded (s.11, Sch. 1)"),
    "none_counted": AwardKind("discount", -50, "Every adult is disregarded (s.11(1)(b), Sch. 1)"),
    **{
        f"exempt_{letter}": AwardKind("exemption", -100, f"Class {letter.upper()}: {meaning} (SI 1992/558)")
        for letter, meaning in (each.strip().split(" ", 1) for each in _CLASSES.split(";"))
    },
    # Each council decides whether to charge premiums, up to these limits; that ours does is assumed.
    "empty_1_year": AwardKind("premium", 100, "Empty for a year or more (s.11B, as the council decided)"),
    "empty_5_years": AwardKind("premium", 200, "Empty for five years or more (s.11B, likewise)"),
    "empty_10_years": AwardKind("premium", 300, "Empty for ten years or more (s.11B, likewise)"),
    "second_home": AwardKind("premium", 100, "Nobody's main home (s.11C, as the council decided)"),
}


class NoSuchAccount(NotFound):
    """The council has no council tax account of that reference."""


class NoSuchBill(NotFound):
    """The account has no bill of that reference, and none for that year."""


class NoSuchProperty(NotFound):
    """The UPRN is not in the council's valuation list."""


class DateRefused(Unprocessable):
    """A payment or discount takes effect within this financial year, not later than today."""


class DiscountUnchanged(Conflict):
    """From that day on the account already stands as was asked; nothing was changed."""


class NothingToSpread(Conflict):
    """Nothing is left to pay by instalments: it is paid, due at once, or the account is closed."""


def year_of(day: date) -> int:
    """The financial year of a day, called by the year it begins in: 1 April 2026 is in 2026."""
    return day.year if day.month >= 4 else day.year - 1


def months_on(day: date, months: int) -> date:
    """The same day so many months later. A plan's day is one that every month has."""
    count = day.month - 1 + months
    return day.replace(year=day.year + count // 12, month=count % 12 + 1)


def part(pence: int, numerator: int, denominator: int) -> int:
    """``numerator/denominator`` of an amount, to the nearest penny, halves up."""
    return (2 * pence * numerator + denominator) // (2 * denominator)


def award_for(adults: int, disregards: Sequence[str]) -> str | None:
    """The award for a home of so many adults, of whom one is disregarded for each reason, or None.

    1992 Act, s.11 and Sch. 1; SI 1992/558, classes N, S and U.
    """
    if adults == 0:
        return "exempt_s"
    if len(disregards) >= adults:
        if set(disregards) == {"student"}:
            return "exempt_n"
        return "exempt_u" if set(disregards) <= {"student", "severe_mental_impairment"} else "none_counted"
    if len(disregards) == adults - 1:
        return "single_person" if adults == 1 else "one_counted"
    return None


def empty_premium(empty_since: date, day: date) -> tuple[str, date] | None:
    """The premium of a long-empty home on a day, and since when it holds; None in the first year."""
    for years, code in ((10, "empty_10_years"), (5, "empty_5_years"), (1, "empty_1_year")):
        # The 1st stands in for a 29th of February.
        since = months_on(empty_since if empty_since.day < 29 else empty_since.replace(day=28), 12 * years)
        if since <= day:
            return code, since
    return None


def split(total: int, count: int) -> tuple[int, int]:
    """How many instalments an amount is paid in, and how much all but the first are.

    Those are whole pounds and the first takes what is over; none is below five pounds
    (the Regulations, Sch. 1 para. 2(5) to (7) and 3).
    """
    if total <= 0:
        return 0, 0
    count = max(1, min(count, total // LEAST_INSTALMENT_PENCE))
    each = part(total, 1, count * 100) * 100
    return (count - 1 if count > 1 and total - each * (count - 1) < LEAST_INSTALMENT_PENCE else count), each


def plan_from(issued: date, wanted: int, day: int) -> tuple[int, date]:
    """How many instalments a bill issued during the year has, and when the first is due.

    One less than the whole months left, or all of them where twelve were asked for, from the next
    month on and not within fourteen days; a single payment where none are left
    (the Regulations, Sch. 1 para. 2(3), 2(3A) and 4).
    """
    left = 11 - (issued.month - 4) % 12
    first = months_on(issued.replace(day=day), 1)
    if first < issued + SINGLE_PAYMENT_AFTER:
        first = months_on(first, 1)
    left_from_first = left if first.month == issued.month % 12 + 1 else left - 1
    count = min(10, left - 1, left_from_first) if wanted == 10 else left_from_first
    return (count, first) if count > 1 else (1, issued + SINGLE_PAYMENT_AFTER)


def instalments_of(total: int, count: int, each: int, first_due: date | None) -> list[dict[str, Any]]:
    """A plan written out: when each instalment is due, and how much it is. They sum to ``total``."""
    amounts = [total - each * (count - 1), *[each] * (count - 1)] if first_due else []
    return [
        {"due_on": months_on(first_due, number), "amount_pence": amount}
        for number, amount in enumerate(amounts)
        if first_due
    ]


def lines_of(
    annual: int, year: int, start: date, end: date | None, awards: Iterable[tuple[str, date, date | None]]
) -> list[dict[str, Any]]:
    """A bill's lines for the days from ``start`` to before ``end``, in the shape of ``schemas.BillLine``.

    A day is charged a 365th, or 366th, of the year's charge (1992 Act, s.2 and 10); ``awards`` are
    codes with their periods. Each line is rounded by itself.
    """
    opens, closes = date(year, 4, 1), date(year + 1, 4, 1)
    lines = []
    for code, since, until in (("charge", start, end), *awards):
        since, until = max(since, start, opens), min(until or closes, end or closes, closes)
        percent = 100 if code == "charge" else AWARDS[code].percent
        if (days := (until - since).days) > 0:
            amount = part(annual, days * abs(percent), (closes - opens).days * 100)
            signed = amount if percent > 0 else -amount
            lines.append(
                {"code": code, "starts_on": since, "ends_on": until, "days": days, "amount_pence": signed}
            )
    return lines


def find_account(work: Work, reference: str) -> Account:
    """One account. Raises NoSuchAccount."""
    account = work.session.get(Account, reference)
    if account is None:
        raise NoSuchAccount(f"There is no council tax account {reference}; /accounts lists those there are")
    return account


def changing(work: Work, reference: str) -> Account:
    """An account that is about to be changed. Raises NoSuchAccount or StaleVersion."""
    account = find_account(work, reference)
    work.expect_version(account.version, f"Account {reference}")
    return account


def accounts_at(work: Work, uprn: str) -> list[Account]:
    """Every account that a dwelling has had, the latest first. Raises NoSuchProperty."""
    here = select(Account).where(Account.uprn == uprn).order_by(Account.reference.desc())
    if accounts := list(work.session.scalars(here)):
        return accounts
    raise NoSuchProperty(f"UPRN {uprn} is not in the valuation list; the addresses service lists UPRNs")


def find_accounts(
    name: str | None, resident_id: str | None, least_balance: int | None, equal: Mapping[str, str | None]
) -> Query:
    """The accounts that fit everything asked, with their arrears, by reference."""
    over = Account.balance_pence - Account.undue_pence
    query = select(Account.__table__, case((over > 0, over), else_=0).label("arrears_pence"))
    wanted = {column: value for column, value in equal.items() if value is not None}
    query = query.filter_by(**wanted).order_by(Account.reference)
    if least_balance is not None:
        query = query.where(Account.balance_pence >= least_balance)
    liable = select(LiablePerson.account)
    if resident_id is not None:
        query = query.where(Account.reference.in_(liable.where(LiablePerson.resident_id == resident_id)))
    if name is not None:
        start = name.strip().lower()
        keys = (LiablePerson.name_key, LiablePerson.surname_key)
        named = liable.where(or_(*(each.between(start, start + "\uffff") for each in keys)))
        query = query.where(Account.reference.in_(named))
    return query


def bill_rows(account: Account) -> Query:
    """An account's bills, the latest first."""
    sent = select(Bill.__table__).where(Bill.account == account.reference)
    return sent.order_by(Bill.reference.desc())


def find_bill(work: Work, account: Account, wanted: str) -> Any:
    """An account's bill by its reference, or the latest of a year. Raises NoSuchBill."""
    for bill in work.session.execute(bill_rows(account)):
        if wanted in (bill.reference, str(bill.year)):
            return bill
    raise NoSuchBill(f"Account {account.reference} has no bill {wanted}; its /bills lists those it has")


def awards_of(work: Work, account: Account) -> list[Award]:
    """Every award on an account, the earliest first."""
    held = select(Award).where(Award.account == account.reference)
    return list(work.session.scalars(held.order_by(Award.starts_on)))


def open_cases(session: Session) -> int:
    """How many accounts are in recovery: at a reminder or beyond."""
    return session.scalar(select(func.count()).where(Account.stage.in_(RECOVERY))) or 0


def enter(work: Work, account: Account, kind: str, amount: int, **more: Any) -> None:
    """Enter a debt or, negative, a payment in the ledger; recovery ends once nothing is overdue."""
    values = {"year": year_of(work.today), "entered_on": work.today, **more}
    work.session.add(Entry(account=account.reference, kind=kind, amount_pence=amount, **values))
    account.balance_pence += amount
    if account.arrears_pence == 0:
        account.stage, account.stage_on = "none", None


def pay(work: Work, account: Account, amount: int, method: str, paid_on: date) -> None:
    """Record a payment, and the event of it. What is overpaid is left in credit. Raises DateRefused."""
    if not date(year_of(work.today), 4, 1) <= paid_on <= work.today:
        raise DateRefused(
            f"{paid_on} cannot be the date of a payment: it must lie in this financial year "
            f"and not after {work.today}, which is today in this council"
        )
    account.paid_pence += amount
    enter(work, account, "payment", -amount, method=method, entered_on=paid_on)
    sums = {"amount_pence": amount, "balance_pence": account.balance_pence}
    work.record("payment.received", account.reference, method=method, paid_on=paid_on.isoformat(), **sums)


def spread_anew(work: Work, account: Account, count: int, day: int) -> None:
    """Spread what is not yet due over instalments on another day, or to March. Raises NothingToSpread."""
    rest = account.balance_pence - account.arrears_pence
    if account.status == "closed" or account.stage in WHOLE_BALANCE_DUE or rest <= 0:
        raise NothingToSpread(
            f"Account {account.reference} has nothing to spread: it is {account.status}, at stage "
            f"{account.stage}, with {max(0, rest)} pence not yet due. Arrears are paid at once"
        )
    account.instalments, account.instalment_day = count, day
    bill_since(work, account, work.today, "instalments")


def change_discount(work: Work, account: Account, code: str | None, day: date) -> None:
    """From a day on, let a discount or exemption hold, or none. Raises DateRefused or DiscountUnchanged."""
    earliest = max(date(year_of(work.today), 4, 1), account.opened_on)
    latest = min(work.today, (account.closed_on or date.max) - timedelta(days=1))
    if not earliest <= day <= latest:
        raise DateRefused(
            f"A discount on account {account.reference} cannot start on {day}: it must be a day of this "
            f"financial year that the account is charged for, from {earliest} to {latest}"
        )
    if not set_award(work, account, code, day):
        raise DiscountUnchanged(f"Account {account.reference} already has {code or 'no discount'} on {day}")
    bill_since(work, account, day, "changed")


def set_award(work: Work, account: Account, code: str | None, day: date) -> bool:
    """From a day on, let an account have this award or none; says whether that changed anything."""
    held = [each for each in awards_of(work, account) if each.ends_on is None or each.ends_on > day]
    if len(held) < 2 and [each.code for each in held if each.starts_on <= day] == ([code] if code else []):
        return False
    for each in held:
        if each.starts_on < day:
            each.ends_on = day
        else:
            work.session.delete(each)
    if code is not None:
        work.session.add(Award(account=account.reference, code=code, starts_on=day))
    work.session.flush()
    work.record("award.changed", account.reference, award=code, from_date=day.isoformat())
    return True


def charges_of(work: Work, year: int) -> dict[str, int]:
    """A year's charge by band; empty where none was set."""
    charges = select(Charge).where(Charge.year == year)
    return {charge.band: charge.annual_pence for charge in work.session.scalars(charges)}


def bill_since(work: Work, account: Account, day: date, reason: str) -> None:
    """Issue the bills of every year that a change on a day touches, as far back as records go."""
    for year in range(year_of(day), year_of(work.today) + 1):
        if charges := charges_of(work, year):
            awards = awards_of(work, account)
            bill = issue_bill(work, account, year, reason, charges[account.band], awards)
            sums = {"net_pence": bill.net_pence, "payable_pence": bill.payable_pence}
            work.record("bill.issued", account.reference, bill=bill.reference, reason=reason, **sums)
    if account.next_due is not None:
        work.schedule(at(account.next_due, END_OF_DAY), "instalments", account.next_due.isoformat())


def issue_bill(
    work: Work, account: Account, year: int, reason: str, annual: int, awards: Iterable[Award]
) -> Bill:
    """Work out a year's charge, enter what changed of it, and spread what is not yet due.

    ``reason`` is ``annual``, ``opened``, ``closed``, ``changed`` or ``instalments``; ``annual``
    pence is the band's charge for the whole year.
    """
    periods = [(each.code, each.starts_on, each.ends_on) for each in awards]
    lines = lines_of(annual, year, account.opened_on, account.closed_on, periods)
    net = sum(line["amount_pence"] for line in lines)
    first = reason in ("annual", "opened")
    charged = 0 if first else _charged(work, account, year)
    overdue, before = account.arrears_pence, account.balance_pence + account.paid_pence - charged
    if first or net != charged:
        enter(work, account, "bill" if first else "adjustment", net - charged, year=year)
    due_now = max(0, min(overdue, account.balance_pence))
    count, first_due = _plan(work, account, year, reason)
    rest = max(0, account.balance_pence) - due_now
    count, each = split(rest, count)
    account.undue_pence, account.instalment_pence, account.instalments_left = rest, each, count
    account.next_due = first_due if count else None
    bill = Bill(
        reference=f"CTB{work.next_number('council_tax.bills'):08d}",
        account=account.reference,
        year=year,
        reason=reason,
        issued_on=work.today,
        net_pence=net,
        brought_forward_pence=before,
        paid_pence=account.paid_pence,
        payable_pence=account.balance_pence,
        due_now_pence=due_now,
        lines=json.dumps(lines, default=str),
        instalments=json.dumps(instalments_of(rest, count, each, account.next_due), default=str),
    )
    work.session.add(bill)
    return bill


def _charged(work: Work, account: Account, year: int) -> int:
    """What a year has been charged so far."""
    entered = select(func.sum(Entry.amount_pence)).where(
        Entry.account == account.reference, Entry.year == year, Entry.kind.in_(("bill", "adjustment"))
    )
    return work.session.scalar(entered) or 0


def _plan(work: Work, account: Account, year: int, reason: str) -> tuple[int, date]:
    if reason == "annual":
        return account.instalments, date(year, 4, account.instalment_day)
    if reason == "changed" and account.next_due is not None:
        return account.instalments_left, account.next_due
    if reason in ("opened", "instalments") and year == year_of(work.today):
        return plan_from(work.today, account.instalments, account.instalment_day)
    return 1, work.today + SINGLE_PAYMENT_AFTER
