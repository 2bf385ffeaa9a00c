"""What council tax is sent and answers. Money is in pence; a period ends on the first day it leaves out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, Json, StringConstraints

from service_apis.kit.schemas import Schema, VersionedSchema

Kind = Literal["occupied", "empty", "second_home", "communal"]
Status = Literal["open", "closed"]
Stage = Literal["none", "reminder", "second_reminder", "final_notice", "summons", "liability_order"]
PayerKind = Literal["direct_debit", "other"]
Discount = Annotated[
    str, StringConstraints(pattern="^(single_person|one_counted|none_counted|exempt_[bd-w])$")
]


class BandCharge(Schema):
    """A band's charge for the financial year that begins in ``year``, and its ninths of band D."""

    year: int
    band: str
    ninths: int
    annual_pence: int


class AwardKind(Schema):
    """A discount, exemption or premium: the per cent by which it changes the charge, and its rule."""

    code: str
    kind: Literal["discount", "exemption", "premium"]
    percent: int
    meaning: str


class Rates(Schema):
    """What is charged, and what can change a charge."""

    charges: list[BandCharge]
    awards: list[AwardKind]


class AccountSummary(Schema):
    """An account: the dwelling, what is owed in all and overdue, the stage of recovery and since when."""

    reference: str
    uprn: str
    address: str
    band: str
    kind: Kind
    status: Status
    opened_on: date
    closed_on: date | None
    payment_method: PayerKind
    balance_pence: int
    arrears_pence: int
    stage: Stage
    stage_on: date | None


class LiablePerson(Schema):
    """Somebody liable, on what ground (1992 Act, s.6), and for which period."""

    resident_id: str | None
    name: str
    basis: str
    liable_from: date
    liable_until: date | None


class Award(Schema):
    """A discount, exemption or premium on an account, and for which period."""

    code: str
    starts_on: date
    ends_on: date | None


class Instalment(Schema):
    """A payment to come."""

    due_on: date
    amount_pence: int


class AccountEntry(AccountSummary, VersionedSchema):
    """An account in full; ``plan`` lists the instalments to come, whatever was paid ahead of time."""

    instalments: int
    instalment_day: int
    liable_persons: list[LiablePerson]
    awards: list[Award]
    plan: list[Instalment]


class BillLine(Schema):
    """The charge for a period, or what a discount, exemption or premium changes of it."""

    code: str
    starts_on: date
    ends_on: date
    days: int
    amount_pence: int


class Bill(Schema):
    """A bill. Its lines' sum is ``net``; with earlier debts and costs, less payments, ``payable``.

    That is ``due_now`` and the instalments together; below zero it is a credit.
    """

    reference: str
    account: str
    year: int
    reason: Literal["annual", "opened", "closed", "changed", "instalments"]
    issued_on: date
    lines: Json[list[BillLine]]
    net_pence: int
    brought_forward_pence: int
    paid_pence: int
    payable_pence: int
    due_now_pence: int
    instalments: Json[list[Instalment]]


class Transaction(Schema):
    """An entry of the ledger: a debt is positive, a payment negative; their sum is the balance."""

    year: int
    kind: Literal["bill", "adjustment", "payment", "costs", "brought_forward"]
    amount_pence: int
    entered_on: date
    method: str | None


class Dwelling(Schema):
    """A dwelling, its band, its open account and all that it has had, the latest first."""

    uprn: str
    address: str
    band: str
    account: str | None
    accounts: list[AccountSummary]


class Payment(Schema):
    """A payment that was made, today where ``paid_on`` is left out."""

    amount_pence: Annotated[int, Field(ge=1, le=10_000_000)]
    method: Literal["direct_debit", "card", "bank_transfer", "cash", "cheque"]
    paid_on: date | None = None


class InstalmentPlan(Schema):
    """How many instalments a year, and on which day of the month."""

    count: Literal[10, 12]
    day: Annotated[int, Field(ge=1, le=28)]


class DiscountChange(Schema):
    """From a day on, the discount or exemption that holds; null ends the one there is."""

    discount: Discount | None
    starts_on: date
