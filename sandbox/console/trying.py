"""One example of a service, tried: what was called, how to call it oneself, what came back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.types import ASGIApp

from sandbox.console import reading
from sandbox.console.layout import Shown, laid_out
from sandbox.inside import Answer, CannotTry, address_of, call
from service_apis.kit.council import Council
from service_apis.kit.service import Service, Try

OK = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """An example's outcome.

    ``trouble`` says why there is nothing to show, and is empty otherwise. ``counted`` says how
    many there are of what the answer lists a part of. ``raw`` is the answer as it came.
    """

    url: str
    curl: str
    trouble: str
    status: int | None
    counted: str
    shown: Shown | None
    raw: str
    language: str


async def tried(app: ASGIApp, council: Council, service: Service, example: Try, key: str, base: str) -> Tried:
    """Try an example as the holder of a key; ``base`` is the address the reader reached us at."""
    host = base.partition("://")[2]
    try:
        address = await address_of(app, council.name, service, example, key, host)
    except CannotTry as nothing:
        return Tried("", "", str(nothing), None, "", None, "", "")
    answer = await call(app, address, key, host)
    url = base + address
    curl = f'curl -H "Authorization: Bearer $KEY" {shlex.quote(url)}'
    try:
        counted, shown = _read(answer, council.clock.today)
        raw = reading.text(answer)
    except ValueError as fault:
        return Tried(url, curl, f"The answer could not be read: {fault}", answer.status, "", None, "", "")
    return Tried(url, curl, "", answer.status, counted, shown, raw, reading.language(answer))


def _read(answer: Answer, today: date) -> tuple[str, Shown]:
    told = reading.values(answer)
    if answer.status == OK and isinstance(told, Mapping) and isinstance(told.get("items"), list):
        return _counted(told), laid_out(told["items"], today)
    return "", laid_out(told, today)


def _counted(told: Mapping[str, Any]) -> str:
    here, total = len(told["items"]), told.get("total", len(told["items"]))
    if not here:
        return "The answer is an empty list: there is nothing of this kind."
    if total == here:
        return "" if here == 1 else f"There are {here:,}."
    return f"There are {total:,}; the answer brings the first {here:,} and says how to ask for the rest."
