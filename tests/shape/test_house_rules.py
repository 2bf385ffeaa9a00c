"""The rules of the house that tools can check: layers, style, types, what the repository may say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("lint-imports",), ("mypy",)],
    ids=lambda command: command[0] + ("-format" if "format" in command else ""),
)
def test_the_tools_have_nothing_to_say(command: tuple[str, ...]) -> None:
    done = run(tool(command[0]), *command[1:])
    assert done.returncode == 0, done.stdout + done.stderr


def tracked() -> list[Path]:
    """The files of the repository; outside a checkout, all that stand in the folder."""
    listed = run("git", "ls-files", "-z")
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]


def test_nothing_says_where_it_was_written_or_fetched_from() -> None:
    unwanted = re.compile(r"(?i)--(extra-)?index-url|/(root|home/\w+)/")
    allowed = {"test_house_rules.py"}
    naming = []
    for path in tracked():
        if path.name in allowed or path.suffix in {".png", ".ico"}:
            continue
        if unwanted.search(path.read_text(errors="replace")):
            naming.append(str(path.relative_to(ROOT)))
    assert naming == []


def test_the_machine_is_asked_in_one_module_only() -> None:
    asking = re.compile(
        r"\b(datetime\.now|date\.today|time\.time|utcnow|uuid4|import random|import secrets)\b"
    )
    modules = [
        path
        for package in ("sandbox", "service_apis", "synthetic_data")
        for path in (ROOT / package).rglob("*.py")
    ]
    assert [path.name for path in modules if asking.search(path.read_text())] == ["machine.py"]


def test_no_broad_except_hides_a_fault() -> None:
    packages = ("sandbox", "service_apis", "synthetic_data", "scenarios")
    modules = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    broad = re.compile(r"^\s*except( Exception| BaseException)?( as \w+)?:\s*$", re.MULTILINE)
    found = {path.name: broad.findall(path.read_text()) for path in modules}
    # Whatever interrupts a transaction, it is undone, and the interruption goes on.
    assert {name for name, clauses in found.items() if clauses} <= {"council.py"}
