"""What can be asked here: the operations of Open311 GeoReport v2, and those that FixMyStreet adds."""

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import catalogue
import forms
import reports
from defects import wrong
from forms import Fields
from refusals import NotFound, Refused
from working_days import day_of
from written import instant, moment

LONGEST_SPAN, MOST_ROWS = 90 * 86_400, 1000
"""GeoReport v2: "a span of 90 days or first 1000 requests returned, whichever is smallest"."""
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
STATUSES = ("open", "closed")
REQUESTS, UPDATES = "service_requests", "service_request_updates"


@dataclass(frozen=True)
class Call:
    """A call as it came: at the council's time ``now``, by the address ``base``."""

    db: sqlite3.Connection
    now: int
    base: str
    named: str
    query: Mapping[str, str]
    form: Fields


@dataclass(frozen=True)
class Operation:
    """What answers a call: its path without the format, the element of its XML, the parameters it knows."""

    method: str
    path: re.Pattern[str]
    root: str
    answer: Callable[[Call], Any]
    parameters: tuple[str, ...] = ()


OPERATIONS: list[Operation] = []
KNOWN_EVERYWHERE = {"jurisdiction_id": 100, "api_key": 200}
LONGEST = {
    "service_request_id": 20_000,
    "service_code": 20_000,
    "status": 20_000,
    "start_date": 40,
    "end_date": 40,
}
LONGEST |= {"page": 10, "page_size": 10, **KNOWN_EVERYWHERE}


