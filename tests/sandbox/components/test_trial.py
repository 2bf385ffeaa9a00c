"""At its trial address a component is asked as the council would ask it, and the council stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import machine, running
from sandbox.cli.conform import made_with
from sandbox.components.contract import Contract
from sandbox.components.mapping_file import read
from sandbox.serving import served_aside
from scenarios import packs
from scenarios.conformance.running import Wanted, run
from scenarios.conformance.target import Target
from service_apis.kit.discovery import discover
from tests.components.launching import free_port, launched
from tests.components.trying import Sandbox
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.dialect import Dialect
from tests.sandbox.components.odd import Odd, odd_component
from tests.sandbox.components.relaying import NAME

AT = f"/sandbox/councils/fairwater/components/{NAME}/at"
SPOKEN = Path(__file__).with_name("dialect.yaml")


@pytest.fixture
def odd(council: CouncilUnderTest) -> Iterator[Odd]:
    """An odd component that has joined for waste, and fills nothing."""
    with odd_component() as odd, council.client:
        joined = council.control("/components", name=NAME, slot="waste", url=odd.url)
        assert joined.status_code == 201
        yield odd


def test_what_is_asked_there_goes_to_the_component_and_whose_key_is_good_it_says_itself(
    council: CouncilUnderTest, odd: Odd
) -> None:
    odd.say('{"detail": "no key"}', "401 Unauthorized", "application/problem+json")
    answer = council.client.get(f"{AT}/rounds?page=2", headers={"Authorization": "Bearer unheard-of"})

    assert answer.status_code == 401
    assert odd.request_line == "GET /rounds?page=2 HTTP/1.1"
    sent = dict(odd.headers)
    assert sent["authorization"] == "Bearer unheard-of"
    assert sent["x-forwarded-prefix"] == AT

    odd.say("{}", "201 Created", headers=(("location", f"{odd.url}/missed-collections/1"),))
    made = council.client.post(f"{AT}/missed-collections", json={"uprn": "1"})
    assert made.headers["location"] == f"http://127.0.0.1:8000{AT}/missed-collections/1"
    assert council.client.get("/sandbox/councils/fairwater/slots/waste").json()["fillings"] == []


def test_what_the_council_would_not_pass_on_is_said_in_words(council: CouncilUnderTest, odd: Odd) -> None:
    odd.say("<h1>Hello</h1>", kind="text/html")
    nonsense = council.client.get(f"{AT}/rounds")
    assert nonsense.status_code == 502
    assert "answered 200 (OK) with text/html" in nonsense.json()["detail"]

    odd.asked.clear()
    assert council.client.get(f"{AT}/rounds/..%2fadmin").status_code == 404
    assert odd.asked == []
    assert council.client.get(f"{AT.replace(NAME, 'nobody')}/rounds").status_code == 404
    assert council.client.get(f"{AT.replace('fairwater', 'nowhere')}/rounds").status_code == 404


def test_its_document_is_its_own_or_the_slots_where_a_mapping_bridges_them(
    council: CouncilUnderTest, odd: Odd
) -> None:
    odd.say('{"openapi": "3.1.0", "info": {"title": "Odd"}, "paths": {}}')
    assert council.client.get(f"{AT}/openapi.json").json()["info"]["title"] == "Odd"

    mapping = {"fields": {"stream": "container"}}
    assert council.client.put(AT.replace("/at", "/mapping"), json=mapping).status_code == 200
    document = council.client.get(f"{AT}/openapi.json").json()
    assert "/missed-collections" in document["paths"]
    assert document["servers"][0]["url"] == f"http://127.0.0.1:8000{AT}"


def test_a_component_that_speaks_a_dialect_passes_the_checks_once_a_file_bridges_it(tmp_path: Path) -> None:
    with running.temporary() as there:
        sandbox = Sandbox(there.url, there.council, there.key)
        port = free_port()
        components = f"/councils/{there.council}/components"
        with served_aside(Dialect(f"http://127.0.0.1:{port}")) as front:
            made = sandbox.ask("POST", components, {"name": "bins", "slot": "waste", "url": front})
            declared = read(SPOKEN, Contract.of(discover()["waste"])).model_dump()
            at = f"{there.url}/sandbox{components}/bins/at"
            assert running.component_at(there, "waste", at) == "bins"
            with launched("bins_r_us", made["environment"], data=tmp_path, port=port):
                assert not passes(sandbox, at)
                sandbox.ask("PUT", f"{components}/bins/mapping", declared)
                assert passes(sandbox, at)


def passes(sandbox: Sandbox, at: str) -> bool:
    """Whether what is at the address passes the checks that touch on what the dialect calls otherwise."""
    wanted = Wanted(
        base_url=sandbox.url,
        council=sandbox.council,
        key=sandbox.key,
        targets=[Target("waste", at, component="bins")],
        packs=packs.load(),
        made_with=made_with(),
        now=machine.now,
        only=["missed-bin-reported-twice", "missed-bin-put-right", "bins-of-one-home"],
        fail_fast=True,
        examples=1,
        seconds=300,
    )
    return run(wanted).record.passed
