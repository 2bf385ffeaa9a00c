"""What is installed is what was locked: `make lock` was run, and wrote nothing of the machine it ran on."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FILES = ["constraints.txt", "constraints-test.txt", "constraints-build.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(file: str) -> dict[str, set[str]]:
    """The versions that a file pins, by canonical name; there may be one for each Python."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / file).read_text(), re.MULTILINE):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


@pytest.mark.parametrize(
    ("file", "asked"),
    [
        ("constraints.txt", PROJECT["project"]["dependencies"]),
        ("constraints-test.txt", PROJECT["project"]["optional-dependencies"]["test"]),
        ("constraints-build.txt", PROJECT["build-system"]["requires"]),
    ],
)
def test_all_that_the_project_asks_for_is_pinned(file: str, asked: list[str]) -> None:
    versions = pinned(file)
    for line in asked:
        wanted = Requirement(line)
        found = versions.get(canonicalize_name(wanted.name), set())
        assert found, f"{wanted.name} is not in {file}: run make lock"
        assert all(wanted.specifier.contains(version) for version in found), f"{line}: run make lock"


def test_the_tests_run_on_what_is_served() -> None:
    tested = pinned("constraints-test.txt")
    assert {
        name: versions for name, versions in pinned("constraints.txt").items() if tested[name] != versions
    } == {}


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_its_hashes(file: str) -> None:
    text = re.sub(r"\\\n\s*", " ", (ROOT / file).read_text())
    pins = [line for line in text.splitlines() if "==" in line]
    assert pins
    assert [line for line in pins if "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("file", FILES)
def test_no_constraints_name_an_index_or_a_folder(file: str) -> None:
    text = (ROOT / file).read_text()
    assert re.findall(r"https?:|file:|--\w*index\S*|--find-links|(?<![\w.])/\w+", text) == []
