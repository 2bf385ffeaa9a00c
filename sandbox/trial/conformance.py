"""Conformance in a test: does what fills a service's slot keep its contract, journeys and requirements?

The checks run in a process of their own, as ``council conform`` does at a terminal, so that a clock that the
test froze or a library that it patched is not theirs. The test gets the record of the run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.failure import Failure
from sandbox.trial.council import Council

COULD_NOT = 2
EVIDENCE = "evidence.json"
REPORTS = {"json": EVIDENCE, "junit": "junit.xml", "html": "report.html", "badge": "badge.svg"}
"""The reports that are kept in a folder, by the option that writes each."""
SHOWN = 20
"""Failures that are told in full; a target that is wholly wrong has hundreds."""

# A failing test's traceback ends in the test, at the line that asked for a pass.
__tracebackhide__ = True


class CouldNotConform(Failure):
    """The checks could not be run; the message says what to mend."""


class NotConforming(AssertionError):
    """The run did not pass; the message tells what failed, the call that shows it and what to try."""


@dataclass(frozen=True)
class Failed:
    """One check that failed or could not judge. ``call`` is a curl line that shows it, keys masked."""

    check: str
    title: str
    verifies: Sequence[str]
    reason: str
    expected: str
    got: str
    remedy: str
    call: str


@dataclass(frozen=True)
class Conformance:
    """What a run came to. ``record`` is the whole of it, as ``council conform --json`` writes it.

    ``verdicts`` has ``pass``, ``fail``, ``not shown``, ``omit`` or ``known failure`` for each requirement;
    ``counts`` how many checks came to each outcome.
    """

    record: Mapping[str, Any] = field(repr=False)

    @property
    def passed(self) -> bool:
        """Whether a build should go on: as the command's exit code and the badge have it."""
        return bool(self.record["passed"])

    @property
    def failed(self) -> list[Failed]:
        """The checks that failed and are not known to."""
        return [_failed(each) for each in self.record["checks"] if _counts(each)]

    @property
    def verdicts(self) -> dict[str, str]:
        return {one["id"]: one["verdict"] for one in self.record["requirements"]}

    @property
    def counts(self) -> dict[str, int]:
        outcomes = [each["outcome"] for each in self.record["checks"]]
        return {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}

    def assert_passed(self) -> None:
        """Fail the test, with what went wrong, unless the run passed. Raises NotConforming."""
        __tracebackhide__ = True
        if not self.passed:
            raise NotConforming("\n".join(self._told()))

    def _told(self) -> Iterator[str]:
        tested = ", ".join(f"{one['service']} at {one['address']}" for one in self.record["targets"])
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items())
        yield f"{tested} did not pass: {counts}"
        failed = self.failed
        for one in failed[:SHOWN]:
            yield from _lines(one)
        if len(failed) > SHOWN:
            yield f"... and {len(failed) - SHOWN} more"
        for one in self.record["requirements"]:
            if one["level"] == "must" and one["verdict"] == "not shown":
                yield f"not shown: {one['id']} {one['sentence']}"
        yield from self.record["notices"]
        yield f"Again: {self.record['command']}"


@dataclass(frozen=True)
class Conforming:
    """The fixture ``conformance``: call it with a service, or with a preset's word, to have it tested.

    ``url`` and ``key`` are the sandbox's, whose contracts the target is held to; presets, baselines and
    reports are looked for from ``folder``.
    """

    url: str
    key: str = field(repr=False)
    folder: Path
    name: str | None = None

    def __call__(
        self,
        *services: str,
        target: str | None = None,
        target_key: str | None = None,
        council: Council | None = None,
        only: Sequence[str] = (),
        baseline: str | os.PathLike[str] | None = None,
        reports: str | os.PathLike[str] | None = None,
        options: Sequence[str] = (),
    ) -> Conformance:
        """Test what answers at ``target`` for a service; without it, the sandbox's own.

        ``target_key`` is the target's own key, where it has joined no council; ``council`` the one to test
        on, for a target that has joined that. ``only`` limits the checks. ``baseline`` is a file of known
        failures, ``reports`` a folder for the reports. ``options`` are further ones of ``council conform``.
        Raises CouldNotConform.
        """
        words = [*services, "--url", self.url]
        name = council.name if council is not None else self.name
        given = {"--council": name, "--target": target, "--baseline": baseline}
        words += [word for option, value in given.items() if value for word in (option, os.fspath(value))]
        words += [word for each in only for word in ("--only", each)]
        with tempfile.TemporaryDirectory(prefix="virtual-council-conformance-") as spare:
            kept = self.folder / (spare if reports is None else reports)
            kept.mkdir(parents=True, exist_ok=True)
            if "COUNCIL_DATA" not in os.environ:
                # The key that the record is signed with is not left in the project.
                words += ["--data", str(Path(spare) / "council-data")]
            wanted = {"json": EVIDENCE} if reports is None else REPORTS
            written = [word for option, file in wanted.items() for word in (f"--{option}", str(kept / file))]
            self._run([*words, *options, *written], target_key)
            return Conformance(json.loads((kept / EVIDENCE).read_text(encoding="utf-8"))["record"])

    def _run(self, words: Sequence[str], target_key: str | None) -> None:
        environment = {**os.environ, "COUNCIL_KEY": self.key}
        if target_key is not None:
            environment["TARGET_KEY"] = target_key
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "conform", *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise CouldNotConform(done.stderr.strip().removeprefix("council: ") or done.stdout[-2_000:])


def _counts(check: Mapping[str, Any]) -> bool:
    return check["outcome"] in ("fail", "error") and not check["baseline"]


def _failed(check: Mapping[str, Any]) -> Failed:
    shown = check["shown"]
    told = {name: check[name] for name in ("title", "verifies", "reason", "expected", "got", "remedy")}
    return Failed(check=check["id"], call=shown["curl"] if shown else "", **told)


def _lines(one: Failed) -> Iterator[str]:
    yield f"{one.check}: {one.title} ({', '.join(one.verifies)})"
    yield f"  {one.reason}"
    if one.expected or one.got:
        yield f"  - expected {one.expected}"
        yield f"  + got      {one.got}"
    if one.call:
        yield f"  {one.call}"
    if one.remedy:
        yield f"  Try: {one.remedy}"
