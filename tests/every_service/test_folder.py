"""A service's folder says what it is, and somebody proves it."""

from __future__ import annotations

from importlib.resources import files

from scenarios import packs
from service_apis.kit.service import Service
from tests.conftest import CouncilUnderTest


def test_the_readme_says_what_it_imitates_whence_and_what_it_leaves_out(service: Service) -> None:
    text = files(service.package).joinpath("README.md").read_text()
    for heading in ("It imitates", "Sources", "It leaves out"):
        assert heading in text


def test_the_summary_is_one_sentence(service: Service) -> None:
    assert service.summary.endswith(".")
    assert service.summary.count(". ") == 0
    assert len(service.summary) <= 160


def test_at_least_one_journey_goes_through_it(service: Service) -> None:
    journeys = packs.load(packs.FOLDER).journeys
    assert [journey.id for journey in journeys if service.slug in journey.services]


def test_its_tables_carry_its_name(service: Service) -> None:
    assert all(name.startswith(f"{service.slug}_") for name in service.tables.tables)


def test_its_examples_can_be_tried(council: CouncilUnderTest, service: Service) -> None:
    assert service.tries
    for number, _example in enumerate(service.tries, start=1):
        answer = council.client.get(f"/try/{council.name}/{service.url_name}/{number}")
        assert answer.status_code == 200
        assert "nothing to show" not in answer.text
