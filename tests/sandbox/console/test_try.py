"""Each example of each service is shown readably, and can be repeated as the page says."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from sandbox.app import Sandbox
from service_apis.kit.discovery import discover
from service_apis.kit.service import Service, Try
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.console.every_page import COUNCIL, examples, tree, words

EXAMPLES = [
    pytest.param(service, example, page, id=f"{service.slug}: {example.sentence}")
    for service, example, page in examples()
]


@pytest.mark.parametrize(("service", "example", "page"), EXAMPLES)
def test_an_example_has_something_to_show(
    untouched: CouncilUnderTest, service: Service, example: Try, page: str
) -> None:
    answer = untouched.client.get(page)
    assert answer.status_code == 200
    assert tree(answer).findtext(".//h1") == example.sentence
    said = words(answer)
    assert "nothing to show" not in said
    assert "The service refused" not in said
    assert tree(answer).findall(".//main//dl") or tree(answer).findall(".//main//table")


@pytest.mark.parametrize(("service", "example", "page"), EXAMPLES)
def test_the_line_to_paste_gets_the_answer_that_the_page_shows(
    untouched: CouncilUnderTest, service: Service, example: Try, page: str
) -> None:
    shown = tree(untouched.client.get(page))
    line = next(code.text for code in shown.iter("code") if (code.text or "").startswith("curl "))
    program, option, header, url = shlex.split(line.replace("$KEY", KEY))
    assert (program, option) == ("curl", "-H")
    name, _, secret = header.partition(": ")
    answer = untouched.client.get(url, headers={name: secret})
    assert answer.status_code == 200
    raw = shown.findtext(".//details/pre/code")
    if "json" in answer.headers["content-type"]:
        assert json.loads(raw) == answer.json()
    else:
        assert raw.split() == answer.text.split()


def test_an_example_with_nothing_to_show_says_so(council: CouncilUnderTest) -> None:
    unfindable = Try("What is not there?", "/things/{id}", where={"id": "/nothing-here#/items/0"})
    with _with_example(council, unfindable) as (client, page):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "This council has nothing to show here." in words(answer)


def test_an_example_that_is_refused_shows_the_refusal(council: CouncilUnderTest) -> None:
    with _with_example(council, Try("What is refused?", "/nothing-here")) as (client, page):
        said = words(client.get(page))
        assert "The service refused, with status 404." in said
        assert "There is nothing at" in said


def test_links_of_examples_are_found_at_the_address_that_the_reader_used(council: CouncilUnderTest) -> None:
    _, _, page = examples()[0]
    said = words(council.client.get(page, headers={"Host": "sandbox.example:9000"}))
    assert f"http://sandbox.example:9000/councils/{COUNCIL}/" in said
    assert "127.0.0.1" not in said


@contextmanager
def _with_example(council: CouncilUnderTest, example: Try) -> Iterator[tuple[TestClient, str]]:
    services = dict(discover())
    native = next(service for service in services.values() if service.wire == "native")
    services[native.slug] = replace(native, tries=(example,))
    sandbox = Sandbox(council.folder, services, council.name, key=KEY)
    try:
        yield TestClient(sandbox.gateway), f"/try/{COUNCIL}/{native.url_name}/1"
    finally:
        sandbox.close()
