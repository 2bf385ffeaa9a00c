"""A council with much mess, built once for the tests that need its faults and the truth beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.build import Plan, build
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile
from tests.conftest import AS_OF, CouncilUnderTest


@pytest.fixture(scope="session")
def messy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one messy council of 1,500 residents; copy it, never write to it."""
    folder = DataFolder(tmp_path_factory.mktemp("messy") / "council-data")
    plan = Plan("fairwater", find_profile("Hartlepool"), 1500, 7, AS_OF, mess=0.6)
    build(folder, plan, discover(), lambda what, share: None)
    return folder.path


@pytest.fixture
def messy(messy_folder: Path, tmp_path: Path) -> Iterator[CouncilUnderTest]:
    """The messy council, for one test alone; its data folder is ``tmp_path / "council-data"``."""
    path = tmp_path / "council-data"
    shutil.copytree(messy_folder, path)
    under_test = CouncilUnderTest(DataFolder(path))
    yield under_test
    under_test.close()
