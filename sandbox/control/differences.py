"""What differs between a council and another state of it, by service and record."""

from __future__ import annotations

import asyncio
from pathlib import Path as File
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from sandbox.control.access import READ, ControlCaller, NamedCouncil, controlled
from sandbox.differences import Difference, difference
from sandbox.snapshots import Snapshots
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable
from service_apis.kit.schemas import Schema

router = APIRouter()


class OneStateOnly(Unprocessable):
    """A council is compared with one other state: a council, or a snapshot, but not both."""


class FieldShown(Schema):
    """A field that differs, as it was and as it is now."""

    field: str
    was: Any
    now: Any


class RecordShown(Schema):
    """A record that differs, by its key, and in which fields."""

    record: str
    change: Literal["added", "removed", "changed"]
    fields: list[FieldShown]


class TableShown(Schema):
    """One kind of record of a service (or of the ``council`` itself): how many differ, and the first."""

    service: str
    table: str
    kept_in_it: str
    added: int
    removed: int
    changed: int
    records: list[RecordShown]


class Differences(Schema):
    """What changed from one state to another; ``same`` says that no record differs."""

    council: str
    compared_with: str
    same: bool
    clock_was: AwareDatetime
    clock_now: AwareDatetime
    tables: list[TableShown]


@router.get("/councils/{council}/differences", operation_id="list_differences", responses=READ)
async def list_differences(
    request: Request,
    council: NamedCouncil,
    caller: ControlCaller,
    other: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z][a-z0-9-]{0,39}$",
            alias="from",
            description="A council to compare with; without one, the council as it was made.",
        ),
    ] = None,
    snapshot: Annotated[
        str | None,
        Query(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, description="A snapshot to compare with."),
    ] = None,
    limit: Annotated[int, Query(ge=0, le=1000, description="How many records of each kind and change.")] = 20,
) -> Differences:
    """What is otherwise in a council than in another, in a snapshot, or than when it was made."""
    what, file = _state(request, council, other, snapshot)
    found = await asyncio.to_thread(difference, file, council.file, council.services, limit)
    return _shown(council.name, what, found)


def _state(request: Request, council: Council, other: str | None, snapshot: str | None) -> tuple[str, File]:
    """What is compared with, in words, and where it is kept."""
    if other is not None and snapshot is not None:
        raise OneStateOnly("Give from or snapshot, not both")
    if other is not None:
        return other, controlled(request, other).file
    if snapshot is not None:
        snapshots: Snapshots = request.app.state.snapshots
        snapshots.named(council, snapshot)
        return f"snapshot {snapshot}", snapshots.file(council, snapshot)
    as_made = council.as_made
    return f"{council.name} as it was made", as_made if as_made.exists() else council.file


def _shown(name: str, what: str, found: Difference) -> Differences:
    return Differences(
        council=name,
        compared_with=what,
        same=not found.tables,
        clock_was=found.clock_was,
        clock_now=found.clock_now,
        tables=[TableShown.model_validate(each) for each in found.tables],
    )
