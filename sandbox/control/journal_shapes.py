"""The shapes of the journal: a call in brief and in full, and how a recorded session went elsewhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from sandbox.control.shapes import EventShown
from service_apis.kit.schemas import Schema

REQUEST_ID = r"^[0-9a-z]{1,20}-[0-9]{1,12}$"
COUNCIL_NAME = r"^[a-z][a-z0-9-]{0,39}$"


class CallShown(Schema):
    """One call in brief.

    ``at`` is the machine's clock, ``council_time`` the council's, when the call came. ``caller`` is the name
    of the key, null without a known one; ``status`` 0 where nothing was answered; ``fault`` a behaviour that
    was forced on the call; ``answered_by`` the component that answered it, null where our stub did, and what
    befell the call there; ``note`` what else is to be said. ``rows`` and ``events`` count what it caused.
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
    answered_by: str | None
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


class HeaderShown(Schema):
    """One header."""

    name: str
    value: str


class MessageShown(Schema):
    """One half of a call; secrets are masked as ``***``."""

    headers: list[HeaderShown]
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


class ReplayWanted(Schema):
    """A council onto which recorded calls are to be sent again, and which: by request id, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)

    onto: Annotated[str, Field(pattern=COUNCIL_NAME)]
    first: Annotated[str | None, Field(alias="from", pattern=REQUEST_ID)] = None
    last: Annotated[str | None, Field(alias="to", pattern=REQUEST_ID)] = None


class CallReplayed(Schema):
    """What became of one recorded call: ``same``, ``different``, sent but ``not-compared``, or ``left-out``.

    ``why`` says what is to be said of it; ``recorded_status`` and ``status`` are the answers' then and now;
    ``replayed_as`` is the new call's id in the other council's journal. Each of ``differences`` is a line.
    """

    request_id: str
    method: str
    address: str
    outcome: Literal["same", "different", "not-compared", "left-out"]
    why: str | None
    recorded_status: int
    status: int | None
    replayed_as: str | None
    differences: list[str]


class Replayed(Schema):
    """How a recorded session went on another council.

    ``items`` are the calls in their order, at most 1,000, those that are the same left out first where there
    are more; ``calls`` counts all.
    """

    onto: str
    calls: int
    same: int
    different: int
    not_compared: int
    left_out: int
    items: list[CallReplayed]


class JournalEmptied(Schema):
    """How many calls were forgotten."""

    forgotten: int
