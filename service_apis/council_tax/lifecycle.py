"""What falls due in council tax, and what it hears of people who come, move and go."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time, timedelta

from sqlalchemy import and_, delete, or_, select, update

from service_apis.council_tax import rules
from service_apis.council_tax.models import Account, Award, Charge, Disregard, Entry, LiablePerson
from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.clock import at
from service_apis.kit.events import Event
from service_apis.kit.revenues.financial_year import begins, months_on, part
from service_apis.kit.revenues.instalments import await_instalments, gather
from service_apis.kit.revenues.parties import Person, add_parties, is_one_of, parties_of
from service_apis.kit.revenues.recovery import chase
from service_apis.kit.work import Work

lifecycle = Lifecycle()

LEAST_CHASED_PENCE, RISE_IN_HUNDREDTHS_OF_A_PERCENT = 500, 499
"""Assumptions: smaller arrears are let be; band D rises by the most that needs no referendum in England."""


@lifecycle.due("instalments")
def gather_instalments(work: Work, due: Due) -> None:
    """Let the instalments of a day fall due."""
    gather(work, Account, Entry, date.fromisoformat(due.subject))
    work.record("instalments.gathered", due.subject)


@lifecycle.due("recovery")
def recover_arrears(work: Work, due: Due) -> None:
    """The weekly run: those who forget pay what they were asked for, the others are asked more firmly."""
    chase(work, Account, Entry, rules.RECOVERY, rules.SUMMONS_COSTS_PENCE, LEAST_CHASED_PENCE)
    work.schedule(at(work.today + timedelta(days=7), time(8)), "recovery", "weekly")


@lifecycle.due("annual_bills")
def bill_the_year(work: Work, due: Due) -> None:
    """On 1 April set the year's charges and bill every open account."""
    year = int(due.subject)
    bands = rules.charges_of(work, year - 1)
    band_d = part(bands["D"], 10_000 + RISE_IN_HUNDREDTHS_OF_A_PERCENT, 10_000)
    charges = {band: part(band_d, rules.NINTHS[band], 9) for band in bands}
    work.session.add_all(Charge(year=year, band=band, annual_pence=each) for band, each in charges.items())
    awards: dict[str, list[Award]] = defaultdict(list)
    holding = or_(Award.ends_on.is_(None), Award.ends_on > begins(year))
    for award in work.session.scalars(select(Award).where(holding).order_by(Award.starts_on)):
        awards[award.account].append(award)
    to_bill = select(Account).where(Account.status == "open").order_by(Account.reference)
    accounts = work.session.scalars(to_bill).all()
    for account in accounts:
        account.paid_pence = account.reminders = 0
        rules.issue_bill(work, account, year, "annual", charges[account.band], awards[account.reference])
    for first_due in sorted({each.next_due for each in accounts if each.next_due is not None}):
        await_instalments(work, first_due)
    work.record("annual-bills.issued", due.subject, bills=len(accounts), band_d_pence=charges["D"])
    work.schedule(at(begins(year + 1), time(0, 30)), "annual_bills", str(year + 1))


@lifecycle.due("empty_homes")
def review_empty_homes(work: Work, due: Due) -> None:
    """Each month put the premium on homes that have been empty for long enough, from the day they were."""
    holding = and_(Award.account == Account.reference, Award.ends_on.is_(None))
    empty = select(Account, Award.code).outerjoin(Award, holding).order_by(Account.reference)
    for account, code in work.session.execute(empty.filter_by(status="open", kind="empty")).all():
        premium = rules.empty_premium(account.opened_on, work.today)
        if premium and premium[0] != code and not (code or "").startswith("exempt"):
            rules.set_award(work, account, *premium)
            rules.bill_since(work, account, premium[1], "changed")
    work.schedule(at(months_on(work.today.replace(day=1), 1), time(8)), "empty_homes", "monthly")


