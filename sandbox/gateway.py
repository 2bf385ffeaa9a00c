"""The gateway: which council, which service and who is asking, for every request.

A service answers at three kinds of address: by path (``/councils/{council}/{service}/...``), by
virtual host (``{service}.{council}.localhost``), and at a port of its own. Everything else goes
to the sandbox itself: control API, console, health.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from fastapi import FastAPI
from prometheus_client import Counter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import machine
from sandbox.background import Background
from sandbox.councils import Councils
from sandbox.keys import Keyring
from service_apis.kit.application import application, rendered
from service_apis.kit.council import Council
from service_apis.kit.door import SCOPE_KEY, Caller, Door
from service_apis.kit.problems import NotFound, Problem

MAX_BODY_BYTES = 1_000_000
"""The largest request body that is read; nothing that a council is sent by form comes near it."""

ANSWERS = Counter("virtual_council_answers", "Answers by service and HTTP status.", ["service", "status"])

SNAPSHOT_FILES = "/sandbox/snapshots"
"""Where a council is sent as a file; what answers there bounds it by itself."""

_NO_KEY = "Send an API key as `Authorization: Bearer KEY`; the sandbox shows one when it starts"


class NoSuchService(NotFound):
    """The council has no service of that name. Its services are listed at /sandbox/services."""


class NoSuchCouncil(NotFound):
    """The sandbox has no council of that name. Its councils are listed at /sandbox/councils."""


STAND_IN = "virtual_council.stand_in"
"""Where a StandIn is left in the scope of a recorded call that is sent again. No server puts one there."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who made a recorded call, and what stands in it where their secret was."""

    caller: Caller
    secret: str


def stood_in(scope: Scope, secret: str) -> Caller | None:
    """Who made the recorded call that is sent again, if this is one and the secret stands for theirs."""
    stand_in: StandIn | None = scope.get(STAND_IN)
    return stand_in.caller if stand_in is not None and stand_in.secret == secret else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request is for: a council, a service's URL name, and what of the path leads there."""

    council: str
    service: str
    root_path: str


@dataclass(slots=True)
class Call:
    """One call of a council, on its way to a service or to the control API.

    ``service`` is the URL name, or ``sandbox`` for the control API; ``caller`` is None without a known key;
    ``started`` reads ``machine.seconds``. ``fault`` names a behaviour that was forced on the call.
    ``answered_by`` says which component answered it, and what befell it there; empty where our stub did.
    ``operation`` is its operationId, where that was found before the service itself was called.
    """

    council: Council
    service: str
    caller: Caller | None
    request_id: str = field(default_factory=machine.request_id)
    started: float = field(default_factory=machine.seconds)
    fault: str = ""
    answered_by: str = ""
    operation: str = ""


