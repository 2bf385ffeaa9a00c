"""What a service says people can be found by is plain, is bounded, and finds people that there are."""

from __future__ import annotations

import re

import pytest

from sandbox.finding import traits_of
from service_apis.kit.discovery import discover
from service_apis.kit.service import Service
from service_apis.kit.trait import Choice, Number, Trait, TraitValueRefused
from synthetic_data.identifiers import range_of
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


def test_each_trait_selects_residents_or_homes(council: CouncilUnderTest, service: Service) -> None:
    with council.sandbox.councils.first.reading("sandbox") as work:
        queries = [
            (trait.name, trait.of, trait.query(work, value))
            for trait in declared(service)
            for value in values(trait)
        ]
        for each in service.traits.references if service.traits else ():
            queries.append((each.name, each.of, each.query(work)))
        for name, of, query in queries:
            whom = {row[0] for row in work.execute(query) if row[0] is not None}
            if of == "home":
                assert all(range_of("uprn", uprn) for uprn in whom), name
            else:
                assert all(re.fullmatch(r"R\d{8}", resident) for resident in whom), name


def test_no_two_services_have_a_trait_of_one_name() -> None:
    assert len(traits_of(discover())) == sum(len(declared(each)) for each in discover().values())
