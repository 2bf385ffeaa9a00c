"""The operations of events and webhooks keep to their OpenAPI whatever they are sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.test_contract import CHECKS

EXAMPLES = 15
ENDLESS = "/councils/{council}/events/stream"
OURS = ("/councils/{council}/webhooks", "/councils/{council}/events")


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_nothing_that_is_sent_brings_an_undocumented_answer(council: CouncilUnderTest, mode: str) -> None:
    schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", council.sandbox.gateway)
    paths = [path for path in schema if path.startswith(OURS) and path != ENDLESS]
    assert len(paths) > 5
    for path in paths:
        for method in schema[path]:
            strategy = schema[path][method].as_strategy(generation_mode=schemathesis.GenerationMode(mode))

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
                if case.query and "wait" in case.query:
                    case.query["wait"] = 0  # nothing happens here to be waited for
                if mode == "positive" and "council" in (case.path_parameters or {}):
                    case.path_parameters["council"] = "fairwater"
                case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

            keeps_its_word()
