"""Verdicts: where a component is tried, and what the conformance checks on it came to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from sandbox.components import verdicts
from sandbox.components.registering import act_in, find
from sandbox.components.settings import refuse_if_filling
from sandbox.components.tables import ComponentRecord
from sandbox.components.whereabouts import fork_of
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, controlled, refusals
from sandbox.control.components import Component
from sandbox.control.slots_shapes import VerdictShown
from sandbox.control.slots_telling import verdict_shown
from sandbox.councils import Councils
from sandbox.forks import origin_of
from sandbox.notebook import Notebook
from sandbox.streaming import LARGEST_POSITION
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import Conflict, Unprocessable
from service_apis.kit.schemas import Schema
from service_apis.kit.service import Service

router = APIRouter(prefix="/councils/{council}/components/{component}")

Number = Annotated[int, Path(ge=1, le=LARGEST_POSITION, description="The number of the verdict.")]


class NotItsFork(Unprocessable):
    """A component is tried on a fork of the council that it joined, and on no other council."""


class TriedElsewhere(Conflict):
    """A component is tried on one fork at a time. Wait until that trial is over, or delete its fork."""


class Whereabouts(Schema):
    """The fork that a component acts in while it is tried; null for the council that it joined."""

    council: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] | None


class WhereaboutsShown(Schema):
    """Where a component acts: a fork while it is tried, null for the council that it joined."""

    council: str | None


class EvidenceWanted(Schema):
    """The signed record of a run, as `council conform --json` writes it."""

    evidence: dict[str, Any]


class VerdictList(Schema):
    """The verdicts of a component, the latest first."""

    items: list[VerdictShown]


class EvidenceShown(Schema):
    """The signed record of a run, as it was sent: written to a file, `council evidence verify` reads it."""

    record: dict[str, Any]
    signature: dict[str, Any]


@router.put("/whereabouts", operation_id="move_component", responses=WRITE | refusals(409))
async def move_component(
    request: Request, council: NamedCouncil, component: Component, wanted: Whereabouts, caller: ControlCaller
) -> WhereaboutsShown:
    """Let a component act in a fork of its council, to be tried there, or in its own council again.

    At its door it then finds the fork's time, keys and records, which it takes over anew. One that fills a
    slot answers real callers, and cannot be elsewhere meanwhile.
    """
    councils: Councils = request.app.state.councils
    if wanted.council is not None and origin_of(controlled(request, wanted.council)) != council.name:
        raise NotItsFork(f"{wanted.council} is no fork of {council.name}; make one at .../forks")
    with _notebook(request, council).writing() as session:
        found = find(session, component)
        if wanted.council is not None:
            refuse_if_filling(session, found.name, "tried on a fork")
            elsewhere = fork_of(councils, found)
            if elsewhere not in (None, wanted.council):
                raise TriedElsewhere(
                    f"{found.name} is being tried on {elsewhere}; wait until that is over, or delete "
                    f"{elsewhere} to end it"
                )
        if found.acts_in != wanted.council:
            act_in(found, wanted.council)
    return WhereaboutsShown(council=wanted.council)


@router.post("/verdicts", operation_id="add_verdict", status_code=201, responses=WRITE)
async def add_verdict(
    request: Request,
    council: NamedCouncil,
    component: Component,
    wanted: EvidenceWanted,
    caller: ControlCaller,
) -> VerdictShown:
    """Keep what a run of the conformance checks on a component came to: the signed record of the run.

    It counts for the component's present address and mapping, and the slot's present contract.
    """
    signed = await run_in_threadpool(verdicts.opened, wanted.evidence)
    with _notebook(request, council).writing() as session:
        found = find(session, component)
        kept = verdicts.keep(session, found, council.services[found.slot], signed)
        return verdict_shown(kept)


@router.get("/verdicts", operation_id="list_verdicts", responses=READ)
async def list_verdicts(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> VerdictList:
    """The latest verdicts of a component, the latest first, and whether each stands."""
    with _notebook(request, council).reading() as session:
        found = find(session, component)
        items = [
            verdict_shown(each, verdicts.changed_since(each, found, _service(council, found)))
            for each in verdicts.listed(session, found.name)
        ]
    return VerdictList(items=items)


@router.get("/verdicts/{number}/evidence", operation_id="read_verdict_evidence", responses=READ)
async def read_verdict_evidence(
    request: Request, council: NamedCouncil, component: Component, number: Number, caller: ControlCaller
) -> EvidenceShown:
    """The signed record that a verdict rests on."""
    with _notebook(request, council).reading() as session:
        find(session, component)
        return EvidenceShown.model_validate(verdicts.find(session, component, number).evidence)


def _service(council: Council, component: ComponentRecord) -> Service:
    return council.services[component.slot]


def _notebook(request: Request, council: Council) -> Notebook:
    """The council's notebook. Raises CouncilGone: one that is gone has none, and is to be given none."""
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
    return councils.notebook(council.name)
