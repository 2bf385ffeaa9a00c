"""The journal's operations keep to their OpenAPI whatever they are sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.test_contract import CHECKS
from tests.sandbox.journal.reading import an_account, fork, pay

PATH = "/councils/{council}/journal"
OPERATIONS = [("", "GET"), ("", "DELETE"), ("/{request_id}", "GET"), ("/har", "GET"), ("/replay", "POST")]
"""All but the stream, which has no end."""


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=str)
def test_nothing_that_is_sent_brings_an_undocumented_answer(
    council: CouncilUnderTest, path: str, method: str, mode: str
) -> None:
    fork(council)
    pay(council, an_account(council))
    schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", council.sandbox.gateway)
    target = schema[PATH + path][method]
    strategy = target.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

    @seed(1)
    @settings(
        max_examples=25,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keeps_its_word(case: schemathesis.Case) -> None:
        if mode == "positive":
            case.path_parameters["council"] = council.name
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

    keeps_its_word()


def test_the_stream_is_declared_as_one(council: CouncilUnderTest) -> None:
    document = council.client.get("/sandbox/openapi.json").json()
    responses = document["paths"][f"{PATH}/stream"]["get"]["responses"]
    assert list(responses["200"]["content"]) == ["text/event-stream"]
    assert {"401", "403", "404", "422"} <= responses.keys()
