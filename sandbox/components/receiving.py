"""Taking the events that a component sends: signed, each once, and of types that its slot records."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.tables import LONGEST_REASON, ComponentEventRecord, ComponentRecord, Outcome
from sandbox.posting.signing import CONTENT_TYPE
from service_apis.kit.problems import BodyTooLarge, Problem, Unprocessable
from service_apis.kit.service import Service

LARGEST_EVENT_BYTES = 64 * 1024
"""What every intermediary of CloudEvents forwards (CloudEvents 1.0, size limits)."""
MOST_KEPT = 5_000
"""How much is kept of what one component sent; beyond it the oldest goes, and what was refused goes first."""


class BadSignature(Problem):
    """What was sent is not signed by the component's own secret, or not now. The detail says what is amiss.

    The signature is that of Standard Webhooks, over webhook-id, webhook-timestamp and the body as it is.
    """

    status = 401


class NotAnEvent(Unprocessable):
    """What was sent is no CloudEvent 1.0 in structured JSON, as the sandbox takes it. The detail says why."""


class EventNotOfTheSlot(Unprocessable):
    """The event is of a type that the component's slot does not record, or is another component's."""


class CloudEvent(BaseModel):
    """A CloudEvent 1.0 about a case. Attributes of extensions may stand beside these."""

    model_config = ConfigDict(extra="allow", strict=True)

    specversion: Literal["1.0"]
    id: Annotated[str, Field(min_length=1, max_length=255)]
    source: Annotated[str, Field(min_length=1, max_length=255)]
    type: Annotated[str, Field(min_length=1, max_length=120)]
    subject: Annotated[str, Field(min_length=1, max_length=120)]
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call at the door: its headers, by lower-case name, and its body, None where that was too large."""

    headers: Mapping[str, str]
    body: bytes | None

    @property
    def webhook_id(self) -> str | None:
        """The id that the component gave it."""
        return self.headers.get("webhook-id")


def receive(
    session: Session, component: ComponentRecord, service: Service, parcel: Parcel
) -> Outcome | Problem:
    """What became of one parcel: it was taken or repeated, or why it was refused. It is noted in any case."""
    event: dict[str, Any] | None = None
    came: Outcome | Problem
    try:
        body = _signed(component, parcel)
        event = _event(parcel, body)
        if _was_taken(session, component, parcel):
            came = Outcome.REPEATED
        else:
            _refuse_others(component, service, event)
            came = Outcome.TAKEN
    except Problem as problem:
        came = problem
    _note(session, component, parcel, came, event)
    return came


def _signed(component: ComponentRecord, parcel: Parcel) -> bytes:
    """The body, once its signature was found to be the component's. Raises BodyTooLarge or BadSignature."""
    from standardwebhooks import Webhook, WebhookVerificationError

    if parcel.body is None:
        raise BodyTooLarge(f"An event has at most {LARGEST_EVENT_BYTES:,} bytes")
    try:
        Webhook(component.secret).verify(parcel.body, dict(parcel.headers))
    except (json.JSONDecodeError, RecursionError):
        pass  # It is signed, and the library went on to read it. We look at it ourselves.
    except WebhookVerificationError as error:
        raise BadSignature(f"The signature was not accepted: {error}. {_HOW_TO_SIGN}") from error
    except ValueError as error:
        raise BadSignature(f"The signature could not be read. {_HOW_TO_SIGN}") from error
    return parcel.body


def _event(parcel: Parcel, body: bytes) -> dict[str, Any]:
    """The event, as it was sent. Raises NotAnEvent."""
    sent_as = parcel.headers.get("content-type", "")
    if sent_as.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise NotAnEvent(f"An event comes as {CONTENT_TYPE}; this came as {sent_as[:60] or 'nothing stated'}")
    try:
        CloudEvent.model_validate_json(body)
        event: dict[str, Any] = from_json(body)
        # Infinity and NaN are no JSON, and could not be told again.
        json.dumps(event, allow_nan=False)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in fault["loc"]) or "body"
        raise NotAnEvent(f"{where}: {fault['msg']}") from error
    except ValueError as error:
        raise NotAnEvent(f"body: {error}") from error
    return event


def _was_taken(session: Session, component: ComponentRecord, parcel: Parcel) -> bool:
    query = select(ComponentEventRecord.position).where(
        ComponentEventRecord.component == component.name,
        ComponentEventRecord.webhook_id == parcel.webhook_id,
        ComponentEventRecord.outcome == Outcome.TAKEN,
    )
    return session.scalars(query.limit(1)).first() is not None


def _refuse_others(component: ComponentRecord, service: Service, event: dict[str, Any]) -> None:
    """Raise EventNotOfTheSlot for an event that this component cannot have to tell."""
    begins = f"virtual-council.{service.url_name}."
    if not re.fullmatch(rf"{re.escape(begins)}{_WORDS}\.{_WORDS}", event["type"]):
        raise EventNotOfTheSlot(
            f"{component.name} fills {component.slot}, whose types are {begins}NOUN.VERB (the verb in the "
            f"past, words joined by hyphens); this is of type {event['type']}"
        )
    if event["source"] != f"/components/{component.name}":
        raise EventNotOfTheSlot(
            f"The source of what {component.name} tells is /components/{component.name}; this is of "
            f"{event['source']}"
        )


def _note(
    session: Session,
    component: ComponentRecord,
    parcel: Parcel,
    came: Outcome | Problem,
    event: dict[str, Any] | None,
) -> None:
    component.last_position += 1
    refusal = came if isinstance(came, Problem) else None
    session.add(
        ComponentEventRecord(
            component=component.name,
            position=component.last_position,
            received_at=machine.now(),
            webhook_id=parcel.webhook_id,
            outcome=Outcome.REFUSED if refusal else came,
            reason=refusal.detail[:LONGEST_REASON] if refusal else None,
            event=event,
        )
    )
    session.flush()
    _drop_oldest(session, component)


def _drop_oldest(session: Session, component: ComponentRecord) -> None:
    mine = ComponentEventRecord.component == component.name
    if (session.scalar(select(func.count()).where(mine)) or 0) <= MOST_KEPT:
        return
    for outcome in (Outcome.REFUSED, Outcome.REPEATED, Outcome.TAKEN):
        oldest = select(func.min(ComponentEventRecord.position)).where(
            mine, ComponentEventRecord.outcome == outcome
        )
        if (position := session.scalar(oldest)) is not None:
            session.execute(
                delete(ComponentEventRecord).where(mine, ComponentEventRecord.position == position)
            )
            return


_WORDS = "[a-z0-9]+(?:-[a-z0-9]+)*"
_HOW_TO_SIGN = (
    "Sign `webhook-id.webhook-timestamp.body` with COUNCIL_EVENTS_SECRET by Standard Webhooks, within five "
    "minutes of the machine's clock."
)
