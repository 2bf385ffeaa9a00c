"""The guide to conformance, read and typed from top to bottom by a supplier whose product answers."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.folder import DataFolder
from sandbox.machine import now
from sandbox.serving import served_aside
from scenarios import packs
from scenarios.conformance import baselines, presets
from tests.conftest import KEY, CouncilUnderTest
from tests.documents import ROOT, Shown, shown
from tests.scenarios.conforming import PACKS
from tests.scenarios.test_pipelines import action, component

PAGE = "conformance.md"
BIN = Path(sys.executable).parent
ONE = ("--only", "waste.journey.bins-of-one-home")
"""A check quick enough to stand in a test for all that the guide would run."""
load = packs.load
SHOWN = [each for each in shown() if each.page == PAGE]


def of_kind(kind: str) -> list[Shown]:
    return [each for each in SHOWN if each.kind == kind]


def files() -> dict[str, str]:
    """The files that the guide shows: the first line says what each is called."""
    return {re.match(r"# (\S+)\n", each.text)[1]: each.text for each in of_kind("yaml")}  # type: ignore[index]


@dataclass
class Supplier:
    """A folder in which a supplier types, a sandbox that is up, and a product that answers."""

    folder: Path
    sandbox: str
    product: str

    @property
    def environment(self) -> dict[str, str]:
        """What the supplier has exported."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("COUNCIL_")}
        keys = dict.fromkeys(("COUNCIL_KEY", "TARGET_KEY", "BINS_KEY"), KEY)
        there = {"COUNCIL_URL": self.sandbox, "COUNCIL_DATA": str(self.folder / "council-data")}
        return {**own, **keys, **there, "PATH": f"{BIN}:{os.environ['PATH']}"}

    def types(self, lines: str) -> str:
        """Type lines for a shell, see that they do what they are shown for, and give what they said."""
        words = ["bash", "-c", self.here(lines)]
        done = subprocess.run(
            words, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{lines}\n{done.stdout}{done.stderr}"
        return done.stdout

    def commands(self, line: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """The same of a line of `council`, in this process, as there are many."""
        monkeypatch.chdir(self.folder)
        # Ours are read once for all lines.
        monkeypatch.setattr(packs, "load", lambda *folders: PACKS if len(folders) < 2 else load(*folders))
        done = CliRunner().invoke(app, shlex.split(self.here(line))[1:], env=self.environment)
        assert done.exit_code == 0, f"{line}\n{done.output}{done.exception}"
        return done.output

    def here(self, text: str) -> str:
        return text.replace("http://127.0.0.1:9000", self.product).replace(
            ":8000", ":" + self.sandbox.rpartition(":")[2]
        )


@pytest.fixture(scope="module")
def supplier(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supplier]:
    """Somebody whose product is the council's own service, answering at its own root."""
    folder = tmp_path_factory.mktemp("supplier")
    shutil.copytree(built_folder, folder / "council-data")
    council = CouncilUnderTest(DataFolder(folder / "council-data"))

    async def product(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = f"/councils/fairwater/waste{scope['path']}"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await council.sandbox.gateway(scope, receive, send)

    with (
        served_aside(council.sandbox.gateway) as url,
        served_aside(product) as address,
        council.folder.served(url),
    ):
        yield Supplier(folder, url, address)
    council.close()


def quick(line: str) -> str:
    """The command with one check in place of all, where the guide would run many."""
    words = shlex.split(line)
    shows = {"--list", "--coverage", "--packs"} & set(words)
    if words[1] != "conform" or shows or words[2] == "bins-r-us":
        return line
    while "--only" in words:
        del words[words.index("--only") : words.index("--only") + 2]
    return shlex.join([*words, *ONE])


def test_every_line_of_the_guide_does_what_it_is_shown_for(
    supplier: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in files().items():
        place = supplier.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(supplier.here(text))
    # The product passes, and a baseline of what it does not do would be out of date.
    (supplier.folder / "known-failures.yaml").write_text("known: []")
    said = {
        each.text: supplier.commands(quick(each.text), monkeypatch)
        for each in of_kind("console")
        if each.text not in ("council up", "council conform waste --coverage")
    }
    told = {line: text for line, text in said.items() if "conform " in line and "--list" not in line}
    assert len(told) >= 6
    assert all("\nPASSED" in text for text in told.values()), told
    assert {"bins.env", "report.html", "badge.svg", "evidence.json", "again.html"} <= {
        file.name for file in supplier.folder.iterdir()
    }


def test_the_recipe_in_shell_runs(supplier: Supplier) -> None:
    lines = [each.text for each in of_kind("bash")]
    lines = [line.replace("--only journey", " ".join(ONE)) for line in lines]
    assert "\nPASSED" in supplier.types("\n".join(lines))
    assert (supplier.folder / "conformance" / "summary.md").exists()


def test_the_test_in_python_passes(supplier: Supplier) -> None:
    [program] = of_kind("python")
    text = program.text.replace('only=["journey"]', f"only={[ONE[1]]}")
    (supplier.folder / "test_shown.py").write_text(supplier.here(text))
    said = supplier.types(f"{sys.executable} -m pytest -p no:cacheprovider test_shown.py")
    assert "1 passed" in said


@pytest.mark.parametrize(
    ("name", "schema"),
    [(".github/workflows/conformance.yml", "github-workflows"), (".gitlab-ci.yml", "gitlab-ci")],
)
def test_the_pipelines_files_are_as_their_schemas_want_them(name: str, schema: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text(files()[name])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_pipelines_files_give_inputs_that_there_are() -> None:
    workflow = yaml.safe_load(files()[".github/workflows/conformance.yml"])
    [step] = [step for step in workflow["jobs"]["conformance"]["steps"] if step.get("id") == "conformance"]
    assert step["uses"].split("@")[0].endswith("/scenarios/pipelines/github")
    assert set(step["with"]) <= set(action()["inputs"])
    [included] = yaml.safe_load(files()[".gitlab-ci.yml"])["include"]
    header, _ = component()
    assert set(included["inputs"]) <= set(header["spec"]["inputs"])


def test_the_preset_and_the_baseline_that_are_shown_can_be_read(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / Path(name).name).write_text(text)
    page = (ROOT / "sandbox" / "guides" / PAGE).read_text()
    preset = presets.read(tmp_path / "bins-in-the-cloud.yaml")
    assert preset.tested == ("waste",)
    assert set(presets.Preset.model_fields) <= {*re.findall(r"\w+", page)}
    baseline = baselines.read(tmp_path / "known-failures.yaml", now().date())
    assert len(baseline.known) == 2
