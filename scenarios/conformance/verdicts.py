"""Verdicts: what each requirement came to, and whether the run as a whole passed.

A requirement passes where a check that verifies it passed and none failed. One that was only skipped is *not
shown*, and a *must* that is not shown keeps a whole run from passing: a tick is worth what was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.conformance.record import CheckResult, RequirementVerdict, Verdict
from scenarios.packs import Packs
from scenarios.requirements import Requirement
from scenarios.results import Outcome


def of_requirements(
    packs: Packs, services: Sequence[str], results: Sequence[CheckResult], *, whole: bool
) -> tuple[RequirementVerdict, ...]:
    """The verdict of each requirement that concerns a tested service, service by service.

    `whole` is False where only some checks were asked for: then the requirements that none of them verifies
    are left out, as nobody wanted them looked at.
    """
    told = []
    for service in services:
        own = [result for result in results if result.service == service]
        for requirement in concerning(packs, service):
            verifying = [result for result in own if requirement.id in result.verifies]
            if verifying or whole:
                told.append(_verdict(requirement, service, verifying))
    return tuple(told)


def concerning(packs: Packs, service: str) -> tuple[Requirement, ...]:
    """The requirements that a service is held to: its own pack's, and those of every service that apply to
    it.
    """
    return packs.requirements_of(service)


def passed(requirements: Sequence[RequirementVerdict], results: Sequence[CheckResult]) -> bool:
    """True where something passed, nothing failed or erred that counts, and no must is left without a
    showing.
    """
    bad = any(result.outcome in (Outcome.FAIL, Outcome.ERROR) and not result.baseline for result in results)
    good = any(result.outcome is Outcome.PASS for result in results)
    unshown = any(one.level == "must" and one.verdict is Verdict.NOT_SHOWN for one in requirements)
    return good and not bad and not unshown


def _verdict(requirement: Requirement, service: str, results: Sequence[CheckResult]) -> RequirementVerdict:
    counted = {result.outcome for result in results if not result.baseline}
    if counted & {Outcome.FAIL, Outcome.ERROR}:
        verdict = Verdict.FAIL
    elif any(result.baseline for result in results):
        verdict = Verdict.EXPECTED_FAIL
    elif Outcome.PASS in counted:
        verdict = Verdict.PASS
    elif Outcome.OMIT in counted:
        verdict = Verdict.OMIT
    else:
        verdict = Verdict.NOT_SHOWN
    return RequirementVerdict(
        id=requirement.id,
        service=service,
        sentence=requirement.sentence,
        source=requirement.source,
        level=requirement.level,
        verdict=verdict,
        checks=tuple(result.id for result in results),
    )
