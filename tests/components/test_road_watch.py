"""The second good component: it joins, answers as the incumbent did, and loses nothing."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from georeport import GeoReport

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from service_apis.kit.discovery import discover
from tests.components.launching import Component, free_port, launched
from tests.conftest import KEY

PROGRAM = Path(__file__).with_name("road_watch")
PATIENCE_SECONDS = 10
AGREED = [
    "/services",
    "/services/fly-tipping",
    "/services/abandoned-vehicle",
    "/services/litter",
    "/requests?end_date=2026-05-31T23:00:00Z",
    "/requests?start_date=2025-09-01T00:00:00Z&service_code=pothole,fly-tipping&page=2&page_size=5",
    "/servicerequestupdates?end_date=2026-05-31T23:00:00Z",
    "/requests/SR0000001",
]
"""What a component that has joined says as the incumbent said it."""

REFUSED_TO_READ = [
    "/nothing.json",
    "/services/tidal-wave.xml",
    "/services.xml?jurisdiction_id=elsewhere",
    "/tokens/TK9999999.json",
    "/requests/nothing-reported.json",
    "/requests.json?colour=red",
    "/requests.json?status=mended",
    "/requests.json?service_code=pothole,dragons",
    "/requests.xml?page_size=1001",
    "/requests.json?page=",
    "/requests.json?start_date=2026-06-01",
    "/servicerequestupdates.xml?start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z",
]
HERE = {"service_code": "pothole", "address_string": "nowhere"}
UPDATE = {"update_id": "1", "status": "OPEN", "updated_datetime": "2026-06-01T10:00:00Z"}
REFUSED_TO_TAKE: list[tuple[str, dict[str, str]]] = [
    ("/requests.json", {**HERE, "api_key": ""}),
    ("/requests.xml", {**HERE, "api_key": "nobodys-key"}),
    ("/requests.json", HERE),
    ("/requests.json", {"service_code": "dragons"}),
    ("/requests.xml", {"service_code": "fly-tipping", "address_id": "1"}),
    (
        "/requests.json",
        {"service_code": "pothole", "attribute[DEPTH_MM]": "deep", "attribute[COLOUR]": "red"},
    ),
    ("/requests.json", {"service_code": "pothole", "lat": "51.5", "long": "-0.12"}),
    ("/requests.xml", {"service_code": "pothole", "lat": "nan", "long": "0"}),
    ("/requests.json", {"service_code": "pothole", "lat": "55"}),
    ("/requests.json", {**HERE, "description": "x" * 4001}),
    ("/requests.json", {**HERE, "description": "bell \x07"}),
    ("/requests.json", {**HERE, "media_url": "photo.jpg"}),
    ("/requests.json", {**HERE, "jurisdiction_id": "elsewhere"}),
    ("/servicerequestupdates.json", {**UPDATE, "service_request_id": "nothing-reported"}),
    ("/servicerequestupdates.xml", {**UPDATE, "service_request_id": "SR0000001", "status": "MENDED"}),
    ("/servicerequestupdates.json", {**UPDATE, "service_request_id": "SR0000001", "updated_datetime": "now"}),
]


@dataclass(frozen=True)
class Joined:
    """A council that is served, and the component that has joined it."""

    sandbox: httpx.Client
    component: Component
    calls: httpx.Client
    name: str

    def told(self, subject: str, count: int) -> list[dict[str, Any]]:
        """The events that the component has sent of a subject, once there are so many."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            sent = self.sandbox.get(f"/sandbox/councils/fairwater/components/{self.name}/events").json()
            assert {each["outcome"] for each in sent["items"]} <= {"taken", "repeated"}, sent
            events = [each["event"] for each in sent["items"] if each["outcome"] == "taken"]
            events = [event for event in events if event["subject"] == subject]
            if len(events) >= count or time.monotonic() > give_up:
                return events
            time.sleep(0.05)

    def report(self, service_code: str = "pothole", **fields: str) -> str:
        """Report something outside the first property of the council, and give the report's id."""
        home = self.sandbox.get("/councils/fairwater/addresses/properties", params={"per_page": 1})
        place = {"address_id": home.json()["items"][0]["uprn"]}
        form = {"api_key": KEY, "service_code": service_code, **place, **fields}
        received = self.calls.post("/requests.json", data=form)
        assert received.status_code == 200, received.text
        return str(received.json()[0]["service_request_id"])

    def shown(self, report: str) -> dict[str, Any]:
        """One report as it is told."""
        found: list[dict[str, Any]] = self.calls.get(f"/requests/{report}.json").json()
        return found[0]


@pytest.fixture(scope="module")
def joined(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Joined]:
    """A council of 2,000 residents that the component has joined."""
    path = tmp_path_factory.mktemp("joined")
    shutil.copytree(built_folder, path / "council-data")
    sandbox = Sandbox(DataFolder(path / "council-data"), discover(), "fairwater", key=KEY)
    with served_aside(sandbox.gateway) as url, _client(url) as control:
        port = free_port()
        wanted = {"name": "road-watch", "slot": "street_reports", "url": f"http://127.0.0.1:{port}"}
        made = control.post("/sandbox/councils/fairwater/components", json=wanted)
        assert made.status_code == 201, made.text
        given = made.json()["environment"]
        with (
            launched("road_watch", given, data=path / "component-data", port=port) as component,
            _client(component.url) as calls,
        ):
            yield Joined(control, component, calls, "road-watch")
    sandbox.close()


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=30)


