"""The trial address: a component as the council would call it, without anything of the council's changed.

What is asked below it goes to the component as a call of its slot would: through the limits, the mapping
and the judgement of answers. Whose key is good the component says itself. It is in no document: what can
be asked there is what the slot, or the component, publishes.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.components import registering
from sandbox.components.asking import Asked, HungUp, Unanswered, read_at, send_on
from sandbox.components.relay import Relay
from sandbox.components.settings import DEFAULT_SECONDS, Filler, filler_of
from sandbox.components.tricks import trick_in
from sandbox.councils import Councils
from sandbox.forcing.refusing import answer_of
from sandbox.gateway import NoSuchCouncil
from service_apis.kit.application import rendered
from service_apis.kit.problems import BodyTooLarge, Problem
from service_apis.kit.service import Service

router = APIRouter()
BELOW = "/councils/{council}/components/{component}/at{path:path}"
OPENAPI = "/openapi.json"


class ComponentTriedInVain(Problem):
    """The component gave no answer that the council would pass on. The detail says what it did instead."""

    status = 502


class Trial:
    """The trial addresses of all components: what is asked below one is passed on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on, and tell what came of it."""
        request = Request(scope, receive)
        try:
            service, filler = _meant(request)
        except Problem as problem:
            await rendered(problem)(scope, receive, send)
            return
        root = str(scope["path"]).removesuffix(request.path_params["path"])
        base_url = f"{request.url.scheme}://{request.url.netloc}{root}"
        try:
            asked = await read_at(base_url, root, scope, receive)
            await self._pass_on(request, service, filler, asked, send)
        except HungUp:
            return
        except HTTPException:
            too_large = BodyTooLarge("The body is larger than this sandbox accepts; send less at a time")
            await (await answer_of(service, too_large, scope))(scope, receive, send)
        except Problem as problem:
            await (await answer_of(service, problem, scope))(scope, receive, send)

    async def _pass_on(
        self, request: Request, service: Service, filler: Filler, asked: Asked, send: Send
    ) -> None:
        relay: Relay = request.app.state.filling.relay
        if trick := trick_in(asked):
            raise trick
        if asked.path == OPENAPI and filler.mapping and asked.method == "GET":
            document = {
                **(await relay.contracts.of(filler.slot)).document,
                "servers": [{"url": asked.base_url, "description": f"{filler.name}, on trial"}],
            }
            answer = Response(json.dumps(document), media_type="application/json")
            await answer(request.scope, request.receive, send)
            return
        try:
            answered = await relay.ask(filler, asked, DEFAULT_SECONDS)
        except Unanswered as unanswered:
            raise ComponentTriedInVain(str(unanswered)) from unanswered
        await send_on(answered, send)


router.add_route(BELOW, Trial())  # type: ignore[arg-type]


def _meant(request: Request) -> tuple[Service, Filler]:
    """The slot and the component that an address is of. Raises NoSuchCouncil or NoSuchComponent."""
    councils: Councils = request.app.state.councils
    names: dict[str, Any] = request.path_params
    council = councils.get(names["council"])
    if council is None:
        raise NoSuchCouncil(councils.no_such(names["council"]))
    with councils.notebook(council.name).reading() as session:
        filler = filler_of(registering.find(session, names["component"]))
    return council.services[filler.slot], filler
