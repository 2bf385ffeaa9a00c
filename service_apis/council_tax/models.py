"""Council tax's tables. Money is in pence; a period ends on the first day that it no longer covers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES
from service_apis.kit.revenues.billing import BillColumns
from service_apis.kit.revenues.instalments import LedgerEntry, Owed
from service_apis.kit.revenues.parties import Party


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map = COLUMN_TYPES


class Charge(Base):
    """What a band is charged for a financial year, which is called by the year it begins in."""

    __tablename__ = "council_tax_charges"

    year: Mapped[int] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(String(1), primary_key=True)
    annual_pence: Mapped[int]


class Account(Owed, Base):
    """A liability for one dwelling, whose address and band it copies."""

    __tablename__ = "council_tax_accounts"
    __table_args__ = (
        Index("council_tax_accounts_by_stage", "stage", "reference"),
        Index("council_tax_accounts_by_status", "status", "kind", "reference"),
        Index("council_tax_accounts_by_kind", "kind", "reference"),
        Index("council_tax_accounts_by_method", "payment_method", "reference"),
    )

    uprn: Mapped[str] = mapped_column(String(12), index=True)
    address: Mapped[str] = mapped_column(String(200))
    band: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(6), default="open")
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]


class LiablePerson(Party, Base):
    """Somebody who is liable on an account, jointly with the others (1992 Act, s.6 and 9)."""

    __tablename__ = "council_tax_liable_persons"


class Disregard(Base):
    """A resident who is left out when adults are counted (1992 Act, Sch. 1), and where they live."""

    __tablename__ = "council_tax_disregards"

    resident_id: Mapped[str] = mapped_column(String(9), primary_key=True)
    uprn: Mapped[str] = mapped_column(String(12), index=True)
    reason: Mapped[str] = mapped_column(String(30))


class Award(Base):
    """A discount, exemption or premium, one of ``rules.AWARDS``; an account has one at a time."""

    __tablename__ = "council_tax_awards"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("council_tax_accounts.reference"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Bill(BillColumns, Base):
    """A demand notice."""

    __tablename__ = "council_tax_bills"


class Entry(LedgerEntry, Base):
    """An entry of an account's ledger: bill, adjustment, payment, costs or what was brought forward."""

    __tablename__ = "council_tax_ledger"
