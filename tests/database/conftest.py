from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox.stores import Database
from tests.database.cluster import Cluster, NoDatabase, a_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL; in CI's database stage there must be one."""
    try:
        with a_cluster() as cluster:
            yield cluster
    except NoDatabase as reason:
        if "database" in os.environ.get("COUNCIL_STAGE", "").split(","):
            pytest.fail(f"COUNCIL_STAGE promises a database, but {reason}")
        pytest.skip(str(reason))


@pytest.fixture
def database(cluster: Cluster) -> Database:
    """An empty database for one test alone."""
    return Database.at(cluster.new_database())
