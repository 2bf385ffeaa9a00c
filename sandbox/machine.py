"""The only module that asks the machine: its clock, its randomness, its process id and processors.

The council's own time and identifiers come from the council. What is read here serves the
sandbox's plumbing alone: keys, request ids, how long a step took.
"""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, date, datetime
from itertools import count

_start = secrets.token_hex(4)
_numbers = count(1)


def today() -> date:
    """The machine's date, the default as-of date of a new council."""
    return datetime.now().astimezone().date()  # noqa: TID251 - see the module's docstring


def now() -> datetime:
    """The machine's instant, aware UTC: for the ends of forks, and beside council time in the journal."""
    return datetime.now(UTC)  # noqa: TID251 - see the module's docstring


def seconds() -> float:
    """A clock for measuring how long something takes."""
    return time.perf_counter()


def new_key() -> str:
    """A key that nobody can guess."""
    return f"vc_{secrets.token_urlsafe(24)}"


def random_bytes(count: int) -> bytes:
    """Bytes that nobody can guess."""
    return secrets.token_bytes(count)


def unlike_any() -> str:
    """Six letters and digits that are unlike any given out before, for a name that nobody chose."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(6))


def request_id() -> str:
    """An id for one request, unlike any other of this process or another."""
    return f"{_start}-{next(_numbers)}"


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def process_id() -> int:
    """This process's id."""
    return os.getpid()
