"""The gazetteer over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service_apis.addresses import rules
from service_apis.addresses.models import Street
from service_apis.addresses.schemas import PropertyEntry, StreetEntry, WardEntry, WardList
from service_apis.kit.lists import Listing
from service_apis.kit.routes import AskedPage, Routes
from service_apis.kit.schemas import Reference, Uprn
from service_apis.kit.work import Work

routes = Routes("addresses")

Postcode = Annotated[str | None, Query(max_length=10, description="A postcode, spaced or not.")]
Words = Annotated[str | None, Query(max_length=100, description="Words of the address, or their beginnings.")]
Name = Annotated[str | None, Query(max_length=80, description="A street's whole name.")]
Code = Annotated[str | None, Query(max_length=12, pattern="^[A-Za-z0-9]+$")]


@routes.get("/properties")
def list_properties(
    work: Work,
    page: AskedPage,
    postcode: Postcode = None,
    usrn: Code = None,
    street: Name = None,
    ward_code: Code = None,
    classification: Code = None,
    q: Words = None,
) -> Listing[PropertyEntry]:
    """Properties by postcode, street, ward, classification or words of their address."""
    query = rules.find_properties(
        postcode=postcode,
        usrn=usrn,
        street=street,
        ward=ward_code,
        classification=classification,
        words=q,
    )
    rows, total = work.page_of(query, page)
    items = [_property(row) for row in rows]
    return Listing[PropertyEntry](items=items, page=page.page, per_page=page.per_page, total=total)


@routes.get("/properties/{uprn}", problems=(rules.NoSuchProperty,))
def show_property(work: Work, uprn: Uprn) -> PropertyEntry:
    """One property by its UPRN."""
    return _property(rules.find_property(work, uprn))


def _property(row: Any) -> PropertyEntry:
    fields = dict(row._mapping)
    fields["address"] = f"{row.line}, {row.town}, {row.postcode}"
    fields["classification_name"] = rules.CLASSIFICATIONS[row.classification]
    return PropertyEntry.model_construct(**fields)


@routes.get("/streets")
def list_streets(
    work: Work, page: AskedPage, name: Name = None, ward_code: Code = None
) -> Listing[StreetEntry]:
    """Streets by name or ward."""
    query = rules.street_rows()
    if name is not None:
        query = query.where(Street.name == name)
    if ward_code is not None:
        query = query.where(Street.ward_code == ward_code)
    return work.list(StreetEntry, query, page)


@routes.get("/streets/{usrn}", problems=(rules.NoSuchStreet,))
def show_street(work: Work, usrn: Reference) -> StreetEntry:
    """One street by its USRN."""
    return work.show(StreetEntry, rules.find_street(work, usrn))


@routes.get("/wards")
def list_wards(work: Work) -> WardList:
    """Every ward of the council."""
    return WardList(items=[WardEntry.model_validate(row) for row in rules.all_wards(work)])
