"""Every command and call shown in README and the guides is run as it stands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.container.compose import free_port
from tests.documents import Shown, shown
from tests.sandbox.test_new_service import copy_of_project, run_in_copy

BIN = Path(sys.executable).parent
ELSEWHERE = ("make ", "docker ", "python3 -m venv", ".venv/bin/", "from sandbox.testcontainers ")
"""What needs an engine or a machine of its own: other tests run these, taking them from the pages itself."""

OF_A_COUNCIL = (
    *("export", "digest", "clock", "fork", "snapshot", "reset", "diff", "find", "persona", "force"),
    *("webhook", "events", "journal", "component"),
)
"""Commands of a council that is there, here the one that is served."""

READ_FROM_TOP_TO_BOTTOM = ("components.md", "conformance.md")
"""Pages whose lines build on one another; `test_components_guide` and `test_conformance_guide` type them."""
SHOWN = [each for each in shown() if each.page not in READ_FROM_TOP_TO_BOTTOM]

CALLS = [each for each in SHOWN if each.text.startswith("curl")]
COMMANDS = [each for each in SHOWN if each.text.startswith("council")]
OF_ONE_BLOCK = [list(block) for _, block in groupby(COMMANDS, lambda each: (each.page, each.block))]
"""Commands that are shown together are typed one after another, as a reader would."""
PERSONAS = [each for each in SHOWN if each.kind == "yaml" and each.text.startswith("title:")]
PROGRAMS = [each for each in SHOWN if each.kind == "python" and "Container" not in each.text]


def test_everything_shown_is_run_somewhere() -> None:
    run_here = {*CALLS, *COMMANDS, *PERSONAS, *PROGRAMS}
    rest = [each for each in SHOWN if each not in run_here and not each.text.startswith(ELSEWHERE)]
    assert rest == []


@pytest.fixture
def address(council: CouncilUnderTest) -> Iterator[str]:
    """Where a fresh council answers, with every service."""
    with served_aside(council.sandbox.gateway) as url, council.folder.served(url):
        yield url


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "KEY": KEY, "COUNCIL_KEY": KEY, "PATH": f"{BIN}:{os.environ['PATH']}"}


def at(url: str, text: str) -> str:
    """The text with the address that this test's council has."""
    return text.replace(":8000", ":" + url.rpartition(":")[2])


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_call_is_answered(call: Shown, address: str) -> None:
    line = at(address, call.text)
    if "--fail" not in line:
        line = line.replace("curl ", "curl --fail-with-body --silent --show-error ", 1)
    done = subprocess.run(
        ["bash", "-c", line], env=environment(address), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # JSON, XML, or a stream, which begins with a remark.
    assert re.match(r"\s*[\[{<:]", done.stdout)


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_a_program_runs(program: Shown, address: str, tmp_path: Path) -> None:
    file = tmp_path / "test_shown.py"
    file.write_text(at(address, program.text))
    tests = ["-m", "pytest", "-p", "no:cacheprovider"] if "def test_" in program.text else []
    done = subprocess.run(
        [sys.executable, *tests, str(file)],
        cwd=tmp_path,
        env=environment(address) | {"COUNCIL_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("commands", OF_ONE_BLOCK, ids=lambda commands: str(commands[0]))
def test_commands_do_what_they_are_shown_for(
    commands: list[Shown], address: str, council: CouncilUnderTest, tmp_path: Path
) -> None:
    for command in commands:
        _do(shlex.split(at(address, command.text)), address, council, tmp_path)


@pytest.mark.parametrize("persona", PERSONAS, ids=str)
def test_a_persona_that_is_shown_can_be_made(
    persona: Shown, address: str, council: CouncilUnderTest, tmp_path: Path
) -> None:
    own = council.folder.path / "personas"
    own.mkdir()
    (own / "as-shown.yaml").write_text(persona.text)
    _do(["council", "persona", "make", "fairwater", "as-shown"], address, council, tmp_path)


def _do(words: list[str], address: str, council: CouncilUnderTest, tmp_path: Path) -> None:
    """Type one command where a council is served, and see that it does not fail."""
    if words[1] == "new-service":
        written = run_in_copy(copy_of_project(tmp_path), "sandbox", *words[1:])
        assert written.returncode == 0, written.stderr
        return
    if words[1] == "score-matches":
        # The guide scores the council that it has built; here there is this one.
        words = [council.name if word == "tanglewick" else word for word in words]
        (tmp_path / "matches.csv").write_text("left,right\nresidents:R00000001,residents:R00000002\n")
    if words[1] == "up":
        _starts_and_stops(words, address, tmp_path)
        return
    there = {"COUNCIL_DATA": str(council.folder.path)} if words[1] in OF_A_COUNCIL else {}
    if words[1] == "import" and "--template" not in words:
        template = ["council", "import", "--template", "own"]
        subprocess.run(template, cwd=tmp_path, env=environment(address), capture_output=True, check=True)
    done = subprocess.run(
        words, cwd=tmp_path, env=environment(address) | there, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr


def _starts_and_stops(words: list[str], address: str, folder: Path) -> None:
    """`council up` on a free port, small, until it has printed its last line."""
    folder = folder / "elsewhere"
    folder.mkdir()
    port = str(free_port())
    words = [*words, "--port", port, "--residents", "300", "--name", "fairwater"]
    words = [re.sub(r"=\d+$", f"={free_port()}", word) for word in words]
    with subprocess.Popen(
        words, cwd=folder, env=environment(address), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(5)]
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert "curl" in lines[-1]


def test_the_readmes_links_lead_somewhere() -> None:
    root = Path(__file__).parents[2]
    text = (root / "README.md").read_text()
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    assert targets
    assert [target for target in targets if not (root / target).exists()] == []
    assert shutil.which("curl"), "these tests need curl"
