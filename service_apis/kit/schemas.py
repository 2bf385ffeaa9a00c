"""The shapes of what crosses the wire."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints


class Schema(BaseModel):
    """A request or an answer. Unknown members are refused; rows are read by attribute."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, frozen=True)


class VersionedSchema(Schema):
    """An answer about something that can change; its ``version`` is sent as the ETag."""

    version: int


class ProblemDetails(BaseModel):
    """RFC 9457 problem details. ``type`` is an address on this sandbox that explains the problem.

    A problem may carry members of its own (section 3.2), such as the ``reference`` of a case.
    """

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


class FaultInRequest(Schema):
    """One fault of a request: where it is (``body.uprn``), and what is wrong."""

    where: str
    what: str


class InvalidRequestDetails(ProblemDetails):
    """Problem details of a request with faults, each listed where the sandbox could name it."""

    errors: list[FaultInRequest] | None = None


Uprn = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_a_day(sent: Any) -> Any:
    """What was sent for a date, refused where it is no ISO date: pydantic would take 0 for 1 January 1970."""
    if isinstance(sent, str) and not _DAY.fullmatch(sent):
        raise ValueError("should be a date such as 2026-06-01")
    if not isinstance(sent, str | date):
        raise ValueError("should be a date such as 2026-06-01, as a text")
    return sent


Day = Annotated[date, BeforeValidator(_written_as_a_day)]
"""A date that somebody sends, as ISO 8601 writes it and in no other way."""
