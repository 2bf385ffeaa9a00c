"""How many of the mistakes that suppliers make the conformance checks catch.

Run with ``python -m tests.benchmarks.catch_rate [COMPONENT [DEFECT ...]]``. Each defect is switched on alone
in a component that is otherwise right, and checks are run until one fails; the good components are tried first,
and must pass all.
"""

from __future__ import annotations

import runpy
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox import running
from scenarios.results import Outcome
from tests.benchmarks import results
from tests.components import trying

AT_ONCE = 2
NOTE = """
Two components that are good otherwise, with one mistake switched on at a time; checks are run until one
fails that the good component passes. Who wrote the checks had not seen the defects.
"""


@dataclass(frozen=True)
class Trial:
    """What came of one defect: the ids of the checks that failed, and how many were run."""

    component: str
    defect: str
    sentence: str
    caught_by: tuple[str, ...]
    tried: int
    seconds: float

    @property
    def caught(self) -> bool:
        return bool(self.caught_by)

    @property
    def catcher(self) -> str:
        """The check that caught it, without its service."""
        return self.caught_by[0].partition(".")[2] if self.caught_by else ""


def defects(component: str) -> dict[str, str]:
    """Each defect of a component, with the sentence that says what goes wrong."""
    # A component's folder is a program of its own, not a package of ours: what it says is read from its file.
    read = runpy.run_path(str(Path(trying.__file__).parent / component / "defects.py"))
    found: dict[str, str] = read["DEFECTS"]
    return found


def trial(component: str, defect: str, sentence: str) -> Trial:
    """Run the checks on a component with one defect, or with none where that is empty."""
    with running.temporary() as there, tempfile.TemporaryDirectory() as folder:
        sandbox = trying.Sandbox(there.url, there.council, there.key)
        data = Path(folder) / "data"
        ran = trying.tried(sandbox, component, data, defect=defect or None, fail_fast=bool(defect))
    checks = ran.record.checks
    missed = tuple(result.id for result in checks if result.outcome is Outcome.FAIL)
    run = sum(result.outcome is not Outcome.SKIP for result in checks)
    return Trial(component, defect, sentence, missed, run, ran.record.seconds)


def wanted(arguments: Sequence[str]) -> list[tuple[str, str, str]]:
    """(component, defect, sentence) of each trial, the good components first."""
    components = [each for each in trying.SLOTS if not arguments or each == arguments[0]]
    good = [(each, "", "nothing goes wrong") for each in components]
    bad = [(each, name, said) for each in components for name, said in defects(each).items()]
    return good + [one for one in bad if len(arguments) < 2 or one[1] in arguments[1:]]


def main() -> None:
    trials = []
    with ProcessPoolExecutor(AT_ONCE, max_tasks_per_child=1) as pool:
        for one in pool.map(trial, *zip(*wanted(sys.argv[1:]), strict=True)):
            trials.append(one)
            outcome = f"caught by {one.catcher}" if one.caught else "not caught" if one.defect else "passes"
            named = f"{one.component} {one.defect or '(good)'}"
            print(f"{named}: {outcome}, {one.tried} checks, {one.seconds:.0f} s", flush=True)
    bad = [one for one in trials if one.defect]
    rows = [[one.component, one.sentence, f"`{one.catcher}`" if one.caught else "**nothing**"] for one in bad]
    caught = sum(one.caught for one in bad)
    rows.append(["together", f"{len(bad)} defects", f"{caught} caught"])
    results.write("Catch rate", NOTE.strip(), ["component", "defect", "caught by"], rows)
    broken = [one for one in trials if not one.defect and one.caught]
    if broken:
        sys.exit(f"A good component does not pass: {broken}")


if __name__ == "__main__":
    main()
