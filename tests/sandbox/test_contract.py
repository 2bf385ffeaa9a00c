"""Every operation of the control API keeps to its OpenAPI, whatever it is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sandbox.control import control_api
from service_apis.kit.discovery import discover
from tests.conftest import KEY, CouncilUnderTest

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
METHODS = ("get", "post", "put", "patch", "delete")
DOCUMENT = control_api(cast(Any, SimpleNamespace(services=discover())), cast(Any, None)).openapi()
OPERATIONS = {
    operation["operationId"]: (path, method.upper())
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method in METHODS
}
ENDLESS = {name for name, (path, _) in OPERATIONS.items() if path.endswith("/stream")}


def gentle(case: schemathesis.Case, council: str) -> None:
    """Let a good request be about the council that is there, and not take long."""
    if "council" in (case.path_parameters or {}):
        case.path_parameters["council"] = council
    if "persona" in (case.path_parameters or {}):
        case.path_parameters["persona"] = "couple-parting"
    if "component" in (case.path_parameters or {}):
        case.path_parameters["component"] = "bins-r-us"
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    if isinstance(case.body, dict):
        if case.body.get("by"):
            case.body["by"] = "P1D"
        if case.body.get("by_working_days"):
            case.body["by_working_days"] = 3
        if case.body.get("to"):
            case.body["to"] = "2026-07-01T09:00:00Z"


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - ENDLESS))
def test_nothing_that_is_sent_brings_an_undocumented_answer(
    council: CouncilUnderTest, operation: str, mode: str
) -> None:
    path, method = OPERATIONS[operation]
    schema = schemathesis.openapi.from_asgi("/sandbox/openapi.json", council.sandbox.gateway)
    target = schema[path][method]
    if mode == "negative" and not (target.path_parameters or target.query or target.body):
        pytest.skip("nothing can be sent to it")
    if "{component}" in path:
        council.control("/components", name="bins-r-us", slot="waste", url="http://127.0.0.1:9000")
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
        if mode == "positive":
            gentle(case, council.name)
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, checks=CHECKS)

    keeps_its_word()


@pytest.mark.parametrize("operation", sorted(ENDLESS))
def test_a_stream_is_declared_as_one(operation: str) -> None:
    path, method = OPERATIONS[operation]
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    assert list(responses["200"]["content"]) == ["text/event-stream"]
    assert {"401", "403", "404", "422"} <= responses.keys()


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_what_concerns_one_council_asks_for_the_control_scope(
    council: CouncilUnderTest, operation: str
) -> None:
    """Only what says which councils and services there are is open to all."""
    path, method = OPERATIONS[operation]
    open_to_all = "security" not in DOCUMENT["paths"][path][method.lower()]
    address = "/sandbox" + path.format_map(dict.fromkeys(_names(path), "fairwater"))
    answer = council.client.request(method, address, headers={"Authorization": ""}, json={})
    assert (answer.status_code != 401) == open_to_all
    key = council.control("/keys", name="reader", scopes=["*:read", "*:write"]).json()["key"]
    reader = {"Authorization": f"Bearer {key}"}
    answer = council.client.request(method, address, headers=reader, json={})
    assert (answer.status_code != 403) == open_to_all


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]
