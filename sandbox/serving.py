"""Serving: the ports, and what is printed when they answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import uvicorn
from starlette.types import ASGIApp

from sandbox.app import Sandbox
from sandbox.failure import Failure
from sandbox.forcing.protocol import HangingUp
from sandbox.gateway import Gateway
from sandbox.inside import CannotTry, address_of

BACKLOG = 2048
EVERYWHERE = ("0.0.0.0", "::")


class PortTaken(Failure):
    """Something else listens at the port."""


class NoSuchServiceForPort(Failure):
    """A port was asked for a service that there is not."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where to listen: a host, a port for everything, and ports for single services."""

    host: str
    port: int
    service_ports: Mapping[int, str]

    @property
    def url(self) -> str:
        """The address to tell people."""
        return self._url_at(self.port)

    def own_url(self, port: int) -> str:
        """The address of a single service that answers at a port of its own."""
        return f"{self._url_at(port)}/"

    def _url_at(self, port: int) -> str:
        return f"http://{'127.0.0.1' if self.host in EVERYWHERE else self.host}:{port}"


def service_ports(asked: list[str], url_names: list[str]) -> dict[int, str]:
    """Ports by service from ``NAME=PORT`` texts. Raises NoSuchServiceForPort."""
    ports: dict[int, str] = {}
    for text in asked:
        name, _, port = text.partition("=")
        name = name.replace("_", "-")
        if name not in url_names or not port.isdigit() or not 0 < int(port) < 65536:
            raise NoSuchServiceForPort(
                f"--service-port takes NAME=PORT with one of {', '.join(url_names)}; not {text!r}"
            )
        ports[int(port)] = name
    return ports


@contextlib.contextmanager
def listening(addresses: Addresses) -> Iterator[list[socket.socket]]:
    """Take the ports, before anything slow is done. Raises PortTaken."""
    with contextlib.ExitStack() as open_sockets:
        sockets = []
        for port in (addresses.port, *addresses.service_ports):
            taken = open_sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind((addresses.host, port))
            except OSError as error:
                raise PortTaken(
                    f"Port {port} of {addresses.host} cannot be used ({error.strerror}). "
                    "Stop what listens there, or name another port with --port."
                ) from error
            sockets.append(taken)
        yield sockets


def open_to_callers(sockets: list[socket.socket]) -> None:
    """Let callers in: whoever calls before the server runs is kept waiting, not turned away."""
    for each in sockets:
        each.listen(BACKLOG)


class _Server(uvicorn.Server):
    """A server that says when it is up and, told to stop, has the gateway let go of who listens to streams.

    Uvicorn waits for every answer to end before it stops the application; a stream would never end.
    ``when_up`` is called once it answers and hears signals.
    """

    def __init__(
        self, config: uvicorn.Config, application: ASGIApp, when_up: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(config)
        self._application = application
        self._when_up = when_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start; see uvicorn."""
        await super().startup(sockets)
        self._when_up()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; see uvicorn."""
        if isinstance(self._application, Gateway):
            self._application.leave()
        await super().shutdown(sockets)


def serve(sandbox: Sandbox, sockets: list[socket.socket], when_up: Callable[[], None]) -> None:
    """Serve until told to stop by a signal, and say when it does.

    Whoever is told that it is up may stop it at once: before that, Python can lose the signal in a callback.
    """
    config = uvicorn.Config(
        sandbox.gateway,
        http=HangingUp,
        backlog=BACKLOG,
        log_level="warning",
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, sandbox.gateway, when_up).run(sockets=sockets)


@contextlib.contextmanager
def served_aside(application: ASGIApp) -> Iterator[str]:
    """The application served by a thread on a free port of loopback, and its address; stopped at the end."""
    with listening(Addresses("127.0.0.1", 0, {})) as sockets:
        config = uvicorn.Config(
            application, http=HangingUp, log_level="critical", access_log=False, lifespan="on"
        )
        server = _Server(config, application)
        thread = threading.Thread(target=server.run, kwargs={"sockets": sockets})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def greeting(sandbox: Sandbox, url: str) -> Iterator[str]:
    """The lines printed at start: council, console, API, key, and a call that works when pasted."""
    council = sandbox.councils.first
    key = sandbox.keyring.first.secret
    facts = council.facts
    yield (
        f"{facts['title']}: a pretend council of {facts['residents']:,} residents, "
        f"shaped like {facts['shaped_like']} ({facts['figures']})"
    )
    yield f"Console  {url}/"
    yield f"API      {url}/councils/{council.name}/"
    yield f"Key      {key}"
    path = asyncio.run(_something_to_try(sandbox, url))
    yield f'Try      curl -H "Authorization: Bearer {key}" "{url}{path}"'


async def _something_to_try(sandbox: Sandbox, url: str) -> str:
    """The first example of any service that has something to show on this council."""
    council, key = sandbox.councils.first, sandbox.keyring.first.secret
    for service in council.services.values():
        for example in islice(service.tries, 1):
            with contextlib.suppress(CannotTry):
                host = url.removeprefix("http://")
                return await address_of(sandbox.gateway, council.name, service, example, key, host)
    return "/sandbox/councils"
