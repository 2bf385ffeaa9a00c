"""What falls due in council tax, and what it hears of house moves.

Pretend payers have a habit: ``prompt`` pays what is due; ``forgets_n`` does not in months whose
number leaves n when divided by four, but pays once reminded; ``never`` does not, and ``by_hand``
pays only what is posted to the API.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, insert, literal, or_, select, update

from service_apis.council_tax import rules
from service_apis.council_tax.models import Account, Award, Charge, Disregard, Entry, LiablePerson
from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.clock import at
from service_apis.kit.events import Event
from service_apis.kit.work import Work

lifecycle = Lifecycle()

STEPS = {
    "reminder": ("final_notice", timedelta(days=14)),
    "second_reminder": ("final_notice", timedelta(days=14)),
    "final_notice": ("summons", timedelta(days=8)),
    "summons": ("liability_order", timedelta(days=21)),
}
"""What follows a notice that is not obeyed, and when at the earliest: 7 and a further 7 days after a
reminder (the Regulations, reg. 23(3)), 7 after a final notice (reg. 34(1)), 14 between summons and
hearing (reg. 35(2A)), with a week for the court's list, which is an assumption."""

LEAST_WORTH_CHASING_PENCE = 500
YEARLY_RISE_PER_MYRIAD = 499
"""Assumptions: the least that is chased, and each coming year's rise of band D in hundredths of a per
cent, which is the most that needed no referendum in England in 2025-26."""


@lifecycle.due("instalments")
def gather_instalments(work: Work, due: Due) -> None:
    """Let the instalments of a day fall due; those who pay unasked pay what they then owe."""
    day = date.fromisoformat(due.subject)
    falling = Account.next_due == day
    still_undue = Account.instalment_pence * (Account.instalments_left - 1)
    habits = ["prompt", *(f"forgets_{n}" for n in range(4) if n != day.month % 4)]
    _take(work, still_undue, falling, Account.habit.in_(habits))
    following = rules.months_on(day.replace(day=min(day.day, 28)), 1)
    moved_on = (
        update(Account)
        .where(falling)
        .values(
            undue_pence=still_undue,
            instalments_left=Account.instalments_left - 1,
            next_due=case((Account.instalments_left > 1, following), else_=None),
            version=Account.version + 1,
        )
    )
    work.session.execute(moved_on, execution_options={"synchronize_session": False})
    if work.session.scalar(select(Account.reference).where(Account.next_due == following).limit(1)):
        work.schedule(at(following, rules.END_OF_DAY), "instalments", following.isoformat())
    work.record("instalments.gathered", due.subject)


def _take(work: Work, still_undue: Any, *payers: ColumnElement[bool]) -> None:
    """Let many accounts pay at once what they owe beyond what is not yet due."""
    owed = Account.balance_pence - still_undue
    paying = and_(owed > 0, *payers)
    year, today = literal(rules.year_of(work.today)), literal(work.today)
    rows = select(Account.reference, year, literal("payment"), -owed, today, Account.payment_method)
    columns = ["account", "year", "kind", "amount_pence", "entered_on", "method"]
    work.session.execute(insert(Entry).from_select(columns, rows.where(paying)))
    paid = (
        update(Account)
        .where(paying)
        .values(
            balance_pence=still_undue,
            paid_pence=Account.paid_pence + owed,
            stage="none",
            stage_on=None,
            version=Account.version + 1,
        )
    )
    work.session.execute(paid, execution_options={"synchronize_session": False})


@lifecycle.due("recovery")
def recover_arrears(work: Work, due: Due) -> None:
    """The weekly run: those who forget pay what they were asked for, the others are asked more firmly."""
    _take(work, Account.undue_pence, Account.habit.startswith("forgets"), Account.stage != "none")
    overdue = Account.balance_pence - Account.undue_pence >= LEAST_WORTH_CHASING_PENCE
    behind = select(Account).where(overdue, Account.stage != "liability_order").order_by(Account.reference)
    for account in work.session.scalars(behind).all():
        if (stage := _next_stage(account, work.today)) is not None:
            _send(work, account, stage)
    work.schedule(at(work.today + timedelta(days=7), rules.MORNING), "recovery", "weekly")


