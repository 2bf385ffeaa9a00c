"""The journal as an HTTP archive keeps to HAR 1.2, and readers of such archives find the calls in it."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from haralyzer import HarParser

from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import JOURNAL, an_account, in_full, pay

TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PAIRS = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "value"], "properties": {"name": TEXT, "value": TEXT}},
}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$"}


def strict(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object with these members and no others but comments and members of one's own."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {}), "comment": TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


HALF = {
    "httpVersion": TEXT,
    "cookies": {"type": "array"},
    "headers": PAIRS,
    "headersSize": NUMBER,
    "bodySize": NUMBER,
}
POSTED = {
    **strict({"mimeType": TEXT}, {"text": TEXT, "params": PAIRS}),
    "oneOf": [{"required": ["text"]}, {"required": ["params"]}],
}
CONTENT = strict({"size": NUMBER, "mimeType": TEXT}, {"text": TEXT, "encoding": TEXT, "compression": NUMBER})
ENTRY = strict(
    {
        "startedDateTime": INSTANT,
        "time": {"type": "number", "minimum": 0},
        "request": strict(
            {"method": TEXT, "url": {"type": "string", "format": "uri"}, "queryString": PAIRS, **HALF},
            {"postData": POSTED},
        ),
        "response": strict(
            {
                "status": {"type": "integer"},
                "statusText": TEXT,
                "content": CONTENT,
                "redirectURL": TEXT,
                **HALF,
            }
        ),
        "cache": {"type": "object"},
        "timings": strict({"send": NUMBER, "wait": NUMBER, "receive": NUMBER}),
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT},
)
ARCHIVE = strict(
    {
        "log": strict(
            {
                "version": {"const": "1.2"},
                "creator": strict({"name": TEXT, "version": TEXT}),
                "entries": {"type": "array", "items": ENTRY},
            }
        )
    }
)
"""The members that the published format (HAR 1.2) asks for and allows."""


def archive(council: CouncilUnderTest, **wanted: Any) -> dict[str, Any]:
    answer = council.client.get(f"{JOURNAL}/har", params=wanted)
    assert answer.status_code == 200, answer.text
    archived: dict[str, Any] = answer.json()
    return archived


def test_it_keeps_to_the_format(council: CouncilUnderTest) -> None:
    pay(council, an_account(council))
    council.get("waste", "/no-such-thing", q="a b", empty="")
    council.post("street_reports", "/requests.json", data={"description": "A pothole", "api_key": KEY})
    council.post("waste", "/missed-collections", content=b"\xff\xfe\x00")
    archived = archive(council)
    assert [
        error.message for error in jsonschema_rs.Draft202012Validator(ARCHIVE).iter_errors(archived)
    ] == []
    assert len(archived["log"]["entries"]) == 5


def test_a_reader_of_archives_finds_the_calls(council: CouncilUnderTest) -> None:
    reference = an_account(council)
    answer = pay(council, reference)
    page = HarParser(archive(council)).pages[0]
    listed, paid = page.entries
    assert (listed.request.method, listed.response.status) == ("GET", 200)
    assert (
        listed.request.url
        == "http://127.0.0.1:8000/councils/fairwater/council-tax/accounts?status=open&per_page=1"
    )
    assert paid.request.raw_entry["postData"]["text"] == '{"amount_pence":5,"method":"card"}'
    assert paid.response.text == answer.text
    assert paid.response.mimeType == "application/json"
    assert paid.time > 0


def test_it_says_what_no_other_archive_would(council: CouncilUnderTest) -> None:
    answer = pay(council, an_account(council))
    entry = archive(council, operation="make_payment")["log"]["entries"][0]
    call = in_full(council, answer)
    assert (entry["_requestId"], entry["_rows"], entry["_events"]) == (call["request_id"], 2, 1)
    assert entry["_councilTime"] == "2026-06-01T08:00:00+00:00"


def test_only_the_calls_asked_for_are_in_it(council: CouncilUnderTest) -> None:
    for _ in range(4):
        council.get("waste", "/rounds")
    council.get("residents", "/residents")
    assert len(archive(council, service="waste", limit=3)["log"]["entries"]) == 3
