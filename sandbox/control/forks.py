"""Forks of a council: make one, give it a lifetime, take it back to how it was made, delete it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from sandbox import machine
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.keys import refuse_unknown_scopes
from sandbox.control.shapes import Lifetime
from sandbox.forks import Forks
from sandbox.keys import CONTROL, Key, Keyring
from sandbox.snapshots import Snapshots
from service_apis.kit.council import Council
from service_apis.kit.schemas import Schema

router = APIRouter()

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
SnapshotName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


class ForkWanted(Schema):
    """A fork: all may be left out.

    ``name`` is otherwise made from the council's; without a ``lifetime`` it stays until it is deleted;
    ``scopes`` are those of the key that is made for it, by default all services and the control of this
    fork alone; ``snapshot`` names a saved state to begin with instead of the present one.
    """

    name: Name | None = None
    lifetime: Lifetime | None = None
    scopes: Annotated[list[str], Field(max_length=100)] | None = None
    snapshot: SnapshotName | None = None


class ForkMade(Schema):
    """A council of one's own: where it answers, a key to it alone (shown this once), and when it ends."""

    name: str
    title: str
    control: str
    services: dict[str, str]
    key: str
    scopes: list[str]
    now: AwareDatetime
    ends_at: AwareDatetime | None


class ForkShown(Schema):
    """A fork that is there: its clock, and when it ends by itself (null: not)."""

    name: str
    title: str
    control: str
    now: AwareDatetime
    ends_at: AwareDatetime | None


class ForkList(Schema):
    """The forks of one council."""

    items: list[ForkShown]


class LifetimeWanted(Schema):
    """How long a council is to stay, counted from now; null lets it stay until it is deleted."""

    lifetime: Lifetime | None


class LifetimeSet(Schema):
    """When a council ends by itself, by the machine's clock; null: it does not."""

    ends_at: AwareDatetime | None


class Rewound(Schema):
    """A council that was taken back: what its clock shows, and how often that has been done."""

    name: str
    now: AwareDatetime
    generation: int


@router.post(
    "/councils/{council}/forks",
    operation_id="fork_council",
    status_code=201,
    responses={**WRITE, **refusals(409)},
)
async def fork_council(
    request: Request, council: NamedCouncil, wanted: ForkWanted, caller: ControlCaller
) -> ForkMade:
    """Make a whole, independent copy of a council as it stands, with a key of its own."""
    scopes = every_scope(council) if wanted.scopes is None else wanted.scopes
    refuse_unknown_scopes(council, scopes)
    forks: Forks = request.app.state.forks
    snapshots: Snapshots = request.app.state.snapshots
    state = await snapshots.whole(council, wanted.snapshot) if wanted.snapshot else None
    fork = await forks.fork(council, wanted.name, state, wanted.snapshot)
    if wanted.lifetime is not None:
        forks.set_lifetime(fork, wanted.lifetime)
    return made(request, fork, scopes)


def made(request: Request, council: Council, scopes: list[str]) -> ForkMade:
    """What a caller is told of a new council, a key to it included."""
    forks: Forks = request.app.state.forks
    keyring: Keyring = request.app.state.keyring
    key = Key(council.name, machine.new_key(), tuple(scopes), (council.name,))
    keyring.add(key)
    root = f"{request.url.scheme}://{request.url.netloc}"
    return ForkMade(
        name=council.name,
        title=council.facts["title"],
        control=f"{root}/sandbox/councils/{council.name}",
        services={
            slug: f"{root}/councils/{council.name}/{service.url_name}"
            for slug, service in council.services.items()
        },
        key=key.secret,
        scopes=scopes,
        now=council.clock.now,
        ends_at=forks.end_of(council.name),
    )


def every_scope(council: Council) -> list[str]:
    """All that can be done on one council: each service's reading and writing, and its control."""
    return [*(f"{slug}:{right}" for slug in council.services for right in ("read", "write")), CONTROL]


@router.get("/councils/{council}/forks", operation_id="list_forks", responses=READ)
async def list_forks(request: Request, council: NamedCouncil, caller: ControlCaller) -> ForkList:
    """The forks that were made of a council and are still there."""
    forks: Forks = request.app.state.forks
    root = f"{request.url.scheme}://{request.url.netloc}/sandbox/councils"
    items = [
        ForkShown(
            name=each.name,
            title=each.facts["title"],
            control=f"{root}/{each.name}",
            now=each.clock.now,
            ends_at=forks.end_of(each.name),
        )
        for each in forks.forks_of(council)
    ]
    return ForkList(items=items)


@router.delete(
    "/councils/{council}",
    operation_id="delete_council",
    status_code=204,
    responses={**READ, **refusals(409)},
)
async def delete_council(request: Request, council: NamedCouncil, caller: ControlCaller) -> Response:
    """Delete a council with its keys and snapshots; its forks stay. The first cannot be deleted."""
    forks: Forks = request.app.state.forks
    async with council.turn():
        forks.delete(council)
    return Response(status_code=204)


@router.put("/councils/{council}/lifetime", operation_id="set_lifetime", responses={**WRITE, **refusals(409)})
async def set_lifetime(
    request: Request, council: NamedCouncil, wanted: LifetimeWanted, caller: ControlCaller
) -> LifetimeSet:
    """Let a council end by itself after a time, counted from now, or stay."""
    forks: Forks = request.app.state.forks
    return LifetimeSet(ends_at=forks.set_lifetime(council, wanted.lifetime))


@router.post("/councils/{council}/reset", operation_id="reset_council", responses={**READ, **refusals(409)})
async def reset_council(council: NamedCouncil, caller: ControlCaller) -> Rewound:
    """Take a council back to what it was when it was built, forked or brought; keys and snapshots stay."""
    if council.as_made.exists():
        await council.rewind_to(council.as_made)
    return rewound(council)


def rewound(council: Council) -> Rewound:
    """What a caller is told of a council that was taken back."""
    return Rewound(name=council.name, now=council.clock.now, generation=council.generation)
