"""Whether a target has every operation of the slot's contract."""

from __future__ import annotations

from scenarios.conformance.checks import Missed, named
from scenarios.conformance.probe import Probe
from scenarios.conformance.target import described


def run(probe: Probe) -> None:
    """Hold the operations that the target publishes beside those of the slot."""
    told = described(probe.target, probe.service)
    missing = sorted(set(probe.service.operations) - told.claimed)
    if missing:
        raise Missed(
            f"its OpenAPI has no operation for {named(missing[:5])}"
            + (f" and {len(missing) - 5} more" if len(missing) > 5 else ""),
            expected="\n".join(sorted(probe.service.operations)),
            got="\n".join(sorted(told.claimed)),
            remedy="Answer at the path and method that the slot's OpenAPI gives, and publish it.",
        )
