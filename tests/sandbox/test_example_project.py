"""The example project of the guide, in a folder and an environment of its own, by its own workflow."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.documents import ROOT, files_shown, shown

GUIDE = "example-project.md"
WORKFLOW, GITLAB = ".github/workflows/tests.yml", ".gitlab-ci.yml"
FILES = files_shown(GUIDE)


def steps() -> list[dict[str, Any]]:
    """The steps of the workflow's job."""
    steps: list[dict[str, Any]] = yaml.safe_load(FILES[WORKFLOW])["jobs"]["tests"]["steps"]
    return steps


def run_lines() -> list[str]:
    """What the workflow types, in order."""
    return [step["run"] for step in steps() if "run" in step]


@pytest.mark.parametrize(
    ("file", "schema"), [(WORKFLOW, "vendor.github-workflows"), (GITLAB, "vendor.gitlab-ci")]
)
def test_the_pipelines_files_are_as_their_schemas_want_them(file: str, schema: str, tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text(FILES[file])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    extra = ["--data-transform", "gitlab-ci"] if file == GITLAB else []
    for text, accepted in ((FILES[file], True), (FILES[file].replace("tests:", "tests: 5 #"), False)):
        (tmp_path / "file.yml").write_text(text)
        done = subprocess.run(
            [*command, *extra, str(tmp_path / "file.yml")], capture_output=True, text=True, check=False
        )
        assert (done.returncode == 0) is accepted, done.stdout + done.stderr


def test_both_pipelines_type_the_same() -> None:
    assert yaml.safe_load(FILES[GITLAB])["tests"]["script"] == run_lines()
    assert len(run_lines()) == 2


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the guide in an empty folder, with our wheel in `wheels`, made as the guide says."""
    if "index" not in os.environ.get("COUNCIL_STAGE", ""):
        pytest.skip("installs our wheel and all it needs from a package index: set COUNCIL_STAGE=index")
    project = tmp_path_factory.mktemp("example")
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    [make_wheel] = [each.text for each in shown() if each.page == GUIDE]
    words = make_wheel.replace(".venv/bin/pip", f"{sys.executable} -m pip").split()
    words[words.index("wheels")] = str(project / "wheels")
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return project


class Machine:
    """A fresh Python, as `actions/setup-python` gives one, and a shell in the project's folder."""

    def __init__(self, project: Path, folder: Path) -> None:
        self._project = project
        venv.create(folder, with_pip=True)
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("COUNCIL_", "PYTEST"))
        }
        for name in ("PYTHONPATH", "VIRTUAL_ENV"):
            kept.pop(name, None)
        self._environment = {**kept, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "CI": "true"}

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line as GitHub runs it."""
        return subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=self._project,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.index
def test_the_workflow_passes_and_fails_when_the_product_is_broken(project: Path, tmp_path: Path) -> None:
    machine = Machine(project, tmp_path / "python")
    install, test = run_lines()
    installed = machine.run(install)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    where = machine.run("python -c 'import sandbox; print(sandbox.__file__)'").stdout
    assert where.startswith(str(tmp_path)), "the example must run on the installed wheel"

    done = machine.run(test)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
    assert 'tests="4"' in (project / "report.xml").read_text()

    product = project / "bin_reminder.py"
    whole = product.read_text()
    for right, wrong in (("days=1", "days=2"), ('"/missed-collections"', '"/missed-collection"')):
        assert whole.count(right) == 1
        product.write_text(whole.replace(right, wrong))
        broken = machine.run(test)
        assert broken.returncode == 1, broken.stdout + broken.stderr
        assert "Virtual Council" in broken.stdout
