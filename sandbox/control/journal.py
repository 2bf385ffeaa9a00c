"""A council's journal: each call, found again, in full, followed live, as an HTTP archive."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.journal_shapes import (
    REQUEST_ID,
    BodyShown,
    CallInFull,
    CallList,
    CallShown,
    HeaderShown,
    JournalEmptied,
    MessageShown,
    RowsCounted,
    RowShown,
)
from sandbox.journal.consequences import consequences
from sandbox.journal.har import header_pairs
from sandbox.journal.journal import MOST_CALLS, Journal
from sandbox.journal.journals import SIZE_VARIABLE, Journals
from sandbox.journal.ring import Condition, Entry
from sandbox.streaming import LARGEST_POSITION, LastEventId, News, following
from service_apis.kit.problems import NotFound

router = APIRouter(prefix="/councils/{council}/journal")
STREAMED_AT_A_TIME = 200


class NoJournalKept(NotFound):
    """This sandbox keeps no journal, since it was started with COUNCIL_JOURNAL_MB=0."""


class NoSuchCall(NotFound):
    """The journal has no call of that id: it is another council's, or later ones have taken its place."""


async def _kept(request: Request, council: NamedCouncil) -> Journal:
    journals: Journals = request.app.state.journals
    journal = journals.of(council)
    if journal is None:
        raise NoJournalKept(f"No journal is kept: {SIZE_VARIABLE} is 0. Start the sandbox without it.")
    return journal


KeptJournal = Annotated[Journal, Depends(_kept)]
"""The journal of the council named in the path."""


async def _wanted(
    service: Annotated[
        str | None, Query(max_length=60, description="A service's URL name, or sandbox.")
    ] = None,
    operation: Annotated[str | None, Query(max_length=120, description="An operation's id.")] = None,
    method: Annotated[str | None, Query(pattern="^[A-Za-z]{1,10}$", description="An HTTP method.")] = None,
    status: Annotated[
        str | None, Query(pattern="^([1-5]xx|[1-5][0-9]{2}|0)$", description="A status, or a class: 5xx.")
    ] = None,
    caller: Annotated[str | None, Query(max_length=60, description="The name of a key.")] = None,
    path: Annotated[str | None, Query(max_length=200, description="What the address contains.")] = None,
    request_id: Annotated[str | None, Query(pattern=REQUEST_ID, description="The id of one call.")] = None,
    fault: Annotated[
        str | None, Query(max_length=60, description="A behaviour that was forced; * for any.")
    ] = None,
    since: Annotated[AwareDatetime | None, Query(description="From this instant of the machine on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before this instant of the machine.")] = None,
) -> list[Condition]:
    equal = {
        "service": service,
        "operation": operation,
        "method": method and method.upper(),
        "caller": caller,
        "request_id": request_id,
        "fault": None if fault == "*" else fault,
    }
    conditions = [_is(name, value) for name, value in equal.items() if value is not None]
    if status is not None:
        first = int(status.replace("x", "0"))
        last = first + (99 if status.endswith("xx") else 0)
        conditions.append(lambda entry: first <= entry.status <= last)
    if path is not None:
        conditions.append(lambda entry: path in entry.address)
    if fault == "*":
        conditions.append(lambda entry: bool(entry.fault))
    if since is not None:
        conditions.append(lambda entry: entry.at >= since.timestamp())
    if until is not None:
        conditions.append(lambda entry: entry.at < until.timestamp())
    return conditions


def _is(name: str, value: str) -> Condition:
    return lambda entry: getattr(entry, name) == value


Wanted = Annotated[list[Condition], Depends(_wanted)]
"""Which calls are asked for."""

After = Annotated[int | None, Query(ge=0, le=LARGEST_POSITION, description="Only calls after this number.")]


@router.get("", operation_id="list_calls", responses=READ)
def list_calls(
    journal: KeptJournal,
    caller: ControlCaller,
    wanted: Wanted,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
) -> CallList:
    """The council's latest calls, newest first; after a number, those that followed it, oldest first."""
    entries = journal.select(wanted, limit, newest_first=after is None, after=after or 0)
    reached = max((entry.number for entry in entries), default=after or 0)
    return CallList(items=[CallShown(**_in_brief(entry)) for entry in entries], next=reached)


