"""Signatures of webhooks, by Standard Webhooks 1.0.0 (HMAC-SHA256, ``v1``)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from sandbox import machine

SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64."""
CONTENT_TYPE = "application/cloudevents+json"


def new_secret() -> str:
    """A signing secret that nobody can guess, as receivers write it down: ``whsec_`` and base64."""
    return f"whsec_{b64encode(machine.random_bytes(SECRET_BYTES)).decode()}"


def headers(event_id: str, body: bytes, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of one attempt at an aware instant, signed with each secret."""
    from standardwebhooks import Webhook

    moment = at.astimezone(UTC)
    signed = [Webhook(secret).sign(event_id, moment, body.decode()) for secret in secrets]
    return {
        "content-type": CONTENT_TYPE,
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }
