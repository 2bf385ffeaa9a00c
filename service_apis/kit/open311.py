"""Open311 GeoReport v2 as a language: the shapes of its answers, and how it refuses.

The standard's words are kept (a kind of problem is a service, a report a request), those of its
service discovery, and those of mySociety's extensions that FixMyStreet uses. Sources:
wiki.open311.org/GeoReport_v2, and the endpoint schema of mysociety/open311-adapter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import AfterValidator
from starlette.exceptions import HTTPException

from service_apis.kit import spark
from service_apis.kit.clock import LONDON
from service_apis.kit.door import SCOPE_KEY, Door
from service_apis.kit.forms import Datatype, Question
from service_apis.kit.problems import NotAllowed, NotAuthenticated, NotFound, Problem
from service_apis.kit.schemas import Schema

ATTRIBUTES = {r"^attribute\[[A-Za-z_]+\](\[\])?$": {"type": "string"}}
"""How answers to questions are called in a form, for OpenAPI."""
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,40})\](\[\])?")
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
REQUESTS, UPDATES = "service_requests", "service_request_updates"
MEMBERS = {
    "endpoints": "endpoint",
    "formats": "format",
    "services": "service",
    "groups": "group",
    "attributes": "attribute",
    "values": "value",
    REQUESTS: "request",
    UPDATES: "request_update",
    "errors": "error",
}
"""What the members of each list are called in XML."""

Moment = Annotated[datetime, AfterValidator(lambda instant: instant.astimezone(LONDON))]
"""A date and time with its offset, as clocks show it in London."""


class NoSuchJurisdiction(NotFound):
    """The jurisdiction_id is not this council's. It may be left out: one council answers here."""


class EndpointEntry(Schema):
    """One address at which Open311 is spoken, and the MIME types of its answers."""

    specification: str
    url: str
    changeset: str
    type: Literal["production", "test"]
    formats: list[str]


class Discovery(Schema):
    """Where Open311 is spoken here, and whom to ask. ``changeset`` sorts by time."""

    changeset: str
    contact: str
    key_service: str
    endpoints: list[EndpointEntry]


class ServiceEntry(Schema):
    """A kind of problem that can be reported; ``keywords`` are separated by commas."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime", "batch", "blackbox"]
    keywords: str
    group: str


class ServiceInGroups(ServiceEntry):
    """A kind of problem that FixMyStreet shows in several groups."""

    groups: list[str]


class Choice(Schema):
    """One choice of a list."""

    key: str
    name: str


class AttributeEntry(Schema):
    """One question. ``variable`` is false for a text that asks nothing; 1 in ``order`` comes first."""

    variable: bool
    code: str
    datatype: Datatype
    required: bool
    datatype_description: str
    order: int
    description: str


class ListAttribute(AttributeEntry):
    """A question that is answered from a list."""

    values: list[Choice]


class AutomatedAttribute(AttributeEntry):
    """A question that FixMyStreet answers by itself."""

    automated: Literal["server_set", "hidden_field"]


class ServiceDefinition(Schema):
    """The questions of one service."""

    service_code: str
    attributes: list[ListAttribute | AutomatedAttribute | AttributeEntry]


class ReportEntry(Schema):
    """A service request. Who reported it is not told. Null is an empty element in XML."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str | None
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str
    service_notice: str
    requested_datetime: Moment
    updated_datetime: Moment
    expected_datetime: Moment
    address: str
    address_id: str | None
    zipcode: str
    lat: float
    long: float
    media_url: str | None


class ReportReceived(Schema):
    """The answer to a report of a realtime service."""

    service_request_id: str
    service_notice: str
    account_id: str | None


class TokenReceived(Schema):
    """The answer to a report of a batch service: the token leads to its ``service_request_id``."""

    token: str
    service_notice: str
    account_id: str | None


class TokenEntry(Schema):
    """The report that a token stands for."""

    service_request_id: str
    token: str


class UpdateEntry(Schema):
    """One update of a report; ``status`` is one of FixMyStreet's."""

    update_id: str
    service_request_id: str
    status: str
    updated_datetime: Moment
    description: str | None
    media_url: str | None


class FixMyStreetUpdate(UpdateEntry):
    """An update of a report that came with FixMyStreet's own number for it."""

    fixmystreet_id: str


class UpdateReceived(Schema):
    """The answer to an update."""

    update_id: str


AnyService = ServiceInGroups | ServiceEntry
AnyUpdate = FixMyStreetUpdate | UpdateEntry
Received = ReportReceived | TokenReceived


class Fault(Schema):
    """One thing that was wrong with a request, for the user to read."""

    code: int
    description: str


def answer(format: spark.Format, root: str, said: Schema | list[Schema]) -> Response:
    """An answer in the format asked for, under the element ``root``."""
    if isinstance(said, list):
        return spark.answer(format, root, [each.model_dump(mode="json") for each in said], MEMBERS)
    return spark.answer(format, root, said.model_dump(mode="json"), MEMBERS)


