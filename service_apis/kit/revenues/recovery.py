"""Recovery of arrears: how those who do not pay are asked ever more firmly.

The stages and waits are those of council tax; the Regulations are SI 1992/613.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from service_apis.kit.revenues.instalments import enter, take
from service_apis.kit.work import Work

STEPS = {"reminder": ("final_notice", 14), "second_reminder": ("final_notice", 14)}
STEPS |= {"final_notice": ("summons", 8), "summons": ("liability_order", 21)}
"""What follows a notice that is not obeyed, and after how many days at the earliest: 7 and a further 7
from a reminder (the Regulations, reg. 23(3)), more than 7 from a final notice (reg. 34(1)), 14 from a
summons (reg. 35(2A)) and a week for the court's list, which is an assumption."""


def chase(
    work: Work, account: type[Any], ledger: type[Any], stages: Sequence[str], costs: int, least_pence: int
) -> None:
    """A run of recovery: those who forget pay what they were asked for, the others are asked more firmly.

    ``costs`` are those of a summons; arrears of less than ``least_pence`` are let be, and so is who has got
    to the last of the ``stages``.
    """
    take(
        work,
        account,
        ledger,
        account.undue_pence,
        account.habit.startswith("forgets"),
        account.stage != "none",
    )
    overdue = account.balance_pence - account.undue_pence >= least_pence
    behind = select(account).where(overdue, account.stage != stages[-1]).order_by(account.reference)
    for each in work.session.scalars(behind).all():
        go_further(work, each, ledger, stages, costs)


def go_further(
    work: Work, account: Any, ledger: type[Any], stages: Sequence[str], costs_of_summons: int
) -> None:
    """Take an account that is in arrears to its next stage, if the one before has lasted long enough.

    ``stages`` are five: two reminders, a final notice, a summons and an order; from the third on the whole
    balance is due.
    """
    stage, days = STEPS.get(account.stage, ("", 0))
    if not stage:
        # No reminder for a third failure, or once every instalment is due (reg. 23(2) and (4)).
        stage = stages[min(account.reminders, 2) if account.instalments_left else 2]
    elif account.stage_on and work.today < account.stage_on + timedelta(days):
        return
    account.stage, account.stage_on = stage, work.today
    account.reminders += stage in stages[:2]
    if stage in stages[2:]:
        account.fall_due()
    if stage == "summons":
        enter(work, account, ledger, "costs", costs_of_summons)
    sums = {"arrears_pence": account.arrears_pence, "balance_pence": account.balance_pence}
    work.record(f"{stage.replace('_', '-')}.issued", account.reference, uprn=account.uprn, **sums)
