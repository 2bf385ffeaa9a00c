"""`docker compose` on the repository's own file, as a reader of the README runs it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import time

from tests.container.base import REPOSITORY
from tests.container.curl import printed_call

HEALTHY_SECONDS = 90


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def compose_command() -> list[str]:
    """Compose as a plug-in of docker, or as the older program of its own."""
    if shutil.which("docker"):
        plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if plugin.returncode == 0:
            return ["docker", "compose"]
    assert shutil.which("docker-compose"), "no docker compose here: apt-get install docker-compose"
    return ["docker-compose"]


class Project:
    """One run of the compose file under a project name and a port of its own."""

    def __init__(self, engine: str) -> None:
        self.port = free_port()
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")},
            "DOCKER_HOST": engine,
            "DOCKER_BUILDKIT": "0",
            "COMPOSE_PROJECT_NAME": f"virtual-council-{self.port}",
            "COUNCIL_PORT": str(self.port),
        }

    def run(self, *words: str) -> str:
        """What the command printed. An exit code other than 0 is an assertion with both outputs in it."""
        done = subprocess.run(
            [*compose_command(), *words],
            cwd=REPOSITORY,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"compose {shlex.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self) -> None:
        """Starts it and waits until its health check says healthy."""
        self.run("up", "--detach")
        end = time.monotonic() + HEALTHY_SECONDS
        while (health := self.inspect("{{.State.Health.Status}}")) != "healthy":
            assert time.monotonic() < end, f"{health} after {HEALTHY_SECONDS} seconds:\n{self.run('logs')}"
            time.sleep(0.5)

    def down(self, *words: str) -> None:
        """Removes the container and its network; with `--volumes` its data too."""
        self.run("down", *words)

    @property
    def container(self) -> str:
        """The id of the running container."""
        return self.run("ps", "--quiet", "council").strip()

    def inspect(self, template: str) -> str:
        """A part of what the engine knows of the container, by a template of `docker inspect`."""
        command = ["docker", "inspect", "--format", template, self.container]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def inspected(self, part: str) -> object:
        """The same as JSON, for example `.HostConfig`."""
        return json.loads(self.inspect("{{json " + part + "}}"))

    def printed_call(self) -> list[str]:
        """The words of the curl line that the start printed."""
        return printed_call(self.run("logs", "--no-color"))
