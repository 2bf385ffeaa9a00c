"""The console: the pages that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from sandbox.councils import Councils

if TYPE_CHECKING:
    from sandbox.gateway import Gateway


def add_pages(house: FastAPI, councils: Councils, gateway: Gateway) -> None:
    """Add the console's pages to the sandbox."""
