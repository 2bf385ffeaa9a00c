"""How council tax is charged, billed and paid; money is in pence throughout.

"The 1992 Act" is the Local Government Finance Act 1992; "the Regulations" are the Council Tax
(Administration and Enforcement) Regulations 1992 (SI 1992/613).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_apis.council_tax.models import Account, Award, Bill, Charge, Entry
from service_apis.kit.problems import Conflict, NotFound
from service_apis.kit.revenues.billing import Reason, issue, lines_of
from service_apis.kit.revenues.financial_year import begins, months_on, year_of
from service_apis.kit.revenues.instalments import await_instalments
from service_apis.kit.revenues.payments import DateRefused
from service_apis.kit.work import Work

NINTHS = {"A": 6, "B": 7, "C": 8, "D": 9, "E": 11, "F": 13, "G": 15, "H": 18, "I": 21}
"""What a band pays, in ninths of band D (1992 Act, s.5; band I in Wales alone)."""

EMPTY_TIERS = ((10, "empty_10_years", 300), (5, "empty_5_years", 200), (1, "empty_1_year", 100))
AWARDS = {
    **{"single_person": -25, "one_counted": -25, "none_counted": -50},
    **{f"exempt_{letter}": -100 for letter in "bdefghijklmnopqrstuvw"},
    **{code: percent for _, code, percent in EMPTY_TIERS},
    "second_home": 100,
}
"""Per cent of the charge that a discount takes off (1992 Act, s.11), an exemption (SI 1992/558, by
class) or a premium adds (s.11B and 11C: the most allowed, which we assume the council charges)."""

RECOVERY = ("reminder", "second_reminder", "final_notice", "summons", "liability_order")
"""The stages of recovery in their order; from the third on the whole balance is due (reg. 23(3), (4))."""

SUMMONS_COSTS_PENCE = 6_500
"""An assumption: what a summons costs the debtor (the Regulations, reg. 34(5))."""


class NoSuchAccount(NotFound):
    """The council has no council tax account of that reference."""


class NoSuchProperty(NotFound):
    """The UPRN is not in the council's valuation list."""


class DiscountUnchanged(Conflict):
    """From that day on the account already stands as was asked; nothing was changed."""


def award_for(adults: int, disregards: Sequence[str]) -> str | None:
    """The award for a home of so many adults, of whom one is disregarded for each reason, or None.

    1992 Act, s.11 and Sch. 1; SI 1992/558, classes N (students), S (under 18) and U.
    """
    if adults == 0:
        return "exempt_s"
    counted, reasons = adults - len(disregards), set(disregards)
    if counted > 1:
        return None
    if counted == 1:
        return "one_counted" if reasons else "single_person"
    if reasons == {"student"}:
        return "exempt_n"
    return "exempt_u" if reasons <= {"student", "severe_mental_impairment"} else "none_counted"


def empty_premium(empty_since: date, day: date) -> tuple[str, date] | None:
    """The premium of a long-empty home on a day, and since when; None in its first year."""
    tiers = ((code, months_on(empty_since, 12 * years)) for years, code, _ in EMPTY_TIERS)
    return next((tier for tier in tiers if tier[1] <= day), None)


def find_account(work: Work, reference: str, *, to_change: bool = False) -> Account:
    """One account. Raises NoSuchAccount or, where it is to be changed, StaleVersion."""
    none = NoSuchAccount(f"There is no council tax account {reference}; /accounts lists those there are")
    account = work.one(Account, reference, none)
    if to_change:
        work.expect_version(account.version, f"Account {reference}")
    return account


def awards_of(work: Work, account: Account) -> list[Award]:
    """Every award on an account, the earliest first."""
    held = select(Award).where(Award.account == account.reference)
    return list(work.session.scalars(held.order_by(Award.starts_on)))


def open_cases(session: Session) -> int:
    """How many accounts are in recovery: at a reminder or beyond."""
    return session.scalar(select(func.count()).where(Account.stage.in_(RECOVERY))) or 0


def change_discount(work: Work, account: Account, code: str | None, day: date) -> None:
    """From a day on, let a discount or exemption hold, or none, and bill it.

    Raises DateRefused or DiscountUnchanged.
    """
    earliest = max(begins(year_of(work.today)), account.opened_on)
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
    if [(each.code, each.starts_on <= day) for each in held] == ([(code, True)] if code else []):
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


def bill_since(work: Work, account: Account, day: date, reason: Reason) -> None:
    """Issue the bills of every year that a change on a day touches, as far back as records go."""
    for year in range(year_of(day), year_of(work.today) + 1):
        if charges := charges_of(work, year):
            awards = awards_of(work, account)
            bill = issue_bill(work, account, year, reason, charges[account.band], awards)
            sums = {"net_pence": bill.net_pence, "payable_pence": bill.payable_pence}
            work.record("bill.issued", account.reference, bill=bill.reference, reason=reason, **sums)
    await_instalments(work, account.next_due)


def issue_bill(
    work: Work, account: Account, year: int, reason: Reason, annual: int, awards: Iterable[Award]
) -> Any:
    """Bill an account for a year, in which its band is charged ``annual`` pence."""
    changes = [(each.code, AWARDS[each.code], each.starts_on, each.ends_on) for each in awards]
    lines = lines_of(annual, year, account.opened_on, account.closed_on, changes)
    return issue(work, account, Bill, Entry, year, reason, lines)
