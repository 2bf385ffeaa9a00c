"""Opening the books: the accounts, bills and ledgers that a council has on the day it is built.

Accounts that are charged, billed and paid alike share all but their references and addresses, so each
:class:`Opening` that occurs is worked out once and its columns are spread over those who have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from service_apis.kit.clock import at
from service_apis.kit.revenues.billing import BILL_WRITTEN, lines_of, written
from service_apis.kit.revenues.financial_year import begins, year_of
from service_apis.kit.revenues.instalments import END_OF_DAY, plan_from, split, written_out
from service_apis.kit.revenues.payers import Plan, history_of
from service_apis.kit.seeding import Columns, Seeding, columns, spread

Award = tuple[Any, ...]


class Opening(NamedTuple):
    """What decides how an account stands: its charge, since when, what is taken off, how it is paid.

    ``annual`` is the charge of a whole year and ``debt`` what is brought forward, both in pence;
    ``award`` holds from ``since``; ``wanted`` instalments are due on a ``day`` of the month.
    """

    annual: int
    start: date
    award: str | None
    since: date | None
    wanted: int
    day: int
    habit: str
    method: str
    debt: int


class Terms(NamedTuple):
    """What holds for all: the day, a service's awards, its stages of recovery, what a summons costs."""

    today: date
    awards: Mapping[str, Any]
    stages: Sequence[str]
    costs_pence: int


def books(
    models: tuple[Any, Any, Any],
    accounts: Mapping[str, Any],
    openings: Iterable[tuple[Any, ...]],
    terms: Terms,
    seeding: Seeding,
) -> Iterator[Columns]:
    """The columns of accounts, bills and ledger; ``openings`` has the parts of an Opening for each account.

    ``models`` are the tables of the three, ``accounts`` the columns that accounts have of their own.
    """
    account, bill, entry = models
    patterns: dict[tuple[Any, ...], int] = {}
    which = np.array([patterns.setdefault(each, len(patterns)) for each in openings])
    accounts_say, bills_say, ledgers = zip(
        *(_opened(Opening(*each), terms) for each in patterns), strict=True
    )
    references = np.array(accounts["reference"], dtype=object)
    yield columns(account, **accounts, **spread(accounts_say, which))
    numbers = seeding.references(bill.__tablename__, BILL_WRITTEN, which.size)
    yield columns(bill, reference=numbers, account=references, **spread(bills_say, which))
    lengths = np.array([len(ledger) for ledger in ledgers])
    first, many = np.cumsum(lengths) - lengths, lengths[which]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    lines = [line for ledger in ledgers for line in ledger]
    said = spread(lines, np.repeat(first[which], many) + within)
    yield columns(entry, account=np.repeat(references, many), **said)


def schedule_instalments(seeding: Seeding, accounts: Columns) -> None:
    """Put on the agenda the days on which an instalment of these accounts falls due next."""
    for next_due in np.unique(accounts.values["next_due"]).tolist():
        if next_due is not None:
            seeding.schedule(at(next_due, END_OF_DAY), "instalments", next_due.isoformat())


def _opened(opening: Opening, terms: Terms) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    """What an account, its bill of 1 April or of the day somebody moved in, and its ledger say."""
    start, debt = opening.start, opening.debt
    award = terms.awards[opening.award] if opening.award else None
    said, plan = _demand(opening[:6], award)
    bill = {"year": year_of(start), "issued_on": start, "paid_pence": 0, **said}
    bill |= {"reason": "annual" if start == begins(year_of(start)) else "opened"}
    bill |= {"brought_forward_pence": debt, "due_now_pence": debt, "payable_pence": debt + bill["net_pence"]}
    account, ledger = history_of(
        bill, plan, opening.habit, opening.method, terms.today, terms.stages, terms.costs_pence
    )
    return account | {"instalments": opening.wanted, "instalment_day": opening.day}, bill, ledger


@lru_cache(20_000)
def _demand(charged: tuple[Any, ...], award: Any) -> tuple[dict[str, Any], Plan]:
    """What a bill says, and its instalments."""
    annual, start, code, since, wanted, day = charged
    year = year_of(start)
    changes = [(code, award, since, None)] if code and since else []
    lines = lines_of(annual, year, start, None, changes)
    whole_year = start == begins(year)
    count, first_due = (wanted, start.replace(day=day)) if whole_year else plan_from(start, wanted, day)
    net = sum(line["amount_pence"] for line in lines)
    count, each = split(net, count)
    plan = written_out(net, count, each, first_due if count else None)
    return written(lines, plan), tuple((each["due_on"], each["amount_pence"]) for each in plan)
