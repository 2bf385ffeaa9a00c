"""The recipes for pipelines: as their schemas want them, and run, line for line, against a served council."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from scenarios.pipelines import RECIPE
from tests.conftest import KEY
from tests.scenarios.conforming import ONE, Desk
from tests.scenarios.tampering import with_status

FOLDER = RECIPE.parent
ACTION = FOLDER / "github" / "action.yml"
COMPONENT = FOLDER / "gitlab" / "template.yml"
BIN = Path(sys.executable).parent
REPORTS = {"evidence.json", "junit.xml", "report.html", "badge.svg", "summary.md"}


def action() -> dict[str, Any]:
    """GitHub's composite action."""
    read: dict[str, Any] = yaml.safe_load(ACTION.read_text())
    return read


def component(**inputs: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header of GitLab's component, and its jobs with these inputs filled in and the others' defaults."""
    header, _, jobs = COMPONENT.read_text().partition("\n---\n")
    spec: dict[str, Any] = yaml.safe_load(header)
    given = {name: inputs.get(name, one.get("default", "")) for name, one in spec["spec"]["inputs"].items()}
    filled = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: given[found[1]], jobs)
    return spec, yaml.safe_load(filled)


def clean(**added: str) -> dict[str, str]:
    """An environment as a pipeline's job has it: nothing of this test's own, and the council's command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COUNCIL_", "GITHUB_"))}
    return {**kept, "PATH": f"{BIN}:{os.environ['PATH']}", "COUNCIL_KEY": KEY, "TARGET_KEY": KEY, **added}


def done(words: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("schema", "document", "spoilt"),
    [
        ("github-actions", ACTION.read_text(), ("using: composite", "using: shell")),
        ("gitlab-ci", COMPONENT.read_text().partition("\n---\n")[0], ("inputs:", "input:")),
        ("gitlab-ci", yaml.safe_dump(component(service="waste")[1]), ("when: always", "when: sometimes")),
    ],
    ids=["action", "header", "jobs"],
)
def test_they_are_as_their_published_schemas_want_them(
    schema: str, document: str, spoilt: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "file.yml"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    for text, accepted in ((document, True), (document.replace(*spoilt), False)):
        file.write_text(text)
        checked = done(command, tmp_path, os.environ)
        assert (checked.returncode == 0) is accepted, checked.stdout + checked.stderr


def test_both_take_the_same_inputs() -> None:
    header, _ = component()
    ours = set(action()["inputs"])
    assert {"service", "target", "version", "key-variable", "baseline", "reports"} <= ours
    assert set(header["spec"]["inputs"]) == ours | {"image", "job", "stage"}


def run_action(desk: Desk, environment: Mapping[str, str], **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's step as GitHub's runner does it, in a checkout of the product's repository."""
    [step] = action()["runs"]["steps"]
    given = {name: inputs.get(name, one.get("default", "")) for name, one in action()["inputs"].items()}
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step["env"].items()
    }
    script = desk.put("step.sh", step["run"])
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    there = {
        "GITHUB_ACTION_PATH": str(ACTION.parent),
        "GITHUB_OUTPUT": str(desk.folder / "output"),
        "GITHUB_STEP_SUMMARY": str(desk.folder / "summary"),
    }
    return done(shell, desk.folder, {**environment, **there, **filled})


def test_the_action_fails_the_build_and_says_where_the_reports_are(desk: Desk) -> None:
    desk.between.tamper("POST .*/waste/missed-collections$", with_status(200, instead_of=201))
    ran = run_action(
        desk,
        clean(BINS_KEY=KEY, TARGET_KEY=""),
        service="waste",
        target=desk.target,
        options=f"--url {desk.sandbox} --only {ONE}",
        **{"key-variable": "BINS_KEY"},
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"FAIL   {ONE}" in ran.stdout
    output = dict(line.split("=", 1) for line in (desk.folder / "output").read_text().splitlines())
    assert output == {
        "passed": "false",
        "badge": "conformance/badge.svg",
        "html": "conformance/report.html",
    }
    assert set(action()["outputs"]) == set(output)
    assert names(desk.folder / "conformance") == REPORTS
    assert ONE in (desk.folder / "summary").read_text()
    assert KEY not in (desk.folder / "conformance" / "report.html").read_text()


def test_the_component_passes_what_is_right(desk: Desk) -> None:
    desk.put("known.yaml", "known: []")
    options = f"--url {desk.sandbox} --only {ONE}"
    inputs = {"service": "waste", "target": desk.target, "baseline": "known.yaml", "reports": "out/bins"}
    _, jobs = component(**inputs, options=options)
    job = jobs["conformance"]
    script = desk.put("job.sh", "\n".join(job["script"]))
    ran = done(["sh", "-e", str(script)], desk.folder, clean(**job["variables"]))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = desk.folder / job["artifacts"]["reports"]["junit"]
    assert ElementTree.parse(report).getroot().get("failures") == "0"
    assert names(desk.folder / job["artifacts"]["paths"][0]) == REPORTS


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """A machine with a Python but no council, whose pip notes what it is to install and has it by magic."""
    tools = tmp_path / "tools"
    tools.mkdir()
    python = tools / "python3"
    python.write_text(
        f"""#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >{tmp_path}/asked\\n' >"$3/bin/pip"
ln -s {BIN}/council "$3/bin/council"
chmod +x "$3/bin/pip"
"""
    )
    python.chmod(0o755)
    return {"PATH": f"{tools}:/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("version", "asked"),
    [("1.2.3", "install virtual-council==1.2.3"), ("wheels/ours.whl", "install wheels/ours.whl")],
)
def test_where_there_is_no_council_one_is_installed(
    bare: dict[str, str], version: str, asked: str, tmp_path: Path
) -> None:
    said = {"CONFORM_SERVICE": "nothing-at-all", "CONFORM_VERSION": version, "CONFORM_OPTIONS": "--help"}
    ran = done(["sh", str(RECIPE)], tmp_path, clean(**bare, **said))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Usage: council conform" in ran.stdout
    assert (tmp_path / "asked").read_text().strip().endswith(asked)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "say in CONFORM_SERVICE which service to test"),
        ({"CONFORM_SERVICE": "waste"}, "say in CONFORM_VERSION what to install"),
        ({"CONFORM_SERVICE": "waste", "CONFORM_REPORTS": "file/inside"}, "cannot be made"),
        (
            {"CONFORM_SERVICE": "waste", "CONFORM_VERSION": "1", "CONFORM_KEY": "vc_s3cret; true"},
            "the name of a variable",
        ),
    ],
)
def test_what_is_wanting_is_said(
    bare: dict[str, str], said: dict[str, str], words: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    ran = done(["sh", str(RECIPE)], tmp_path, clean(**bare, **said))
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert words in ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr


def test_a_run_that_could_not_be_is_neither_a_pass_nor_a_failure(desk: Desk) -> None:
    desk.put("conformance/badge.svg", "of the run before")
    ran = run_action(desk, clean(), service="wast", options=f"--url {desk.sandbox}")
    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "did you mean `waste`?" in ran.stderr
    assert "passed=false" in (desk.folder / "output").read_text()
    assert names(desk.folder / "conformance") == set()
