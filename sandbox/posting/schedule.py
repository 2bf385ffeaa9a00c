"""When a delivery that failed is attempted again."""

from __future__ import annotations

RECOMMENDED_WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from each failed attempt to the next.

Source: Standard Webhooks 1.0.0, "Deliverability and reliability", example retry schedule. Its jitter is
left out: it spreads the load of many senders, and here a test wants to know when.
"""

MOST_ATTEMPTS = len(RECOMMENDED_WAITS) + 1
FIRST_RETRY_SECONDS = 1.0
"""The first wait unless a webhook says otherwise: the whole schedule at a fifth, some 15 hours."""
LONGEST_RETRY_AFTER = 3_600.0
"""How long a receiver's ``Retry-After`` is followed at most, in seconds."""


def wait_after(attempts: int, first_retry_seconds: float) -> float:
    """Seconds to wait after so many failed attempts (at least 1), the schedule scaled to its first wait."""
    waits = RECOMMENDED_WAITS[min(attempts, len(RECOMMENDED_WAITS)) - 1]
    return waits / RECOMMENDED_WAITS[0] * first_retry_seconds
