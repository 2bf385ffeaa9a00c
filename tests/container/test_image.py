from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from docker.models.containers import Container

from tests.container.compose import HEALTHY_SECONDS
from tests.container.engine import Engine

pytestmark = pytest.mark.container

SMALL = ["build", "--residents", "500", "--seed", "7", "--as-of", "2026-06-01", "--name", "fairwater"]


@pytest.fixture
def volume(engine: Engine) -> Iterator[str]:
    volume = engine.client.volumes.create()
    yield str(volume.name)
    volume.remove(force=True)


def told(engine: Engine, image: str, *command: str, entrypoint: str | None = None) -> str:
    """What a short-lived container of the image printed."""
    run = engine.client.containers.run
    return bytes(run(image, list(command), entrypoint=entrypoint, remove=True, stderr=True)).decode()


def wait_until_healthy(container: Container) -> None:
    end = time.monotonic() + HEALTHY_SECONDS
    while container.health != "healthy":
        assert time.monotonic() < end, container.logs().decode()
        assert container.status in ("created", "running"), container.logs().decode()
        time.sleep(0.5)
        container.reload()


def test_the_image_runs_as_a_user_of_its_own(engine: Engine, image: str) -> None:
    assert told(engine, image, "-u", entrypoint="id").strip() == "10001"


def test_the_image_can_be_asked_for_help(engine: Engine, image: str) -> None:
    assert "build" in told(engine, image, "--help")


# Not pytest: Schemathesis, by which `council conform` makes its cases, stands on it.
@pytest.mark.parametrize("tool", ["pip", "setuptools", "hatchling", "mypy", "playwright", "xdist"])
def test_no_build_or_test_tool_is_left_in_the_image(engine: Engine, image: str, tool: str) -> None:
    question = f"import importlib.util as found; print(found.find_spec({tool!r}))"
    assert told(engine, image, "-c", question, entrypoint="python").strip() == "None"


def test_no_code_in_the_image_can_be_changed_by_its_user(engine: Engine, image: str) -> None:
    writable = ["/opt", "-writable", "-not", "-type", "l"]
    assert told(engine, image, *writable, entrypoint="find").strip() == ""


def test_a_container_told_to_stop_stops_of_itself(engine: Engine, image: str, volume: str) -> None:
    running: Container = engine.client.containers.run(
        image, ["up", *SMALL[1:]], volumes={volume: {"bind": "/data"}}, detach=True
    )
    try:
        wait_until_healthy(running)
        running.stop(timeout=20)
        assert running.wait()["StatusCode"] in (0, 143), running.logs().decode()
    finally:
        running.remove(force=True)


def test_a_council_built_in_one_container_is_known_to_another(
    engine: Engine, image: str, volume: str
) -> None:
    data = {volume: {"bind": "/data", "mode": "rw"}}
    engine.client.containers.run(image, SMALL, volumes=data, remove=True)
    assert b"fairwater" in engine.client.containers.run(image, ["list"], volumes=data, remove=True)
