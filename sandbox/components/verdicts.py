"""Verdicts: what runs of the conformance checks on a component came to, and whether they still stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.tables import ComponentRecord, VerdictRecord
from service_apis.kit.problems import NotFound, Unprocessable
from service_apis.kit.service import Service

if TYPE_CHECKING:
    from scenarios.conformance.record import Record

MOST_KEPT = 20
"""How many verdicts of a component are kept; beyond it the oldest goes. The history tells of each."""


class NoSuchVerdict(NotFound):
    """The component has no verdict of that number, or none yet. `council component check` makes one."""


class NotItsVerdict(Unprocessable):
    """The evidence is not that of a run of the checks on this component, or not as it was signed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The record of a run whose signature is good: by whom, and the SHA-256 of what was signed."""

    record: Record
    signer: str
    digest: str
    evidence: dict[str, Any]


def opened(evidence: dict[str, Any]) -> Signed:
    """The signed record of a run. Raises NotItsVerdict where it is none, or was changed."""
    from sandbox.evidence import EvidenceUnreadable, Tampered, run_in
    from scenarios.conformance import verdicts

    try:
        found = run_in(evidence, "The evidence")
    except (EvidenceUnreadable, Tampered) as wrong:
        raise NotItsVerdict(f"{wrong}") from wrong
    record = found.record
    if record.passed != (verdicts.passed(record.requirements, record.checks) and not record.notices):
        raise NotItsVerdict("The record's own checks contradict its verdict")
    return Signed(record, found.fingerprint, found.digest, evidence)


def keep(session: Session, component: ComponentRecord, service: Service, signed: Signed) -> VerdictRecord:
    """Keep what a run on a component came to. Raises NotItsVerdict for a run on something else."""
    from sandbox import __version__

    record = signed.record
    tested = [each for each in record.targets if each.service == component.slot]
    if not any(each.component == component.name for each in tested) or len(record.targets) != 1:
        raise NotItsVerdict(f"The record is not of a run on {component.name} for {component.slot} alone")
    if record.made_with.virtual_council != __version__:
        raise NotItsVerdict(
            f"The record was made with version {record.made_with.virtual_council}, not {__version__}; "
            f"run `council component check {component.name}` again"
        )
    kept = VerdictRecord(
        component=component.name,
        at=machine.now(),
        passed=record.passed,
        partial=bool(record.only),
        url=component.url,
        mapping=digest_of_mapping(component.mapping),
        contract=digest_of_contract(service),
        counts={outcome.value: count for outcome, count in record.counts.items()},
        record=signed.digest,
        signer=signed.signer,
        evidence=signed.evidence,
    )
    session.add(kept)
    session.flush()
    _drop_oldest(session, component.name)
    return kept


def latest(session: Session, component: str) -> VerdictRecord | None:
    """The latest verdict of a component, if there is one."""
    query = select(VerdictRecord).where(VerdictRecord.component == component)
    return session.scalars(query.order_by(VerdictRecord.number.desc()).limit(1)).first()


def find(session: Session, component: str, number: int) -> VerdictRecord:
    """One verdict of a component. Raises NoSuchVerdict."""
    found = session.get(VerdictRecord, number)
    if found is None or found.component != component:
        raise NoSuchVerdict(f"{component} has no verdict {number}; list those there are at .../verdicts")
    return found


def listed(session: Session, component: str) -> list[VerdictRecord]:
    """The verdicts of a component, the latest first."""
    query = select(VerdictRecord).where(VerdictRecord.component == component)
    return list(session.scalars(query.order_by(VerdictRecord.number.desc())))


def changed_since(verdict: VerdictRecord, component: ComponentRecord, service: Service) -> list[str]:
    """What is not as it was when the verdict was given, in words; empty where it stands."""
    differing = {
        f"the contract of {service.slug}": verdict.contract != digest_of_contract(service),
        "its address": verdict.url != component.url,
        "its mapping": verdict.mapping != digest_of_mapping(component.mapping),
    }
    return [what for what, differs in differing.items() if differs]


def digest_of_contract(service: Service) -> str:
    """The SHA-256 of a slot's contract: the OpenAPI document of its service."""
    return _digest_of_contract(service.package)


@lru_cache(maxsize=256)
def _digest_of_contract(package: str) -> str:
    from service_apis.kit.application import application, truthful

    service: Service = import_module(package).service
    return _digest(truthful(application(service).openapi()))


def digest_of_mapping(mapping: Mapping[str, Any] | None) -> str | None:
    """The SHA-256 of what bridges a component's API and the slot's; None where nothing does."""
    return None if mapping is None else _digest(mapping)


def _digest(told: Mapping[str, Any]) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _drop_oldest(session: Session, component: str) -> None:
    for old in listed(session, component)[MOST_KEPT:]:
        session.delete(old)
