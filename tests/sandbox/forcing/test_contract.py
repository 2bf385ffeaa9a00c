"""The control API's operations of forced behaviour keep to their OpenAPI whatever they are sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.test_contract import CHECKS

OPERATIONS = {
    "/councils/{council}/rules": ["GET", "POST", "DELETE"],
    "/councils/{council}/rules/{rule}": ["GET", "DELETE"],
    "/councils/{council}/legacy": ["POST"],
}
WITHOUT_INPUT = {"/behaviours": ["GET"], "/legacy": ["GET"]}
"""Operations that nothing wrong can be sent to."""


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_brings_an_undocumented_answer(council: CouncilUnderTest, mode: str) -> None:
    schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", council.sandbox.gateway)
    for path, methods in {**OPERATIONS, **(WITHOUT_INPUT if mode == "positive" else {})}.items():
        for method in methods:
            strategy = schema[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))

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
                if "council" in case.path_parameters:
                    case.path_parameters["council"] = council.name
                case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

            keeps_its_word()
