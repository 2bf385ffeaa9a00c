"""What people can be found by in council tax: their home's tenure and award, and how they pay."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from service_apis.council_tax.models import Account, Award, Bill, Disregard, LiablePerson
from service_apis.council_tax.rules import NINTHS, RECOVERY
from service_apis.kit.revenues.traits import declare_payers
from service_apis.kit.traits import Choice, Traits
from service_apis.kit.work import Query, Work

traits = Traits()
declare_payers(traits, Account, Bill, LiablePerson, RECOVERY, "council tax")

BASES = {
    "council-tenant": ("Rents from the council.", "council_tenant"),
    "social-tenant": ("Rents from a housing association.", "social_tenant"),
    "private-tenant": ("Rents from a private landlord.", "private_tenant"),
    "owner-occupier": ("Owns the home that they live in.", "freeholder"),
    "shared-owner": ("Owns a share of their home.", "leaseholder"),
}
REASONS = ("student", "apprentice", "carer", "severe-mental-impairment")


def _declare(name: str, sentence: str, basis: str) -> None:
    @traits.of_resident(name, sentence)
    def on_basis(work: Work) -> Query:
        held = (LiablePerson.basis == basis, LiablePerson.liable_until.is_(None))
        return select(LiablePerson.resident_id, LiablePerson.account).where(*held)


for _name, (_sentence, _basis) in BASES.items():
    _declare(_name, _sentence, _basis)


def _homes(condition: ColumnElement[bool]) -> Query:
    return select(Account.uprn, Account.reference).where(Account.status == "open", condition)


def _awarded(work: Work, condition: ColumnElement[bool]) -> Query:
    holds = (Award.ends_on.is_(None) | (Award.ends_on > work.today)) & (Award.starts_on <= work.today)
    return _homes(condition & holds).join(Award, Award.account == Account.reference)


@traits.of_home("single-person-discount", "Lives where the single person discount is given.")
def single_person_discount(work: Work) -> Query:
    """25 per cent, because one adult lives there."""
    return _awarded(work, Award.code == "single_person")


@traits.of_home("exempt", "Lives in a home that is exempt from council tax.")
def exempt(work: Work) -> Query:
    """Any class of the order."""
    return _awarded(work, Award.code.startswith("exempt"))


@traits.of_home("no-discount", "Lives where council tax is charged in full.")
def no_discount(work: Work) -> Query:
    """No award holds today."""
    held = select(Award.account).where(Award.ends_on.is_(None) | (Award.ends_on > work.today))
    return _homes(Account.reference.not_in(held))


@traits.of_home("band", "Lives in a home of council tax band {band}.", Choice("band", tuple(NINTHS)))
def band(work: Work, band: str) -> Query:
    """As the valuation list has it."""
    return _homes(Account.band == band)


@traits.of_resident("disregarded", "Is not counted as an adult: {reason}.", Choice("reason", REASONS))
def disregarded(work: Work, reason: str) -> Query:
    """1992 Act, Schedule 1."""
    rows = select(Disregard.resident_id, Disregard.uprn)
    return rows.where(Disregard.reason == reason.replace("-", "_"))
