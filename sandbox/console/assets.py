"""What pages are dressed with: our own style and icon, and the documentation page's from a package."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from service_apis.kit.application import DOCS_ASSETS

OWN = Path(__file__).parent / "static"


def add_assets(house: FastAPI) -> None:
    """Serve both under ``/assets``, with the tags by which a browser asks whether they changed."""
    house.mount(DOCS_ASSETS, StaticFiles(directory=_swagger()))
    house.mount("/assets", StaticFiles(directory=OWN))


def _swagger() -> Path:
    # Found without importing the package, which would bring a second FastAPI application along.
    found = find_spec("fastapi_offline")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(
            "The package fastapi-offline is missing, which holds the documentation page's script; "
            "install the sandbox again"
        )
    return Path(found.submodule_search_locations[0]) / "static"
