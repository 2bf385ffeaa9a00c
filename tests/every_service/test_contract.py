"""A service keeps to its OpenAPI whatever it is sent: no 5xx, no status that it does not document."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service_apis.kit.service import Service
from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.knowledge import openapi, operations

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_brings_an_undocumented_answer(
    council: CouncilUnderTest, service: Service, mode: str
) -> None:
    document = openapi(council, service.slug)
    schema = schemathesis.openapi.from_asgi(
        council.url(service.slug, "/openapi.json"), council.sandbox.gateway
    )
    for operation in operations(document):
        target = schema[operation.path][operation.method.upper()]
        strategy = target.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

        @seed(1)
        @settings(
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def keeps_its_word(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

        keeps_its_word()
