"""The shapes of Open311's answers: JSON as it stands, and XML by the Spark convention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic.config import JsonDict

from service_apis.kit.clock import LONDON
from service_apis.kit.forms import Datatype, Question
from service_apis.kit.schemas import Schema

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

ATTRIBUTES: JsonDict = {"patternProperties": {r"^attribute\[[A-Za-z_]+\](\[\])?$": {"type": "string"}}}
"""How answers to questions are called in a form, for the form's schema."""
Moment = Annotated[datetime, AfterValidator(lambda instant: instant.astimezone(LONDON))]
"""A date and time with its offset, as clocks show it in London."""


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
