"""Nobody gets in without the right key, and nobody is misunderstood in silence."""

from __future__ import annotations

import pytest

from service_apis.kit.service import Service
from tests.conftest import CouncilUnderTest
from tests.every_service.knowledge import filled, openapi, operations


def key_with(council: CouncilUnderTest, *scopes: str) -> dict[str, str]:
    """Headers with a new key that has these scopes and no others."""
    made = council.control("/keys", name="narrow", scopes=list(scopes))
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['key']}"}


def test_without_a_key_nothing_is_shown_or_changed(council: CouncilUnderTest, service: Service) -> None:
    if service.wire == "standard":
        pytest.skip("the standard says what needs a key; the service's own tests hold it to that")
    document = openapi(council, service.slug)
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer not-a-key"}):
        for operation in operations(document):
            path = filled(council, service.slug, document, operation) or operation.path
            url = council.url(service.slug, path)
            answer = council.client.request(operation.method.upper(), url, headers=headers, json={})
            assert answer.status_code == 401, f"{operation.id}: {answer.text}"
            assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_that_reads_cannot_write(council: CouncilUnderTest, service: Service) -> None:
    if service.wire == "standard":
        pytest.skip("the standard says what needs a key; the service's own tests hold it to that")
    headers = key_with(council, f"{service.slug}:read")
    document = openapi(council, service.slug)
    for operation in operations(document):
        path = filled(council, service.slug, document, operation) or operation.path
        url = council.url(service.slug, path)
        answer = council.client.request(operation.method.upper(), url, headers=headers, json={})
        if operation.method == "get":
            assert answer.status_code != 403, operation.id
        else:
            assert answer.status_code == 403, f"{operation.id}: {answer.text}"
            assert f"{service.slug}:write" in answer.json()["detail"]


def test_a_key_for_another_service_opens_nothing_here(council: CouncilUnderTest, service: Service) -> None:
    if service.wire == "standard":
        pytest.skip("the standard says what needs a key; the service's own tests hold it to that")
    others = [slug for slug in council.sandbox.councils.services if slug != service.slug]
    headers = key_with(council, *[f"{slug}:{right}" for slug in others for right in ("read", "write")])
    operation = next(each for each in operations(openapi(council, service.slug)) if each.method == "get")
    answer = council.get(service.slug, operation.path, headers=headers)
    assert answer.status_code == 403


def test_a_query_parameter_that_nobody_knows_is_refused(council: CouncilUnderTest, service: Service) -> None:
    if service.wire == "standard":
        pytest.skip("the standard lets clients send what a server does not know")
    document = openapi(council, service.slug)
    for operation in operations(document):
        path = filled(council, service.slug, document, operation)
        if operation.method != "get" or path is None:
            continue
        if any(parameter.get("required") for parameter in operation.parameters("query")):
            continue
        answer = council.get(service.slug, path, no_such_parameter="1")
        assert answer.status_code == 422, operation.id
        assert "no_such_parameter" in answer.json()["detail"]
