"""The guide to components, read and typed from top to bottom with the product that it is about."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox import evidence
from sandbox.cli import app
from sandbox.folder import DataFolder
from sandbox.serving import served_aside
from scenarios import packs
from tests.components.launching import free_port, launched
from tests.conftest import KEY, CouncilUnderTest
from tests.documents import Shown, shown
from tests.scenarios.conforming import PACKS
from tests.scenarios.reports.records import record, result

SHOWN = [each for each in shown() if each.page == "components.md"]
BIN = Path(sys.executable).parent
LAST = "council component leave"
"""Whoever leaves is gone, and the guide goes on to what a product has to do: that is typed before."""
QUICKLY = {
    "council component check bins": " --only waste.journey.bins-of-one-home",
    "council component shadow": " --calls 40",
    "council component go-live": " --calls 20 --slower 60000",
}
"""Beginnings of commands, and what makes them quick: one check, few calls, and a gate that is open to few."""


@dataclass
class Supplier:
    """A folder in which a supplier types, and a sandbox that is up. ``product`` is the port of theirs."""

    council: CouncilUnderTest
    folder: Path
    sandbox: str
    stack: ExitStack
    product: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """What the supplier has exported: the product's own variables too, once there are any."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")}
        there = {"COUNCIL_DATA": str(self.council.folder.path), "PATH": f"{BIN}:{os.environ['PATH']}"}
        return {**own, **there, **self.bins}

    @property
    def bins(self) -> dict[str, str]:
        """What stands in the file that the product is started with."""
        file = self.folder / "bins.env"
        return dict(line.split("=", 1) for line in file.read_text().splitlines()) if file.exists() else {}

    def types(self, each: Shown) -> str:
        """Type a line, see that it does what it is shown for, and give what it said."""
        text = each.text.replace(":9000", f":{self.product}").replace(
            ":8000", ":" + self.sandbox.rpartition(":")[2]
        )
        if each.kind == "console":
            return self._commands(text)
        if each.kind == "python":
            return self._runs([sys.executable, "-c", text])
        return self._runs(["bash", "-c", text.replace("curl ", "curl --fail-with-body -sS ", 1)])

    def _commands(self, line: str) -> str:
        """A line of `council`, in this process, as there are many."""
        line += "".join(more for beginning, more in QUICKLY.items() if line.startswith(beginning))
        environment = {**self.environment, "COUNCIL_KEY": KEY}
        done = CliRunner().invoke(app, shlex.split(line)[1:], env=environment)
        assert done.exit_code == 0, f"{line}\n{done.output}{done.exception}"
        if " add " in line:
            data = self.folder / "bins-data"
            self.stack.enter_context(launched("bins_r_us", self.bins, data=data, port=self.product))
        if " check " in line:
            self._passed_all()
        return done.output

    def _passed_all(self) -> None:
        """Let it have passed all checks and not the one alone: the record is sent as the command sends it."""
        signed = evidence.signer(self.council.folder).signed(record([result("waste.journey.one")]))
        answer = self.council.control("/components/bins-r-us/verdicts", evidence=json.loads(signed))
        assert answer.status_code == 201, answer.text

    def _runs(self, words: list[str]) -> str:
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def supplier(built_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supplier]:
    """Somebody who has cloned the repository, and started a council."""
    shutil.copytree(built_folder, tmp_path / "council-data")
    council = CouncilUnderTest(DataFolder(tmp_path / "council-data"))
    monkeypatch.chdir(tmp_path)
    load = packs.load
    # Ours are read once for all lines.
    monkeypatch.setattr(packs, "load", lambda *folders: PACKS if len(folders) < 2 else load(*folders))
    with served_aside(council.sandbox.gateway) as url, council.folder.served(url), ExitStack() as stack:
        yield Supplier(council, tmp_path, url, stack)
    council.close()


def test_every_line_of_the_guide_does_what_it_is_shown_for(supplier: Supplier) -> None:
    for each in SHOWN:
        if each.kind == "yaml":
            name = re.match(r"# (\S+)\n", each.text)
            assert name
            (supplier.folder / name[1]).write_text(each.text)
    typed = [
        each for each in SHOWN if each.kind in ("console", "bash", "python") and each.text != "council up"
    ]
    in_order = sorted(typed, key=lambda each: each.text.startswith(LAST))
    said = {each.text: supplier.types(each) for each in in_order}
    assert len(said) >= 20
    told = "\n".join(said.values())
    for sentence in ("answered alike", "is live for the whole slot", "The stub answers for Waste", "202"):
        assert sentence in told