def _operation(method: str, path: str, root: str, *parameters: str) -> Callable[[Any], Any]:
    def declare(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
        OPERATIONS.append(Operation(method, re.compile(path), root, function, parameters))
        return function

    return declare


@_operation("GET", "/discovery", "discovery")
def discovery(call: Call) -> dict[str, Any]:
    """Where Open311 is spoken, in which formats, and how to get a key."""
    since = f"{day_of(call.now)} 00:00"
    formats = ["text/xml", "application/json"]
    here = {
        "specification": SPECIFICATION,
        "url": call.base,
        "changeset": since,
        "type": "test",
        "formats": formats,
    }
    return {
        "changeset": since,
        "contact": "Road Watch is an imaginary supplier; ask whoever runs this sandbox.",
        "key_service": "Keys are given out by the council that this component has joined.",
        "endpoints": [here],
    }


@_operation("GET", "/services", "services")
def services(call: Call) -> list[dict[str, Any]]:
    """The kinds of problem that can be reported."""
    return [catalogue.told(each) for each in catalogue.SERVICES.values()]


@_operation("GET", "/services/([^/]+)", "service_definition")
def service_definition(call: Call) -> dict[str, Any]:
    """The questions of one kind of problem."""
    return catalogue.definition(catalogue.service(call.named))


_LISTED = ("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size")


@_operation("GET", "/requests", REQUESTS, *_LISTED)
def requests(call: Call) -> list[dict[str, Any]]:
    """Reports by their ids, or else those made in a span of time, the latest first."""
    page, size = _number(call, "page", 1, 100_000), _number(call, "page_size", MOST_ROWS, MOST_ROWS)
    skipped = (page - 1) * (size + 1 if wrong("page-drops-one") else size)
    limit = MOST_ROWS if wrong("page-size-ignored") else size
    if ids := _several(call, "service_request_id"):
        return [_told(row) for row in reports.of_ids(call.db, ids, limit, skipped)]
    codes, statuses = _several(call, "service_code"), _several(call, "status")
    for code in codes:
        catalogue.service(code)
    if unknown := sorted(set(statuses).difference(STATUSES)):
        raise Refused(f"status {', '.join(unknown)} is none; there are open and closed")
    codes = codes[:1] if wrong("first-code-only") else codes
    statuses = [] if wrong("status-ignored") else statuses
    return [_told(row) for row in reports.requested(call.db, _span(call), codes, statuses, limit, skipped)]


@_operation("GET", "/requests/([^/]+)", REQUESTS)
def request(call: Call) -> list[dict[str, Any]]:
    """One report by its id."""
    return [_told(reports.find(call.db, call.named))]


@_operation("GET", "/tokens/([^/]+)", REQUESTS)
def by_token(call: Call) -> list[dict[str, Any]]:
    """The id of the report that was answered with a token."""
    return [{"service_request_id": reports.find_by_token(call.db, call.named)["id"], "token": call.named}]


@_operation("POST", "/requests", REQUESTS)
def report(call: Call) -> list[dict[str, Any]]:
    """Take a report. A batch service is answered with a token, which leads to the report."""
    form = forms.checked(call.form, "service_code")
    made = reports.receive(call.db, call.now, form, catalogue.answers_in(call.form))
    called = {"token": made["token"]} if made["token"] else {"service_request_id": made["id"]}
    notice = catalogue.notice(catalogue.service(made["code"]))
    return [{**called, "service_notice": notice, "account_id": form.get("account_id")}]


@_operation("GET", "/servicerequestupdates", UPDATES, "start_date", "end_date")
def updates(call: Call) -> list[dict[str, Any]]:
    """The updates made in a span of time, the earliest first."""
    return [_told_update(row) for row in reports.updates_made(call.db, _span(call), MOST_ROWS)]


@_operation("POST", "/servicerequestupdates", UPDATES)
def update(call: Call) -> list[dict[str, Any]]:
    """Take an update of a report."""
    required = ("service_request_id", "update_id", "status", "updated_datetime")
    return [{"update_id": reports.take_update(call.db, call.now, forms.checked(call.form, *required))}]


def check(operation: Operation, query: list[tuple[str, str]], form: Fields, council: str) -> dict[str, str]:
    """The parameters of an address. Raises Refused for unknown ones, NotFound for another council."""
    known = {*operation.parameters, *KNOWN_EVERYWHERE}
    kept: dict[str, str] = {}
    for name, value in query:
        if name not in known:
            raise Refused(f"There is no query parameter {name!r} here; known: {', '.join(sorted(known))}")
        # What can be named several times, separated by commas, can be sent several times as well.
        kept[name] = f"{kept[name]},{value}" if name in kept else value
        if len(kept[name]) > LONGEST[name]:
            raise Refused(f"{name} is longer than {LONGEST[name]} characters")
    jurisdiction = kept.get("jurisdiction_id") or dict(reversed(form)).get("jurisdiction_id")
    if jurisdiction and jurisdiction != council and not wrong("jurisdiction-ignored"):
        raise NotFound(f"jurisdiction_id {jurisdiction} was not found; here it is {council}, or left out")
    return kept


def _several(call: Call, name: str) -> list[str]:
    return [each.strip() for each in call.query.get(name, "").split(",") if each.strip()]


def _number(call: Call, name: str, otherwise: int, most: int) -> int:
    text = call.query.get(name, str(otherwise))
    if not re.fullmatch("[0-9]{1,6}", text) or not 1 <= int(text) <= most:
        raise Refused(f"{name} {text} is no number from 1 to {most}")
    return int(text)


def _span(call: Call) -> tuple[float, float]:
    """The time that is asked about: of ninety days and up to now, where less is said. Raises Refused."""
    start, end = (call.query.get(name) for name in ("start_date", "end_date"))
    first = instant("start_date", start) if start else None
    last = instant("end_date", end) if end else None
    if last is not None and wrong("last-day-missing"):
        last -= 86_400
    if last is None:
        last = call.now if first is None else max(first, min(call.now, first + LONGEST_SPAN))
    first = last - LONGEST_SPAN if first is None else first
    if not 0 <= last - first <= LONGEST_SPAN and not wrong("last-day-missing"):
        raise Refused("end_date must lie from 0 to 90 days after start_date")
    return first, last


def _told(row: sqlite3.Row) -> dict[str, Any]:
    """A report as everybody may read it."""
    service = catalogue.SERVICES[row["code"]]
    zoneless = slice(19) if wrong("time-without-zone") else slice(None)
    told = {
        "service_request_id": row["id"],
        "status": row["status"],
        "status_notes": row["notes"],
        "service_name": service["service_name"],
        "service_code": row["code"],
        "description": row["description"],
        "agency_responsible": service["team"],
        "service_notice": catalogue.notice(service),
        "requested_datetime": moment(row["requested"])[zoneless],
        "updated_datetime": moment(row["updated"]),
        "expected_datetime": moment(row["expected"]),
        "address": row["address"],
        "address_id": row["uprn"],
        "zipcode": row["postcode"],
        "lat": row["long" if wrong("lat-long-swapped") else "lat"],
        "long": row["lat" if wrong("lat-long-swapped") else "long"],
        "media_url": row["media_url"],
    }
    return told | reports.sender_of(row) if wrong("reporter-shown") else told


def _told_update(row: sqlite3.Row) -> dict[str, Any]:
    told = {
        "update_id": row["id"],
        "service_request_id": row["report"],
        "status": row["status"],
        "updated_datetime": moment(row["made"]),
        "description": row["notes"],
        "media_url": row["media_url"],
    }
    return told | ({"fixmystreet_id": row["fixmystreet_id"]} if row["fixmystreet_id"] else {})
