"""``council new-service`` writes a folder that passes every test a service gets free."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.scaffold import CannotWrite, write_service

ROOT = Path(__file__).parents[2]
COPIED = ("sandbox", "scenarios", "service_apis", "synthetic_data", "tests", "pyproject.toml")


def copy_of_project(folder: Path) -> Path:
    """A copy of the project, in which a service can be written without touching this one."""
    copy = folder / "copy"
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


def run_in_copy(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module that imports the packages of the copy and no others."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    # An editable installation leads imports to the checkout by a finder; in the copy, the path must win.
    starter = (
        "import sys, runpy; sys.meta_path[:] = [f for f in sys.meta_path if 'Redirecting' not in repr(f)];"
        " sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    )
    return subprocess.run(
        [sys.executable, "-c", starter, *command],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project for one test."""
    return copy_of_project(tmp_path)


def test_a_new_service_passes_what_every_service_must(copy: Path) -> None:
    written = run_in_copy(copy, "sandbox", "new-service", "blue_badges")
    assert written.returncode == 0, written.stderr
    assert str(copy / "service_apis" / "blue_badges" / "rules.py") in written.stdout
    # The walk over all services is done elsewhere; here only the new one is of interest.
    for folder in (copy / "service_apis").iterdir():
        if (folder / "models.py").exists() and folder.name != "blue_badges":
            shutil.rmtree(folder)
            shutil.rmtree(copy / "scenarios" / "packs" / folder.name, ignore_errors=True)
    shutil.rmtree(copy / "scenarios" / "packs" / "journeys")
    tested = run_in_copy(
        copy, "pytest", "-q", "-p", "no:cacheprovider", "tests/every_service", "tests/shape/test_sizes.py"
    )
    assert tested.returncode == 0, tested.stdout[-4000:]
    assert "blue_badges" in run_in_copy(copy, "pytest", "--collect-only", "-q", "tests/every_service").stdout
    for tool in (
        ("ruff", "check", "service_apis/blue_badges"),
        ("ruff", "format", "--check", "service_apis/blue_badges"),
    ):
        assert run_in_copy(copy, *tool).returncode == 0, tool


@pytest.mark.parametrize("name", ["zoning", "allotments"])
def test_it_is_written_as_the_house_writes_whatever_its_name(copy: Path, name: str) -> None:
    assert run_in_copy(copy, "sandbox", "new-service", name).returncode == 0
    for words in (("ruff", "check"), ("ruff", "format", "--check")):
        done = run_in_copy(copy, *words, f"service_apis/{name}")
        assert done.returncode == 0, done.stdout


def test_its_journey_passes(copy: Path) -> None:
    assert run_in_copy(copy, "sandbox", "new-service", "allotments").returncode == 0
    done = run_in_copy(copy, "sandbox", "scenarios", "run", "--only", "allotments-enquiry-raised")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 journey: 1 passed" in done.stdout


@pytest.mark.parametrize("name", ["Waste!", "2fast", "class", "a" * 40])
def test_a_name_that_cannot_be_a_service_is_refused(name: str) -> None:
    with pytest.raises(CannotWrite, match="lower-case words"):
        write_service(name)


def test_a_service_that_is_there_is_not_written_over() -> None:
    with pytest.raises(CannotWrite, match="is there already"):
        write_service("addresses")
