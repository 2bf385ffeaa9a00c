"""The shapes of components: how they join, what they are told at their door, what they sent."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from sandbox.components.tables import LONGEST_NAME, Outcome
from sandbox.outward import LONGEST_URL
from service_apis.kit.schemas import Schema

NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class ComponentWanted(Schema):
    """A component that is to fill a slot: a name to know it by, the service's slug, and where it answers."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=NAME_PATTERN)]
    slot: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z][a-z0-9_-]*$")]
    url: Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]


class ComponentMade(Schema):
    """A component that has joined. Its key and the secret that it signs with are shown this once.

    ``environment`` is what to start it with: the variables that tell it where it is and who it is.
    """

    name: str
    slot: str
    url: str
    key: str
    events_secret: str
    joined_at: AwareDatetime
    environment: dict[str, str]


class ComponentListed(Schema):
    """A component: its slot, where it answers, what its key is called, and how much it has sent."""

    name: str
    slot: str
    url: str
    key_name: str
    joined_at: AwareDatetime
    taken: int
    repeated: int
    refused: int


class ComponentList(Schema):
    """The components of a council, the first to join first."""

    items: list[ComponentListed]


class ComponentShown(Schema):
    """A component, and the council as it stands: ``position`` is the cursor at the end of its events.

    ``council`` is the one that it acts in, a fork while it is tried. ``state`` changes when the component is
    to take the records over anew.

    ``now`` is council time, ``today`` the council's date in London, ``joined_at`` an instant of the machine.
    """

    name: str
    slot: str
    url: str
    council: str
    state: str
    now: AwareDatetime
    today: date
    position: str
    joined_at: AwareDatetime


class TokenInactive(Schema):
    """RFC 7662: a token that opens nothing here. Why is not told."""

    active: Literal[False]


class TokenActive(Schema):
    """RFC 7662: a key to this council: its scopes, separated by spaces, and what it is called.

    A scope may stand for all services: ``*:read``, ``*:write``.
    """

    active: Literal[True]
    scope: str
    client_id: str


class TokenEnding(TokenActive):
    """RFC 7662: the same of a key that ends by itself; ``exp`` in seconds since 1970."""

    exp: int


class SentTaken(Schema):
    """What became of an event, and its place among what the component sent."""

    outcome: Literal[Outcome.TAKEN, Outcome.REPEATED]
    position: int


class SentShown(Schema):
    """Something that a component sent. ``received_at`` is an instant of the machine.

    ``event`` is null where it was not signed, or no event; ``reason`` says why it was refused.
    """

    position: int
    received_at: AwareDatetime
    webhook_id: str | None
    outcome: Outcome
    reason: str | None
    event: dict[str, Any] | None


class SentList(Schema):
    """What a component sent, in order; ``next`` is to be sent as ``after`` next time."""

    items: list[SentShown]
    next: int
