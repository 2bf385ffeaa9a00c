"""Components in containers, as the command line adds them on a real engine, and what there is of them."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from docker.models.containers import Container
from typer.testing import CliRunner, Result

from sandbox.cli import app
from tests.conftest import KEY
from tests.container.base import name_of_base
from tests.container.engine import Engine

COMPONENTS = "/sandbox/councils/fairwater/components"


@dataclass(frozen=True)
class Ground:
    """A sandbox that serves a council, and an engine beside it."""

    engine: Engine
    data: Path
    client: httpx.Client

    def typed(self, *words: str) -> Result:
        """What `council component` does; a failure is raised as itself."""
        done = CliRunner().invoke(app, ["component", *words, "--data", str(self.data), "--key", KEY])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done

    def begun(self, *words: str) -> subprocess.Popen[bytes]:
        """The same as a process, which can be killed."""
        command = [str(Path(sys.executable).with_name("council")), "component", *words]
        return subprocess.Popen(
            [*command, "--data", str(self.data), "--key", KEY],
            env={**os.environ, "DOCKER_HOST": self.engine.address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def image(self, tag: str, *lines: str) -> str:
        """A small image on the plain base: the lines of its Dockerfile after FROM."""
        text = "\n".join((f"FROM {name_of_base()}", *lines))
        self.engine.client.images.build(fileobj=io.BytesIO(text.encode()), tag=tag, rm=True)
        return tag

    def registered(self) -> list[str]:
        """The components that the council knows."""
        return [each["name"] for each in self.client.get(COMPONENTS).raise_for_status().json()["items"]]

    def url_of(self, component: str) -> str:
        """Where a component is registered to answer."""
        url: str = self.client.get(f"{COMPONENTS}/{component}").raise_for_status().json()["url"]
        return url

    def container(self, component: str) -> Container:
        """The container of a component."""
        (found,) = self.engine.client.containers.list(all=True, filters=self._labelled(component))
        return found

    def traces(self, component: str) -> list[str]:
        """All that there is of a component: at the engine, in the sandbox, in its folder, as a process."""
        client, wanted = self.engine.client, self._labelled(component)
        things = [
            *(f"container {each.name}" for each in client.containers.list(all=True, filters=wanted)),
            *(f"network {each.name}" for each in client.networks.list(filters=wanted)),
            *(f"volume {each.name}" for each in client.volumes.list(filters=wanted)),
            *(f"registration {each}" for each in self.registered() if each == component),
            *(str(each) for each in self.data.glob(f"containers/*{component}*")),
        ]
        return [*things, *(f"process {' '.join(each)}" for each in forwarders(self.data, component))]

    def _labelled(self, component: str) -> dict[str, str | list[str] | bool]:
        labels = {"component": component, "data": str(self.data.resolve())}
        return {"label": [f"virtual-council.{name}={value}" for name, value in labels.items()]}

    def inside(self, component: str, program: str) -> Any:
        """What a Python program prints as JSON when it is run in the component's container."""
        done = self.container(component).exec_run(["python3", "-c", program])
        assert isinstance(done.output, bytes)
        assert done.exit_code == 0, done.output.decode()
        return json.loads(done.output)


def forwarders(data: Path, component: str) -> list[list[str]]:
    """The command lines of the forwarders to a component that run."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_text().rstrip("\0").split("\0")
        except OSError:
            continue
        if (
            "sandbox.containers.forwarding" in words
            and component in words
            and any(str(data) in w for w in words)
        ):
            found.append(words)
    return found
