"""What a service says people can be found by is plain, is bounded, and finds people that there are."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sandbox.finding import traits_of
from service_apis.kit.discovery import discover
from service_apis.kit.service import Service
from service_apis.kit.trait import Choice, Number, Trait, TraitValueRefused
from tests.conftest import CouncilUnderTest


def values(trait: Trait) -> list[int | str | None]:
    """Values that the trait takes: the least and the most, or every choice; None where it takes none."""
    match trait.parameter:
        case Number() as number:
            return [number.least, number.most]
        case Choice() as choice:
            return list(choice.among)
    return [None]


def declared(service: Service) -> list[Trait]:
    return list(service.traits.by_name.values()) if service.traits else []


def test_each_trait_is_said_in_a_sentence(service: Service) -> None:
    for trait in declared(service):
        assert trait.sentence[0].isupper(), trait.name
        assert trait.sentence.endswith("."), trait.name
        assert ("{" in trait.sentence) == (trait.parameter is not None), trait.name
        for value in values(trait):
            assert "{" not in trait.said(value), trait.name


def test_each_trait_refuses_what_it_does_not_take(service: Service) -> None:
    for trait in declared(service):
        for wrong in ("", "-1", "no such thing", "9" * 13):
            with pytest.raises(TraitValueRefused, match=trait.name):
                trait.value(wrong)


def test_each_trait_selects_people_or_homes_that_there_are(
    council: CouncilUnderTest, service: Service
) -> None:
    opened = council.sandbox.councils.first
    with opened.reading("sandbox") as work:
        people = next(
            each.traits.people for each in discover().values() if each.traits and each.traits.people
        )
        everybody = people(work).subquery()
        residents = set(work.session.scalars(select(everybody.c.resident)))
        homes = {item["uprn"] for page in range(1, 8) for item in a_page(council, page)}
        for trait in declared(service):
            for value in values(trait):
                rows = work.execute(trait.query(work, value)).all()
                known = residents if trait.of == "resident" else homes
                assert {row[0] for row in rows if row[0] is not None} <= known, trait.name
        for references in service.traits.references if service.traits else ():
            assert all(len(row) == 2 for row in work.execute(references.select(work)))


def a_page(council: CouncilUnderTest, page: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = council.get("addresses", "/properties", page=page, per_page=200).json()[
        "items"
    ]
    return found


def test_no_two_services_have_a_trait_of_one_name() -> None:
    assert len(traits_of(discover())) == sum(len(declared(each)) for each in discover().values())
