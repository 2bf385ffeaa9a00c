"""Rules of forced behaviour: which behaviour, on which calls of a council, how often, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from sandbox.forcing.behaviours import BEHAVIOURS, Behaviour, Parameters
from sandbox.forcing.draws import drawn
from sandbox.forcing.operations import operation_at
from service_apis.kit.clock import LONDON
from service_apis.kit.schemas import Schema
from service_apis.kit.service import Service

READS = ("GET", "HEAD", "OPTIONS")
LONGEST = timedelta(days=30)
UNLESS_SAID = timedelta(minutes=15)
"""How long a rule lasts for which no end is named."""
_OF_PAGES = frozenset({"page", "per_page", "page_size"})

Hour = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ParameterName = Annotated[str, StringConstraints(max_length=40)]
ParameterText = Annotated[str, StringConstraints(max_length=100)]
HttpMethod = Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


class Hours(Schema):
    """Hours of each day by the council's clock, London time: ``start`` up to ``end``, over midnight too."""

    start: Hour
    end: Hour

    def hold_at(self, now: datetime) -> bool:
        """Whether an instant lies in them."""
        hour = f"{now.astimezone(LONDON):%H:%M}"
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end

    def seconds_left(self, now: datetime) -> int:
        """How many seconds of council time they last from an instant that lies in them."""
        hour, minute = self.end.split(":")
        here = now.astimezone(LONDON)
        end = here.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        if end <= here:
            end += timedelta(days=1)
        # A night on which the clocks change is an hour longer or shorter: reckoned by UTC.
        return int((end.astimezone(UTC) - now).total_seconds())


class RuleConditions(Schema):
    """When a rule holds and until when. The end that comes first is its end; without any it lasts 15 minutes.

    ``service`` is a name as it stands in addresses. ``starts`` and ``until`` are instants by the council's
    clock, ``lasts`` is real time as an ISO 8601 duration, ``count`` how many calls are met at most. ``seed``
    decides, together with the number of the call, which are the ``share`` that is met.
    """

    service: Annotated[str | None, Field(max_length=60)] = None
    starts: AwareDatetime | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 7
    count: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    lasts: timedelta | None = None
    until: AwareDatetime | None = None


class RuleWanted(RuleConditions):
    """A rule to be set: a behaviour with its parameters, and which calls it meets.

    ``operation`` is an operationId of the service, ``searching`` asks for more in the address than a page,
    ``between`` holds each day by the council's clock.
    """

    behaviour: Annotated[str, Field(max_length=40)]
    parameters: Annotated[dict[ParameterName, float | ParameterText], Field(max_length=10)] = Field(
        default_factory=dict
    )
    operation: Annotated[str | None, Field(max_length=100)] = None
    methods: Annotated[list[HttpMethod] | None, Field(min_length=1, max_length=7)] = None
    searching: bool = False
    between: Hours | None = None
    share: Annotated[float, Field(ge=0, le=1)] = 1.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What rules look at of one call; ``path`` is that within the service, ``query`` the names asked with."""

    service: Service
    method: str
    path: str
    query: frozenset[str]


@dataclass
class Rule:
    """One rule that was set for a council.

    ``number`` is never given again. ``ends_at`` is an instant of the machine's clock. ``seen`` counts the
    calls that it might have met, ``forced`` those that it has met.
    """

    number: int
    wanted: RuleWanted
    parameters: Parameters
    ends_at: datetime | None
    profile: str | None = None
    seen: int = 0
    forced: int = 0

    @property
    def id(self) -> str:
        """Its name in addresses and in ``Virtual-Council-Fault``."""
        return f"r{self.number}"

    @cached_property
    def behaviour(self) -> Behaviour:
        """What it forces."""
        return BEHAVIOURS[self.wanted.behaviour]

    def has_ended(self, machine_now: datetime, council_now: datetime) -> bool:
        """Whether one of its ends has come."""
        wanted = self.wanted
        return (
            (self.ends_at is not None and machine_now >= self.ends_at)
            or (wanted.until is not None and council_now >= wanted.until)
            or (wanted.count is not None and self.forced >= wanted.count)
        )

    def holds_at(self, council_now: datetime) -> bool:
        """Whether it holds at that time by the council's clock."""
        wanted = self.wanted
        if wanted.starts is not None and council_now < wanted.starts:
            return False
        return wanted.between is None or wanted.between.hold_at(council_now)

    def meets(self, asked: Asked) -> bool:
        """Whether the call is one of those that it is about."""
        wanted = self.wanted
        if self.behaviour.of == "events" or (self.behaviour.of == "reads" and asked.method not in READS):
            return False
        if wanted.service is not None and wanted.service != asked.service.url_name:
            return False
        if wanted.methods is not None and asked.method not in wanted.methods:
            return False
        if wanted.searching and asked.query <= _OF_PAGES:
            return False
        return wanted.operation is None or wanted.operation == operation_at(
            asked.service, asked.method, asked.path
        )

    def decides_on(self, n: int) -> bool:
        """Whether the n-th call that it is about is one of the share that is met: for one seed always alike.

        What a smaller share meets, a larger one meets too.
        """
        return drawn(self.wanted.seed, f"{self.wanted.behaviour} or not", n) < self.wanted.share


def end_of(wanted: RuleWanted, now: datetime) -> datetime | None:
    """The instant of the machine's clock at which a rule ends that is set now; None if it has another end."""
    lasts = wanted.lasts
    if (wanted.count, lasts, wanted.until) == (None, None, None):
        lasts = UNLESS_SAID
    return None if lasts is None else now + lasts


def services_by_name(services: Mapping[str, Service]) -> dict[str, Service]:
    """The services by the name that stands in their addresses."""
    return {service.url_name: service for service in services.values()}
