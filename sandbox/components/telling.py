"""Telling: of what happens in a slot, each thing is told once, by the side whose case it is.

The stub of a slot that a component fills is kept in step, and records events as it always does; those of
the component's cases are not told. What the component sends about its own cases is put into the council's
outbox, from where webhooks, listeners and other services hear it as they hear the stub.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from sandbox.components.settings import Settings
from sandbox.components.sides import Named, is_components
from service_apis.kit.council import Council

FOLLOWING: ContextVar[str] = ContextVar("following", default="")
"""How present work stands to the telling: ``following`` what another answered, or ``telling`` for it."""


def is_told(council: Council, settings: Settings, event: dict[str, Any]) -> bool:
    """Whether an event that the council records is told."""
    how = FOLLOWING.get()
    if how:
        return how == "telling"
    slot = event["source"].replace("-", "_")
    setting = settings.of(slot, None)
    service = council.services.get(slot)
    return service is None or not is_components(setting, Named.by_event(event), council, service)
