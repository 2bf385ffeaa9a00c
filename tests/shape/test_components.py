"""The components that tests are held with are programs of their own: none of our code, and short."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

COMPONENTS = Path(__file__).parents[1] / "components"
OURS = {"sandbox", "scenarios", "service_apis", "synthetic_data", "tests"}
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def programs() -> list[Path]:
    return sorted(path.parent for path in COMPONENTS.glob("*/__main__.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """The first names of all that is imported, inside functions too; a dot where it is from the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else (node.module or "").partition(".")[0]


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_component_imports_nothing_of_ours(program: Path) -> None:
    names = {path.name: set(imported(ast.parse(path.read_text()))) for path in program.rglob("*.py")}
    assert {name: found & OURS for name, found in names.items() if found & OURS} == {}
    # Nor by a dot: an image may hold the folder alone.
    assert [name for name, found in names.items() if "." in found] == []


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_component_is_short_enough_to_be_read(program: Path) -> None:
    long = {}
    for path in program.rglob("*.py"):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), f"{path.name} does not say what it is"
        long[path.name] = len(path.read_text().splitlines()) > LONGEST_FILE
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                long[f"{path.name}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    assert [name for name, too_long in long.items() if too_long] == []
