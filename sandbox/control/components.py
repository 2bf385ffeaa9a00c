"""Components: register one for a slot, and the door at which it learns of the council and is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.types import Receive, Scope, Send

from sandbox.components import registering
from sandbox.components.receiving import LARGEST_EVENT_BYTES, CloudEvent, Parcel, receive
from sandbox.components.settings import refuse_if_filling
from sandbox.components.tables import (
    LONGEST_NAME,
    LONGEST_WEBHOOK_ID,
    ComponentEventRecord,
    ComponentRecord,
    Outcome,
)
from sandbox.components.whereabouts import home_of
from sandbox.control.access import READ, WRITE, ControlCaller, DoorCaller, NamedCouncil, refusals
from sandbox.control.components_shapes import (
    NAME_PATTERN,
    ComponentList,
    ComponentListed,
    ComponentMade,
    ComponentShown,
    ComponentWanted,
    SentList,
    SentShown,
    SentTaken,
    TokenActive,
    TokenEnding,
    TokenInactive,
)
from sandbox.control.events import After, Limit, Subject, Type, Wait, fed, wanted
from sandbox.control.shapes import EventFeed
from sandbox.councils import Councils
from sandbox.keys import Keyring
from sandbox.notebook import Notebook
from sandbox.outward import NotAnAddress, Outward
from sandbox.posting.feed import end_of_feed
from sandbox.posting.signing import CONTENT_TYPE
from sandbox.shadow.jobs import Runs
from sandbox.streaming import LARGEST_POSITION
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import Problem

router = APIRouter(prefix="/councils/{council}/components")
LINES = "application/x-ndjson"
LONGEST_TOKEN = 4_096
LONGEST_READING_SECONDS = 300
"""How long a component may take to read all records: so long the council cannot be reset."""
CLOUD_EVENT = CloudEvent.model_json_schema()

Component = Annotated[
    str, Path(max_length=LONGEST_NAME, pattern=NAME_PATTERN, description="The component's name.")
]


@router.post("", operation_id="add_component", status_code=201, responses=WRITE | refusals(409))
async def add_component(
    request: Request, council: NamedCouncil, wanted: ComponentWanted, caller: ControlCaller
) -> ComponentMade:
    """Let a supplier's component join the council for a slot. Its key and secret are shown this once.

    The key reads every service and writes the slot's own. What is in `environment` is what the component is
    to be started with.
    """
    outward: Outward = request.app.state.deliverer.outward
    keyring: Keyring = request.app.state.keyring
    slot = registering.slot_of(council.services, wanted.slot)
    await outward.destination(wanted.url)
    if "?" in wanted.url:
        raise NotAnAddress("A component answers at a root such as http://127.0.0.1:9000; leave out the query")
    key = registering.key_for(wanted.name, slot.slug, council.name, council.services)
    with _notebook(request, council).writing() as session:
        made = registering.register(session, wanted.name, slot.slug, wanted.url.rstrip("/"))
        session.flush()
        # One that was left behind, where a kill came between the two files, opens nothing any more.
        keyring.revoke(council.name, key.name)
        keyring.add(key)
    root = f"{request.url.scheme}://{request.url.netloc}"
    return ComponentMade(
        name=made.name,
        slot=made.slot,
        url=made.url,
        key=key.secret,
        events_secret=made.secret,
        joined_at=made.joined_at,
        environment={
            "COUNCIL_SLOT": made.slot,
            "COUNCIL_URL": f"{root}/councils/{council.name}",
            "COUNCIL_KEY": key.secret,
            "COUNCIL_COMPONENT_URL": f"{root}/sandbox/councils/{council.name}/components/{made.name}",
            "COUNCIL_EVENTS_SECRET": made.secret,
        },
    )


@router.get("", operation_id="list_components", responses=READ)
async def list_components(request: Request, council: NamedCouncil, caller: ControlCaller) -> ComponentList:
    """The council's components, without their keys and secrets."""
    with _notebook(request, council).reading() as session:
        listed = [
            ComponentListed(
                name=each.name,
                slot=each.slot,
                url=each.url,
                key_name=each.key_name,
                joined_at=each.joined_at,
                taken=(sent := registering.sent_by(session, each)).taken,
                repeated=sent.repeated,
                refused=sent.refused,
            )
            for each in registering.components(session)
        ]
    return ComponentList(items=listed)


@router.get("/{component}", operation_id="show_component", responses=READ)
async def show_component(
    request: Request, council: NamedCouncil, component: Component, caller: DoorCaller
) -> ComponentShown:
    """A component, and what time it is in its council, as it is to ask before it answers a call.

    Council time stands still, and jumps. Where `state` is another than when the component took the records
    over, its records are of a past that never was: it forgets them, and takes the records over anew.
    """
    found, world = _at_door(request, council, component)
    request.app.state.filling.follow_ups.looked(council.name, component)
    clock = world.clock
    return ComponentShown(
        name=found.name,
        slot=found.slot,
        url=found.url,
        council=world.name,
        state=f"{found.taking}.{world.generation}",
        now=clock.now,
        today=clock.today,
        position=str(end_of_feed(world)),
        joined_at=found.joined_at,
    )


@router.delete(
    "/{component}",
    operation_id="remove_component",
    status_code=204,
    responses={**READ, **refusals(409)},
)
async def remove_component(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> Response:
    """Let a component leave: its key opens nothing any more, and what it sent is forgotten.

    One that fills a slot is to be rolled back first. What it did stays in the slot's history.
    """
    keyring: Keyring = request.app.state.keyring
    with _notebook(request, council).writing() as session:
        found = registering.find(session, component)
        refuse_if_filling(session, found.name, "removed")
        keyring.revoke(council.name, found.key_name)
        session.delete(found)
    return Response(status_code=204)


@router.get(
    "/{component}/records",
    operation_id="read_component_records",
    response_class=StreamingResponse,
    responses=READ
    | {
        200: {
            "description": "A line about the whole, and then one for each record.",
            "content": {LINES: {"schema": {"type": "string"}}},
        }
    },
)
async def read_component_records(
    request: Request, council: NamedCouncil, component: Component, caller: DoorCaller
) -> StreamingResponse:
    """Every record that the council's own service holds in the slot, for the component to begin with.

    All lines are of one moment. The first says which, and how many records of each table follow.
    """
    # With them comes all of exporting, which most sandboxes never need.
    from sandbox.components.records import record_lines
    from sandbox.stores import CouldNotRead

    found, world = _at_door(request, council, component)
    lines = record_lines(world, world.services[found.slot])
    try:
        # Nothing is written between the moment that the records are of and our taking note of it.
        async with world.turn():
            first = await run_in_threadpool(next, lines)
            with _notebook(request, council).writing() as session:
                registering.note_taking(registering.find(session, component))
            if world is council:
                await request.app.state.filling.took_over(council, component)
    except CouldNotRead as error:
        raise CouncilGone(f"{world.name} was deleted meanwhile") from error
    runs: Runs = request.app.state.runs
    return _Lines(first, lines, partial(runs.takings.read, council.name, component, world.name))


class _Lines(StreamingResponse):
    """An answer whose source is let go of however it ends: by then it keeps the council's file as it was."""

    def __init__(self, first: bytes, rest: Generator[bytes], when_read: Callable[[], None]) -> None:
        super().__init__(self._all(first), media_type=LINES)
        self._rest, self._when_read = rest, when_read

    async def _all(self, first: bytes) -> AsyncIterator[bytes]:
        yield first
        while some := await run_in_threadpool(next, self._rest, b""):
            yield some
        self._when_read()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, but not to a caller who takes for ever: then the answer breaks off."""
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_READING_SECONDS):
                    await super().__call__(scope, receive, send)
        finally:
            self._rest.close()


@router.post(
    "/{component}/introspection",
    operation_id="introspect_token",
    responses=READ | refusals(400, 413),
)
async def introspect_token(
    request: Request,
    council: NamedCouncil,
    component: Component,
    caller: DoorCaller,
    token: Annotated[
        str, Form(max_length=LONGEST_TOKEN, description="The key that the component was called with.")
    ],
) -> TokenActive | TokenEnding | TokenInactive:
    """What a key opens, by RFC 7662: so a component honours the council's keys without knowing them.

    Ask at each call, or keep an answer no longer than a key that is revoked may go on opening doors.
    """
    _, world = _at_door(request, council, component)
    keyring: Keyring = request.app.state.keyring
    key = keyring.held(token.strip(), world.name)
    if key is None:
        return TokenInactive(active=False)
    scope = " ".join(key.scopes)
    if key.expires_at is None:
        return TokenActive(active=True, scope=scope, client_id=key.name)
    return TokenEnding(active=True, scope=scope, client_id=key.name, exp=int(key.expires_at.timestamp()))


@router.post(
    "/{component}/events",
    operation_id="take_component_event",
    status_code=202,
    responses=refusals(401, 404, 413, 422)
    | {200: {"model": SentTaken, "description": "This webhook-id was taken before; nothing was changed"}},
    openapi_extra={"requestBody": {"required": True, "content": {CONTENT_TYPE: {"schema": CLOUD_EVENT}}}},
)
async def take_component_event(
    request: Request,
    response: Response,
    council: NamedCouncil,
    component: Component,
    webhook_id: Annotated[
        str | None,
        Header(max_length=LONGEST_WEBHOOK_ID, description="An id that is sent again with a retry."),
    ] = None,
    webhook_timestamp: Annotated[
        str | None, Header(max_length=40, description="Seconds since 1970, by the machine's clock.")
    ] = None,
    webhook_signature: Annotated[
        str | None, Header(max_length=2_000, description="`v1,` and the signature in base64.")
    ] = None,
) -> SentTaken:
    """Take an event that the component has recorded: a CloudEvent 1.0, signed by Standard Webhooks.

    No key is needed: the signature, with the secret that was shown when the component joined, says who sent
    it. Who has no answer, or 5xx, sends it again under the same `webhook-id`.
    """
    parcel = Parcel(dict(request.headers), await _body(request))
    with _notebook(request, council).writing() as session:
        found = registering.find(session, component)
        came = receive(session, found, council.services[found.slot], parcel)
        position = found.last_position
    # Only now, so that what was refused is noted too.
    if isinstance(came, Problem):
        raise came
    await request.app.state.filling.telling.pass_on(council)
    if came is Outcome.REPEATED:
        response.status_code = 200
    return SentTaken.model_validate({"outcome": came, "position": position})


@router.get("/{component}/feed", operation_id="hear_events_at_door", responses=READ | refusals(410))
async def hear_events_at_door(
    request: Request,
    council: NamedCouncil,
    component: Component,
    caller: DoorCaller,
    after: After = "0",
    subject: Subject = None,
    type: Type = None,
    limit: Limit = 50,
    wait: Wait = 0,
) -> EventFeed:
    """What happened in the council, as `list_events` tells it, for the component to hear.

    Begin after the `position` that the first line of the records names: nothing is missed then, and nothing
    heard twice.
    """
    _, world = _at_door(request, council, component)
    return await fed(request.app.state.bells, world, after, wanted(type, subject), limit, wait)


@router.get("/{component}/events", operation_id="list_component_events", responses=READ)
async def list_component_events(
    request: Request,
    council: NamedCouncil,
    component: Component,
    caller: ControlCaller,
    after: Annotated[int, Query(ge=0, le=LARGEST_POSITION, description="Only what came after this.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 200,
) -> SentList:
    """What a component has sent, in order: taken, repeated or refused, and why.

    The latest 5,000 are kept of each component; beyond that, what was refused goes first. Of a component
    that is tried on a fork they are told there too.
    """
    home = home_of(request.app.state.councils, council, component)
    with _notebook(request, home).reading() as session:
        found = registering.find(session, component)
        query = select(ComponentEventRecord).where(
            ComponentEventRecord.component == found.name, ComponentEventRecord.position > after
        )
        rows = session.scalars(query.order_by(ComponentEventRecord.position).limit(limit)).all()
        items = [SentShown.model_validate(each) for each in rows]
    return SentList(items=items, next=items[-1].position if items else after)


async def _body(request: Request) -> bytes | None:
    """The body of what a component sends; None where it is larger than an event may be."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_EVENT_BYTES:
        return None
    body = b""
    async for some in request.stream():
        body += some
        if len(body) > LARGEST_EVENT_BYTES:
            return None
    return body


def _at_door(request: Request, council: Council, component: str) -> tuple[ComponentRecord, Council]:
    """A component, and the council that it acts in: its own, or a fork while it is tried there."""
    councils: Councils = request.app.state.councils
    with _notebook(request, council).reading() as session:
        found = registering.find(session, component)
    world = councils.get(found.acts_in) if found.acts_in else council
    return found, world or council


def _notebook(request: Request, council: Council) -> Notebook:
    """The council's notebook. Raises CouncilGone: one that is gone has none, and is to be given none."""
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
    return councils.notebook(council.name)
