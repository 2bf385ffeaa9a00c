"""A run in plain text: a line per step with its time, what was expected and got where it matters, a summary.

The lines carry no colour; whoever prints them may add some. `step_line` suits the runner's `on_step`.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.results import Outcome, Run, StepResult

MARKS = {
    Outcome.PASS: "ok",
    Outcome.FAIL: "FAIL",
    Outcome.SKIP: "skip",
    Outcome.OMIT: "omit",
    Outcome.ERROR: "ERROR",
}


def step_line(step: StepResult) -> str:
    """`ok     missed-bin  report   12 ms`"""
    tried_again = f"  ({step.attempts} attempts)" if step.attempts > 1 else ""
    time = "" if step.outcome is Outcome.SKIP else f"  {step.seconds * 1000:.0f} ms"
    reason = f"  {step.reason}" if step.outcome is Outcome.SKIP else ""
    return f"{MARKS[step.outcome]:<6} {step.journey}  {step.name}{time}{tried_again}{reason}"


def details(step: StepResult) -> Iterator[str]:
    """Why a step failed or erred, and the request that shows it again; nothing for the others."""
    if step.outcome not in (Outcome.FAIL, Outcome.ERROR):
        return
    if step.reason:
        yield f"       {step.reason}"
    for check in step.missed:
        yield f"       {check.name}: expected {check.expected}"
        yield f"       {' ' * len(check.name)}  got {check.got}"
    if step.request:
        yield f"       {step.request}"


def summary(run: Run) -> Iterator[str]:
    """The last lines: each journey that did not pass, then the counts."""
    for journey in run.journeys:
        if journey.outcome is not Outcome.PASS:
            reason = f": {journey.reason}" if journey.reason else ""
            yield f"{MARKS[journey.outcome]:<6} {journey.journey}  {journey.title}{reason}"
    counts = run.counts
    named = {
        Outcome.PASS: "passed",
        Outcome.FAIL: "failed",
        Outcome.SKIP: "skipped",
        Outcome.OMIT: "omitted",
        Outcome.ERROR: "in error",
    }
    parts = ", ".join(f"{counts[outcome]} {word}" for outcome, word in named.items() if counts[outcome])
    total = len(run.journeys)
    yield f"{total} journey{'s' if total != 1 else ''}: {parts} in {run.seconds:.1f} s"