@lifecycle.on(*(f"virtual-council.residents.resident.{did}" for did in ("moved", "arrived", "left", "died")))
def follow_a_move(work: Work, event: Event) -> None:
    """Close, open or share accounts as people move; heard twice, it changes nothing more."""
    move, day = event.data, date.fromisoformat(event.data["moved_on"])
    moved = {each["id"]: each["name"] for each in move["residents"]}
    theirs = Disregard.resident_id.in_(moved)
    if move["to_uprn"] is None:
        work.session.execute(delete(Disregard).where(theirs))
    else:
        work.session.execute(update(Disregard).where(theirs).values(uprn=move["to_uprn"]))
    adults: list[Person] = [(each["name"], each["id"]) for each in move["residents"] if each["adult"]]
    left, reached = _open_account(work, move["from_uprn"]), _open_account(work, move["to_uprn"])
    if adults and left and left.kind == "occupied":
        vacant = "exempt_f" if event.type.endswith(".died") else None
        _leave(work, left, moved, move["adults_left_behind"], day, vacant)
    if adults and reached and reached.kind != "communal":
        _arrive(work, reached, adults, move["adults_there_already"], day)


def _leave(
    work: Work, account: Account, moved: dict[str, str], left_behind: int, day: date, vacant: str | None
) -> None:
    persons = parties_of(work, LiablePerson, account.reference)
    for person in persons:
        if is_one_of(person, moved):
            person.liable_until = max(day, person.liable_from)
    staying = [person for person in persons if person.liable_until is None]
    # The index can have the wrong address of somebody who is known to be liable here, and did not move.
    known = sum(person.resident_id is not None for person in staying)
    if staying and (left_behind or known):
        _count_adults(work, account, max(left_behind, known), day)
    else:
        who = f"The {'residents' if left_behind else 'owner'} of {account.address.rsplit(', ', 2)[0]}"
        _succeed(work, account, day, [(who, None)], left_behind, vacant)


def _arrive(work: Work, account: Account, adults: list[Person], there: int, day: date) -> None:
    known = {person.resident_id for person in parties_of(work, LiablePerson, account.reference)}
    strangers = [each for each in adults if each[1] not in known]
    if account.kind == "occupied" and (there or not strangers):
        since = max(day, account.opened_on)
        add_parties(work, LiablePerson, account.reference, strangers, "resident", since)
        _count_adults(work, account, there + len(adults), day)
    else:
        _succeed(work, account, day, adults, there + len(adults))


def _open_account(work: Work, uprn: str | None) -> Account | None:
    return None if uprn is None else work.session.scalar(select(Account).filter_by(uprn=uprn, status="open"))


def _award_for(work: Work, uprn: str, adults: int) -> str | None:
    reasons = work.session.scalars(select(Disregard.reason).where(Disregard.uprn == uprn)).all()
    return rules.award_for(adults, reasons)


def _count_adults(work: Work, account: Account, adults: int, day: date) -> None:
    """Let the discount follow the number of adults, and bill again if that changes anything."""
    day = max(day, account.opened_on)
    if rules.set_award(work, account, _award_for(work, account.uprn, adults), day):
        rules.bill_since(work, account, day, "changed")


def _succeed(
    work: Work,
    before: Account,
    day: date,
    persons: list[Person],
    adults: int,
    vacant: str | None = None,
) -> None:
    """Close an account and open the next of its dwelling: of its owner, with ``vacant`` as its exemption,
    where no adult lives.
    """
    day = max(day, before.opened_on)
    before.status, before.closed_on = "closed", day
    for person in parties_of(work, LiablePerson, before.reference):
        person.liable_until = max(day, person.liable_from)
    rules.set_award(work, before, None, day)
    work.record("account.closed", before.reference, uprn=before.uprn, closed_on=day.isoformat())
    rules.bill_since(work, before, day, "closed")
    reference = f"CT{work.next_number('council_tax.accounts'):08d}"
    home = {"uprn": before.uprn, "address": before.address, "band": before.band}
    account = Account(reference=reference, kind="occupied" if adults else "empty", opened_on=day, **home)
    work.session.add(account)
    work.session.flush()
    add_parties(work, LiablePerson, reference, persons, "resident" if adults else "owner", day)
    if code := _award_for(work, account.uprn, adults) if adults else vacant:
        work.session.add(Award(account=reference, code=code, starts_on=day))
    work.record("account.opened", reference, uprn=account.uprn, opened_on=day.isoformat())
    rules.bill_since(work, account, day, "opened")
