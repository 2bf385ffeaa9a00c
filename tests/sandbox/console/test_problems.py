"""The type of every refusal is the address of a page that explains it."""

from __future__ import annotations

import pytest

from service_apis.kit.discovery import discover
from service_apis.kit.problems import Problem
from tests.conftest import CouncilUnderTest
from tests.sandbox.console.every_page import kinds, words


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_kind_of_refusal_is_explained(untouched: CouncilUnderTest, kind: type[Problem]) -> None:
    answer = untouched.client.get(f"/problems/{kind.name()}")
    assert answer.status_code == 200
    said = words(answer)
    assert kind.explanation().replace("`", "") in said
    assert f"HTTP status {kind.status}" in said


def test_a_refusals_own_type_leads_to_its_page(untouched: CouncilUnderTest) -> None:
    for service in (each for each in discover().values() if each.wire == "native"):
        refused = untouched.get(service.slug, "/nothing-here")
        assert refused.status_code == 404
        assert "There is nothing at this address." in words(untouched.client.get(refused.json()["type"]))


def test_the_list_names_every_kind(untouched: CouncilUnderTest) -> None:
    page = untouched.client.get("/problems").text
    for kind in kinds():
        assert f'<a href="/problems/{kind.name()}">' in page


def test_an_unknown_kind_is_said_plainly_and_the_known_are_listed(untouched: CouncilUnderTest) -> None:
    answer = untouched.client.get("/problems/unheard-of")
    assert answer.status_code == 404
    assert "There is no problem of that name" in words(answer)
    assert '<a href="/problems/not-found">' in answer.text
