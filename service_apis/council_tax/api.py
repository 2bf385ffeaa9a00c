"""Council tax over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from service_apis.council_tax import rules, schemas
from service_apis.council_tax.models import Account, Charge, Entry, LiablePerson
from service_apis.kit.lists import Listing
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Reference, Uprn
from service_apis.kit.work import Work

routes = Routes("council_tax")

Name = Annotated[
    str | None, Query(max_length=80, pattern=r"\w", description="A whole name or surname, or its beginning.")
]


@routes.get("/charges")
def list_charges(work: Work) -> schemas.Rates:
    """Each year's charge by band, and the discounts, exemptions and premiums that can change it."""
    rows = work.session.execute(select(Charge.__table__).order_by(Charge.year, Charge.band))
    return schemas.Rates(
        charges=[schemas.BandCharge(**row._mapping, ninths=rules.NINTHS[row.band]) for row in rows],
        awards=[
            schemas.AwardKind(code=code, kind=each.kind, percent=each.percent, meaning=each.meaning)
            for code, each in rules.AWARDS.items()
        ],
    )


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
    payment_method: schemas.PayerKind | None = None,
    minimum_balance_pence: Annotated[int | None, Query(ge=-(10**12), le=10**12)] = None,
) -> Listing[schemas.AccountSummary]:
    """Accounts by dwelling, liable person, status, stage of recovery or what is owed."""
    query = rules.find_accounts(
        name,
        resident_id,
        minimum_balance_pence,
        {"uprn": uprn, "status": status, "kind": kind, "stage": stage, "payment_method": payment_method},
    )
    return work.list(schemas.AccountSummary, query, page)


@routes.get("/accounts/{reference}", problems=(rules.NoSuchAccount,))
def show_account(work: Work, reference: Reference) -> schemas.AccountEntry:
    """One account: who is liable, its discounts, what it owes and when."""
    return _shown(work, rules.find_account(work, reference))


def _shown(work: Work, account: Account) -> schemas.AccountEntry:
    work.session.flush()
    own = {name: getattr(account, name, None) for name in schemas.AccountEntry.model_fields}
    persons = select(LiablePerson).where(LiablePerson.account == account.reference)
    own["liable_persons"] = work.session.scalars(persons.order_by(LiablePerson.id)).all()
    own["awards"] = rules.awards_of(work, account)
    own["plan"] = rules.instalments_of(
        account.undue_pence, account.instalments_left, account.instalment_pence, account.next_due
    )
    return schemas.AccountEntry.model_validate(own)


@routes.get("/accounts/{reference}/bills", problems=(rules.NoSuchAccount,))
def list_bills(work: Work, reference: Reference, page: AskedPage) -> Listing[schemas.Bill]:
    """The account's bills, the latest first, each with every line and instalment."""
    return work.list(schemas.Bill, rules.bill_rows(rules.find_account(work, reference)), page)


@routes.get("/accounts/{reference}/bills/{bill}", problems=(rules.NoSuchAccount, rules.NoSuchBill))
def show_bill(work: Work, reference: Reference, bill: Reference) -> schemas.Bill:
    """One bill by its reference, or the latest of a financial year by the year that it begins in."""
    return work.show(schemas.Bill, rules.find_bill(work, rules.find_account(work, reference), bill))


@routes.get("/accounts/{reference}/transactions", problems=(rules.NoSuchAccount,))
def list_transactions(work: Work, reference: Reference, page: AskedPage) -> Listing[schemas.Transaction]:
    """The account's ledger, in the order in which it was entered."""
    account = rules.find_account(work, reference).reference
    columns = select(Entry.year, Entry.kind, Entry.amount_pence, Entry.entered_on, Entry.method)
    return work.list(schemas.Transaction, columns.where(Entry.account == account).order_by(Entry.id), page)


@routes.get("/properties/{uprn}", problems=(rules.NoSuchProperty,))
def show_property(work: Work, uprn: Uprn) -> schemas.Dwelling:
    """A dwelling's band, its open account and its earlier ones."""
    accounts = rules.accounts_at(work, uprn)
    shown = [schemas.AccountSummary.model_validate(each) for each in accounts]
    now = next((each.reference for each in shown if each.status == "open"), None)
    return schemas.Dwelling(
        uprn=uprn, address=shown[0].address, band=shown[0].band, account=now, accounts=shown
    )


@routes.post(
    "/accounts/{reference}/payments", changes=True, problems=(rules.NoSuchAccount, rules.DateRefused)
)
def make_payment(work: Work, reference: Reference, body: schemas.Payment) -> schemas.AccountEntry:
    """Record a payment; the answer is the account as it stands after it."""
    account = rules.changing(work, reference)
    rules.pay(work, account, body.amount_pence, body.method, body.paid_on or work.today)
    return _shown(work, account)


@routes.put("/accounts/{reference}/instalments", problems=(rules.NoSuchAccount, rules.NothingToSpread))
def plan_instalments(work: Work, reference: Reference, body: schemas.InstalmentPlan) -> schemas.AccountEntry:
    """Spread what is not yet due over the rest of the year anew; a new bill says how."""
    account = rules.changing(work, reference)
    rules.spread_anew(work, account, body.count, body.day)
    return _shown(work, account)


@routes.post(
    "/accounts/{reference}/discounts",
    changes=True,
    problems=(rules.NoSuchAccount, rules.DateRefused, rules.DiscountUnchanged),
)
def change_discount(work: Work, reference: Reference, body: schemas.DiscountChange) -> schemas.AccountEntry:
    """From a day on, let a discount or exemption hold, or none; an adjusted bill follows."""
    account = rules.changing(work, reference)
    rules.change_discount(work, account, body.discount, body.starts_on)
    return _shown(work, account)
