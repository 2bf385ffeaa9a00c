"""The Testcontainers class, on a real engine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.container.engine import Engine
from tests.container.test_compose import own_address
from tests.documents import shown

if TYPE_CHECKING:
    from sandbox.testcontainers import VirtualCouncilContainer

pytestmark = pytest.mark.container

PROGRAMS = [each.text for each in shown() if "VirtualCouncilContainer" in each.text]


@pytest.fixture(scope="module", autouse=True)
def reached_by_testcontainers(engine: Engine) -> Iterator[None]:
    """Testcontainers finds its engine as a user's would: by DOCKER_HOST.

    Its reaper, a container that clears away what a killed run leaves, comes from a public registry,
    which our own CI cannot reach. A user's can, and should leave it on; our engine is thrown away whole.
    The engine is on this machine, even if that is itself a container.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCKER_HOST", engine.address)
        environment.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
        environment.setenv("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
        yield


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[VirtualCouncilContainer]:
    """A running container with a small council shaped like Leeds."""
    from sandbox.testcontainers import VirtualCouncilContainer

    with VirtualCouncilContainer(image).with_like("Leeds").with_residents(500).with_seed(3) as container:
        yield container


def test_it_is_ready_when_it_has_started_and_has_the_council_asked_for(
    container: VirtualCouncilContainer,
) -> None:
    assert container.sandbox.councils() == ["fairwater"]
    council = httpx.get(f"{container.url}/sandbox/councils/fairwater").json()
    asked = {"shaped_like": "Leeds", "seed": 3, "as_of": "2026-06-01"}
    assert {name: council[name] for name in asked} == asked
    assert 450 < council["residents"] < 550


def test_two_forks_of_one_container_do_not_meet(container: VirtualCouncilContainer) -> None:
    with container.fork() as one, container.fork() as other:
        before = other.clock()
        one.advance("P1D")
        assert other.clock() == before
        assert one.clock()["now"] > before["now"]
        assert one.get("addresses", "/properties", per_page=1)["total"] > 0
        gone = one
    assert gone.name not in container.sandbox.councils()


def test_only_this_machine_reaches_it_and_it_has_no_privilege(container: VirtualCouncilContainer) -> None:
    wrapped = container.get_wrapped_container()
    wrapped.reload()
    published = [way["HostIp"] for ways in wrapped.ports.values() for way in ways or []]
    assert published == ["127.0.0.1"]
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection((own_address(), container.get_exposed_port(8000)), timeout=2).close()
    host = wrapped.attrs["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert host["ReadonlyRootfs"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]


def test_its_key_is_its_own(container: VirtualCouncilContainer, image: str) -> None:
    from sandbox.testcontainers import VirtualCouncilContainer

    assert VirtualCouncilContainer(image).key != container.key
    assert httpx.get(f"{container.url}/sandbox/councils/fairwater/clock").status_code == 401


def test_what_cannot_be_built_is_told_in_its_own_words(engine: Engine, image: str) -> None:
    from sandbox.testcontainers import VirtualCouncilContainer
    from sandbox.trial import NotStarted

    before = len(engine.client.containers.list(all=True))
    with (
        pytest.raises(NotStarted, match="Atlantis"),
        VirtualCouncilContainer(image).with_like("Atlantis"),
    ):
        pass
    assert len(engine.client.containers.list(all=True)) == before


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_program_of_the_guide_runs(program: str, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(program, "guide", "exec"), {})
    assert capsys.readouterr().out
    assert f'VirtualCouncilContainer("{image}")' in program or "VirtualCouncilContainer()" in program
