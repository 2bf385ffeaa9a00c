"""Open311 as tests speak it: calls in either format, answers as plain values."""

from __future__ import annotations

from typing import Any

from defusedxml.ElementTree import fromstring
from httpx2 import Response

from tests.conftest import KEY, CouncilUnderTest

LISTS = {
    "services",
    "service_requests",
    "service_request_updates",
    "attributes",
    "values",
    "groups",
    "errors",
    "endpoints",
    "formats",
}


def read(council: CouncilUnderTest, path: str, answered: int = 200, /, **params: Any) -> Any:
    """What an address answers, as plain values. Nobody needs a key to read."""
    url = council.url("street_reports", path)
    answer = council.client.get(url, params=params or None, headers={"Authorization": ""})
    assert answer.status_code == answered, answer.text
    return said(answer)


def send(council: CouncilUnderTest, path: str, answered: int = 200, /, **fields: Any) -> Any:
    """What a form is answered with, as plain values. The form carries the key."""
    form = {"api_key": KEY, **fields}
    answer = council.post("street_reports", path, data=form, headers={"Authorization": ""})
    assert answer.status_code == answered, answer.text
    return said(answer)


def said(answer: Response) -> Any:
    """An answer's plain values: of JSON as it stands, of XML by the Spark convention, all as text."""
    if answer.headers["content-type"] == "application/json; charset=utf-8":
        return answer.json()
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    return plain(fromstring(answer.content))


def plain(element: Any) -> Any:
    """An XML element as Spark makes it JSON; every leaf is text, and an empty one is None."""
    if element.tag in LISTS:
        return [plain(member) for member in element]
    if len(element):
        return {member.tag: plain(member) for member in element}
    return element.text


def as_text(value: Any) -> Any:
    """Plain values of JSON as they would come out of XML."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def somewhere(council: CouncilUnderTest) -> dict[str, Any]:
    """A property of the council, as its gazetteer shows it."""
    first: dict[str, Any] = council.get("addresses", "/properties", per_page=1).json()["items"][0]
    return first


def report(council: CouncilUnderTest, service_code: str = "pothole", **fields: Any) -> str:
    """Report something outside a property, and give the report's id."""
    home = somewhere(council)
    place = {"lat": home["latitude"], "long": home["longitude"]}
    received = send(council, "/requests.json", service_code=service_code, **{**place, **fields})
    return str(received[0]["service_request_id"])


def shown(council: CouncilUnderTest, service_request_id: str) -> dict[str, Any]:
    """One report as Open311 shows it."""
    found: list[dict[str, Any]] = read(council, f"/requests/{service_request_id}.json")
    assert len(found) == 1
    return found[0]


def updates_of(council: CouncilUnderTest, service_request_id: str) -> list[dict[str, Any]]:
    """The updates of one report within the last ninety days."""
    every: list[dict[str, Any]] = read(council, "/servicerequestupdates.json")
    return [update for update in every if update["service_request_id"] == service_request_id]