class Passage(Protocol):
    """Something that stands between the door and the application, and sees every call of a council."""

    async def __call__(self, call: Call, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the call go onward, or answer it here."""
        ...


class Gateway:
    """The whole sandbox as one ASGI application.

    ``passages`` are what each call of a council goes through, the first of them outermost.
    """

    def __init__(
        self,
        councils: Councils,
        keyring: Keyring,
        house: ASGIApp,
        ports: Mapping[int, str] | None = None,
        background: Background | None = None,
    ) -> None:
        self.councils = councils
        self.passages: list[Passage] = []
        self._background = background or Background()
        self._keyring = keyring
        self._house = house
        self._ports = dict(ports or {})
        self._services = {service.url_name: service for service in councils.services.values()}
        # Read at start, so that a service that cannot be imported stops it; built when first asked for.
        for service in self._services.values():
            assert service.routes
        self._applications: dict[str, FastAPI] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._background.lifespan(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._house(scope, receive, send)
            return
        place = self._place(scope)
        try:
            if place is None:
                app, call = self._house, self._control_call(scope)
            else:
                app, call = self._enter(scope, place)
        except Problem as problem:
            await rendered(problem)(scope, receive, _marking(send, "none"))
            return
        marked = _marking(send, place.service if place else "sandbox", call)
        if call is not None:
            for passage in reversed(self.passages):
                app = partial(passage, call, app)
        await app(scope, _bounded(scope, receive), marked)

    def leave(self) -> None:
        """Let go of callers who are kept waiting: the server is about to stop."""
        self._background.leave()

    def _place(self, scope: Scope) -> Place | None:
        path: str = scope["path"]
        if path.startswith("/councils/"):
            _, _, council, *rest = path.split("/", 4)
            if not rest or not rest[0]:
                return None
            return Place(council, rest[0], f"/councils/{council}/{rest[0]}")
        if path.startswith(("/problems/", "/assets/")):
            return None
        port = self._ports.get(scope["server"][1]) if self._ports and scope.get("server") else None
        if port is not None:
            return Place(self.councils.first.name, port, "")
        host = _host(scope).partition(":")[0]
        if host.endswith(".localhost") and host.count(".") == 2:
            service, council, _ = host.split(".")
            return Place(council, service, "")
        return None

    def _control_call(self, scope: Scope) -> Call | None:
        """The call, where it is one of the control API that concerns a council."""
        path: str = scope["path"]
        if not path.startswith("/sandbox/councils/"):
            return None
        council = self.councils.get(path.split("/", 4)[3])
        return None if council is None else Call(council, "sandbox", self._caller(scope, council)[0])

    def _enter(self, scope: Scope, place: Place) -> tuple[ASGIApp, Call]:
        council = self.councils.get(place.council)
        if council is None:
            raise NoSuchCouncil(self.councils.no_such(place.council))
        app = self._application(place.service)
        if app is None:
            there = ", ".join(self._services)
            raise NoSuchService(f"{council.name} has no service called {place.service}; it has: {there}")
        caller, refusal = self._caller(scope, council)
        call = Call(council, place.service, caller)
        scope["root_path"] = place.root_path
        scope[SCOPE_KEY] = Door(
            council,
            f"{scope['scheme']}://{_host(scope)}{place.root_path}",
            caller,
            refusal,
            partial(self._recognise, scope, call),
        )
        return app, call

    def _recognise(self, scope: Scope, call: Call, secret: str) -> Caller | None:
        """The caller of a key that came elsewhere than in the header; from then on it is the call's own."""
        caller = stood_in(scope, secret) or self._keyring.caller(secret, call.council.name)
        call.caller = caller or call.caller
        return caller

    def _application(self, url_name: str) -> FastAPI | None:
        app = self._applications.get(url_name)
        if app is None and url_name in self._services:
            app = self._applications[url_name] = application(self._services[url_name])
        return app

    def _caller(self, scope: Scope, council: Council) -> tuple[Caller | None, str]:
        for name, value in scope["headers"]:
            if name == b"authorization":
                kind, _, secret = value.decode("latin-1").partition(" ")
                if kind.lower() != "bearer":
                    return None, _NO_KEY
                caller = stood_in(scope, secret) or self._keyring.caller(secret.strip(), council.name)
                return caller, "" if caller else "This sandbox does not know the key that was sent"
        return None, _NO_KEY


def _host(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"host":
            host: str = value.decode("latin-1")
            return host
    server = scope.get("server") or ("127.0.0.1", 8000)
    return f"{server[0]}:{server[1]}"


def _marking(send: Send, service: str, call: Call | None = None) -> Send:
    """Answers say that the council is fake, carry an id to find them by again, and are counted."""
    marks = [
        (b"x-virtual-council", b"true"),
        (b"virtual-council-request-id", (call.request_id if call else machine.request_id()).encode()),
    ]

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            if call is not None and call.fault:
                marks.append((b"virtual-council-fault", call.fault.encode()))
            message["headers"] = [*message.get("headers", []), *marks]
            ANSWERS.labels(service, message["status"]).inc()
        await send(message)

    return marked


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Stop reading a body that is too large: the returned ``receive`` raises HTTPException 413.

    It is that exception because FastAPI lets it through while it reads a body, and no other; so each
    service refuses in its own words.
    """
    if scope["method"] in ("GET", "HEAD", "OPTIONS") or scope["path"] == SNAPSHOT_FILES:
        return receive
    too_large = f"The body is larger than {MAX_BODY_BYTES:,} bytes; send less at a time"
    announced = next(
        (int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), 0
    )
    read = 0

    async def bounded() -> Message:
        nonlocal read
        if announced > MAX_BODY_BYTES:
            raise HTTPException(413, too_large)
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY_BYTES:
            raise HTTPException(413, too_large)
        return message

    return bounded
