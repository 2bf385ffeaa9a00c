"""What the control API answers, for type checkers. There may be more in an answer than is named here."""

from __future__ import annotations

from typing import Any, TypedDict


class Clock(TypedDict):
    """A council's clock. Instants are ISO 8601 with zone; ``today`` is the council's date."""

    now: str
    today: str
    next_due: str | None


class Happening(TypedDict):
    """One thing that fell due."""

    at: str
    service: str
    kind: str
    subject: str


class Advanced(TypedDict):
    """What the clock showed and shows, and what fell due on the way, in order.

    ``happened`` lists the first 1,000; ``happened_in_all`` counts them.
    """

    was: str
    now: str
    today: str
    happened: list[Happening]
    happened_in_all: int


class Event(TypedDict):
    """One event in CloudEvents 1.0 form; ``position`` is its place in the council's feed."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    position: int
    data: dict[str, Any]


class Call(TypedDict):
    """One call that the council answered, in brief; ``status`` 0 where nothing was answered.

    ``caller`` is the name of the key, ``fault`` a behaviour that was forced; ``rows`` and ``events`` count
    what it caused.
    """

    request_id: str
    council_time: str
    service: str
    method: str
    address: str
    status: int
    caller: str | None
    fault: str | None
    rows: int
    events: int


class Person(TypedDict):
    """Somebody who was found: who and where, and the references by which each service knows them."""

    resident: str
    name: str
    born: str
    uprn: str
    address: str
    references: dict[str, dict[str, list[str]]]


class Persona(TypedDict):
    """A persona on this council: its story, and by which references each service knows it."""

    name: str
    title: str
    story: str
    references: dict[str, dict[str, str]]
