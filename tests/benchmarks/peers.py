"""Four mock servers that a supplier might use instead, each answering one record from a file.

Each is set to be quick: no templates, no recording, no log where it has a switch for it (Mockoon has none
for its line a request), and none is asked to check the key that the load sends, but for Prism where the
OpenAPI document that it serves says so. They come from npm, pinned, into COUNCIL_CACHE or the user's cache
folder.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.server import Server
from tests.container.base import CACHE
from tests.container.compose import free_port

PACKAGES = {
    "Prism": "@stoplight/prism-cli@5.14.2",
    "Mockoon": "@mockoon/cli@9.9.0",
    "json-server": "json-server@0.17.4",
    "WireMock": "wiremock@3.13.2",
}


def install() -> Path:
    """The folder of the peers' commands; they are fetched when they are not there yet."""
    if not shutil.which("npm") or not shutil.which("java"):
        raise RuntimeError("the peers need npm, and Java for WireMock: apt-get install npm default-jre")
    folder = CACHE / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*command, *PACKAGES.values()], check=True)
    return folder / "node_modules" / ".bin"


@dataclass(frozen=True)
class Reading:
    """The one read that each answers."""

    path: str
    """Below the service's address: `/properties/100000000001`."""
    record: dict[str, Any]
    template: str
    """The path in the service's OpenAPI document: `/properties/{uprn}`."""
    document: dict[str, Any]
    """The service's OpenAPI document."""


def peers(commands: Path, folder: Path, reading: Reading) -> list[Server]:
    """The four, and Prism once more without a contract to keep; each answers the reading."""
    makers = {
        "Prism, the service's OpenAPI": _prism,
        "Prism, a bare path": _prism_without_contract,
        "Mockoon": _mockoon,
        "json-server": _json_server,
        "WireMock": _wiremock,
    }
    made = []
    for name, make in makers.items():
        own, port = folder / make.__name__, free_port()
        own.mkdir()
        program, *words = make(own, port, reading)
        address = f"http://127.0.0.1:{port}{reading.path}"
        made.append(Server(name, [str(commands / program), *words], address, own, {"NODE_ENV": "production"}))
    return made


def _prism(folder: Path, port: int, reading: Reading) -> list[str]:
    document = copy.deepcopy(reading.document)
    answer = document["paths"][reading.template]["get"]["responses"]["200"]
    answer["content"]["application/json"]["example"] = reading.record
    return _prism_serving(document, folder, port)


def _prism_without_contract(folder: Path, port: int, reading: Reading) -> list[str]:
    answer = {"description": "The record", "content": {"application/json": {"example": reading.record}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One record", "version": "1"},
        "paths": {reading.path: {"get": {"responses": {"200": answer}}}},
    }
    return _prism_serving(document, folder, port)


def _prism_serving(document: dict[str, Any], folder: Path, port: int) -> list[str]:
    (folder / "openapi.json").write_text(json.dumps(document))
    return ["prism", "mock", "--port", str(port), "--cors", "false", "-v", "silent", "openapi.json"]


def _mockoon(folder: Path, port: int, reading: Reading) -> list[str]:
    response = {
        "uuid": "00000000-0000-4000-8000-000000000003",
        "body": json.dumps(reading.record),
        "bodyType": "INLINE",
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "statusCode": 200,
        "default": True,
        "disableTemplating": True,
    }
    route = {
        "uuid": "00000000-0000-4000-8000-000000000002",
        "type": "http",
        "method": "get",
        "endpoint": reading.path.removeprefix("/"),
        "responses": [response],
    }
    environment = {
        "uuid": "00000000-0000-4000-8000-000000000001",
        "lastMigration": 33,
        "name": "One record",
        "port": port,
        "hostname": "127.0.0.1",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": route["uuid"]}],
        "cors": False,
    }
    (folder / "environment.json").write_text(json.dumps(environment))
    quick = ["--disable-log-to-file", "--disable-admin-api", "--max-transaction-logs", "0"]
    return ["mockoon-cli", "start", "--data", "environment.json", *quick]


def _json_server(folder: Path, port: int, reading: Reading) -> list[str]:
    # It serves /{collection}/{id} only, so the record's own path is rewritten to one.
    (folder / "records.json").write_text(json.dumps({"records": [{**reading.record, "id": 1}]}))
    (folder / "routes.json").write_text(json.dumps({reading.path: "/records/1"}))
    quick = ["--quiet", "--no-cors", "--no-gzip", "--read-only", "--routes", "routes.json"]
    return ["json-server", "--host", "127.0.0.1", "--port", str(port), *quick, "records.json"]


def _wiremock(folder: Path, port: int, reading: Reading) -> list[str]:
    mapping = {
        "request": {"method": "GET", "urlPath": reading.path},
        "response": {
            "status": 200,
            "body": json.dumps(reading.record),
            "headers": {"Content-Type": "application/json"},
        },
    }
    (folder / "mappings").mkdir()
    (folder / "mappings" / "record.json").write_text(json.dumps(mapping))
    quick = ["--no-request-journal", "--disable-request-logging", "--disable-gzip", "--disable-banner"]
    return ["wiremock", "--bind-address", "127.0.0.1", "--port", str(port), *quick]
