"""Finding people and making personas keep to their OpenAPI, whatever they are sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.test_contract import CHECKS

OPERATIONS = (
    ("/councils/{council}/traits", "GET"),
    ("/councils/{council}/people", "GET"),
    ("/councils/{council}/personas", "GET"),
    ("/councils/{council}/personas/{persona}", "GET"),
    ("/councils/{council}/personas/{persona}", "POST"),
)


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_brings_an_undocumented_answer(council: CouncilUnderTest, mode: str) -> None:
    schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", council.sandbox.gateway)
    for path, method in OPERATIONS:
        strategy = schema[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))

        @seed(1)
        @settings(
            max_examples=20,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def keeps_its_word(case: schemathesis.Case) -> None:
            if mode == "positive":
                case.path_parameters["council"] = "fairwater"
                if "persona" in case.path_parameters and case.method == "POST":
                    case.path_parameters["persona"] = "couple-parting"
            case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

        keeps_its_word()