def discovery(door: Door) -> Discovery:
    """Where Open311 is spoken: here alone."""
    since = f"{door.council.facts['as_of']} 09:00"
    endpoint = EndpointEntry(
        specification=SPECIFICATION,
        url=door.base_url,
        changeset=since,
        type="test",
        formats=["text/xml", "application/json"],
    )
    return Discovery(
        changeset=since,
        contact=f"{door.council.facts['title']} is a pretend council in a sandbox; ask whoever runs it.",
        key_service="The sandbox shows a key when it starts, and makes others through its control API.",
        endpoints=[endpoint],
    )


def definition(
    service_code: str, questions: Sequence[Question], automated: Sequence[Question]
) -> ServiceDefinition:
    """The questions of a service, and those that the client answers by itself (``automated``)."""
    attributes = [
        _attribute(question, order, question in automated)
        for order, question in enumerate((*questions, *automated), start=1)
    ]
    return ServiceDefinition(service_code=service_code, attributes=attributes)


def _attribute(question: Question, order: int, automated: bool) -> AttributeEntry:
    fields = {**asdict(question), "order": order}
    choices = [Choice(key=key, name=name) for key, name in fields.pop("values")]
    if choices:
        return ListAttribute(**fields, values=choices)
    if automated:
        return AutomatedAttribute(**fields, automated="server_set")
    return AttributeEntry(**fields)


def answers_in(fields: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The answers to questions in a form, by code: ``attribute[CODE]`` or ``attribute[CODE][]``."""
    answers: dict[str, list[str]] = {}
    for name, value in fields:
        if attribute := _ATTRIBUTE.fullmatch(name):
            answers.setdefault(attribute[1], []).append(value)
    return answers


async def for_us(
    request: Request,
    jurisdiction_id: Annotated[str | None, Query(max_length=100, description="The council's name.")] = None,
    api_key: Annotated[str | None, Query(max_length=200, description="Not needed to read.")] = None,
) -> None:
    """What every reading may name, as a dependency. Raises NoSuchJurisdiction."""
    _refuse_other_jurisdiction(request.scope[SCOPE_KEY], jurisdiction_id)


def admit(door: Door, fields: list[tuple[str, str]], scope: str) -> None:
    """Let a form in if its ``api_key`` may do what ``scope`` says.

    Raises NotAuthenticated, NotAllowed or NoSuchJurisdiction.
    """
    sent = dict(reversed(fields))
    caller = door.caller_of_key(sent.get("api_key", ""))
    if caller is None:
        said = "Invalid api_key received" if "api_key" in sent else "No api_key received"
        raise NotAuthenticated(f"{said}; send a key of this sandbox in the form's field api_key")
    if not caller.may(scope):
        raise NotAllowed(f"The api_key {caller.name!r} lacks the scope {scope}; use one that has it")
    _refuse_other_jurisdiction(door, sent.get("jurisdiction_id"))


def _refuse_other_jurisdiction(door: Door, jurisdiction_id: str | None) -> None:
    if jurisdiction_id and jurisdiction_id != door.council.name:
        raise NoSuchJurisdiction(
            f"jurisdiction_id {jurisdiction_id} was not found; here it is {door.council.name}, or left out"
        )


def described(root: str, shape: Any, *refusals: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation, for OpenAPI: what it answers, and the statuses it refuses with."""
    answers: dict[int | str, dict[str, Any]] = {200: spark.described(root, shape, "As asked.")}
    for status in refusals:
        answers[status] = spark.described("errors", list[Fault], REFUSALS[status])
    return answers


REFUSALS = {
    400: "The request cannot be fulfilled as it was made.",
    403: "The api_key is missing, unknown, or may not do this.",
    404: "What was named is not there: a service_code, service_request_id, token or jurisdiction_id.",
    405: "The address does not take this method.",
    413: "The body is too large.",
    500: "Something went wrong inside the sandbox.",
}
"""The standard knows 400, 403 and 404; the rest are HTTP's own, and said in the standard's shape."""
_STATUS_OF_PROBLEM = {401: 403, 403: 403, 404: 404, 405: 405, 413: 413}


async def refuse(request: Request, error: Exception) -> Response:
    """Any refusal in the standard's shape, in the format that the address ends with, else in XML."""
    headers: dict[str, str] = {}
    if isinstance(error, Problem):
        status = _STATUS_OF_PROBLEM.get(error.status, 400)
        listed = error.more.get("errors") or []
        faults = [f"{each['where']} {each['what']}" for each in listed] or [error.detail]
    elif isinstance(error, RequestValidationError):
        in_path = any(fault["loc"][0] == "path" for fault in error.errors())
        status = 404 if in_path else 400
        faults = [f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors()]
    elif isinstance(error, HTTPException):
        status, headers = error.status_code, dict(error.headers or {})
        faults = [f"{request.method} {request.url.path}: {error.detail}"]
    else:
        status, faults = 500, [f"{REFUSALS[500]} Nothing was changed."]
    format: spark.Format = "json" if request.url.path.endswith(".json") else "xml"
    body = [{"code": status, "description": fault} for fault in faults]
    refused = spark.answer(format, "errors", body, MEMBERS, status)
    refused.headers.update(headers)
    return refused


refusals = dict.fromkeys((Problem, RequestValidationError, HTTPException, Exception), refuse)
"""For :attr:`Routes.refusals`."""
