"""A component's container from first to last: added whole or not at all, stopped, started again, removed."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox import machine
from sandbox.containers.engine import NoEngine, engine, image_of, port_of
from sandbox.containers.labels import Labelled, all_labelled
from sandbox.containers.network import (
    COUNCIL_HOST,
    Inside,
    end,
    listening_on_loopback,
    listening_on_network,
    make_network,
    start_forwarder,
)
from sandbox.containers.notes import Note, Notes, Process
from sandbox.containers.running import (
    LAST_LINES,
    MEMORY,
    STOP_SECONDS,
    DidNotComeUp,
    address_in,
    last_words,
    make_container,
    wait_until_healthy,
)
from sandbox.failure import Failure
from sandbox.folder import DataFolder
from sandbox.reach import Reached, Refused

if TYPE_CHECKING:
    from docker import DockerClient

WAIT_SECONDS = 60.0


class NoSandboxForIt(Failure):
    """No sandbox runs on this machine, which a container could reach."""


class HasContainer(Failure):
    """A component of that name has a container already."""


class NoContainer(Failure):
    """A component was given no container, or its container is gone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A component that is to be started from an image, for a slot of a council."""

    council: str
    component: str
    slot: str
    image: str
    port: int | None = None
    pull: bool = False
    memory: str = MEMORY
    wait_seconds: float = WAIT_SECONDS


@dataclass(frozen=True, slots=True)
class Place:
    """A sandbox, and the data folder that containers are noted in."""

    there: Reached
    data: Path

    @property
    def notes(self) -> Notes:
        """What is noted of containers."""
        return Notes(self.folder)

    @property
    def folder(self) -> Path:
        """The data folder, by the one name that it has."""
        return self.data.resolve()

    def components(self, council: str) -> dict[str, str]:
        """The council's components and where they answer; none where there is no such council."""
        try:
            items = self.there.ask("GET", f"/sandbox/councils/{council}/components")["items"]
        except Refused as refusal:
            if refusal.status == 404:
                return {}
            raise
        return {each["name"]: each["url"] for each in items}

    def let_leave(self, council: str, component: str) -> None:
        """Take a component's registration back."""
        self.there.ask("DELETE", f"/sandbox/councils/{council}/components/{component}")

    def labelled(self, client: DockerClient, council: str, component: str) -> Labelled:
        """What a component has at the engine."""
        return Labelled(client, self.folder, council, component)


Ways = tuple[socket.socket, socket.socket]
"""The sockets of a forwarder: that of the component's network, and that of loopback."""


def add(place: Place, wanted: Wanted, say: Callable[[str], None]) -> Note:
    """Register a component, and start it in a container; return when it is healthy.

    Where anything goes wrong nothing is left: no container, network, forwarder or registration. Raises
    NoEngine, NoSuchImage, NotPulled, WhichPort, NoSandboxForIt, HasContainer, Refused, EngineElsewhere and
    DidNotComeUp.
    """
    _on_this_machine(place.there.url)
    DataFolder(place.data)
    with engine() as client:
        image = image_of(client, wanted.image, pull=wanted.pull)
        answers_at = port_of(image, wanted.port)
        for council, component in clear_leftovers(place, client):
            say(f"Cleared away what an interrupted command had left of {component} of {council}")
        if place.notes.of(wanted.council, wanted.component) is not None:
            raise HasContainer(
                f"{wanted.component} has a container already; `council component remove {wanted.component}` "
                "removes it"
            )
        with listening_on_loopback() as outward, _all_or_nothing() as undo:
            note = Note(
                council=wanted.council,
                component=wanted.component,
                image=wanted.image,
                port=outward.getsockname()[1],
                door=0,
                answers_at=answers_at,
                ready=False,
                adder=Process.own(),
            )
            undo.callback(place.notes.forget, note.council, note.component)
            place.notes.write(note)
            environment = _registered(place, wanted, note.url, undo)
            things = place.labelled(client, note.council, note.component)
            undo.callback(things.clear_away)
            name = f"council-{note.council}-{note.component}-{machine.unlike_any()}"
            network = make_network(client, name, things.labels)
            with listening_on_network(network) as inward:
                note = replace(note, door=inward.getsockname()[1])
                within = _within(environment, note.door)
                make_container(client, image, name, network, within, things.labels, wanted.memory)
                say(f"Starting {note.component} from {note.image} ...")
                note = _started(place, things, note, (inward, outward), undo)
                _wait(place, things, note, wanted.wait_seconds)
            note = replace(note, ready=True)
            place.notes.write(note)
            return note


