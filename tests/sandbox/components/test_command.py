"""``council component`` as people type it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.cli.components import EnvironmentNotWritten
from sandbox.components.mapping_file import BrokenMapping
from sandbox.reach import Refused
from tests.conftest import CouncilUnderTest

ADD = ("add", "bins-r-us", "--for", "waste", "--url", "http://127.0.0.1:9000")
VARIABLES = [
    "COUNCIL_SLOT",
    "COUNCIL_URL",
    "COUNCIL_KEY",
    "COUNCIL_COMPONENT_URL",
    "COUNCIL_EVENTS_SECRET",
]


@pytest.fixture
def data(council: CouncilUnderTest) -> Path:
    """The data folder of a council that nobody serves."""
    council.close()
    return council.folder.path


def typed(data: Path, *words: str) -> Result:
    """What the command does."""
    done = CliRunner().invoke(app, ["component", *words, "--data", str(data)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def test_a_component_from_joining_to_leaving(data: Path) -> None:
    assert "council component add" in typed(data, "list").stdout
    added = typed(data, *ADD)
    # What is printed can be evaluated: what to do next stands beside it.
    taken = subprocess.run(
        ["sh", "-c", 'eval "$1"; env', "sh", added.stdout],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    environment = dict(line.split("=", 1) for line in taken.splitlines() if line.startswith("COUNCIL_"))
    assert sorted(environment) == sorted(VARIABLES)
    assert environment["COUNCIL_SLOT"] == "waste"
    assert environment["COUNCIL_EVENTS_SECRET"].startswith("whsec_")
    assert "council component show bins-r-us" in added.stderr
    listed = typed(data, "list").stdout
    assert re.search(r"bins-r-us +waste +http://127.0.0.1:9000 +0 +0 +0", listed)
    shown = typed(data, "show", "bins-r-us").stdout
    assert "bins-r-us joined for waste of fairwater" in shown
    assert "it has sent nothing yet" in shown
    for secret in (environment["COUNCIL_KEY"], environment["COUNCIL_EVENTS_SECRET"]):
        assert secret not in listed + shown
    assert "opens nothing any more" in typed(data, "remove", "bins-r-us").stdout
    with pytest.raises(Refused, match="no component bins-r-us"):
        typed(data, "show", "bins-r-us")


def test_what_to_start_it_with_can_go_to_a_file_for_its_owner_alone(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "bins.env"
    file.write_text("of an earlier component")
    file.chmod(0o644)
    said = typed(data, *ADD, "--env-file", str(file)).output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    written = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert list(written) == VARIABLES
    assert written["COUNCIL_KEY"] not in said
    assert f". {file}" in said
    assert list(tmp_path.glob("*.part")) == []


def test_a_file_that_cannot_be_written_is_said_before_anything_is_registered(
    data: Path, tmp_path: Path
) -> None:
    for file in (tmp_path, tmp_path / "not-there" / "bins.env"):
        with pytest.raises(EnvironmentNotWritten, match="nothing was registered"):
            typed(data, *ADD, "--env-file", str(file))
    assert "There are no components" in typed(data, "list").stdout


def test_what_is_refused_is_said_in_the_sandboxs_words(data: Path) -> None:
    with pytest.raises(Refused, match=r"no slot dragons; there are: .*waste"):
        typed(data, "add", "bins", "--for", "dragons", "--url", "http://127.0.0.1:9000")
    with pytest.raises(Refused, match="--allow"):
        typed(data, "add", "bins", "--for", "waste", "--url", "http://10.0.0.7:9000")


def test_a_mapping_is_read_before_anything_is_registered(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text("fields:\n  straem: container\n")
    with pytest.raises(BrokenMapping, match=r"mapping\.yaml:2: fields\.straem: .*did you mean `stream`\?"):
        typed(data, *ADD, "--mapping", str(file))
    assert "There are no components" in typed(data, "list").stdout

    file.write_text("fields:\n  stream: container\n")
    typed(data, *ADD, "--mapping", str(file))
    assert "  stream: container\n" in typed(data, "map", "bins-r-us").stdout

    file.write_text("query:\n  page: p\n")
    typed(data, "map", "bins-r-us", str(file))
    assert "stream" not in typed(data, "map", "bins-r-us").stdout
    typed(data, "map", "bins-r-us", "--withdraw")
    with pytest.raises(Refused, match="No mapping is declared"):
        typed(data, "map", "bins-r-us")
