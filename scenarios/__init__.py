"""Scenarios: what a council should do, proved by knocking on its door like anyone else.

A journey is one workflow of an Arazzo 1.0.1 document in `packs/`; a requirement is a numbered sentence in a
`requirements.yaml` beside it, and each journey names those that it proves. This package reads them, checks
them before anything runs, walks each journey over HTTP against a running council and says what happened.

It imports nothing of ours: not the sandbox, not the services, not the town. It knows a council only by
`GET /sandbox/services`, by each service's `openapi.json` and by its answers, so that a supplier's component
or a real council can stand behind the same door. The documents hold no address and run unchanged in an
independent runner (`scenarios.respect`); `README.md` here tells how to write one.

Read in this order: `packs` (what there is), `arazzo` (the model of a document), `proofreading` (mistakes
found before the run), `expressions` and `criteria` (the small languages inside a document), `openapi` and
`contract` (what a service promises), `council` and `exchange` (HTTP), `runner` (the walk), `results`,
`report` and `junit` (what is said of it).
"""

from __future__ import annotations

from scenarios.packs import Journey, Packs, load
from scenarios.problems import CouldNotRun
from scenarios.requirements import Requirement
from scenarios.results import Check, JourneyResult, Outcome, Run, StepResult
from scenarios.runner import run

__all__ = [
    "Check",
    "CouldNotRun",
    "Journey",
    "JourneyResult",
    "Outcome",
    "Packs",
    "Requirement",
    "Run",
    "StepResult",
    "load",
    "run",
]
