"""The latest comparison of a component with the stub, as the gate and the page of slots read it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from sqlalchemy.orm import Session

from sandbox.components.gate import Compared
from sandbox.components.tables import ComponentRecord

RESULTS = "sandbox.shadow.results"


def latest(session: Session, component: ComponentRecord) -> Compared | None:
    """What the latest comparison came to; None where there is none yet."""
    if find_spec(RESULTS.rpartition(".")[0]) is None:
        return None
    results: Any = import_module(RESULTS)
    found: Compared | None = results.latest(session, component.name)
    return found


def sentence_of(compared: Compared) -> str:
    """What a comparison came to, plainly."""
    alike = compared.calls - compared.different
    told = f"Of {compared.calls:,} calls {alike:,} were answered alike"
    if compared.different:
        told += f"; {compared.different:,} differed"
    slower = round(compared.median_slower_ms)
    pace = f"{abs(slower)} ms {'slower' if slower > 0 else 'faster'}" if slower else "as fast"
    return f"{told}; at the median it was {pace}"
