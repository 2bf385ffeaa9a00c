"""A sandbox as a test or a program of a supplier drives it: over HTTP, in Python.

``Sandbox`` is one that runs, at an address and with a key; ``Council`` is one council of it, mostly
a fork made for one test; ``started`` starts a sandbox for as long as a block lasts. The pytest
fixtures and the Testcontainers class are these with something around them::

    from sandbox.trial import started

    with started() as sandbox, sandbox.fork() as council:
        calendar = council.get("waste", "/properties/999900000001/collections")
        council.advance("P3D")

A call that is refused raises ``Refused`` with the problem's own words; a sandbox that does not answer
raises ``NotReached``.
"""

from __future__ import annotations

from sandbox.trial.answers import Advanced, Call, Clock, Event, Happening, Person, Persona
from sandbox.trial.conformance import Conformance, Conforming, CouldNotConform, NotConforming
from sandbox.trial.council import Council
from sandbox.trial.line import NotReached, Refused
from sandbox.trial.sandbox import Sandbox
from sandbox.trial.starting import NotStarted, Shape, started

__all__ = [
    "Advanced",
    "Call",
    "Clock",
    "Conformance",
    "Conforming",
    "CouldNotConform",
    "Council",
    "Event",
    "Happening",
    "NotConforming",
    "NotReached",
    "NotStarted",
    "Person",
    "Persona",
    "Refused",
    "Sandbox",
    "Shape",
    "started",
]