@pytest.mark.parametrize("path", AGREED)
def test_what_was_taken_over_is_told_as_the_incumbent_told_it(joined: Joined, path: str) -> None:
    path, _, query = path.partition("?")
    incumbent = joined.sandbox.get(f"/councils/fairwater/street-reports{path}.json?{query}")
    theirs = joined.calls.get(f"{path}.json?{query}")
    assert theirs.json() == incumbent.json() != []
    in_xml = joined.sandbox.get(f"/councils/fairwater/street-reports{path}.xml?{query}")
    theirs_in_xml = joined.calls.get(f"{path}.xml?{query}")
    assert _texts(theirs_in_xml) == _texts(in_xml)
    assert theirs_in_xml.headers["content-type"] == in_xml.headers["content-type"]


@pytest.mark.parametrize("path", REFUSED_TO_READ)
def test_what_the_incumbent_does_not_show_is_not_shown(joined: Joined, path: str) -> None:
    incumbent = joined.sandbox.get(f"/councils/fairwater/street-reports{path}")
    theirs = joined.calls.get(path)
    assert (theirs.status_code, theirs.headers["content-type"], _codes(theirs)) == (
        incumbent.status_code,
        incumbent.headers["content-type"],
        _codes(incumbent),
    )


@pytest.mark.parametrize(("path", "form"), REFUSED_TO_TAKE)
def test_what_the_incumbent_refuses_is_refused(joined: Joined, path: str, form: dict[str, str]) -> None:
    before = joined.calls.get("/requests.json").json()
    incumbent = joined.sandbox.post(
        f"/councils/fairwater/street-reports{path}", data={"api_key": KEY, **form}
    )
    theirs = joined.calls.post(path, data={"api_key": KEY, **form})
    assert theirs.status_code in (400, 403, 404)
    assert (theirs.status_code, _codes(theirs)) == (incumbent.status_code, _codes(incumbent))
    assert joined.calls.get("/requests.json").json() == before


def _codes(answer: httpx.Response) -> list[str]:
    """The code of each fault that is named."""
    if answer.headers["content-type"].startswith("application/json"):
        return [str(each["code"]) for each in answer.json()]
    return [each.text or "" for each in fromstring(answer.content).iter("code")]


def _texts(answer: httpx.Response) -> list[tuple[str, str]]:
    return sorted((element.tag, element.text or "") for element in fromstring(answer.content).iter())


@pytest.mark.parametrize("output_format", ["json", "xml"])
def test_the_public_client_works_unmodified(joined: Joined, output_format: str) -> None:
    client = GeoReport(joined.component.url, jurisdiction="fairwater", output_format=output_format)
    assert len(client.get_service_list()) == 12
    assert client.get_service_definition("street-light")["service_code"] == "street-light"
    reports = client.get_service_requests(status="closed")
    assert client.get_service_request(reports[0]["service_request_id"]) == reports[0]


def test_a_killed_component_forgets_nothing_and_tells_nothing_twice(joined: Joined) -> None:
    words = 'Deep & wide <b>"hole"</b> by the café'
    report = joined.report(description=words)
    before = joined.shown(report)
    joined.component.restart()
    assert joined.shown(report) == before
    assert before["description"] == words
    again = joined.report()
    assert again != report
    joined.told(again, 1)
    assert [event["type"] for event in joined.told(report, 1)] == [
        "virtual-council.street-reports.report.received"
    ]


def test_a_report_is_worked_on_to_its_end_as_the_councils_time_passes(joined: Joined) -> None:
    report = joined.report("litter")
    expected = joined.shown(report)["expected_datetime"]
    moved = joined.sandbox.post("/sandbox/councils/fairwater/clock", json={"to": expected})
    assert moved.status_code == 200, moved.text
    shown = joined.shown(report)
    assert (shown["status"], shown["updated_datetime"]) == ("closed", expected)
    told = [event["type"].rpartition("street-reports.")[2] for event in joined.told(report, 4)]
    assert told == ["report.received", "report.updated", "report.updated", "report.closed"]


def test_a_form_may_come_in_pieces_or_in_parts(joined: Joined) -> None:
    first = joined.shown(joined.report())
    form = {
        "api_key": KEY,
        "service_code": "litter",
        "address_id": first["address_id"],
        "description": "Käse",
    }
    pieces = (piece.encode() for piece in (urlencode(form)[:40], urlencode(form)[40:]))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    parts = {name: (None, value) for name, value in form.items()}
    for answer in (
        joined.calls.post("/requests.json", content=pieces, headers=kind),
        joined.calls.post("/requests.json", files=parts),
    ):
        assert answer.status_code == 200, answer.text
        assert joined.shown(answer.json()[0]["service_request_id"])["description"] == "Käse"


def test_it_claims_every_operation_of_the_slot(joined: Joined) -> None:
    slot = joined.sandbox.get("/councils/fairwater/street-reports/openapi.json").json()
    claimed = joined.calls.get("/openapi.json").json()
    assert _operations(claimed) == _operations(slot)


def _operations(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (path, method, operation["operationId"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_it_is_written_on_the_standard_library_alone() -> None:
    own = {path.stem for path in PROGRAM.glob("*.py")}
    imported = {
        name.partition(".")[0]
        for path in PROGRAM.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported - own <= set(sys.stdlib_module_names)


def test_every_defect_is_switched_somewhere_and_no_other() -> None:
    module = ast.parse((PROGRAM / "defects.py").read_text())
    defects, on_leaving = [each.value for each in module.body if isinstance(each, ast.Assign)]
    named = {*ast.literal_eval(defects), *ast.literal_eval(on_leaving)}
    code = "".join(path.read_text() for path in PROGRAM.glob("*.py"))
    assert set(re.findall(r'wrong\("([a-z0-9-]+)"\)', code)) == named
    assert len(named) >= 14