async def _start(journal: KeptJournal, after: After = None, last_event_id: LastEventId = None) -> int:
    """Where a stream begins. A dependency, since what is asked after the answer began is news already."""
    if last_event_id is not None:
        return last_event_id
    if after is not None:
        return after
    latest = await run_in_threadpool(journal.select, [], 1)
    return latest[0].number if latest else 0


@router.get("/stream", operation_id="follow_calls", responses=READ, response_class=EventSourceResponse)
async def follow_calls(
    journal: KeptJournal,
    caller: ControlCaller,
    wanted: Wanted,
    start: Annotated[int, Depends(_start)],
) -> AsyncIterator[ServerSentEvent]:
    """Calls as they happen, as server-sent events; each is a call in brief, and its id its number.

    Without ``after`` or ``Last-Event-ID`` it begins with the next call.
    """

    async def read(position: int) -> Sequence[News]:
        entries = await run_in_threadpool(
            journal.select, wanted, STREAMED_AT_A_TIME, newest_first=False, after=position
        )
        return [News(each.number, CallShown(**_in_brief(each)).model_dump_json()) for each in entries]

    async for event in following(journal.bell, read, start):
        yield event


@router.get("/{request_id}", operation_id="show_call", responses=READ)
def show_call(
    council: NamedCouncil,
    journal: KeptJournal,
    caller: ControlCaller,
    request_id: Annotated[str, Path(pattern=REQUEST_ID, description="As Virtual-Council-Request-Id said.")],
) -> CallInFull:
    """One call in full: headers and bodies, and the rows and events that it caused."""
    entry = journal.find(request_id)
    if entry is None:
        raise NoSuchCall(
            f"The journal of {council.name} has no call {request_id}; it keeps the latest {MOST_CALLS:,}"
        )
    caused = consequences(entry, council)
    return CallInFull.model_validate(
        {
            **_in_brief(entry),
            "request": _message(
                entry.request_headers, entry.request_body, entry.request_bytes, entry.request_cut
            ),
            "answer": _message(entry.answer_headers, entry.answer_body, entry.answer_bytes, entry.answer_cut),
            "rows_written": [RowShown(**asdict(row)) for row in caused.rows],
            "events_recorded": caused.events,
            "rows_counted": [
                RowsCounted.model_validate({"table": table, "change": change, "count": count})
                for table, change, count in caused.counts
            ],
        }
    )


@router.delete("", operation_id="empty_journal", responses=WRITE)
def empty_journal(journal: KeptJournal, caller: ControlCaller) -> JournalEmptied:
    """Forget every call so far."""
    return JournalEmptied(forgotten=journal.empty())


def _in_brief(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "request_id": entry.request_id,
        "at": datetime.fromtimestamp(entry.at, UTC),
        "council_time": datetime.fromisoformat(entry.council_time),
        "service": entry.service,
        "operation": entry.operation or None,
        "method": entry.method,
        "address": entry.address,
        "status": entry.status,
        "milliseconds": round(entry.seconds * 1000, 3),
        "caller": entry.caller,
        "client": entry.client or None,
        "fault": entry.fault or None,
        "answered_by": entry.answered_by or None,
        "note": entry.note or None,
        "rows": entry.rows,
        "events": entry.events,
    }


def _message(headers: bytes, body: bytes, length: int, cut: bool) -> MessageShown:
    try:
        text: str | None = body.decode()
    except UnicodeDecodeError as error:
        # A cut may fall inside a letter.
        text = body[: error.start].decode() if cut and len(body) - error.start < 4 else None
    return MessageShown(
        headers=[HeaderShown(name=name, value=value) for name, value in header_pairs(headers)],
        body=BodyShown(
            text=text,
            base64=None if text is not None else base64.b64encode(body).decode(),
            bytes=length,
            cut=cut,
        ),
    )
