"""What a service publishes of itself is valid, complete and true."""

from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service_apis.kit.service import Service
from tests.conftest import CouncilUnderTest
from tests.every_service.knowledge import known_values, openapi, operations, plain_lists


def test_the_openapi_document_is_valid(council: CouncilUnderTest, service: Service) -> None:
    document = openapi(council, service.slug)
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_operation_ids_are_the_names_of_functions(council: CouncilUnderTest, service: Service) -> None:
    described = {operation.id for operation in operations(openapi(council, service.slug))}
    functions = {route.endpoint.__name__ for route in service.routes.routes}
    assert described == functions


def test_every_operation_says_what_it_does(council: CouncilUnderTest, service: Service) -> None:
    silent = [
        operation.id
        for operation in operations(openapi(council, service.slug))
        if not operation.spec.get("description")
    ]
    assert silent == []


def test_the_server_named_is_the_address_used(council: CouncilUnderTest, service: Service) -> None:
    host = f"{service.url_name}.fairwater.localhost:8000"
    document = council.client.get("/openapi.json", headers={"Host": host}).json()
    assert document["servers"][0]["url"] == f"http://{host}"


def test_every_member_of_an_answer_is_required_or_nullable(
    council: CouncilUnderTest, service: Service
) -> None:
    """Response models have no defaults."""
    if service.wire == "standard":
        pytest.skip("the standard says which members are optional")
    document = openapi(council, service.slug)
    with_defaults = []
    for operation in operations(document):
        for status, response in operation.spec["responses"].items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            name = schema.get("$ref", "").rpartition("/")[2]
            if status.startswith("2") and name:
                shape = document["components"]["schemas"][name]
                missing = set(shape.get("properties", {})) - set(shape.get("required", []))
                with_defaults += [f"{name}.{member}" for member in missing]
    assert with_defaults == []


def test_its_lists_show_something(council: CouncilUnderTest, service: Service) -> None:
    document = openapi(council, service.slug)
    assert plain_lists(document)
    assert known_values(council, service.slug, document)


def test_its_documentation_page_opens(council: CouncilUnderTest, service: Service) -> None:
    answer = council.get(service.slug, "/docs")
    assert answer.status_code == 200
    assert "https://" not in answer.text
