"""Council tax over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from service_apis.council_tax import rules, schemas
from service_apis.council_tax.models import Account, Bill, Charge, Entry, LiablePerson
from service_apis.kit.lists import Listing
from service_apis.kit.revenues.billing import BillEntry, NoSuchBill, bills_of, find_bill
from service_apis.kit.revenues.parties import accounts_of
from service_apis.kit.revenues.payments import (
    DateRefused,
    InstalmentPlan,
    NothingToSpread,
    Payment,
    Transaction,
    choose_plan,
    take_payment,
)
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Reference, Uprn
from service_apis.kit.work import Work

routes = Routes("council_tax")

NONE_SUCH = (rules.NoSuchAccount,)
Name = Annotated[
    str | None, Query(max_length=80, pattern=r"\w", description="A whole name or surname, or its beginning.")
]


@routes.get("/charges")
def list_charges(work: Work) -> schemas.Rates:
    """Each year's charge by band, and what discounts, exemptions and premiums change of a charge."""
    rows = work.session.execute(select(Charge.__table__).order_by(Charge.year, Charge.band))
    charges = [schemas.BandCharge(**row._mapping, ninths=rules.NINTHS[row.band]) for row in rows]
    return schemas.Rates(charges=charges, awards=rules.AWARDS)


@routes.get("/accounts")
def list_accounts(
    work: Work,
    page: AskedPage,
    uprn: Annotated[Uprn | None, Query()] = None,
    resident_id: Annotated[Reference | None, Query()] = None,
    name: Name = None,
    status: schemas.Status | None = None,
    kind: schemas.Kind | None = None,
    stage: schemas.Stage | None = None,
    payment_method: schemas.Method | None = None,
    minimum_balance_pence: Annotated[int | None, Query(ge=-(10**12), le=10**12)] = None,
) -> Listing[schemas.AccountSummary]:
    """Accounts by dwelling, liable person, status, stage of recovery or what is owed."""
    asked = {"uprn": uprn, "status": status, "kind": kind, "stage": stage, "payment_method": payment_method}
    found = accounts_of(Account, LiablePerson, name, resident_id, minimum_balance_pence, asked)
    return work.list(schemas.AccountSummary, found, page)


@routes.get("/accounts/{reference}", problems=NONE_SUCH)
def show_account(work: Work, reference: Reference) -> schemas.AccountEntry:
    """One account: who is liable, its discounts, what it owes and when."""
    return _shown(work, rules.find_account(work, reference))


def _shown(work: Work, account: Account) -> schemas.AccountEntry:
    work.session.flush()
    shown = {name: getattr(account, name, None) for name in schemas.AccountEntry.model_fields}
    persons = select(LiablePerson.__table__).where(LiablePerson.account == account.reference)
    shown["liable_persons"] = work.execute(persons.order_by(LiablePerson.id)).all()
    shown["awards"] = rules.awards_of(work, account)
    return schemas.AccountEntry.model_validate(shown)


@routes.get("/accounts/{reference}/bills", problems=NONE_SUCH)
def list_bills(work: Work, reference: Reference, page: AskedPage) -> Listing[BillEntry]:
    """The account's bills, the latest first, each with every line and instalment."""
    return work.list(BillEntry, bills_of(Bill, rules.find_account(work, reference).reference), page)


@routes.get("/accounts/{reference}/bills/{bill}", problems=(*NONE_SUCH, NoSuchBill))
def show_bill(work: Work, reference: Reference, bill: Reference) -> BillEntry:
    """One bill by its reference, or the latest of a financial year by the year that it begins in."""
    return work.show(BillEntry, find_bill(work, Bill, rules.find_account(work, reference).reference, bill))


@routes.get("/accounts/{reference}/transactions", problems=NONE_SUCH)
def list_transactions(work: Work, reference: Reference, page: AskedPage) -> Listing[Transaction]:
    """The account's ledger, in the order in which it was entered."""
    account = rules.find_account(work, reference)
    ledger = select(Entry.__table__).where(Entry.account == account.reference).order_by(Entry.id)
    return work.list(Transaction, ledger, page)


@routes.get("/properties/{uprn}", problems=(rules.NoSuchProperty,))
def show_property(work: Work, uprn: Uprn) -> schemas.Dwelling:
    """A dwelling's band, its open account and its earlier ones."""
    found = accounts_of(Account, LiablePerson, None, None, None, {"uprn": uprn})
    rows = [schemas.AccountSummary.model_validate(row) for row in work.session.execute(found)]
    if not rows:
        raise rules.NoSuchProperty(f"UPRN {uprn} is not in the valuation list; addresses lists UPRNs")
    now = next((each.reference for each in rows if each.status == "open"), None)
    here = {"address": rows[0].address, "band": rows[0].band, "account": now, "accounts": rows[::-1]}
    return schemas.Dwelling.model_validate({"uprn": uprn, **here})


@routes.post("/accounts/{reference}/payments", changes=True, problems=(*NONE_SUCH, DateRefused))
def make_payment(work: Work, reference: Reference, body: Payment) -> schemas.AccountEntry:
    """Record a payment; the answer is the account as it stands after it."""
    account = rules.find_account(work, reference, to_change=True)
    take_payment(work, account, Entry, body)
    return _shown(work, account)


@routes.put("/accounts/{reference}/instalments", problems=(*NONE_SUCH, NothingToSpread))
def plan_instalments(work: Work, reference: Reference, body: InstalmentPlan) -> schemas.AccountEntry:
    """Spread what is not yet due over the rest of the year anew; a new bill says how."""
    account = rules.find_account(work, reference, to_change=True)
    choose_plan(account, body)
    rules.bill_since(work, account, work.today, "instalments")
    return _shown(work, account)


@routes.post(
    "/accounts/{reference}/discounts",
    changes=True,
    problems=(*NONE_SUCH, DateRefused, rules.DiscountUnchanged),
)
def change_discount(work: Work, reference: Reference, body: schemas.DiscountChange) -> schemas.AccountEntry:
    """From a day on, let a discount or exemption hold, or none; an adjusted bill follows."""
    account = rules.find_account(work, reference, to_change=True)
    rules.change_discount(work, account, body.discount, body.starts_on)
    return _shown(work, account)
