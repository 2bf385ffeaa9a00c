from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.base import REPOSITORY, provide_base
from tests.container.compose import Project
from tests.container.engine import Engine, NoEngine, any_engine
from tests.container.trying import Ground
from tests.sandbox.served import Served

TAG = "virtual-council"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A Docker engine; in CI's container stage there must be one."""
    if "container" not in os.environ.get("COUNCIL_STAGE", ""):
        pytest.skip("starts a Docker engine and builds an image: set COUNCIL_STAGE=container to run it")
    try:
        with any_engine() as engine:
            yield engine
    except NoEngine as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def image(engine: Engine) -> str:
    """The name of the image, built from the Dockerfile as an engine without BuildKit builds it."""
    provide_base(engine.client)
    proxies = {name: os.environ[name] for name in PROXIES if name in os.environ}
    # The host's own network, so that a build behind a local proxy or resolver reaches the package index.
    engine.client.images.build(
        path=str(REPOSITORY), tag=TAG, network_mode="host", buildargs=proxies, rm=True, forcerm=True
    )
    return TAG


@pytest.fixture(scope="session")
def project(engine: Engine, image: str) -> Iterator[Project]:
    """`docker compose up`, healthy; taken down with its volume at the end."""
    project = Project(engine.address)
    try:
        project.up()
        yield project
    finally:
        project.down("--volumes")


@pytest.fixture(scope="session")
def component_images(engine: Engine) -> dict[str, str]:
    """The images of the components to learn from, built from their own folders: folder and image."""
    provide_base(engine.client)
    proxies = {name: os.environ[name] for name in PROXIES if name in os.environ}
    images = {"bins_r_us": "bins-r-us", "road_watch": "road-watch"}
    for folder, tag in images.items():
        engine.client.images.build(
            path=str(REPOSITORY / "tests" / "components" / folder),
            tag=tag,
            network_mode="host",
            buildargs=proxies,
            rm=True,
            forcerm=True,
        )
    return images


@pytest.fixture(scope="module")
def ground(engine: Engine, built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A sandbox that serves a council of 2,000, and the engine as a user's command line finds it."""
    data = tmp_path_factory.mktemp("containers") / "council-data"
    shutil.copytree(built_folder, data)
    served = Served(data)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCKER_HOST", engine.address)
        yield Ground(engine, data, served.client)
    served.kill()
    served.client.close()
