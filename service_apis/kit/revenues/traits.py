"""Traits of those who owe the council money: how they pay, what they have missed, how far recovery is.

A service's ``traits.py`` calls :func:`declare_payers` with its tables.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select, true

from service_apis.kit.traits import Choice, Number, Traits
from service_apis.kit.work import Query, Work

PENCE = Number("pence", 1, 10_000_000, 1)
_DAYS = Number("days", 1, 3660, 365)


def declare_payers(
    traits: Traits, account: Any, bill: Any, party: Any, stages: tuple[str, ...], debt: str, prefix: str = ""
) -> None:
    """Declare the traits of those liable on accounts, whose open ones are ``status`` "open".

    ``debt`` is what is owed, in words ("council tax"); ``prefix`` goes before each name, so that two
    services that both declare these can be told apart.
    """

    def liable(condition: ColumnElement[bool], *, now: bool = True) -> Query:
        """Those who answer (or, with ``now`` false, ever answered) for the accounts that fit."""
        known = party.resident_id.is_not(None) & (party.liable_until.is_(None) if now else True)
        together = account.reference == party.account
        return select(party.resident_id, account.reference).join(account, together).where(known, condition)

    overdue = account.balance_pence - account.undue_pence

    @traits.known_by("account", "resident")
    def accounts(work: Work) -> Query:
        return liable(account.status == "open")

    @traits.of_resident(f"{prefix}liable", f"Is liable for {debt}.")
    def is_liable(work: Work) -> Query:
        return liable(account.status == "open")

    @traits.of_resident(
        f"{prefix}opened-within", f"Has had the {debt} account for {{days}} days at most.", _DAYS
    )
    def opened_within(work: Work, days: int) -> Query:
        return liable((account.status == "open") & (account.opened_on >= work.today - timedelta(days)))

    @traits.of_resident(f"{prefix}direct-debit", f"Pays {debt} by direct debit.")
    def direct_debit(work: Work) -> Query:
        return liable((account.status == "open") & (account.payment_method == "direct_debit"))

    @traits.of_resident(f"{prefix}in-credit", f"Has paid {{pence}} pence or more of {debt} too much.", PENCE)
    def in_credit(work: Work, pence: int) -> Query:
        return liable(account.balance_pence <= -pence, now=False)

    @traits.of_resident(f"{prefix}arrears", f"Owes {{pence}} pence or more of overdue {debt}.", PENCE)
    def arrears(work: Work, pence: int) -> Query:
        return liable(and_(account.balance_pence >= pence, overdue >= pence), now=False)

    @traits.of_resident(f"{prefix}paid-nothing", f"Has paid no {debt} this year, although some was due.")
    def paid_nothing(work: Work) -> Query:
        unpaid = (account.status == "open") & (account.paid_pence == 0)
        return liable(and_(unpaid, account.balance_pence > 0, overdue > 0))

    @traits.of_resident(
        f"{prefix}recovery",
        f"Is in recovery for {debt}, at the stage {{stage}}.",
        Choice("stage", tuple(stage.replace("_", "-") for stage in stages)),
    )
    def recovery(work: Work, stage: str) -> Query:
        return liable(account.stage == stage.replace("-", "_"), now=False)

    @traits.of_resident(
        f"{prefix}missed-instalments",
        f"Has not paid {{instalments}} or more of the year's instalments of {debt} that have fallen due.",
        Number("instalments", 1, 12, 1),
    )
    def missed_instalments(work: Work, instalments: int) -> Query:
        return liable(account.reference.in_(_missed(work, account, bill, instalments)))


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
        .where(account.status == "open", account.balance_pence > account.undue_pence)
        .subquery()
    )
    missed = select(due.c.reference).where(due.c.due_on < work.today.isoformat(), due.c.asked > due.c.paid)
    return missed.group_by(due.c.reference).having(func.count() >= least)
