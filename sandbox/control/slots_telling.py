"""How slots are told: who fills each, how its components stand, and the steps that are possible now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from sandbox.components import gate, verdicts
from sandbox.components.passage import Filled
from sandbox.components.registering import components
from sandbox.components.settings import Mode, Setting, latest_changes
from sandbox.components.tables import ComponentRecord, VerdictRecord
from sandbox.components.whereabouts import fork_of
from sandbox.control.slots_shapes import (
    CandidateShown,
    ChangeShown,
    ComparisonShown,
    FaresShown,
    FillingShown,
    GateShown,
    LimitsShown,
    SharedWith,
    SlotListed,
    SlotShown,
    StepShown,
    UnmetShown,
    VerdictShown,
)
from sandbox.councils import Councils
from sandbox.shadow import results
from service_apis.kit.council import Council
from service_apis.kit.service import Service

CHANGES_SHOWN = 10
"""How many of the latest changes are shown with a slot."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a component stands: its latest verdict and what changed since, and its latest comparison."""

    component: ComponentRecord
    verdict: VerdictRecord | None
    changed: Sequence[str]
    compared: gate.Compared | None

    @classmethod
    def of(cls, session: Session, component: ComponentRecord, service: Service) -> Standing:
        """As the notebook has it."""
        verdict = verdicts.latest(session, component.name)
        changed = verdicts.changed_since(verdict, component, service) if verdict else []
        return cls(component, verdict, changed, results.latest(session, component.name))

    def at_gate(self, limits: gate.Limits) -> gate.Found:
        """What the gate says of it."""
        verdict = self.verdict
        checked = None
        if verdict is not None:
            checked = gate.Checked(verdict.passed, verdict.partial, verdict.counts, self.changed)
        return gate.look(self.component.name, checked, self.compared, limits)

    def grounds(self, found: gate.Found) -> dict[str, Any]:
        """What the gate went by, as the history keeps it."""
        verdict = verdict_shown(self.verdict, self.changed) if self.verdict else None
        comparison = comparison_shown(self.compared) if self.compared else None
        return gate.kept(
            found,
            verdict.model_dump(mode="json") if verdict else None,
            comparison.model_dump(mode="json") if comparison else None,
        )


def listed(service: Service, filled: Filled) -> SlotListed:
    """A slot, and who fills it."""
    fillings = [_filling(each, filled) for each in filled.settings.of_slot(service.slug)]
    return SlotListed(slot=service.slug, title=service.title, fillings=fillings)


def shown(
    session: Session, councils: Councils, council: Council, service: Service, filled: Filled
) -> SlotShown:
    """A slot with all that an officer decides by."""
    mine = [each for each in components(session) if each.slot == service.slug]
    standing = [Standing.of(session, each, service) for each in mine]
    settings = filled.settings.of_slot(service.slug)
    changes = latest_changes(session, service.slug, CHANGES_SHOWN)
    steps = [step for each in standing for step in _steps(council, each, settings)]
    return SlotShown(
        **listed(service, filled).model_dump(),
        overview=overview(service, settings),
        candidates=[_candidate(councils, each, filled) for each in standing],
        changes=[ChangeShown.model_validate(each) for each in changes],
        next=steps,
    )


def overview(service: Service, settings: Sequence[Setting]) -> str:
    """Who fills a slot, in a sentence."""
    told = "; ".join(each.sentence for each in settings)
    if not told:
        return f"The stub answers for {service.title}."
    if all(each.mode is Mode.SHADOW for each in settings):
        return f"{told}; the stub answers."
    if not any(each.is_whole and each.mode is Mode.LIVE for each in settings):
        told += "; the stub answers for the rest"
    return f"{told}."


def gate_shown(found: gate.Found) -> GateShown:
    """What the gate says."""
    return GateShown(
        open=found.is_open,
        unmet=[UnmetShown.model_validate(each) for each in found.unmet],
        limits=LimitsShown.model_validate(found.limits),
    )


def verdict_shown(verdict: VerdictRecord, changed: Sequence[str] = ()) -> VerdictShown:
    """A verdict, and whether it stands."""
    return VerdictShown(
        number=verdict.number,
        at=verdict.at,
        passed=verdict.passed,
        partial=verdict.partial,
        stands=not changed,
        counts=verdict.counts,
        url=verdict.url,
        contract=verdict.contract,
        record=verdict.record,
        signer=verdict.signer,
    )


def comparison_shown(compared: gate.Compared) -> ComparisonShown:
    """A comparison, with what it came to in a sentence."""
    return ComparisonShown(
        calls=compared.calls,
        alike=compared.calls - compared.different,
        different=compared.different,
        median_slower_ms=compared.median_slower_ms,
        sentence=compared.sentence,
    )


def _candidate(councils: Councils, standing: Standing, filled: Filled) -> CandidateShown:
    component, verdict, compared = standing.component, standing.verdict, standing.compared
    return CandidateShown(
        name=component.name,
        url=component.url,
        joined_at=component.joined_at,
        acts_in=fork_of(councils, component),
        verdict=verdict_shown(verdict, standing.changed) if verdict else None,
        comparison=comparison_shown(compared) if compared else None,
        fares=_fares(component.name, filled),
        gate=gate_shown(standing.at_gate(gate.Limits())),
    )


def _filling(setting: Setting, filled: Filled) -> FillingShown:
    share = setting.share
    return FillingShown(
        operation=None if setting.is_whole else setting.operation,
        component=setting.filler.name,
        mode=setting.mode.value,  # type: ignore[arg-type]
        share=SharedWith.model_validate(share.kept) if setting.mode is Mode.SHARE else None,
        fallback=setting.fallback,
        seconds=setting.seconds,
        since=setting.since,
        by=setting.by,
        sentence=setting.sentence,
        fares=_fares(setting.filler.name, filled),
    )


def _fares(component: str, filled: Filled) -> FaresShown:
    circuit = filled.circuits.get(component)
    failures = circuit.failures if circuit else 0
    if circuit is not None and circuit.is_open:
        told = f"It failed {_times(failures)} and is left alone for {circuit.waits_seconds:.0f} seconds"
    elif failures:
        told = f"It failed {_times(failures)} one after another"
    else:
        told = "It answers" if circuit else "It has not been called"
    is_open = circuit is not None and circuit.is_open
    return FaresShown(circuit="open" if is_open else "closed", failures=failures, sentence=told)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _steps(council: Council, standing: Standing, settings: Sequence[Setting]) -> Iterator[StepShown]:
    """What can be done next with a component."""
    name, slot = standing.component.name, standing.component.slot
    mine = [each for each in settings if each.filler.name == name]
    others = [each for each in settings if each.filler.name != name and each.is_whole]
    whole = next((each for each in mine if each.is_whole), None)
    unmet = [UnmetShown(**asdict(each)) for each in standing.at_gate(gate.Limits()).unmet]
    path = f"/councils/{council.name}/slots/{slot}"

    def filling(mode: str, **more: Any) -> dict[str, Any]:
        return {"method": "PUT", "path": path, "body": {"component": name, "mode": mode, **more}}

    def step(kind: Any, will: str, command: str, request: Any = None, unmet: Any = ()) -> StepShown:
        return StepShown(
            step=kind,
            component=name,
            will=will,
            command=f"council component {command}",
            request=request,
            unmet=list(unmet),
        )

    if not mine:
        checks = f"Runs the conformance checks on {name}, on a copy of the council that is deleted afterwards"
        yield step("check", checks, f"check {name}")
        replays = f"Replays a day of calls to {name} and to the stub, on copies, and compares their answers"
        yield step("compare", replays, f"shadow {name}")
    if not others:
        if whole is None or whole.mode is not Mode.SHADOW:
            watches = f"Sends {name} a copy of the calls of {slot}; the stub goes on answering all of them"
            yield step("watch", watches, f"watch {name}", filling("shadow"))
        if whole is None or whole.mode is not Mode.LIVE:
            shares = f"Lets {name} answer for a share of the homes; the stub answers the others"
            share = {"share": {"percent": 10}}
            yield step("share", shares, f"go-live {name} --percent 10", filling("share", **share), unmet)
            lives = f"Lets {name} answer every call of {slot}; the stub is kept in step behind it"
            yield step("go-live", lives, f"go-live {name}", filling("live"), unmet)
        else:
            shares = f"Lets {name} answer for a share of the homes only; the stub answers the others"
            share = {"share": {"percent": 50}}
            yield step("share", shares, f"go-live {name} --percent 50", filling("share", **share))
    if mine:
        back = {"method": "POST", "path": f"{path}/roll-back", "body": {"component": name}}
        gives = f"Lets the stub answer every call of {slot} again, from the next call on; nothing is lost"
        yield step("roll-back", gives, f"roll-back {name}", back)
