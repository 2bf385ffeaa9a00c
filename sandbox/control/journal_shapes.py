"""The shapes of the journal: a call in brief and in full, and how a recorded session went elsewhere."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime

from sandbox.control.shapes import EventShown
from service_apis.kit.schemas import Schema

REQUEST_ID = r"^[0-9a-z]{1,20}-[0-9]{1,12}$"
COUNCIL_NAME = r"^[a-z][a-z0-9-]{0,39}$"


class CallShown(Schema):
    """One call in brief.

    ``at`` is the machine's clock, ``council_time`` the council's, when the call came. ``caller`` is the name
    of the key, null without a known one; ``status`` 0 where nothing was answered; ``fault`` a behaviour that
    was forced on the call; ``note`` what else is to be said. ``rows`` and ``events`` count what it caused.
    """

    number: int
    request_id: str
    at: AwareDatetime
    council_time: AwareDatetime
    service: str
    operation: str | None
    method: str
    address: str
    status: int
    milliseconds: float
    caller: str | None
    client: str | None
    fault: str | None
    note: str | None
    rows: int
    events: int


class CallList(Schema):
    """Calls, newest first unless ``after`` was given; ``next`` is the ``after`` that goes on from here."""

    items: list[CallShown]
    next: int


class BodyShown(Schema):
    """A body: as text, or in Base64 where it is none. ``bytes`` is its whole length.

    ``cut`` says that only the beginning was kept, or, of one that was compressed, nothing.
    """

    text: str | None
    base64: str | None
    bytes: int
    cut: bool


class MessageShown(Schema):
    """One half of a call; secrets are masked as ``***``."""

    headers: list[tuple[str, str]]
    body: BodyShown


class RowShown(Schema):
    """One row that was written: its key, and its values before and after; of a change those that differ."""

    service: str
    table: str
    change: Literal["inserted", "changed", "deleted"]
    key: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


class RowsCounted(Schema):
    """How many rows of one table were inserted, changed or deleted."""

    table: str
    change: Literal["inserted", "changed", "deleted"]
    count: int


class CallInFull(CallShown):
    """One call with all that was sent and answered, and what it caused.

    ``rows_written`` and ``events_recorded`` list the first of them in order, some hundreds; ``rows`` and
    ``events`` count them all, and ``rows_counted`` the rows by table.
    """

    request: MessageShown
    answer: MessageShown
    rows_written: list[RowShown]
    events_recorded: list[EventShown]
    rows_counted: list[RowsCounted]


class JournalEmptied(Schema):
    """How many calls were forgotten."""

    forgotten: int
