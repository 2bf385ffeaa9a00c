"""Writing the folder of a new service."""

from __future__ import annotations

from pathlib import Path


def write_service(name: str) -> list[Path]:
    """Write it."""
    raise SystemExit(name)
