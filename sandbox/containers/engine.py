"""The Docker engine as the command line finds it, and the images that it holds."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from sandbox.failure import Failure

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.images import Image

USUAL_SOCKET = "unix:///var/run/docker.sock"
PATIENCE_SECONDS = 120
MOST_NEAR_NAMES = 3


class NoEngine(Failure):
    """No Docker engine answers, or the SDK to ask it with is missing."""


class EngineRefused(Failure):
    """The Docker engine refused what it was asked; the message is its own."""


class NoSuchImage(Failure):
    """The engine does not have the image, and was not asked to pull it."""


class NotPulled(Failure):
    """The image could not be pulled from its registry."""


class WhichPort(Failure):
    """An image does not say at which port it answers, or says several."""


@contextmanager
def engine() -> Iterator[DockerClient]:
    """The engine at DOCKER_HOST, or the usual socket. Raises NoEngine."""
    try:
        import docker
        from docker.errors import APIError, DockerException
        from requests import RequestException
    except ImportError as error:
        raise NoEngine(
            f"Docker cannot be asked: {error}. Install the SDK with `pip install docker`."
        ) from error
    address = os.environ.get("DOCKER_HOST") or USUAL_SOCKET
    _refuse_silent(address)
    try:
        client = docker.from_env(version="auto", timeout=PATIENCE_SECONDS)
    except DockerException as error:
        raise NoEngine(_what_to_do(address, str(error))) from error
    try:
        yield client
    except RequestException as error:
        raise NoEngine(_what_to_do(address, str(error))) from error
    except APIError as error:
        raise EngineRefused(f"The Docker engine refused: {error.explanation or error}") from error
    finally:
        client.close()


def _refuse_silent(address: str) -> None:
    """Say plainly what is wrong with a socket, which the SDK tells at length."""
    kind, _, path = address.partition("://")
    if kind != "unix":
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except PermissionError as error:
            raise NoEngine(
                f"The Docker engine at {address} may not be used by you; join the group `docker` (and log in "
                "again), or set DOCKER_HOST to an engine that you may use."
            ) from error
        except OSError as error:
            raise NoEngine(_what_to_do(address, error.strerror or str(error))) from error


def _what_to_do(address: str, why: str) -> str:
    return (
        f"No Docker engine answers at {address} ({why}). Start it (`systemctl start docker`), install it (on "
        "Debian and Ubuntu: apt-get install docker.io), or set DOCKER_HOST to where it answers. Without one, "
        "start the component yourself and register it with --url."
    )


def image_of(client: DockerClient, name: str, *, pull: bool) -> Image:
    """The image of that name. It is pulled only when asked. Raises NoSuchImage or NotPulled."""
    from docker.errors import APIError, ImageNotFound

    if pull:
        try:
            return client.images.pull(name)
        except APIError as error:
            raise NotPulled(f"{name} could not be pulled: {error.explanation or error}") from error
    try:
        return client.images.get(name)
    except ImageNotFound as error:
        raise NoSuchImage(_not_there(client, name)) from error
    except APIError as error:
        raise NoSuchImage(f"{name} is no image's name: {error.explanation or error}") from error


def _not_there(client: DockerClient, name: str) -> str:
    names = {tag.removesuffix(":latest") for image in client.images.list() for tag in image.tags}
    near = get_close_matches(name, sorted(names), MOST_NEAR_NAMES, 0.5)
    there = f"Did you mean {' or '.join(near)}? Otherwise build it" if near else "Build it"
    return (
        f"The engine has no image {name}, and nothing was registered. {there} (`docker build -t {name} .`), "
        "or add --pull to fetch it from its registry."
    )


def port_of(image: Image, wanted: int | None) -> int:
    """The port that the component answers at in its container. Raises WhichPort."""
    if wanted is not None:
        return wanted
    exposed = sorted(
        int(number)
        for number, _, kind in (each.partition("/") for each in _config(image).get("ExposedPorts") or {})
        if kind in ("", "tcp")
    )
    if len(exposed) == 1:
        return exposed[0]
    says = f"says {', '.join(map(str, exposed))}" if exposed else "does not say (EXPOSE)"
    raise WhichPort(f"At which port does the component answer? Its image {says}; name it with --port.")


def volumes_of(image: Image) -> list[str]:
    """The folders that the image declares as volumes, which is where it keeps what outlasts a restart."""
    return sorted(_config(image).get("Volumes") or {})


def user_of(image: Image) -> str:
    """The user that the image names, or empty where it would run as root."""
    user = str(_config(image).get("User") or "")
    return "" if user.partition(":")[0] in ("", "0", "root") else user


def _config(image: Image) -> dict[str, Any]:
    # Null where an image was imported and says nothing of itself.
    return image.attrs.get("Config") or {}
