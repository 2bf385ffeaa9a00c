"""Style, icon and the documentation page's script come from the sandbox itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service_apis.kit.discovery import discover
from tests.conftest import CouncilUnderTest


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/assets/console.css", "text/css"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/assets/swagger/swagger-ui-bundle.js", "text/javascript"),
        ("/assets/swagger/swagger-ui.css", "text/css"),
        ("/assets/swagger/favicon.png", "image/png"),
    ],
)
def test_an_asset_is_served_and_not_sent_twice(council: CouncilUnderTest, path: str, kind: str) -> None:
    answer = council.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    again = council.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_assets_are_served_at_a_services_own_host_too(council: CouncilUnderTest) -> None:
    for service in discover().values():
        host = f"{service.url_name}.{council.name}.localhost:8000"
        answer = council.client.get("/assets/swagger/swagger-ui.css", headers={"Host": host})
        assert answer.status_code == 200


def test_starting_loads_no_template_engine() -> None:
    late = ["jinja2", "markdown_it", "icalendar", "fastapi_offline"]
    program = f"import sys, sandbox.app; print([name for name in {late} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
