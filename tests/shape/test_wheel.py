"""What is installed is the four packages, with all that they need to work without this repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_exactly_four_packages(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "sandbox",
        "scenarios",
        "service_apis",
        "synthetic_data",
    }


@pytest.mark.parametrize(
    ("package", "endings"),
    [
        ("scenarios", {".yaml", ".yml", ".sh"}),
        ("synthetic_data", {".csv", ".md"}),
        ("sandbox", {".html", ".css", ".md", ".yaml"}),
        ("service_apis", {".md"}),
    ],
)
def test_the_wheel_holds_what_the_packages_read(names: set[str], package: str, endings: set[str]) -> None:
    there = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*") if path.suffix in endings
    }
    assert there, f"{package} has no {endings}"
    assert there <= names
