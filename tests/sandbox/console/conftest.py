"""A council that no test changes, and a sandbox with two."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.folder import DataFolder
from tests.conftest import CouncilUnderTest


@pytest.fixture(scope="session")
def untouched(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CouncilUnderTest]:
    """A council that tests only read, opened once for all of them."""
    path = tmp_path_factory.mktemp("untouched") / "council-data"
    shutil.copytree(built_folder, path)
    under_test = CouncilUnderTest(DataFolder(path))
    yield under_test
    under_test.close()


@pytest.fixture
def second(built_folder: Path, tmp_path: Path) -> Iterator[CouncilUnderTest]:
    """The council under test, with another called otherby beside it."""
    path = tmp_path / "two-councils"
    shutil.copytree(built_folder, path)
    shutil.copy(path / "councils" / "fairwater.sqlite", path / "councils" / "otherby.sqlite")
    both = CouncilUnderTest(DataFolder(path))
    yield both
    both.close()