def _next_stage(account: Account, today: date) -> str | None:
    """The third failure of a year, and one after the last instalment, needs no reminder (reg. 23(2), (4))."""
    if account.stage == "none":
        return rules.RECOVERY[min(account.reminders, 2) if account.instalments_left else 2]
    stage, wait = STEPS[account.stage]
    return stage if account.stage_on is None or account.stage_on + wait <= today else None


def _send(work: Work, account: Account, stage: str) -> None:
    account.stage, account.stage_on = stage, work.today
    if stage in ("reminder", "second_reminder"):
        account.reminders += 1
    else:
        account.undue_pence, account.instalments_left, account.next_due = 0, 0, None
    if stage == "summons":
        rules.enter(work, account, "costs", rules.SUMMONS_COSTS_PENCE)
    sums = {"arrears_pence": account.arrears_pence, "balance_pence": account.balance_pence}
    work.record(f"{stage.replace('_', '-')}.issued", account.reference, uprn=account.uprn, **sums)


@lifecycle.due("annual_bills")
def bill_the_year(work: Work, due: Due) -> None:
    """On 1 April set the year's charges and bill every open account."""
    year = int(due.subject)
    band_d = rules.part(rules.charges_of(work, year - 1)["D"], 10_000 + YEARLY_RISE_PER_MYRIAD, 10_000)
    charges = {band: rules.part(band_d, rules.NINTHS[band], 9) for band in rules.charges_of(work, year - 1)}
    work.session.add_all(Charge(year=year, band=band, annual_pence=each) for band, each in charges.items())
    awards: dict[str, list[Award]] = defaultdict(list)
    holding = or_(Award.ends_on.is_(None), Award.ends_on > date(year, 4, 1))
    for award in work.session.scalars(select(Award).where(holding).order_by(Award.starts_on)):
        awards[award.account].append(award)
    to_bill = select(Account).where(Account.status == "open").order_by(Account.reference)
    accounts = work.session.scalars(to_bill).all()
    for account in accounts:
        account.paid_pence = account.reminders = 0
        rules.issue_bill(work, account, year, "annual", charges[account.band], awards[account.reference])
    for first_due in sorted({each.next_due for each in accounts if each.next_due is not None}):
        work.schedule(at(first_due, rules.END_OF_DAY), "instalments", first_due.isoformat())
    work.record("annual-bills.issued", due.subject, bills=len(accounts), band_d_pence=charges["D"])
    work.schedule(at(date(year + 1, 4, 1), rules.NIGHT), "annual_bills", str(year + 1))


@lifecycle.due("empty_homes")
def review_empty_homes(work: Work, due: Due) -> None:
    """Each month put the premium on homes that have been empty for long enough, from the day they were."""
    empty = select(Account).where(Account.status == "open", Account.kind == "empty")
    for account in work.session.scalars(empty.order_by(Account.reference)).all():
        premium = rules.empty_premium(account.opened_on, work.today)
        exempt = any(each.code.startswith("exempt") for each in rules.awards_of(work, account))
        if premium and not exempt and rules.set_award(work, account, *premium):
            rules.bill_since(work, account, premium[1], "changed")
    following = rules.months_on(work.today.replace(day=1), 1)
    work.schedule(at(following, rules.MORNING), "empty_homes", "monthly")


@lifecycle.on("virtual-council.residents.resident.moved")
def follow_a_move(work: Work, event: Event) -> None:
    """Close, open or share accounts as people move; heard twice, it changes nothing more."""
    move = event.data
    day = date.fromisoformat(move["moved_on"])
    moved = [each["id"] for each in move["residents"]]
    theirs = update(Disregard).where(Disregard.resident_id.in_(moved))
    work.session.execute(theirs.values(uprn=move["to_uprn"]))
    adults = [(each["name"], each["id"]) for each in move["residents"] if each["adult"]]
    if adults:
        _leave(work, move["from_uprn"], moved, move["adults_left_behind"], day)
        _arrive(work, move["to_uprn"], adults, move["adults_there_already"], day)


def _leave(work: Work, uprn: str, moved: list[str], left_behind: int, day: date) -> None:
    account = _open_account(work, uprn)
    if account is None or account.kind != "occupied":
        return
    persons = _liable_now(work, account)
    for person in persons:
        if person.resident_id in moved:
            person.liable_until = max(day, person.liable_from)
    if left_behind and any(person.liable_until is None for person in persons):
        _count_adults(work, account, left_behind, day)
        return
    line = account.address.rsplit(", ", 2)[0]
    day = _close(work, account, day)
    if left_behind:
        _open(work, account, day, [(f"The residents of {line}", None)], left_behind)
    else:
        _open(work, account, day, [(f"The owner of {line}", None)], 0)


def _arrive(work: Work, uprn: str, adults: list[tuple[str, str | None]], there: int, day: date) -> None:
    account = _open_account(work, uprn)
    if account is None or account.kind == "communal":
        return
    known = {person.resident_id for person in _liable_now(work, account)}
    strangers = [each for each in adults if each[1] not in known]
    if account.kind == "occupied" and (there or not strangers):
        _make_liable(work, account, strangers, "resident", max(day, account.opened_on))
        _count_adults(work, account, there + len(adults), day)
    else:
        _open(work, account, _close(work, account, day), adults, there + len(adults))


def _open_account(work: Work, uprn: str) -> Account | None:
    return work.session.scalar(select(Account).where(Account.uprn == uprn, Account.status == "open"))


def _liable_now(work: Work, account: Account) -> list[LiablePerson]:
    theirs = select(LiablePerson).where(LiablePerson.account == account.reference)
    return list(work.session.scalars(theirs.where(LiablePerson.liable_until.is_(None))))


def _make_liable(
    work: Work, account: Account, persons: list[tuple[str, str | None]], basis: str, day: date
) -> None:
    for name, resident_id in persons:
        keys = {"name_key": name.lower(), "surname_key": name.lower().rpartition(" ")[2]}
        who = {"resident_id": resident_id, "name": name, "basis": basis, "liable_from": day}
        work.session.add(LiablePerson(account=account.reference, **who, **keys))


def _count_adults(work: Work, account: Account, adults: int, day: date) -> None:
    """Let the discount follow the number of adults, and bill again if that changes anything."""
    day = max(day, account.opened_on)
    if rules.set_award(work, account, _award_at(work, account.uprn, adults), day):
        rules.bill_since(work, account, day, "changed")


def _award_at(work: Work, uprn: str, adults: int) -> str | None:
    reasons = work.session.scalars(select(Disregard.reason).where(Disregard.uprn == uprn)).all()
    return rules.award_for(adults, reasons)


def _close(work: Work, account: Account, day: date) -> date:
    """Close an account and bill it to the day, which it answers: not before the account was opened."""
    day = max(day, account.opened_on)
    account.status, account.closed_on = "closed", day
    for person in _liable_now(work, account):
        person.liable_until = max(day, person.liable_from)
    rules.set_award(work, account, None, day)
    rules.bill_since(work, account, day, "closed")
    work.record("account.closed", account.reference, uprn=account.uprn, closed_on=day.isoformat())
    return day


def _open(
    work: Work, dwelling: Account, day: date, persons: list[tuple[str, str | None]], adults: int
) -> None:
    """Open an account for a dwelling, which its last account describes; its owner's, if it is empty."""
    account = Account(
        reference=f"CT{work.next_number('council_tax.accounts'):08d}",
        uprn=dwelling.uprn,
        address=dwelling.address,
        band=dwelling.band,
        kind="occupied" if adults else "empty",
        opened_on=day,
    )
    work.session.add(account)
    work.session.flush()
    _make_liable(work, account, persons, "resident" if adults else "owner", day)
    if adults and (code := _award_at(work, account.uprn, adults)):
        work.session.add(Award(account=account.reference, code=code, starts_on=day))
    work.record("account.opened", account.reference, uprn=account.uprn, opened_on=day.isoformat())
    rules.bill_since(work, account, day, "opened")
