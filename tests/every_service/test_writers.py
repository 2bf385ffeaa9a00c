"""Many who write the same thing at once all get an answer, and nothing breaks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings

from sandbox.serving import served_aside
from service_apis.kit.service import Service
from tests.conftest import KEY, CouncilUnderTest
from tests.every_service.knowledge import Described, filled, openapi, operations

WRITERS = 40


def a_valid_body(document: dict[str, Any], operation: Described) -> dict[str, Any]:
    """A body that fits the operation's OpenAPI, the same each time, as a client sends it."""
    schema = schemathesis.openapi.from_dict(document)
    cases: list[schemathesis.Case] = []

    @seed(1)
    @settings(
        max_examples=1,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(schema[operation.path][operation.method.upper()].as_strategy())
    def draw(case: schemathesis.Case) -> None:
        cases.append(case)

    draw()
    case = cases[-1]
    if not isinstance(case.body, dict):
        return {}
    return {"json" if "json" in (case.media_type or "") else "data": case.body}


def test_forty_writers_of_one_row_all_finish(council: CouncilUnderTest, service: Service) -> None:
    document = openapi(council, service.slug)
    with served_aside(council.sandbox.gateway) as url, httpx.Client(timeout=30) as client:
        for operation in operations(document):
            path = filled(council, service.slug, document, operation)
            if operation.method == "get" or path is None:
                continue
            send = partial(
                client.request,
                operation.method.upper(),
                url + council.url(service.slug, path),
                headers={"Authorization": f"Bearer {KEY}"},
                **a_valid_body(document, operation),
            )
            with ThreadPoolExecutor(WRITERS) as pool:
                answers = list(pool.map(lambda _number, send=send: send(), range(WRITERS)))
            broken = [answer.text for answer in answers if answer.status_code >= 500]
            assert broken == [], operation.id
