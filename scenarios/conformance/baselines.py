"""Baselines: files of failures that are known, each with its reason, its owner and the day on which it ends.

A known failure is reported as such and does not keep a run from passing. An entry that has run out, whose
checks pass again, or that names nothing there is, does: so a baseline cannot grow old unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scenarios.conformance.checks import Check
from scenarios.conformance.plan import ACROSS
from scenarios.conformance.record import CheckResult
from scenarios.conformance.written import read as read_written
from scenarios.conformance.written import wrong
from scenarios.problems import suggestion
from scenarios.results import Outcome

if TYPE_CHECKING:
    from scenarios.conformance.running import Prepared

BAD = (Outcome.FAIL, Outcome.ERROR)


class Known(BaseModel):
    """One known failure: of a check, by its id or a pattern (`waste.data.*`), or of those that verify a
    requirement.

    `service` limits a requirement to one service. `expires` is the last day on which it is excused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: str = ""
    requirement: str = ""
    service: str = ""
    reason: str = Field(min_length=10)
    owner: str = Field(min_length=2)
    expires: date

    @model_validator(mode="after")
    def _names_one_thing(self) -> Known:
        if bool(self.check) == bool(self.requirement):
            raise wrong("needs either a `check` or a `requirement`")
        if self.check and self.service:
            raise wrong("a `check` says its service itself")
        return self

    @property
    def told(self) -> str:
        """What it is of, as a reader wants it named."""
        of = f"{self.requirement} of {self.service}" if self.service else self.requirement
        return f"`{self.check or of}`"

    @property
    def of_service(self) -> str:
        """The slug of the service that it is of, where it says so."""
        return self.check.partition(".")[0] if self.check else self.service

    @property
    def excuse(self) -> str:
        """The reason, who answers for it and until when."""
        return f"{self.reason.rstrip('.')} ({self.owner}, until {self.expires.isoformat()})"

    def means(self, check: Check | CheckResult) -> bool:
        """Whether a check is one of those whose failure is known."""
        if self.check:
            return fnmatchcase(check.id, self.check)
        return self.requirement in check.verifies and self.service in ("", check.service)


class _Listed(BaseModel):
    """A baseline's file: the list under `known`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: tuple[Known, ...]


@dataclass(frozen=True)
class Baseline:
    """The known failures of a file, on the day of a run."""

    file: str
    known: tuple[Known, ...]
    day: date

    def marked(self, result: CheckResult) -> CheckResult:
        """A result with its excuse, where it is a known failure."""
        if result.outcome not in BAD:
            return result
        excuse = next((one.excuse for one in self.known if one.means(result) and self._holds(one)), "")
        return result.model_copy(update={"baseline": excuse})

    def notices(self, results: Sequence[CheckResult], ready: Prepared) -> Iterator[str]:
        """What has to be said of the baseline itself, after a run that came to these results."""
        tested = {check.service for check in ready.planned}
        for known in self.known:
            meant = [check.id for check in ready.planned if known.means(check)]
            if not meant and known.of_service in {*ready.council.offered, ACROSS} - tested:
                continue
            what = self._wrong(known, meant, results, ready.planned)
            if what:
                yield f"Baseline {self.file}: {known.told} {what}{'' if what.endswith('?') else '.'}"

    def _wrong(
        self, known: Known, meant: Sequence[str], results: Sequence[CheckResult], planned: Sequence[Check]
    ) -> str:
        if not meant:
            return f"names nothing that there is; {_nearest(known, planned)}"
        if not self._holds(known):
            return (
                f"ended on {known.expires.isoformat()} and excuses nothing more; {known.owner} is to mend "
                "the failure or agree another day"
            )
        came_to = [result.outcome for result in results if result.id in meant]
        if len(came_to) == len(meant) and set(came_to) - {Outcome.OMIT} == {Outcome.PASS}:
            return "passes again; take the entry out, so that it stays so"
        return ""

    def _holds(self, known: Known) -> bool:
        return self.day <= known.expires


def _nearest(known: Known, planned: Sequence[Check]) -> str:
    if known.check:
        return suggestion(known.check, [check.id for check in planned])
    return suggestion(known.requirement, [each for check in planned for each in check.verifies])


def read(file: Path, day: date) -> Baseline:
    """The baseline in a file, as it is on a day; raises BrokenFile with every mistake that was found."""
    listed = read_written(file, _Listed, [*_Listed.model_fields, *Known.model_fields], "baseline")
    return Baseline(str(file), listed.known, day)
