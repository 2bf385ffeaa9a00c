"""The links of a service's OpenAPI lead where they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service_apis.kit.service import Service
from tests.conftest import CouncilUnderTest
from tests.every_service.knowledge import Described, openapi, operations, plain_lists

IN_BODY = "$response.body#/"


def links(operation: Described) -> Iterator[dict[str, Any]]:
    for answer in operation.spec["responses"].values():
        yield from answer.get("links", {}).values()


def test_a_link_gives_all_that_an_address_needs(council: CouncilUnderTest, service: Service) -> None:
    document = openapi(council, service.slug)
    by_id = {each.id: each for each in operations(document)}
    found = [(each, link) for each in by_id.values() for link in links(each)]
    assert found or not any(each.names_in_path for each in by_id.values())
    for source, link in found:
        target = by_id[link["operationId"]]
        assert sorted(link["parameters"]) == sorted(target.names_in_path), (source.id, target.id)
        assert len(set(link["parameters"].values())) == len(link["parameters"]), (source.id, target.id)


def test_what_a_list_links_to_is_there(council: CouncilUnderTest, service: Service) -> None:
    document = openapi(council, service.slug)
    by_id = {each.id: each for each in operations(document)}
    for source in plain_lists(document):
        answer = council.get(service.slug, source.path)
        for link in links(source):
            target = by_id[link["operationId"]]
            values = {name: at(answer.json(), pointer) for name, pointer in link["parameters"].items()}
            if target.method == "get" and None not in values.values():
                shown = council.get(service.slug, target.path.format_map(values))
                assert shown.status_code == 200, (source.id, target.id, shown.text)


def at(body: Any, pointer: str) -> Any:
    """What a link's expression points at; None where the list has no record."""
    for token in pointer.removeprefix(IN_BODY).split("/"):
        if isinstance(body, list) and not body:
            return None
        body = body[int(token)] if isinstance(body, list) else body[token]
    return body
