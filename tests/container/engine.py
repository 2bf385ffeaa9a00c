"""A Docker engine for the tests: the one that answers here, or one of our own in a temporary folder.

Our own needs root and the packages docker.io and debootstrap. It keeps clear of any other engine: its
socket, images, containers, pid file and settings are in its folder, and what it adds to the host's
network (the bridge docker0 and packet filter rules) is taken back when it stops.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import DockerException

START_SECONDS = 30
STOP_SECONDS = 30


class NoEngine(Exception):
    """No engine answers and none can be started; the message says why."""


@dataclass(frozen=True)
class Engine:
    """An engine that answers: its address as DOCKER_HOST has it, and a client for it."""

    address: str
    client: docker.DockerClient


@contextmanager
def any_engine() -> Iterator[Engine]:
    """The engine at DOCKER_HOST or the usual socket, else our own. Raises NoEngine."""
    with ExitStack() as stack:
        address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        client = _client_of(address)
        if client is None:
            address = stack.enter_context(_own_engine())
            client = _client_of(address)
        if client is None:
            raise NoEngine(f"the engine at {address} stopped answering")
        stack.callback(client.close)
        yield Engine(address, client)


def _client_of(address: str) -> docker.DockerClient | None:
    """A client of the engine at an address, or None where none answers."""
    if not _is_listened_on(address):
        return None
    client = docker.DockerClient(base_url=address, version="1.41", timeout=600)
    try:
        client.ping()
    except (DockerException, OSError):
        client.close()
        return None
    return client


def _is_listened_on(address: str) -> bool:
    # Asked first, because the client leaks its socket when it cannot connect, and warnings are errors here.
    kind, _, path = address.partition("://")
    if kind != "unix":
        return True
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@contextmanager
def _own_engine() -> Iterator[str]:
    if os.geteuid() != 0:
        raise NoEngine("no Docker engine answers, and only root can start one; set DOCKER_HOST")
    if shutil.which("dockerd") is None:
        raise NoEngine("no Docker engine answers and dockerd is not installed: apt-get install docker.io")
    # A socket's path may be 108 characters at most, and pytest's own folders are longer than that.
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    try:
        with _host_network_put_back(), _daemon(folder):
            yield f"unix://{folder}/docker.sock"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _daemon(folder: Path) -> Iterator[None]:
    # An empty settings file, so that those of the machine's own engine (/etc/docker) are not read: with
    # two engines on one data folder both would break. The storage driver is left to dockerd, which takes
    # overlay2 on a disk and vfs where the folder is itself an overlay (CI inside a container).
    settings = folder / "daemon.json"
    settings.write_text("{}")
    log = folder / "dockerd.log"
    command = [
        *("dockerd", "--config-file", str(settings), "--host", f"unix://{folder}/docker.sock"),
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid"),
    ]
    with log.open("wb") as output:
        daemon = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_until_it_answers(daemon, f"unix://{folder}/docker.sock", log)
        yield
    finally:
        daemon.terminate()
        try:
            daemon.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()
        # dockerd leaves the network namespace of `network_mode="host"` mounted, and its folder undeletable.
        for namespace in folder.glob("exec/netns/*"):
            subprocess.run(["umount", str(namespace)], capture_output=True, check=False)


def _wait_until_it_answers(daemon: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and daemon.poll() is None:
        client = _client_of(address)
        if client is not None:
            client.close()
            return
        time.sleep(0.2)
    last_words = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    raise NoEngine(f"dockerd did not answer within {START_SECONDS} seconds; its last words:\n{last_words}")


@contextmanager
def _host_network_put_back() -> Iterator[None]:
    bridge_was_there = Path("/sys/class/net/docker0").exists()
    rules = subprocess.run(["iptables-save"], capture_output=True, check=True).stdout
    try:
        yield
    finally:
        subprocess.run(["iptables-restore"], input=rules, check=True)
        if not bridge_was_there:
            subprocess.run(["ip", "link", "delete", "docker0"], capture_output=True, check=False)
