"""One attempt at telling a receiver: the call, and what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox import machine
from sandbox.outward import Outward
from sandbox.posting.signing import headers
from service_apis.kit.problems import Problem

GONE = 410
LONGEST_ANSWER = 200
"""How many characters of an answer are kept."""
MOST_READ = 4_096
"""How many bytes of an answer are read: a receiver's answer says little, and nobody needs more of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to.

    ``status`` is None where there was no answer; ``answer`` is the beginning of the answer's body, or why
    there was none. ``retry_after`` is the pause in seconds that the receiver asked for.
    """

    status: int | None
    answer: str
    took_ms: int
    retry_after: float | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it: any 2xx, as Standard Webhooks has it. A redirect is none."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver wants no more of this webhook."""
        return self.status == GONE


async def attempt(
    outward: Outward,
    url: str,
    secrets: Sequence[str],
    cloud_event: dict[str, Any],
    time_limit_seconds: float,
    at: datetime,
) -> Outcome:
    """Tell a receiver of an event, once. Whatever goes wrong is an outcome."""
    await outward.prepared()
    import httpx

    body = json.dumps(cloud_event, ensure_ascii=False, separators=(",", ":")).encode()
    signed = headers(cloud_event["id"], body, secrets, at)
    started = machine.seconds()

    def took() -> int:
        return round((machine.seconds() - started) * 1000)

    try:
        async with asyncio.timeout(time_limit_seconds):
            destination = await outward.destination(url)
            async with outward.sending("POST", destination, body, signed) as answer:
                text = await _beginning(answer)
                return Outcome(answer.status_code, text, took(), _retry_after(answer))
    except TimeoutError:
        return Outcome(None, f"No answer within {time_limit_seconds:g} s", took())
    except Problem as refused:
        return Outcome(None, refused.detail[:LONGEST_ANSWER], took())
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Outcome(None, _said(error)[:LONGEST_ANSWER], took())


async def _beginning(answer: Any) -> str:
    read = b""
    async for part in answer.aiter_bytes():
        read += part
        if len(read) >= MOST_READ:
            break
    return read[:MOST_READ].decode(errors="replace")[:LONGEST_ANSWER]


def _retry_after(answer: Any) -> float | None:
    """The pause that was asked for in seconds; as a date it is not looked at, being of another clock."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _said(error: Exception) -> str:
    return f"No answer: {error or type(error).__name__}"
