"""A component's network, which has no way out, and the sockets on both sides of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.containers.notes import Note, Process
from sandbox.failure import Failure

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.networks import Network

COUNCIL_HOST = "council"
"""What the container calls the only address that it reaches."""
LOOPBACK = "127.0.0.1"
BACKLOG = 128


class EngineElsewhere(Failure):
    """The engine's networks are not on this machine, where the sandbox is."""


class PortNotFree(Failure):
    """A port that a component was registered with is taken by something else."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Where the component answers on its own network."""

    address: str
    port: int


def make_network(client: DockerClient, name: str, labels: dict[str, str]) -> Network:
    """A network with nothing on it and no way out."""
    network = client.networks.create(
        name, driver="bridge", internal=True, enable_ipv6=False, check_duplicate=True, labels=labels
    )
    network.reload()
    return network


def gateway(network: Network) -> str:
    """This machine's address on the network."""
    return str(network.attrs["IPAM"]["Config"][0]["Gateway"])


def bridge(network: Network) -> str:
    """What this machine calls the network's bridge."""
    options = network.attrs.get("Options") or {}
    return str(options.get("com.docker.network.bridge.name") or f"br-{str(network.id)[:12]}")


def listening_on_network(network: Network, port: int = 0) -> socket.socket:
    """A socket at which the container will reach the council. Raises EngineElsewhere or PortNotFree."""
    address = gateway(network)
    if not Path("/sys/class/net", bridge(network)).exists():
        raise EngineElsewhere(
            "The Docker engine keeps its networks elsewhere (on another machine, or in a virtual machine, as "
            "Docker Desktop does), so that a container cannot be given this sandbox and nothing else. Use "
            "the engine of a Linux machine where the sandbox runs too; or start the component yourself and "
            "register it with --url."
        )
    return _listening(address, port)


def listening_on_loopback(port: int = 0) -> socket.socket:
    """A socket at which the sandbox will reach the component. Raises PortNotFree."""
    return _listening(LOOPBACK, port)


def _listening(address: str, port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((address, port))
        # From now on callers are kept waiting, not turned away, until the forwarder takes over.
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise PortNotFree(
            f"Port {port} of {address} cannot be used ({error.strerror}). Stop what listens there, or remove "
            "the component and add it again."
        ) from error
    return made


def start_forwarder(
    note: Note, network: Network, inside: Inside, sandbox: str, log: Path, ways: tuple[socket.socket, ...]
) -> Process:
    """Start the forwarder on the two sockets, that of the network first; it outlives this command."""
    inward, outward = ways
    words = {
        "sandbox": sandbox,
        "council": note.council,
        "component": note.component,
        "host": f"{COUNCIL_HOST}:{note.door}",
        "container": inside.address,
        "port": inside.port,
        "bridge": bridge(network),
        "log": log,
        "inward": inward.fileno(),
        "outward": outward.fileno(),
    }
    # -P: a folder `sandbox` where the command was called is not to be taken for ours.
    command = [sys.executable, "-P", "-m", "sandbox.containers.forwarding"]
    with log.open("ab") as said:
        started = subprocess.Popen(
            [*command, *(word for name, value in words.items() for word in (f"--{name}", str(value)))],
            env={name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")},
            pass_fds=(inward.fileno(), outward.fileno()),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    process = Process.of(started.pid)
    # It is nobody's child to wait for: whoever ends it knows it by its note.
    started.returncode = 0
    return process


def end(forwarder: Process | None) -> None:
    """End a forwarder, if it is there still."""
    if forwarder is not None:
        forwarder.end()
