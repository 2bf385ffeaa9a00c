"""A sandbox in a container, for tests that keep everything they use in containers (Testcontainers).

Needs the extra ``testcontainers`` and an engine. The image is the one that this project's Dockerfile
makes; `docker compose build` makes it under the name ``virtual-council``::

    from sandbox.testcontainers import VirtualCouncilContainer

    with VirtualCouncilContainer().with_residents(2000) as container, container.fork() as council:
        council.get("addresses", "/properties")
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from testcontainers.core.config import ConnectionMode
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from sandbox import machine
from sandbox.trial import Council, NotStarted, Sandbox

PORT = 8000
START_SECONDS = 300
"""Enough for a large town to be built; what goes wrong before is told at once."""
POLL_SECONDS = 0.2
THIS_MACHINE = ("localhost", "127.0.0.1")


class VirtualCouncilContainer(DockerContainer):
    """A container that serves a council of its own; started, it is ready to be called.

    Without further word it is a council of 2,000 residents that is alike each time. Where the engine is
    this machine's, the port is published to this machine alone; tests that run in a container themselves
    reach it as Testcontainers reaches any other.
    """

    def __init__(self, image: str = "virtual-council", **arguments: Any) -> None:
        super().__init__(image, **arguments)
        self.key = machine.new_key()
        self._options = {"--residents": "2000", "--seed": "7", "--as-of": "2026-06-01"}
        self._sandbox: Sandbox | None = None
        self.waiting_for(
            LogMessageWaitStrategy("^Try ")
            .with_startup_timeout(START_SECONDS)
            .with_poll_interval(POLL_SECONDS)
        )

    def with_like(self, authority: str) -> Self:
        """Shape the council like a real authority, by its name or GSS code."""
        self._options["--like"] = authority
        return self

    def with_residents(self, residents: int | str) -> Self:
        """Give the council so many residents, or ``full``."""
        self._options["--residents"] = str(residents)
        return self

    def with_seed(self, seed: int) -> Self:
        """Draw the council from another seed."""
        self._options["--seed"] = str(seed)
        return self

    def with_as_of(self, day: date | str) -> Self:
        """Start the council's clock on another day."""
        self._options["--as-of"] = str(day)
        return self

    def with_key(self, key: str) -> Self:
        """Fix the key to everything, which is otherwise drawn anew for each container."""
        self.key = key
        return self

    def start(self) -> Self:
        """Start it and wait until it can be called. Raises NotStarted with its last words."""
        try:
            return super().start()
        except (RuntimeError, TimeoutError) as error:
            said = self.get_wrapped_container().logs(tail=20).decode(errors="replace").strip()
            raise NotStarted(f"The container of {self.image} did not start to serve. {said}") from error

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Stop it; the council goes with it."""
        if self._sandbox is not None:
            self._sandbox.close()
            self._sandbox = None
        super().stop(force, delete_volume)

    @property
    def url(self) -> str:
        """Where the sandbox answers, from this machine."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox, to be driven from Python."""
        if self._sandbox is None:
            self._sandbox = Sandbox(self.url, self.key)
        return self._sandbox

    def fork(self, **wanted: Any) -> Council:
        """A council of one's own; see ``Sandbox.fork``."""
        return self.sandbox.fork(**wanted)

    def _configure(self) -> None:
        options = [word for option in self._options.items() for word in option]
        self.with_command(["up", "--name", "fairwater", *options])
        self.with_envs(COUNCIL_KEY=self.key, COUNCIL_PORT=str(PORT))
        client = self.get_docker_client()
        direct = client.get_connection_mode() is ConnectionMode.docker_host
        here = direct and client.host() in THIS_MACHINE
        # An address alone leaves the choice of port to the engine; Testcontainers' own types know no address.
        self.ports[str(PORT)] = ("127.0.0.1",) if here else None  # type: ignore[assignment]
        self.with_tmpfs_mount("/tmp")
        # As docker-compose.yml has it: no privilege, no writable disk but the data, bounded memory.
        self.with_kwargs(
            **{
                "cap_drop": ["ALL"],
                "security_opt": ["no-new-privileges:true"],
                "read_only": True,
                "mem_limit": "1g",
                "pids_limit": 256,
                "init": True,
                **self._kwargs,
            }
        )
