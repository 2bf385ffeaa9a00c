"""The latest comparison of a component with the stub, as the gate and the page of slots read it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sandbox.components.gate import Compared
from sandbox.components.tables import ComponentRecord
from sandbox.shadow import results


def latest(session: Session, component: ComponentRecord) -> Compared | None:
    """What the latest comparison came to; None where there is none yet."""
    return results.latest(session, component.name)
