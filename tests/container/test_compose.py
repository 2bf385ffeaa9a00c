from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from tests.container.compose import Project
from tests.container.curl import address_of, answer_to, redirected

pytestmark = pytest.mark.container


def own_address() -> str:
    """This machine's address towards other machines; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def test_the_printed_call_is_answered_with_a_record(project: Project) -> None:
    status, body = answer_to(project.printed_call())
    assert status == 200, body
    assert body.startswith("{")


def test_the_same_call_without_its_key_is_refused(project: Project) -> None:
    assert httpx.get(address_of(project.printed_call())).status_code == 401


def test_the_port_is_published_on_the_loopback_address_only(project: Project) -> None:
    published: Any = project.inspected(".NetworkSettings.Ports")
    addresses = [way["HostIp"] for ways in published.values() for way in ways or []]
    assert addresses == ["127.0.0.1"]
    assert httpx.get(f"http://127.0.0.1:{project.port}/healthz").status_code == 200
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection((own_address(), project.port), timeout=2).close()


def test_the_container_has_no_privilege_and_no_writable_disk_but_its_data(project: Project) -> None:
    host: Any = project.inspected(".HostConfig")
    assert host["CapDrop"] == ["ALL"]
    assert host["ReadonlyRootfs"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert not host["Privileged"]
    assert host["Memory"] == 2**30
    assert project.run("exec", "-T", "council", "id", "-u").strip() == "10001"
    mounts: Any = project.inspected(".Mounts")
    assert [(mount["Type"], mount["Destination"]) for mount in mounts] == [("volume", "/data")]


def test_the_council_outlives_its_container(project: Project) -> None:
    call, first = project.printed_call(), project.container
    clock = redirected(call, "/sandbox/councils/fairwater/clock")
    status, moved = answer_to([*clock, "--json", '{"by": "P1D"}'])
    assert status == 200, moved
    before = answer_to(clock), answer_to(call)
    project.down()
    project.up()
    assert project.container != first
    assert (answer_to(clock), answer_to(call)) == before
