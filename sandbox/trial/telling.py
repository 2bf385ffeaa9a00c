"""What a report of a failed test says of the council that the test ran on."""

from __future__ import annotations

from sandbox.trial.council import Council
from sandbox.trial.line import NotReached, Refused

CALLS_SHOWN = 10


def last_seen(council: Council) -> str:
    """Which council it was, what its clock showed, and the last calls that it answered."""
    try:
        clock = council.clock()["now"]
        return f"{council!r}, clock at {clock}"
    except (NotReached, Refused) as failure:
        return f"{council!r}; nothing more could be learned of it: {failure}"
