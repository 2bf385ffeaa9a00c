"""Files, functions and folders stay small enough to be read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("sandbox", "scenarios", "service_apis", "synthetic_data")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LARGEST_SERVICE = 900
SERVICE_FILES = {
    "__init__.py",
    "README.md",
    "api.py",
    "lifecycle.py",
    "models.py",
    "pages.py",
    "rules.py",
    "schemas.py",
    "seed.py",
    "traits.py",
}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def service_folders() -> list[Path]:
    folders = (path.parent for path in (ROOT / "service_apis").glob("*/__init__.py"))
    return sorted(folder for folder in folders if folder.name != "kit")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_too_long() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in modules()
        for function in functions(path)
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is() -> None:
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


@pytest.mark.parametrize("folder", service_folders(), ids=lambda folder: folder.name)
def test_a_service_folder_holds_the_agreed_files_and_no_others(folder: Path) -> None:
    names = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert names <= SERVICE_FILES


@pytest.mark.parametrize("folder", service_folders(), ids=lambda folder: folder.name)
def test_a_service_fits_in_one_head(folder: Path) -> None:
    assert sum(len(path.read_text().splitlines()) for path in folder.glob("*.py")) <= LARGEST_SERVICE


@pytest.mark.parametrize("folder", service_folders(), ids=lambda folder: folder.name)
def test_no_service_is_named_outside_its_folder_in_code(folder: Path) -> None:
    """Discovery finds the services: there is no list of them to keep."""
    foreign = [path for path in modules() if folder not in path.parents and "packs" not in path.parts]
    naming = [
        str(path.relative_to(ROOT))
        for path in foreign
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(f"service_apis.{folder.name}" in name for name in _imported(node))
    ]
    assert naming == []


def _imported(node: ast.ImportFrom | ast.Import) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def test_no_module_is_named_for_nothing() -> None:
    vague = {"utils", "helpers", "common", "base", "manager", "misc"}
    assert [path for path in modules() if path.stem in vague or path.parent.name in vague] == []


def test_every_test_folder_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []
