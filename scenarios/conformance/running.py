"""Running checks: in lanes, each in order on a council of its own where it can have one, several lanes at a
time.

The sandbox's own services are tested on forks, a lane a fork, so that what one lane writes troubles no
other. A target elsewhere has one state, so its checks run one after another, those that leave the most
behind last.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from scenarios import fit
from scenarios.conformance import plan, refusing, verdicts
from scenarios.conformance.baselines import Baseline
from scenarios.conformance.checks import Check, Ended, Kind, Missed, Omitted, Skipped
from scenarios.conformance.keys import Keys
from scenarios.conformance.probe import EXAMPLES, RUN_OVER, Call, Place, Probe
from scenarios.conformance.record import (
    FORMAT,
    CheckResult,
    CouncilTold,
    Exchange,
    Made,
    Record,
    RequirementVerdict,
    Tested,
)
from scenarios.conformance.target import Described, Target, described
from scenarios.council import CONTROL, Council, visit
from scenarios.exchange import Answer, Request
from scenarios.packs import Packs
from scenarios.problems import CouldNotRun
from scenarios.results import Outcome

OnResult = Callable[[CheckResult], None]

UNREAD = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a check may trip over where an answer has another shape than it had reason to expect."""
ORDER = (Kind.JOURNEY, Kind.DATA, Kind.EVENTS, Kind.ACCESS, Kind.CONDUCT, Kind.CONTRACT)
"""The order of kinds on a target that has one state: fuzzing leaves the most behind."""


@dataclass(frozen=True)
class Wanted:
    """What is to be run, and on what.

    `base_url`, `council` and `key` are a sandbox's, whose slots' contracts the targets are held to.
    `targets` are those tested; `across` is True where the journeys across services are too. `only` limits
    the checks (`plan.chosen`). `examples` is how many requests of each kind are generated for an operation.
    With `fail_fast` nothing more is begun once a check has failed. `seconds` is the longest that the run may
    take. `now` tells the machine's time in UTC. Failures that `baseline` knows are told as such and do not
    count.
    """

    base_url: str
    council: str
    key: str
    targets: Sequence[Target]
    packs: Packs
    made_with: Made
    now: Callable[[], datetime]
    across: bool = False
    only: Sequence[str] | None = None
    seed: int = 1
    examples: int = EXAMPLES
    workers: int = 3
    fail_fast: bool = False
    seconds: float = 600.0
    command: str = ""
    baseline: Baseline | None = None


@dataclass(frozen=True)
class Ran:
    """A run that took place: its record, and every exchange of each check by the check's id."""

    record: Record
    exchanges: Mapping[str, Sequence[Exchange]]


@dataclass(frozen=True)
class Prepared:
    """A run that can take place: the council reached, the targets read, and the checks chosen.

    `planned` are all the checks of the targets, of which those chosen may be some.
    """

    council: Council
    told: Mapping[str, Described]
    checks: tuple[Check, ...]
    packs: Packs
    planned: tuple[Check, ...]


@contextmanager
def prepared(wanted: Wanted) -> Iterator[Prepared]:
    """Reach everything and plan the checks; raises CouldNotRun before anything is tried."""
    elsewhere = {target.service: target.address for target in wanted.targets if target.address}
    trusted = next((target.trusted for target in wanted.targets if target.trusted), None)
    with visit(
        wanted.base_url, wanted.council, wanted.key, _services(wanted), elsewhere=elsewhere, trusted=trusted
    ) as council:
        for target in wanted.targets:
            if target.service not in council.services:
                there = ", ".join(name for name in council.offered if name != CONTROL)
                raise CouldNotRun(f"the council has no service `{target.service}`; it has: {there}")
        refusing.expect_known_packs(wanted.packs, council)
        mistakes = fit.mistakes_in(wanted.packs.journeys, council)
        mistakes += fit.unfit_records(wanted.packs, council)
        if mistakes:
            raise wanted.packs.broken(mistakes)
        tested = [target.service for target in wanted.targets]
        told = {each.service: described(each, council.services[each.service]) for each in wanted.targets}
        for target in wanted.targets:
            if not target.incumbent:
                refusing.expect_some_claimed(target, council, told[target.service])
                refusing.try_its_key(target, council, told[target.service])
        if wanted.across:
            tested.append(plan.ACROSS)
        planned = plan.planned(council.services, tested, wanted.packs)
        yield Prepared(council, told, plan.chosen(planned, wanted.only), wanted.packs, planned)


def run(wanted: Wanted, on_result: OnResult = lambda result: None) -> Ran:
    """Run the chosen checks and make the record; raises CouldNotRun before the first check, never after."""
    began, began_at = wanted.now(), time.perf_counter()
    with prepared(wanted) as ready:
        run_of = _Run(wanted, ready, began, began_at, on_result)
        told = _council_told(ready.council)
        results = run_of.all()
        notices = tuple(wanted.baseline.notices(results, ready)) if wanted.baseline else ()
        services = [target.service for target in wanted.targets]
        if wanted.across:
            services.append(plan.ACROSS)
        requirements = verdicts.of_requirements(wanted.packs, services, results, whole=not wanted.only)
        record = Record(
            format=FORMAT,
            began=began,
            ended=wanted.now(),
            command=wanted.command,
            made_with=wanted.made_with,
            seed=wanted.seed,
            targets=tuple(_tested(target, ready) for target in wanted.targets),
            council=told,
            checks=tuple(results),
            requirements=requirements,
            notices=notices,
            only=tuple(wanted.only or ()),
            passed=verdicts.passed(requirements, results) and not notices,
            does_not_show=_not_shown(wanted, requirements, results),
        )
    return Ran(record, run_of.exchanges)


EARLIER = "an earlier check failed"
"""Why a check is skipped with `fail_fast`."""


class _Run:
    """A run under way."""

    def __init__(
        self, wanted: Wanted, ready: Prepared, began: datetime, began_at: float, on_result: OnResult
    ) -> None:
        self.wanted = wanted
        self.ready = ready
        self.began = began
        self.began_at = began_at
        self.on_result = on_result
        self.until = began_at + wanted.seconds
        self.stopped = threading.Event()
        self.exchanges: dict[str, Sequence[Exchange]] = {}
        self._heard: dict[str, list[Call]] = {target.service: [] for target in wanted.targets}
        self._failed = False
        self._targets = {target.service: target for target in wanted.targets}

    def all(self) -> list[CheckResult]:
        lanes: dict[str, list[Check]] = {}
        for check in sorted(self.ready.checks, key=lambda check: ORDER.index(check.kind)):
            target = self.target(check)
            lane = check.lane if target.incumbent else check.service
            lanes.setdefault(lane, []).append(check)
        results: dict[str, CheckResult] = {}
        with ThreadPoolExecutor(max(1, self.wanted.workers)) as pool:
            try:
                for done in pool.map(self._lane, lanes.values()):
                    results.update(done)
            finally:
                # After Ctrl-C, or a fault of ours, what is under way in other lanes ends with its next call.
                self.stopped.set()
        return [results[check.id] for check in self.ready.checks]

    def target(self, check: Check) -> Target:
        """The target of a check; of one across services the council as it is."""
        return self._targets.get(check.service) or Target(check.service)

    def _lane(self, checks: Sequence[Check]) -> dict[str, CheckResult]:
        done = {}
        target = self.target(checks[0])
        with self._place(target) as place:
            for check in checks:
                done[check.id] = self._check(check, place)
                if not self.stopped.is_set():
                    self.on_result(done[check.id])
        return done

    @contextmanager
    def _place(self, target: Target) -> Iterator[Place]:
        with ExitStack() as stack:
            council = self.ready.council
            if target.incumbent:
                fork = stack.enter_context(_forked(council))
                council = stack.enter_context(
                    visit(council.base_url, fork, council.key, _services(self.wanted))
                )
            keys = Keys(council, target)
            stack.callback(keys.close)
            yield Place(
                council=replace(council, prepared=keys.prepared),
                target=target,
                keys=keys,
                packs=self.wanted.packs,
                seed=self.wanted.seed,
                examples=self.wanted.examples,
                stopped=self.stopped,
                until=self.until,
                began=self.began,
                began_at=self.began_at,
                heard=self._heard.get(target.service, []),
            )

    def _check(self, check: Check, place: Place) -> CheckResult:
        probe = Probe(place)
        started = time.perf_counter()
        outcome, ended = self._tried(check, probe)
        self.exchanges[check.id] = tuple(probe.exchanges)
        bad = outcome in (Outcome.FAIL, Outcome.ERROR)
        missed = ended if isinstance(ended, Missed) else None
        result = CheckResult(
            id=check.id,
            service=check.service,
            kind=check.kind,
            title=check.title,
            verifies=check.verifies,
            outcome=outcome,
            reason=probe.mask(str(ended)) if ended else "",
            expected=probe.mask(missed.expected) if missed else "",
            got=probe.mask(missed.got) if missed else "",
            remedy=missed.remedy if missed else "",
            calls=len(probe.exchanges),
            seconds=time.perf_counter() - started,
            shown=_showing(probe, missed) if bad else None,
        )
        if self.wanted.baseline is not None:
            result = self.wanted.baseline.marked(result)
        self._failed = self._failed or (outcome is Outcome.FAIL and not result.baseline)
        return result

    def _tried(self, check: Check, probe: Probe) -> tuple[Outcome, Exception | None]:
        if self._failed and self.wanted.fail_fast:
            return Outcome.SKIP, Skipped(EARLIER)
        unclaimed = self._unclaimed(check)
        if unclaimed is not None:
            return unclaimed
        if probe.run_over:
            return Outcome.SKIP, Skipped(RUN_OVER)
        try:
            check.run(probe)
        except Missed as missed:
            return Outcome.FAIL, missed
        except Skipped as skipped:
            return Outcome.SKIP, skipped
        except Omitted as omitted:
            return Outcome.OMIT, omitted
        except Ended as unjudged:
            if probe.run_over:
                return Outcome.SKIP, Skipped(RUN_OVER)
            return Outcome.ERROR, unjudged
        except UNREAD as unread:
            # An answer of another shape than the check had reason to expect.
            return Outcome.ERROR, Ended(f"an answer could not be read: {type(unread).__name__}: {unread}")
        return Outcome.PASS, None

    def _unclaimed(self, check: Check) -> tuple[Outcome, Exception] | None:
        """A check of operations that the target does not claim: omitted where it may be, failed where not."""
        told = self.ready.told.get(check.service)
        missing = [name for name in check.operations if told is not None and name not in told.claimed]
        if not missing:
            return None
        musts = [
            one.id
            for one in self.wanted.packs.requirements
            if one.id in check.verifies and one.level == "must"
        ]
        what = f"its OpenAPI does not claim `{missing[0]}`"
        if musts:
            return Outcome.FAIL, Missed(
                f"{what}, which {musts[0]} needs", expected=f"an operation `{missing[0]}`", got="none"
            )
        return Outcome.OMIT, Omitted(what)


def _showing(probe: Probe, missed: Missed | None) -> Exchange | None:
    """The exchange that shows what was wrong: that of the answer named, else the last."""
    if missed is not None and missed.shown is not None:
        return missed.shown
    if missed is not None and missed.answer is not None:
        text = probe.mask(missed.answer.text[:200])
        for exchange in reversed(probe.exchanges):
            if exchange.status == missed.answer.status and exchange.body.startswith(text):
                return exchange
    return probe.exchanges[-1] if probe.exchanges else None


def _services(wanted: Wanted) -> set[str]:
    """The services that the run has to know: those tested and those that journeys ask."""
    asked = {service for journey in wanted.packs.journeys for service in journey.services}
    return asked | {target.service for target in wanted.targets} | {CONTROL}


@contextmanager
def _forked(council: Council) -> Iterator[str]:
    """The name of a fork of the council, taken away afterwards; raises CouldNotRun."""
    made = _control(council, "POST", f"/sandbox/councils/{quote(council.name)}/forks", {"lifetime": "PT2H"})
    try:
        yield str(made.body["name"])
    finally:
        _control(council, "DELETE", f"/sandbox/councils/{quote(str(made.body['name']))}")


def _control(council: Council, method: str, path: str, body: Any = None) -> Answer:
    headers = {"Authorization": f"Bearer {council.key}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    answer = council.send(Request(method, f"{council.base_url}{path}", headers=headers, body=body))
    if answer.status >= 400:
        raise CouldNotRun(f"the sandbox refused {method} {path}: {answer.status} {answer.text[:200]}")
    return answer


def _council_told(council: Council) -> CouncilTold:
    one = _control(council, "GET", f"/sandbox/councils/{quote(council.name)}").body
    return CouncilTold(
        name=council.name,
        shaped_like=one["shaped_like"],
        residents=one["residents"],
        seed=one["seed"],
        as_of=one["as_of"],
        now=one["now"],
    )


def _tested(target: Target, ready: Prepared) -> Tested:
    told = ready.told[target.service]
    return Tested(
        service=target.service,
        address=ready.council.services[target.service].server,
        title=told.title,
        version=told.version,
        openapi=told.digest,
        component=target.component,
        image=target.image,
        incumbent=target.incumbent,
    )


def _not_shown(
    wanted: Wanted, requirements: Sequence[RequirementVerdict], results: Sequence[CheckResult]
) -> tuple[str, ...]:
    """What nobody should take the run to show, in sentences."""
    told = [
        f"{one.id}: {one.sentence} Nothing of it was tried."
        for one in requirements
        if one.verdict == "not shown"
    ]
    told += [f"{one.id} fails, and is known to: {one.baseline}." for one in results if one.baseline]
    skipped = sum(result.outcome is Outcome.SKIP for result in results)
    if skipped:
        told.append(f"{skipped} check{'s were' if skipped > 1 else ' was'} skipped; each says why.")
    if wanted.only:
        told.append(f"Only some checks were asked for: {', '.join(wanted.only)}.")
    told.append("The council and its people are invented: nothing was tried with real records or real load.")
    told.append("A check that passes shows that no fault was found in what it tried, not that there is none.")
    return tuple(told)
