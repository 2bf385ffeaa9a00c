"""How the gazetteer finds things."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from service_apis.addresses.models import Property, Street, Ward, Word
from service_apis.kit.postcodes import tidied
from service_apis.kit.problems import NotFound
from service_apis.kit.work import Query, Work

CLASSIFICATIONS = {
    "CC04": "Village hall or other community facility",
    "CC06": "Cemetery in use",
    "CC09": "Household waste recycling centre",
    "CE02": "Children's nursery",
    "CE03": "Primary school",
    "CE04": "Secondary school",
    "CH03": "Hotel or motel",
    "CI01": "Factory",
    "CI03": "Workshop or light industrial unit",
    "CI04": "Warehouse or store",
    "CI08": "Maintenance depot",
    "CL03": "Library",
    "CL06": "Leisure or sports centre",
    "CL07": "Theatre, cinema or hall",
    "CL10": "Licensed private members' club",
    "CM01": "Dentist",
    "CM02": "General practice surgery",
    "CN04": "Vet",
    "CO01": "Office",
    "CR01": "Bank or financial service",
    "CR02": "Retail service agent",
    "CR05": "Petrol filling station",
    "CR06": "Public house, bar or nightclub",
    "CR07": "Restaurant or cafeteria",
    "CR08": "Shop or showroom",
    "CR10": "Takeaway",
    "CT03": "Car park",
    "LP01": "Public park or garden",
    "RD01": "Caravan",
    "RD02": "Detached house",
    "RD03": "Semi-detached house",
    "RD04": "Terraced house",
    "RD06": "Self-contained flat",
    "RI01": "Care or nursing home",
    "RI02": "Communal residence",
    "RI03": "Residential education",
    "ZW99": "Place of worship",
}
"""Codes of the AddressBase classification scheme (Ordnance Survey) that the town has."""


class NoSuchProperty(NotFound):
    """The gazetteer has no property of that UPRN."""


class NoSuchStreet(NotFound):
    """The gazetteer has no street of that USRN."""


def words_of(text: str) -> list[str]:
    """The words of an address as they are indexed: lower case, letters and digits only."""
    return re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))


def property_rows() -> Query:
    """All properties, in the order of their UPRN."""
    return select(Property.__table__).order_by(Property.uprn)


def find_properties(
    *,
    postcode: str | None,
    usrn: str | None,
    street: str | None,
    ward: str | None,
    classification: str | None,
    words: str | None,
) -> Query:
    """The properties that fit everything that was asked; each word may be the start of one."""
    conditions: list[ColumnElement[bool]] = []
    if postcode is not None:
        conditions.append(Property.postcode == tidied(postcode))
    if usrn is not None:
        conditions.append(Property.usrn == usrn)
    if street is not None:
        named = select(Street.usrn).where(Street.name == street)
        conditions.append(Property.usrn.in_(named))
    if ward is not None:
        conditions.append(Property.ward_code == ward)
    if classification is not None:
        conditions.append(Property.classification == classification)
    for word in words_of(words or ""):
        having = select(Word.bearer).where(Word.word >= word, Word.word < word + "\uffff")
        bearers = (Property.uprn, Property.usrn, Property.postcode)
        conditions.append(or_(*(each.in_(having) for each in bearers)))
    return property_rows().where(*conditions)


_BY_UPRN = property_rows().where(Property.uprn == bindparam("uprn"))


def find_property(work: Work, uprn: str) -> Any:
    """One property's row. Raises NoSuchProperty."""
    row = work.execute(_BY_UPRN, uprn=uprn).first()
    if row is None:
        raise NoSuchProperty(f"There is no property with UPRN {uprn}; search /properties for those there are")
    return row


def street_rows() -> Query:
    """All streets with the name of their ward, in the order of their names."""
    rows = select(Street.usrn, Street.name, Street.ward_code, Ward.name.label("ward"))
    return rows.join(Ward, Ward.code == Street.ward_code).order_by(Street.name, Street.usrn)


def find_street(work: Work, usrn: str) -> Any:
    """One street's row. Raises NoSuchStreet."""
    row = work.execute(street_rows().where(Street.usrn == usrn)).first()
    if row is None:
        raise NoSuchStreet(f"There is no street with USRN {usrn}; search /streets for those there are")
    return row


def all_wards(work: Work) -> list[Any]:
    """Every ward, by name."""
    return list(work.execute(select(Ward.code, Ward.name).order_by(Ward.name)))
