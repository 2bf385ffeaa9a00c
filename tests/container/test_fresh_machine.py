"""What the README tells a newcomer to type, on a machine with Python and nothing of ours."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
import time
from collections.abc import Iterator

import pytest
from docker.models.containers import Container

from tests.container.base import REPOSITORY, name_of_base, provide_base
from tests.container.compose import free_port
from tests.container.curl import answer_to, printed_call
from tests.container.engine import Engine

pytestmark = pytest.mark.container

START_SECONDS = 180


@pytest.fixture
def machine(engine: Engine) -> Iterator[Container]:
    """A container of the plain base, with a copy of the repository's files in /clone."""
    provide_base(engine.client)
    name, idle = name_of_base(), ["sleep", "infinity"]
    running = engine.client.containers.run(
        name, idle, working_dir="/clone", network_mode="host", init=True, detach=True
    )
    try:
        running.put_archive("/clone", files_of_the_repository())
        yield running
    finally:
        running.remove(force=True)


def files_of_the_repository() -> bytes:
    """A tar of what a clone would hold."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in listed.stdout.splitlines():
            if (REPOSITORY / path).exists():
                archive.add(REPOSITORY / path, path, filter=as_root)
    return packed.getvalue()


def as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    return member


def told(machine: Container, line: str, **variables: str) -> str:
    """What a shell in the clone printed. An exit code other than 0 is an assertion."""
    code, output = machine.exec_run(["sh", "-c", line], workdir="/clone", environment=variables)
    said = output.decode() if isinstance(output, bytes) else ""
    assert code == 0, said
    return said


def first_words(machine: Container, line: str, port: int) -> str:
    """What a command that serves had printed when its curl line came."""
    told(machine, f"({line}; echo ended) > said 2>&1 &", COUNCIL_PORT=str(port))
    end = time.monotonic() + START_SECONDS
    while "curl " not in (said := told(machine, "cat said")):
        assert "ended" not in said, said
        assert time.monotonic() < end, said
        time.sleep(0.5)
    return said


def test_make_up_is_the_only_command(machine: Container) -> None:
    if machine.exec_run(["which", "make"])[0]:
        told(machine, "apt-get update -qq && apt-get install -y -qq make")
    status, body = answer_to(printed_call(first_words(machine, "make up", free_port())))
    assert status == 200, body


def test_the_lines_of_pip_do_the_same(machine: Container) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    blocks = re.findall(r"^```console\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shown = next(block.splitlines() for block in blocks if "bin/pip install" in block)
    *installing, serving = shown
    for line in installing:
        told(machine, line)
    status, body = answer_to(printed_call(first_words(machine, serving, free_port())))
    assert status == 200, body


def test_an_old_python_is_told_what_it_lacks(machine: Container) -> None:
    told(machine, "printf '#!/bin/sh\nexit 1\n' > old && chmod +x old")
    assert "needs Python 3.11 or newer" in told(machine, "make up PYTHON=./old || true")
    assert "made" in told(machine, "test -e .venv || echo not made")
