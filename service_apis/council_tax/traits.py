"""What people can be found by in council tax: their home's tenure and award, and how they pay."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from service_apis.council_tax.models import Account, Award, Bill, Disregard, LiablePerson
from service_apis.council_tax.rules import NINTHS, RECOVERY
from service_apis.kit.revenues.traits import Books, declare_bases, declare_payers
from service_apis.kit.trait import Choice, Traits
from service_apis.kit.work import Query, Work

BASES = {
    "council-tenant": ("Rents from the council.", "council_tenant"),
    "social-tenant": ("Rents from a housing association.", "social_tenant"),
    "private-tenant": ("Rents from a private landlord.", "private_tenant"),
    "owner-occupier": ("Owns the home that they live in.", "freeholder"),
    "shared-owner": ("Owns a share of their home.", "leaseholder"),
}
REASONS = Choice("reason", ("student", "apprentice", "carer", "severe-mental-impairment"))
HOMES = select(Account.uprn, Account.reference).where(Account.closed_on.is_(None))


def _awarded(code: str, work: Work) -> Query:
    """Homes whose award is now of a code like this."""
    holds = (Award.ends_on.is_(None) | (Award.ends_on > work.today)) & (Award.starts_on <= work.today)
    return HOMES.where(Account.reference.in_(select(Award.account).where(Award.code.like(code), holds)))


def _banded(work: Work, band: str) -> Query:
    return HOMES.where(Account.band == band)


def _disregarded(work: Work, reason: str) -> Query:
    why = Disregard.reason == reason.replace("-", "_")
    return select(Disregard.resident_id, Disregard.uprn).where(why)


single, exempt = partial(_awarded, "single_person"), partial(_awarded, "exempt%")
traits, books = Traits(), Books(Account, Bill, LiablePerson, "council tax")
declare_payers(traits, books, RECOVERY)
declare_bases(traits, books, BASES)
traits.of_home("single-person-discount", "Lives where the single person discount is given.", single)
traits.of_home("exempt", "Lives in a home that is exempt from council tax.", exempt)
traits.of_home("band", "Lives in a home of council tax band {band}.", _banded, Choice("band", tuple(NINTHS)))
traits.of_resident("disregarded", "Is not counted as an adult: {reason}.", _disregarded, REASONS)
