"""A component's container: what it is given and denied, and the wait until it answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from sandbox import machine
from sandbox.containers.engine import user_of, volumes_of
from sandbox.containers.labels import COMPONENT
from sandbox.containers.network import COUNCIL_HOST, gateway
from sandbox.failure import Failure

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from docker.models.images import Image
    from docker.models.networks import Network

NOBODY = "65534:65534"
"""The user of an image that names none of its own."""
MEMORY = "512m"
CPUS = 1.0
MOST_PROCESSES = 256
MOST_FILES = 4_096
LOG = {"max-size": "5m", "max-file": "2"}
TEMPORARY = "size=64m,mode=1777,nosuid,nodev"
STOP_SECONDS = 10
LAST_LINES = 15
LOOK_SECONDS = 0.2
ANSWER_SECONDS = 3.0


class DidNotComeUp(Failure):
    """A component's container ended, ran as root, or did not answer in time. The message tells its log."""


def make_container(
    client: DockerClient,
    image: Image,
    name: str,
    network: Network,
    environment: Mapping[str, str],
    labels: dict[str, str],
    memory: str = MEMORY,
) -> Container:
    """A container that is yet to be started. It writes to its image's declared volumes and to /tmp alone."""
    from docker.types import LogConfig, Mount, Ulimit

    folders = volumes_of(image)
    mounts = []
    for number, folder in enumerate(folders):
        volume = client.volumes.create(f"{name}-{number}", labels=labels)
        mounts.append(Mount(folder, volume.name, type="volume"))
    return client.containers.create(
        image,
        name=name,
        hostname=labels[COMPONENT],
        labels=labels,
        environment=dict(environment),
        use_config_proxy=False,
        network=network.name,
        extra_hosts={COUNCIL_HOST: gateway(network)},
        # Else the engine looks names up for it, and what a name is made of could carry anything out.
        dns=["127.0.0.1"],
        dns_opt=["timeout:1", "attempts:1"],
        user=user_of(image) or NOBODY,
        privileged=False,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges:true"],
        read_only=True,
        mounts=mounts,
        tmpfs={} if "/tmp" in folders else {"/tmp": TEMPORARY},
        mem_limit=memory,
        memswap_limit=memory,
        nano_cpus=int(CPUS * 1e9),
        pids_limit=MOST_PROCESSES,
        ulimits=[
            Ulimit(name="nofile", soft=MOST_FILES, hard=MOST_FILES),
            Ulimit(name="core", soft=0, hard=0),
        ],
        log_config=LogConfig(type="json-file", config=LOG),
        ipc_mode="private",
        init=True,
        publish_all_ports=False,
    )


def address_in(network: Network, container: Container) -> str:
    """The address of a container that runs, on its network."""
    container.reload()
    address = container.attrs["NetworkSettings"]["Networks"][network.name]["IPAddress"]
    if not address:
        raise DidNotComeUp(f"{_how_it_ended(container.attrs['State'])} {last_words(container)}")
    return str(address)


def wait_until_healthy(container: Container, url: str, seconds: float) -> None:
    """Wait until the image's health check says healthy, if it has one, and the component answers at ``url``.

    Raises DidNotComeUp.
    """
    end = machine.seconds() + seconds
    refused_root = False
    while True:
        # Read first, so that how it fares is looked at once more when the time is up.
        is_late = machine.seconds() > end
        container.reload()
        state = container.attrs["State"]
        if not state["Running"]:
            raise DidNotComeUp(f"{_how_it_ended(state)} {last_words(container)}")
        if not refused_root:
            _refuse_root(int(state["Pid"]))
            refused_root = True
        health = (state.get("Health") or {}).get("Status")
        if health == "unhealthy":
            raise DidNotComeUp(f"It says that it is unhealthy. {_checked(state)}{last_words(container)}")
        if health in (None, "none", "healthy") and _answers(url):
            return
        if is_late:
            raise DidNotComeUp(f"{_what_is_wanting(state, seconds)} {last_words(container)}")
        time.sleep(LOOK_SECONDS)


def last_words(container: Container) -> str:
    """The last lines of its log, set off from what we say ourselves."""
    said = container.logs(tail=LAST_LINES).decode(errors="replace").strip()
    # What controls a terminal is no business of a log.
    lines = ["".join(c for c in line if c.isprintable())[:400] for line in said.splitlines()]
    return "It wrote nothing." if not lines else "The last that it wrote:\n  " + "\n  ".join(lines)


def _how_it_ended(state: Mapping[str, Any]) -> str:
    if state.get("OOMKilled"):
        return f"It needed more than the {MEMORY} of memory that a component has, and was ended."
    fault = f" ({state['Error']})" if state.get("Error") else ""
    return f"It ended by itself, with code {state['ExitCode']}{fault}."


def _what_is_wanting(state: Mapping[str, Any], seconds: float) -> str:
    if "Health" in state and state["Health"]["Status"] != "healthy":
        return f"Its health check did not say healthy within {seconds:g} seconds. {_checked(state)}"
    return (
        f"It runs, but nothing answered at its port within {seconds:g} seconds. Does it listen on 0.0.0.0, "
        "and at the port that was named (EXPOSE, or --port)?"
    )


def _checked(state: Mapping[str, Any]) -> str:
    logged = (state.get("Health") or {}).get("Log") or []
    said = str(logged[-1].get("Output", "")).strip()[-200:] if logged else ""
    return f"The check said: {said}. " if said else ""


def _refuse_root(pid: int) -> None:
    """Whatever its user is called: the system says who it is."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return
    user = next(line.split()[1] for line in lines if line.startswith("Uid:"))
    if user == "0":
        raise DidNotComeUp("Its image names a user that is root by another name. Name another with USER.")


def _answers(url: str) -> bool:
    """Whether it gives any answer at all, be it a refusal."""
    try:
        httpx.get(f"{url}/openapi.json", timeout=ANSWER_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return True