def start(place: Place, council: str, component: str, wait_seconds: float = WAIT_SECONDS) -> Note:
    """Start a component's container again, as it was, or its forwarder alone where that has gone.

    Raises NoContainer, NoEngine, PortNotFree and DidNotComeUp; the container is kept then, stopped.
    """
    _on_this_machine(place.there.url)
    note = _noted(place, council, component)
    with engine() as client:
        things = place.labelled(client, council, component)
        network = things.network
        if things.container is None or network is None:
            raise NoContainer(
                f"The container of {component} is gone; `council component remove {component}`, and add it "
                "again"
            )
        _end_forwarder(note)
        with (
            listening_on_network(network, note.door) as inward,
            listening_on_loopback(note.port) as outward,
            _all_or_nothing() as undo,
        ):
            undo.callback(_stopped, things)
            note = _started(place, things, note, (inward, outward), undo)
            place.notes.write(note)
            _wait(place, things, note, wait_seconds)
    return note


def stop(place: Place, council: str, component: str) -> None:
    """Stop a component's container, and keep it and its records. Raises NoContainer and NoEngine."""
    note = _noted(place, council, component)
    with engine() as client:
        _stopped(place.labelled(client, council, component))
    _end_forwarder(note)
    place.notes.write(replace(note, forwarder=None))


def remove(place: Place, council: str, component: str) -> bool:
    """Remove what a component was given: container, network, volumes, forwarder. Whether there was any.

    The engine is asked only where something is noted, so that who uses none needs none. Raises NoEngine.
    """
    note = place.notes.of(council, component)
    if note is None:
        return False
    with engine() as client:
        place.labelled(client, council, component).clear_away()
    _end_forwarder(note)
    place.notes.forget(council, component)
    return True


def clear_leftovers(place: Place, client: DockerClient) -> list[tuple[str, str]]:
    """Remove what no component has any more: of a command that was killed, or of a council that is gone.

    What another command is about to add is left alone. What belongs to a data folder that is no longer there
    goes too. Returns council and component of each.
    """
    folder = place.folder
    labelled = list(all_labelled(client))
    gone = [Labelled(client, *each) for each in labelled if each[0] != folder and not each[0].exists()]
    noted = {(note.council, note.component): note for note in place.notes}
    ours = {(council, component) for each, council, component in labelled if each == folder} | set(noted)
    joined = {council: place.components(council) for council, _ in ours}
    for council, component in sorted(ours):
        note, registered = noted.get((council, component)), joined[council].get(component)
        meant = note is not None and registered == note.url
        if note is not None and (note.is_being_made or (note.ready and meant)):
            continue
        if meant:
            place.let_leave(council, component)
        _end_forwarder(note)
        place.notes.forget(council, component)
        gone.append(place.labelled(client, council, component))
    for things in gone:
        things.clear_away()
    return [(things.council, things.component) for things in gone]


def states(place: Place, council: str) -> dict[str, str]:
    """How each component's container fares, in a word or two; empty where none was given one."""
    noted = [note for note in place.notes if note.council == council]
    if not noted:
        return {}
    try:
        with engine() as client:
            return {note.component: _state(place, client, note) for note in noted}
    except NoEngine:
        return {note.component: "not known: no engine answers" for note in noted}


def _state(place: Place, client: DockerClient, note: Note) -> str:
    container = place.labelled(client, note.council, note.component).container
    if not note.ready:
        return "being added" if note.is_being_made else "left behind"
    if container is None:
        return "gone"
    if container.status != "running":
        return f"stopped ({container.status}, code {container.attrs['State']['ExitCode']})"
    if note.forwarder is None or not note.forwarder.is_there:
        return "runs, not reached"
    return "runs"


