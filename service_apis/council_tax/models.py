"""Council tax's tables. Money is in pence; a period ends on the first day that it no longer covers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_apis.kit.db import COLUMN_TYPES, Versioned


class Base(DeclarativeBase):
    """The base of this service's tables."""

    type_annotation_map = COLUMN_TYPES


class Charge(Base):
    """What a band is charged for a financial year, which is called by the year it begins in."""

    __tablename__ = "council_tax_charges"

    year: Mapped[int] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(String(1), primary_key=True)
    annual_pence: Mapped[int]


class Account(Versioned, Base):
    """A liability for one dwelling, with the dwelling's address and band copied into it.

    ``undue_pence`` is what the plan still holds back: ``instalments_left`` payments, the next on
    ``next_due``, each of ``instalment_pence`` but the next, which is the rest. What is owed beyond
    that is in arrears. ``paid_pence`` was paid this financial year. ``habit`` is how the pretend
    payer behaves: see ``lifecycle``.
    """

    __tablename__ = "council_tax_accounts"
    __table_args__ = (
        Index("council_tax_accounts_by_stage", "stage", "reference"),
        Index("council_tax_accounts_by_status", "status", "kind", "reference"),
        Index("council_tax_accounts_by_kind", "kind", "reference"),
        Index("council_tax_accounts_by_method", "payment_method", "reference"),
    )

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    uprn: Mapped[str] = mapped_column(String(12), index=True)
    address: Mapped[str] = mapped_column(String(200))
    band: Mapped[str] = mapped_column(String(1))
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(6), default="open")
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    payment_method: Mapped[str] = mapped_column(String(12), default="other")
    habit: Mapped[str] = mapped_column(String(12), default="by_hand")
    instalments: Mapped[int] = mapped_column(default=10)
    instalment_day: Mapped[int] = mapped_column(default=1)
    balance_pence: Mapped[int] = mapped_column(default=0, index=True)
    paid_pence: Mapped[int] = mapped_column(default=0)
    undue_pence: Mapped[int] = mapped_column(default=0)
    instalment_pence: Mapped[int] = mapped_column(default=0)
    instalments_left: Mapped[int] = mapped_column(default=0)
    next_due: Mapped[date | None] = mapped_column(index=True)
    stage: Mapped[str] = mapped_column(String(16), default="none")
    stage_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)

    @property
    def arrears_pence(self) -> int:
        """What is owed and due: the balance beyond what the plan still holds back."""
        return max(0, self.balance_pence - self.undue_pence)


class LiablePerson(Base):
    """Somebody who is liable on an account, jointly with the others, for a period."""

    __tablename__ = "council_tax_liable_persons"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("council_tax_accounts.reference"), index=True)
    resident_id: Mapped[str | None] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(String(240))
    name_key: Mapped[str] = mapped_column(String(240), index=True)
    surname_key: Mapped[str] = mapped_column(String(240), index=True)
    basis: Mapped[str] = mapped_column(String(12))
    liable_from: Mapped[date]
    liable_until: Mapped[date | None]


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


class Bill(Base):
    """A demand notice as it was sent: never changed, but superseded by the year's next.

    ``lines`` and ``instalments`` are JSON, in the shapes of ``schemas.BillLine`` and ``Instalment``.
    """

    __tablename__ = "council_tax_bills"

    reference: Mapped[str] = mapped_column(String(12), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("council_tax_accounts.reference"), index=True)
    year: Mapped[int]
    reason: Mapped[str] = mapped_column(String(12))
    issued_on: Mapped[date]
    net_pence: Mapped[int]
    brought_forward_pence: Mapped[int]
    paid_pence: Mapped[int]
    payable_pence: Mapped[int]
    due_now_pence: Mapped[int]
    lines: Mapped[str] = mapped_column(Text)
    instalments: Mapped[str] = mapped_column(Text)


class Entry(Base):
    """One entry of an account's ledger. A debt is positive, a payment negative; the sum is the balance."""

    __tablename__ = "council_tax_ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("council_tax_accounts.reference"), index=True)
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    amount_pence: Mapped[int]
    entered_on: Mapped[date]
    method: Mapped[str | None] = mapped_column(String(16))
