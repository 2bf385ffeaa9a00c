"""What is seeded is the same each time, and everything seeded can be shown."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from jsonschema_rs import Draft202012Validator as Validator
from jsonschema_rs import validator_for
from sqlalchemy import create_engine, text

from sandbox.build import Plan, build
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from service_apis.kit.service import Service
from synthetic_data.profiles import find_profile
from tests.conftest import CouncilUnderTest
from tests.every_service.knowledge import Described, filled, openapi, operations, plain_lists


def digests(file: Path, service: Service) -> dict[str, str]:
    """The digest of every table of the service."""
    found = {}
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        for table in service.tables.tables:
            rows = connection.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')).all()
            found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def built_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A council for each service, built with that service and no other."""
    files = {}
    for slug, service in discover().items():
        folder = DataFolder(tmp_path_factory.mktemp(slug) / "council-data")
        plan = Plan("fairwater", find_profile("Hartlepool"), 2000, 7, date(2026, 6, 1))
        files[slug] = build(folder, plan, {slug: service}, lambda what, share: None)
    return files


def test_seeding_twice_gives_the_same_records_whoever_else_is_there(
    built_folder: Path, built_alone: dict[str, Path], service: Service
) -> None:
    together = digests(built_folder / "councils" / "fairwater.sqlite", service)
    assert together == digests(built_alone[service.slug], service)


def test_every_seeded_record_passes_its_response_model(council: CouncilUnderTest, service: Service) -> None:
    """Each page of each list, and a spread of the records that lists name."""
    if service.wire == "standard":
        pytest.skip("its answers are held against the standard by the service's own tests")
    document = openapi(council, service.slug)
    shapes = {each.id: _shape(document, each) for each in operations(document) if each.method == "get"}
    for operation in plain_lists(document):
        for page in range(1, 400):
            answer = council.get(service.slug, operation.path, **_paging(operation.spec, page))
            assert answer.status_code == 200, answer.text
            _holds(shapes[operation.id], answer)
            if 'rel="next"' not in answer.headers.get("Link", ""):
                break
    shown = [each for each in operations(document) if each.method == "get" and each.names_in_path]
    for operation in shown:
        for place in range(0, 50, 5):
            path = filled(council, service.slug, document, operation, place)
            assert path is not None, f"{service.slug}: no list shows what {operation.path} needs"
            answer = council.get(service.slug, path)
            assert answer.status_code in (200, 404), answer.text
            if answer.status_code == 200:
                _holds(shapes[operation.id], answer)


def _shape(document: dict[str, Any], operation: Described) -> Validator | None:
    """What the operation says its answer looks like, where that is JSON."""
    content = operation.spec["responses"]["200"].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return validator_for({**schema, "components": document["components"]}) if schema else None


def _holds(shape: Validator | None, answer: Response) -> None:
    if shape is not None:
        shape.validate(answer.json())


def _paging(spec: dict[str, object], page: int) -> dict[str, int]:
    names = {parameter["name"] for parameter in spec.get("parameters", [])}  # type: ignore[attr-defined]
    return {"page": page, "per_page": 200} if "page" in names else {}
