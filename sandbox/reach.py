"""How a command reaches the control API: over HTTP where a sandbox runs, or else without one.

Every command that drives a council asks the control API, so that there is one way of doing a thing. If a
sandbox serves the data folder it is asked there; if none does, the folder is opened for the command alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import httpx

from sandbox.failure import Failure
from sandbox.folder import DataFolder
from sandbox.inside import call
from sandbox.keys import Keyring

if TYPE_CHECKING:
    from sandbox.app import Sandbox

LONGEST_ANSWER_SECONDS = 600
PIECE_BYTES = 1 << 20


class Refused(Failure):
    """The control API refused what a command asked of it; the message is the sandbox's own."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotReached(Failure):
    """The sandbox that was named, or that serves the data folder, does not answer, or not as one."""


class Reached(Protocol):
    """A sandbox whose control API can be asked."""

    @property
    def url(self) -> str:
        """The address of the sandbox, or empty if it has none."""
        ...

    def ask(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """What is answered, from JSON; None where the answer is empty. Raises Refused or NotReached."""
        ...

    def fetch(self, path: str, file: Path) -> None:
        """Write what is answered to a file. Raises Refused or NotReached, and leaves no file then."""
        ...

    def send(self, path: str, file: Path, params: Mapping[str, Any]) -> Any:
        """Send a file, and give what is answered, from JSON. Raises Refused or NotReached."""
        ...


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that runs elsewhere, and a key to it."""

    url: str
    key: str

    def ask(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """See Reached."""
        with self._stream(method, path, json=json, params=_given(params)) as answer:
            return _told(answer.status_code, answer.read(), self.url)

    def fetch(self, path: str, file: Path) -> None:
        """See Reached."""
        with self._stream("GET", path) as answer:
            if answer.status_code != httpx.codes.OK:
                _told(answer.status_code, answer.read(), self.url)
            with _whole(file) as opened:
                for some in answer.iter_bytes():
                    opened.write(some)

    def send(self, path: str, file: Path, params: Mapping[str, Any]) -> Any:
        """See Reached."""
        with (
            file.open("rb") as opened,
            self._stream("POST", path, params=_given(params), content=opened) as answer,
        ):
            return _told(answer.status_code, answer.read(), self.url)

    @contextmanager
    def _stream(self, method: str, path: str, **request: Any) -> Iterator[httpx.Response]:
        headers = {"Authorization": f"Bearer {self.key}"}
        address, patience = self.url + path, LONGEST_ANSWER_SECONDS
        try:
            with httpx.stream(method, address, headers=headers, timeout=patience, **request) as answer:
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotReached(
                f"Nothing answers at {self.url}: {error}. Start one with `council up`, or leave out --url."
            ) from error


@dataclass(frozen=True, slots=True)
class Opened:
    """A data folder opened for one command, with the whole sandbox but no network."""

    sandbox: Sandbox
    url: str = ""

    def ask(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """See Reached."""
        status, body = self._call(method, path, params, sent=json)
        return _told(status, body, str(self.sandbox.councils.folder.path))

    def fetch(self, path: str, file: Path) -> None:
        """See Reached."""
        with _whole(file) as opened:
            status, body = self._call("GET", path, None, into=opened.write)
            if status != httpx.codes.OK:
                _told(status, body, str(self.sandbox.councils.folder.path))

    def send(self, path: str, file: Path, params: Mapping[str, Any]) -> Any:
        """See Reached."""
        with file.open("rb") as opened:
            pieces = iter(lambda: opened.read(PIECE_BYTES), b"")
            status, body = self._call("POST", path, params, pieces=pieces)
        return _told(status, body, str(self.sandbox.councils.folder.path))

    def _call(
        self, method: str, path: str, params: Mapping[str, Any] | None, **passed: Any
    ) -> tuple[int, bytes]:
        query = urlencode(_given(params), doseq=True)
        address = f"{path}?{query}" if query else path
        key = self.sandbox.keyring.first.secret
        gateway = self.sandbox.gateway
        answer = asyncio.run(call(gateway, address, key, "127.0.0.1:8000", method=method, **passed))
        return answer.status, answer.body


@contextmanager
def reached(data: Path, url: str | None = None, key: str | None = None) -> Iterator[Reached]:
    """The sandbox at ``url``; without one, that which serves the data folder, or the folder by itself.

    Raises NotReached, and the failures of opening a data folder.
    """
    folder = None if url is not None else DataFolder(data)
    server = url if folder is None else folder.server()
    if server:
        yield Running(server.rstrip("/"), key or _key_of(data, server))
        return
    if server == "":
        raise NotReached(
            f"The councils in {data} are being served, but it is not known where; say so with --url"
        )
    assert folder is not None
    with _opened(folder) as opened:
        yield opened


@contextmanager
def _opened(folder: DataFolder) -> Iterator[Opened]:
    from sandbox.app import Sandbox
    from service_apis.kit.discovery import discover

    names = folder.names()
    if not names:
        raise NotReached(f"There are no councils in {folder.path} yet; `council build` makes one")
    with folder.served():
        sandbox = Sandbox(folder, discover(), names[0])
        try:
            yield Opened(sandbox)
        finally:
            sandbox.close()


def the_council(sandbox: Reached, name: str | None) -> str:
    """The council that is meant: the one named, or the only one. Raises NotReached where it is not clear."""
    if name is not None:
        return name
    names = [each["name"] for each in sandbox.ask("GET", "/sandbox/councils")["items"]]
    if len(names) != 1:
        raise NotReached(f"Name the council that you mean; there are {', '.join(names)}")
    return str(names[0])


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there only once all of it was written."""
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("wb") as opened:
            yield opened
        unfinished.rename(file)
    except OSError as error:
        raise NotReached(f"{file} could not be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _given(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}


def _key_of(data: Path, server: str) -> str:
    if not (data / "keys.json").exists():
        raise NotReached(f"Give the key of the sandbox at {server} with --key, or in COUNCIL_KEY")
    return Keyring(DataFolder(data).path).first.secret


def _told(status: int, body: bytes, where: str) -> Any:
    try:
        told = json.loads(body) if body else None
    except ValueError as error:
        raise NotReached(f"What answers at {where} is not a sandbox (it said {status})") from error
    if status >= 400:
        raise Refused(str(told.get("detail", told)) if isinstance(told, dict) else str(told), status)
    return told
