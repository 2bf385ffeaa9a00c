"""Out of step: a write that one side did and the other refused, kept whole and told in the history."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.asking import Answered, Asked
from sandbox.components.tables import OutOfStepRecord
from service_apis.kit.council import Council

Side = Literal["component", "stub"]


def kept_call(asked: Asked) -> dict[str, Any]:
    """A call as the notebook keeps it."""
    return {
        "method": asked.method,
        "path": asked.path,
        "query": asked.query,
        "headers": [list(each) for each in asked.headers],
        "body": b64encode(asked.body).decode(),
        "base_url": asked.base_url,
    }


def call_kept(kept: dict[str, Any]) -> Asked:
    """The call that was kept."""
    return Asked(
        kept["method"],
        kept["path"],
        kept["query"],
        tuple((name, value) for name, value in kept["headers"]),
        b64decode(kept["body"]),
        kept["base_url"],
    )


def kept_answer(answered: Answered) -> dict[str, Any]:
    """An answer as the notebook keeps it."""
    return {
        "status": answered.status,
        "headers": [list(each) for each in answered.headers],
        "body": b64encode(answered.body).decode(),
        "seconds": answered.seconds,
    }


def answer_kept(kept: dict[str, Any]) -> Answered:
    """The answer that was kept."""
    headers = tuple((name, value) for name, value in kept["headers"])
    return Answered(kept["status"], headers, b64decode(kept["body"]), kept["seconds"])


def keep(
    session: Session,
    council: Council,
    component: str,
    slot: str,
    done_by: Side,
    sentence: str,
    asked: Asked,
    answered: Answered,
    refused: Answered | None,
) -> None:
    """Keep a write by which the two sides came out of step."""
    session.add(
        OutOfStepRecord(
            component=component,
            slot=slot,
            at=machine.now(),
            council_time=council.clock.now,
            done_by=done_by,
            what=sentence[:500],
            asked=kept_call(asked),
            answered=kept_answer(answered),
            refused=None if refused is None else kept_answer(refused),
        )
    )


def count(session: Session, component: str) -> int:
    """By how many writes a component and the stub are out of step."""
    query = select(func.count()).where(OutOfStepRecord.component == component)
    return session.scalar(query) or 0


def case_in(asked: Asked, answered: Answered) -> str:
    """What a write was about, for people: what its answer calls it, or else its address."""
    from json import loads

    try:
        told = loads(answered.body)
        first = told[0] if isinstance(told, list) and told else told
        for name in ("reference", "service_request_id", "token", "id"):
            if isinstance(first, dict) and isinstance(first.get(name), str):
                return str(first[name])[:120]
    except ValueError:
        pass
    return f"{asked.method} {asked.path}"[:120]
