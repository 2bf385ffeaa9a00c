"""What council tax is sent and answers. Money is in pence; a period ends on the first day it leaves out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from service_apis.kit.revenues.payments import Instalment
from service_apis.kit.schemas import Day, Schema, VersionedSchema

Kind = Literal["occupied", "empty", "second_home", "communal"]
Status = Literal["open", "closed"]
Stage = Literal["none", "reminder", "second_reminder", "final_notice", "summons", "liability_order"]
Method = Literal["direct_debit", "other"]
Discount = Annotated[
    str, StringConstraints(pattern="^(single_person|one_counted|none_counted|exempt_[bd-w])$")
]


class BandCharge(Schema):
    """A band's charge for the financial year that begins in ``year``, and its ninths of band D."""

    year: int
    band: str
    ninths: int
    annual_pence: int


class Rates(Schema):
    """The charges, and by how many per cent each discount, exemption or premium changes one."""

    charges: list[BandCharge]
    awards: dict[str, int]


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
    payment_method: Method
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


class AccountEntry(AccountSummary, VersionedSchema):
    """An account in full; ``plan`` lists the instalments to come, less what was paid ahead."""

    instalments: int
    instalment_day: int
    liable_persons: list[LiablePerson]
    awards: list[Award]
    plan: list[Instalment]


class Dwelling(Schema):
    """A dwelling, its band, its open account and all that it has had, the latest first."""

    uprn: str
    address: str
    band: str
    account: str | None
    accounts: list[AccountSummary]


class DiscountChange(Schema):
    """From a day on, the discount or exemption that holds; null ends the one there is."""

    discount: Discount | None
    starts_on: Day
