"""What a component in a container may ask for, and what the command line refuses before it asks an engine."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.cli.containers import OneOrTheOther
from sandbox.containers.adding import NoSandboxForIt
from sandbox.containers.engine import NoEngine, engine
from sandbox.containers.forwarding import Inward, Way
from sandbox.containers.notes import Note, Notes, Process
from sandbox.failure import Failure
from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest

DOOR = "/sandbox/councils/fairwater/components/bins-r-us"
SANDBOX = Path(__file__).parents[3] / "sandbox"


@pytest.mark.parametrize("path", ["/councils/fairwater/waste/rounds", DOOR, f"{DOOR}/records"])
def test_a_component_reaches_its_own_council_and_door(path: str) -> None:
    assert Way("http://sandbox", "fairwater", "bins-r-us").leads_to(path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/councils/fairwater",
        "/councils/fairwater-2/waste/rounds",
        "/councils/fairwater/../other/waste/rounds",
        "/councils/fairwater/waste/..",
        "/councils//fairwater/waste",
        "//councils/fairwater/waste",
        "/sandbox/councils/fairwater/clock",
        "/sandbox/councils/fairwater/components",
        f"{DOOR}-2",
        f"{DOOR}/../other/records",
        "/sandbox/keys",
    ],
)
def test_a_component_reaches_nothing_else(path: str) -> None:
    assert not Way("http://sandbox", "fairwater", "bins-r-us").leads_to(path)


def test_what_is_passed_on_is_answered_as_the_sandbox_answers_it(council: CouncilUnderTest) -> None:
    async def asked(sandbox: str) -> list[httpx.Response]:
        inward = Inward(Way(sandbox, council.name, "bins-r-us"), "council:8000")
        forwarder = httpx.ASGITransport(inward)
        headers = {"Authorization": f"Bearer {KEY}", "Host": "waste.other.localhost"}
        async with httpx.AsyncClient(
            transport=forwarder, base_url="http://10.0.0.1", headers=headers
        ) as component:
            answers = [
                await component.get("/councils/fairwater/waste/rounds?per_page=1"),
                await component.post(f"{DOOR}/introspection", data={"token": "x"}),
                await component.get("/councils/fairwater/%2e%2e/other/waste/rounds"),
            ]
        await inward.close()
        return answers

    with served_aside(council.sandbox.gateway) as sandbox:
        rounds, introspected, refused = asyncio.run(asked(sandbox))
    assert rounds.json()["items"][0]["reference"] == "R001"
    # Whatever it calls us: links lead back through the forwarder.
    assert "http://council:8000/councils/fairwater/waste/rounds?" in rounds.headers["link"]
    # The sandbox's own answer to a form that reached it: no such component has joined.
    assert introspected.status_code == 404
    assert refused.status_code == 403
    assert "joined fairwater" in refused.json()["detail"]


def test_only_the_command_line_knows_docker() -> None:
    allowed = {SANDBOX / "testcontainers.py"}
    knowing = {
        path
        for path in SANDBOX.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
        if name.partition(".")[0] == "docker" or name.startswith("sandbox.containers")
    }
    elsewhere = {path for path in knowing - allowed if path.parent.name not in ("containers", "cli")}
    assert elsewhere == set()
    assert any(path.parent.name == "containers" for path in knowing)


def test_without_an_engine_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(NoEngine, match=r"none\.sock.*apt-get install docker\.io.*--url"), engine():
        pass


@pytest.mark.parametrize(
    ("words", "failure", "said"),
    [
        (("--image", "bins"), NoSandboxForIt, "council up"),
        (("--image", "bins", "--url", "http://127.0.0.1:9000"), OneOrTheOther, "one of the two"),
        ((), OneOrTheOther, "one of the two"),
        (("--spec", "x.json", "--url", "http://127.0.0.1:9000"), OneOrTheOther, "--spec FILE"),
        (("--url", "http://127.0.0.1:9000", "--port", "9000"), OneOrTheOther, "--image"),
    ],
)
def test_what_cannot_be_added_is_refused_first(
    council: CouncilUnderTest, words: tuple[str, ...], failure: type[Failure], said: str
) -> None:
    council.close()
    data = ["--data", str(council.folder.path)]
    done = CliRunner().invoke(app, ["component", "add", "bins", "--for", "waste", *words, *data])
    assert isinstance(done.exception, failure)
    assert said in str(done.exception)


def test_a_note_is_read_as_it_was_written_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    note = Note("fairwater", "bins", "image", 9001, 9002, 9000, False, Process.own(), None)
    notes = Notes(tmp_path)
    notes.write(note)
    assert notes.of("fairwater", "bins") == note
    assert note.is_being_made
    assert not Process(note.adder.pid, "0").is_there
    (tmp_path / "containers" / "fairwater+bins.json").write_text('{"council": "fair')
    assert list(notes) == []
    notes.forget("fairwater", "bins")
    assert list((tmp_path / "containers").iterdir()) == []
