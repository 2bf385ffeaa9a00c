"""Fitting: a value as a component gave it back, as its column takes it, and both as they are compared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Float, Integer, String

from service_apis.kit.db import Instant


class Unfit(ValueError):
    """A value is none of its column's. The message says why."""


def as_held(value: Any) -> Any:
    """A value of the council's as JSON has it: instants in UTC, dates as ISO 8601 writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def as_told(column: Column[Any], value: Any) -> Any:
    """A value as it came back, written as ``as_held`` writes its like; as it came where it is none."""
    try:
        return as_held(fitted(column, value))
    except Unfit:
        return value


def fitted(column: Column[Any], value: Any) -> Any:
    """A value that came back, as the column takes it. Raises Unfit."""
    if value is None:
        if not column.nullable:
            raise Unfit(f"{column.name} must not be empty")
        return None
    kind = column.type
    if isinstance(kind, Instant | DateTime):
        return _instant(column.name, value)
    if isinstance(kind, Date):
        return _date(column.name, value)
    if isinstance(kind, JSON):
        return value
    if isinstance(kind, String):
        return _text(column.name, value, kind.length)
    return _number(column, value)


def _instant(name: str, value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unfit(f"{name} is no instant: {value!r:.40}") from error
    if moment.tzinfo is None:
        raise Unfit(f"{name} is an instant without its zone: {value:.40}")
    return moment


def _date(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Unfit(f"{name} is no date: {value!r:.40}") from error


def _text(name: str, value: Any, longest: int | None) -> str:
    if not isinstance(value, str):
        raise Unfit(f"{name} is no text: {value!r:.40}")
    if longest is not None and len(value) > longest:
        raise Unfit(f"{name} has more than {longest} characters")
    return value


def _number(column: Column[Any], value: Any) -> bool | int | float:
    kind = column.type
    if isinstance(kind, Boolean):
        if not isinstance(value, bool):
            raise Unfit(f"{column.name} is neither true nor false: {value!r:.40}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(f"{column.name} is no number: {value!r:.40}")
    if isinstance(kind, Float):
        return float(value)
    if isinstance(kind, Integer) and value != int(value):
        raise Unfit(f"{column.name} is no whole number: {value!r:.40}")
    return int(value)