def said(place: Place, council: str, component: str) -> Iterator[str]:
    """The last that a component wrote, and which of its calls the forwarder refused. Raises NoContainer."""
    _noted(place, council, component)
    with engine() as client:
        container = place.labelled(client, council, component).container
        if container is None:
            raise NoContainer(f"The container of {component} is gone")
        yield last_words(container)
    refused = _last_of_log(place, council, component)
    if refused:
        yield f"What it asked for that is not its own, and was refused:{refused}"


def _last_of_log(place: Place, council: str, component: str) -> str:
    """The last lines that a forwarder wrote, each begun on a new line; empty where it wrote none."""
    log = place.notes.log(council, component)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "".join(f"\n  {line}" for line in lines[-LAST_LINES:])


@contextmanager
def _all_or_nothing() -> Iterator[ExitStack]:
    """What is to be undone, the last first, unless all goes well."""
    with ExitStack() as undo:
        yield undo
        undo.pop_all()


def _on_this_machine(sandbox: str) -> None:
    host = urlsplit(sandbox).hostname or ""
    if not host:
        raise NoSandboxForIt("No sandbox runs that a container could reach; start one with `council up`")
    if host != "localhost" and not host.startswith("127."):
        raise NoSandboxForIt(
            f"The sandbox at {sandbox} is reached at {host}; a container is started beside a sandbox on this "
            "machine alone. Give its address on loopback with --sandbox."
        )


def _registered(place: Place, wanted: Wanted, url: str, undo: ExitStack) -> Mapping[str, str]:
    address = f"/sandbox/councils/{wanted.council}/components"
    body = {"name": wanted.component, "slot": wanted.slot, "url": url}
    made = place.there.ask("POST", address, json=body)
    undo.callback(place.let_leave, wanted.council, wanted.component)
    environment: Mapping[str, str] = made["environment"]
    return environment


def _within(environment: Mapping[str, str], door: int) -> dict[str, str]:
    """The environment with the sandbox's addresses as they are inside the container."""
    return {
        name: urlsplit(value)._replace(netloc=f"{COUNCIL_HOST}:{door}", scheme="http").geturl()
        if name.endswith("_URL")
        else value
        for name, value in environment.items()
    }


def _started(place: Place, things: Labelled, note: Note, ways: Ways, undo: ExitStack) -> Note:
    """Start the container and its forwarder. Raises DidNotComeUp."""
    from docker.errors import APIError

    container, network = things.container, things.network
    assert container is not None
    assert network is not None
    try:
        container.start()
    except APIError as error:
        raise DidNotComeUp(_did_not(note, f"It cannot be started: {error.explanation or error}.")) from error
    try:
        inside = Inside(address_in(network, container), note.answers_at)
    except DidNotComeUp as fault:
        raise DidNotComeUp(_did_not(note, str(fault))) from fault
    log = place.notes.log(note.council, note.component)
    forwarder = start_forwarder(note, network, inside, place.there.url, log, ways)
    undo.callback(end, forwarder)
    return replace(note, forwarder=forwarder)


def _wait(place: Place, things: Labelled, note: Note, seconds: float) -> None:
    container = things.container
    assert container is not None
    try:
        wait_until_healthy(container, note.url, seconds)
    except DidNotComeUp as fault:
        why = str(fault)
        if note.forwarder is not None and not note.forwarder.is_there:
            why = f"The forwarder to it has ended: {_last_of_log(place, note.council, note.component)} {why}"
        raise DidNotComeUp(_did_not(note, why)) from fault


def _did_not(note: Note, why: str) -> str:
    left = "It was stopped again." if note.ready else "Nothing of it is left behind."
    return f"{note.component} did not come up from {note.image}. {why}\n{left}"


def _noted(place: Place, council: str, component: str) -> Note:
    note = place.notes.of(council, component)
    if note is None:
        raise NoContainer(
            f"{component} of {council} was not added with --image, and has no container; `council component "
            "list` shows what there is"
        )
    return note


def _stopped(things: Labelled) -> None:
    container = things.container
    if container is not None:
        container.stop(timeout=STOP_SECONDS)


def _end_forwarder(note: Note | None) -> None:
    if note is not None:
        end(note.forwarder)
