"""Pretend payers: how those who owe the council have paid, and go on paying as time passes.

``prompt`` pays what is due when it is due; ``forgets_0`` to ``forgets_3`` do not in months whose
number leaves that remainder when divided by four, but pay once reminded; ``never`` pays nothing, and
``by_hand`` only what is posted to the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

REMINDED_AFTER = timedelta(days=7)
PAYS_AFTER = timedelta(days=21)
STAGES_AFTER = ((63, 4), (35, 3), (21, 2), (7, 0))
"""How many days after a missed instalment those who never pay have reached which stage of recovery."""

Plan = tuple[tuple[date, int], ...]
"""Instalments: when each is due, and how much it is."""


class Course(NamedTuple):
    """How a plan has gone so far: payments with their days, how many instalments have fallen due, how
    often a reminder was called for, and since when an instalment is overdue, if one is.
    """

    payments: list[tuple[date, int]]
    due: int
    reminders: int
    overdue_since: date | None


def paying_in(month: int) -> list[str]:
    """The habits of those who pay in a month without being asked."""
    return ["prompt", *(f"forgets_{n}" for n in range(4) if n != month % 4)]


@lru_cache(20_000)
def course_of(plan: Plan, habit: str, today: date) -> Course:
    """How a payer of a habit has followed a plan up to the day before ``today``."""
    due = [each for each in plan if each[0] < today]
    late = [habit not in paying_in(due_on.month) for due_on, _ in due]
    asked = zip(due, late, strict=True) if habit != "never" else ()
    paid = [(on + PAYS_AFTER * slow, amount) for (on, amount), slow in asked]
    payments = [each for each in paid if each[0] < today]
    overdue = due[len(payments)][0] if len(payments) < len(due) else None
    return Course(payments, len(due), sum(late), overdue)


def stage_of(course: Course, habit: str, today: date, stages: Sequence[str]) -> tuple[str, date | None]:
    """The stage of recovery that a course has led to, and since when; ``stages`` are in their order."""
    since = course.overdue_since
    if since is None or since + REMINDED_AFTER > today:
        return "none", None
    if habit != "never":
        return stages[min(course.reminders, 3) - 1], since + REMINDED_AFTER
    days, stage = next(each for each in STAGES_AFTER if since + timedelta(each[0]) <= today)
    return stages[stage], since + timedelta(days)


def history_of(
    bill: Mapping[str, Any],
    plan: Plan,
    habit: str,
    method: str,
    today: date,
    stages: Sequence[str],
    costs_of_summons: int,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What an account and its ledger say, a bill having been paid by habit until today.

    ``stages`` of recovery are five: two reminders, a final notice, a summons and an order. The
    account of a debt brought forward has got to the last of them.
    """
    course, debt = course_of(plan, habit, today), bill["brought_forward_pence"]
    stage, since = stage_of(course, habit, today, stages)
    if debt:
        stage, since = stages[4], bill["issued_on"]
    left = plan[course.due :] if debt or stage not in stages[2:] else ()
    costs = costs_of_summons if stage in stages[3:] and not debt else 0
    entered: list[tuple[Any, ...]] = [("bill", bill["net_pence"], bill["issued_on"], None)]
    entered += [("payment", -amount, paid_on, method) for paid_on, amount in course.payments]
    entered += [("costs", costs, since, None)] if costs else []
    names = ("kind", "amount_pence", "entered_on", "method", "year")
    ledger = [dict(zip(names, (*entry, bill["year"]), strict=True)) for entry in entered]
    if debt:
        before = {"kind": "brought_forward", "amount_pence": debt, "entered_on": since, "method": None}
        ledger.insert(0, before | {"year": bill["year"] - 1})
    paid = sum(amount for _, amount in course.payments)
    account = {
        "habit": habit,
        "payment_method": method,
        "balance_pence": debt + bill["net_pence"] + costs - paid,
        "paid_pence": paid,
        "undue_pence": sum(amount for _, amount in left),
        "instalment_pence": left[-1][1] if left else 0,
        "instalments_left": len(left),
        "next_due": left[0][0] if left else None,
        "stage": stage,
        "stage_on": since,
        "reminders": min(course.reminders, 2),
    }
    return account, ledger


def habits(rng: Any, count: int, *, by_debit: float, forgets: float, never: float) -> tuple[Any, Any]:
    """Draw a habit and a payment method (``direct_debit`` or ``other``) for so many accounts.

    The shares are of all accounts; ``rng`` is a NumPy generator. Those who pay by debit are prompt.
    """
    import numpy as np  # here, because a server that only serves starts without it

    draw, debit = rng.random(count), rng.random(count) < by_debit
    refuses = draw < never
    forgetful = ~debit & (draw >= 1 - forgets / (1 - by_debit))
    forgetting = np.array([f"forgets_{n}" for n in range(4)])[rng.integers(0, 4, count)]
    habit = np.where(refuses, "never", np.where(forgetful, forgetting, "prompt"))
    return habit, np.where(debit & ~refuses, "direct_debit", "other")
