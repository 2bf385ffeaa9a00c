"""Every test here runs for every service that discovery finds."""

from __future__ import annotations

import pytest

from service_apis.kit.discovery import discover
from service_apis.kit.service import Service


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for a service all of them, one after the other."""
    if "service" in metafunc.fixturenames:
        services: list[Service] = list(discover().values())
        metafunc.parametrize("service", services, ids=lambda service: service.slug)
