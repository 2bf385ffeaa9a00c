"""The latest comparison of a component with the stub, as the gate and the page of slots read it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy.orm import Session

from sandbox.components.gate import Compared
from sandbox.components.tables import ComponentRecord

# At once, not where it is asked: a notebook has only the tables that are known when it is opened.
_RESULTS: Any = import_module("sandbox.shadow.results") if find_spec("sandbox.shadow") else None


def latest(session: Session, component: ComponentRecord) -> Compared | None:
    """What the latest comparison came to; None where there is none yet."""
    found: Compared | None = _RESULTS.latest(session, component.name) if _RESULTS else None
    return found
