"""Snapshots of a council: save, list, return to, delete, carry elsewhere as a file, bring from elsewhere."""

from __future__ import annotations

from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime, Field
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from sandbox import machine
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.forks import ForkMade, Name, Rewound, SnapshotName, every_scope, made, rewound
from sandbox.forks import Forks
from sandbox.gateway import SNAPSHOT_FILES
from sandbox.snapshots import MOST_BYTES, SnapshotRecord, Snapshots
from service_apis.kit.problems import BodyTooLarge
from service_apis.kit.schemas import Schema

router = APIRouter()
MEDIA_TYPE, ANY_BYTES = "application/zip", "application/octet-stream"
NamedSnapshot = Annotated[
    str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, description="The snapshot's name.")
]


class SnapshotWanted(Schema):
    """A name for the state that is saved, and a note of what for."""

    name: SnapshotName
    note: Annotated[str, Field(max_length=200)] = ""


class SnapshotShown(Schema):
    """A state that was saved: ``at`` by the council's clock, ``saved_at`` by the machine's."""

    name: str
    note: str
    at: AwareDatetime
    saved_at: AwareDatetime
    size: int
    sha256: str


class SnapshotList(Schema):
    """A council's snapshots, the first saved first."""

    items: list[SnapshotShown]


@router.get("/councils/{council}/snapshots", operation_id="list_snapshots", responses=READ)
async def list_snapshots(request: Request, council: NamedCouncil, caller: ControlCaller) -> SnapshotList:
    """The states of a council that were saved."""
    return SnapshotList(items=[_shown(each) for each in _snapshots(request).of(council)])


@router.post(
    "/councils/{council}/snapshots",
    operation_id="save_snapshot",
    status_code=201,
    responses={**WRITE, **refusals(409)},
)
async def save_snapshot(
    request: Request, council: NamedCouncil, wanted: SnapshotWanted, caller: ControlCaller
) -> SnapshotShown:
    """Save a council as it stands, to return to."""
    return _shown(await _snapshots(request).save(council, wanted.name, wanted.note))


@router.delete(
    "/councils/{council}/snapshots/{snapshot}",
    operation_id="delete_snapshot",
    status_code=204,
    responses=READ,
)
async def delete_snapshot(
    request: Request, council: NamedCouncil, snapshot: NamedSnapshot, caller: ControlCaller
) -> Response:
    """Delete a saved state; the council stays as it is."""
    _snapshots(request).delete(council, snapshot)
    return Response(status_code=204)


@router.post(
    "/councils/{council}/snapshots/{snapshot}/restore",
    operation_id="restore_snapshot",
    responses={**READ, **refusals(409)},
)
async def restore_snapshot(
    request: Request, council: NamedCouncil, snapshot: NamedSnapshot, caller: ControlCaller
) -> Rewound:
    """Take a council back to a saved state: its records, events and clock. What it did since is undone."""
    await _snapshots(request).restore(council, snapshot)
    return rewound(council)


@router.get(
    "/councils/{council}/snapshots/{snapshot}/file",
    operation_id="export_snapshot",
    response_class=FileResponse,
    responses={200: {"content": {MEDIA_TYPE: {}}}, **READ, **refusals(409)},
)
async def export_snapshot(
    request: Request, council: NamedCouncil, snapshot: NamedSnapshot, caller: ControlCaller
) -> FileResponse:
    """A saved state as one file (a ZIP with a manifest and the database), to bring to another sandbox."""
    packed = await _snapshots(request).pack(council, snapshot)
    name = f"{council.name}-{snapshot}.council.zip"
    return FileResponse(
        packed, filename=name, media_type=MEDIA_TYPE, background=BackgroundTask(packed.unlink)
    )


@router.post(
    SNAPSHOT_FILES.removeprefix("/sandbox"),
    operation_id="bring_council",
    status_code=201,
    responses=refusals(401, 403, 409, 413, 422),
    openapi_extra={"requestBody": {"required": True, "content": {ANY_BYTES: {"schema": {"type": "string"}}}}},
)
async def bring_council(
    request: Request,
    caller: ControlCaller,
    name: Annotated[Name | None, Query(description="What to call it; otherwise as it was called.")] = None,
) -> ForkMade:
    """A new council from a file that was exported elsewhere. Needs a key to every council."""
    forks: Forks = request.app.state.forks
    folder = request.app.state.councils.folder.councils
    packed = folder / f"{machine.unlike_any()}.copying"
    try:
        await _receive(request, packed)
        with _snapshots(request).unpacked(packed) as brought:
            chosen = forks.checked(name or str(brought.manifest["council"]))
            council = await forks.bring(brought, chosen)
    finally:
        packed.unlink(missing_ok=True)
    return made(request, council, every_scope(council))


async def _receive(request: Request, file: File) -> None:
    read = 0
    with file.open("wb") as opened:
        async for some in request.stream():
            read += len(some)
            if read > MOST_BYTES:
                raise BodyTooLarge(f"The file is larger than {MOST_BYTES:,} bytes; nothing of it was kept")
            opened.write(some)


def _snapshots(request: Request) -> Snapshots:
    snapshots: Snapshots = request.app.state.snapshots
    return snapshots


def _shown(record: SnapshotRecord) -> SnapshotShown:
    return SnapshotShown.model_validate({name: getattr(record, name) for name in SnapshotShown.model_fields})
