"""Slots: who fills them, letting a component fill one, and giving it back to the stub."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components import gate
from sandbox.components.naming import operations_named, share_of
from sandbox.components.passage import Filling
from sandbox.components.registering import act_in, find, slot_of
from sandbox.components.settings import (
    Mode,
    Reason,
    Settings,
    Share,
    fill,
    give_back,
    history,
    sentence_of,
)
from sandbox.components.tables import WHOLE, ComponentRecord, SlotRecord
from sandbox.components.whereabouts import fork_of
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.slots_shapes import (
    ChangeList,
    ChangeShown,
    FillingWanted,
    GivingBack,
    SlotFilled,
    SlotList,
    SlotShown,
)
from sandbox.control.slots_telling import Standing, gate_shown, listed, shown
from sandbox.councils import Councils
from sandbox.notebook import Notebook
from sandbox.streaming import LARGEST_POSITION
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import Conflict, Unprocessable
from service_apis.kit.service import Service

router = APIRouter(prefix="/councils/{council}/slots")

Slot = Annotated[str, Path(max_length=60, description="The slot: the slug of its service.")]


class NotItsSlot(Unprocessable):
    """A component was to fill another slot than the one that it joined for."""


class TriedOnFork(Conflict):
    """A component that is being tried on a fork cannot answer for its own council meanwhile.

    Wait until the trial is over, or end it by deleting the fork.
    """


@router.get("", operation_id="list_slots", responses=READ)
async def list_slots(request: Request, council: NamedCouncil, caller: ControlCaller) -> SlotList:
    """The council's slots, and who fills each."""
    filled = _filling(request).filled(council.name)
    return SlotList(items=[listed(service, filled) for service in council.services.values()])


@router.get("/{slot}", operation_id="show_slot", responses=READ)
async def show_slot(request: Request, council: NamedCouncil, slot: Slot, caller: ControlCaller) -> SlotShown:
    """One slot: who fills it, how the components that joined for it stand, and what can be done next."""
    service = slot_of(council.services, slot)
    with _notebook(request, council).reading() as session:
        return _shown(request, session, council, service)


@router.put("/{slot}", operation_id="fill_slot", responses=WRITE | refusals(409))
async def fill_slot(
    request: Request, council: NamedCouncil, slot: Slot, wanted: FillingWanted, caller: ControlCaller
) -> SlotFilled:
    """Let a component fill a slot, or some of its operations, from the next call on.

    Beside the stub (`shadow`) it may be put at any time. To answer callers (`share`, `live`) it is to have
    passed the checks and to have been compared within the limits, or there is to be a reason to override.
    Going back from live to a share, or from there to shadow, needs neither.
    """
    service = slot_of(council.services, slot)
    operations = operations_named(service, wanted.operations)
    share = _share(council, wanted)
    mode = Mode(wanted.mode)
    with _notebook(request, council).writing() as session:
        component = find(session, wanted.component)
        if component.slot != service.slug:
            raise NotItsSlot(f"{component.name} joined for {component.slot}, not for {service.slug}")
        _refuse_if_elsewhere(request, component)
        found, grounds, overriding = None, None, None
        if not _is_going_back(session, component, operations, mode, share):
            standing = Standing.of(session, component, service)
            found = standing.at_gate(gate.Limits(**wanted.limits.model_dump()))
            grounds = standing.grounds(found)
            if not found.is_open:
                if wanted.override is None:
                    raise found.problem
                overriding = found.overridden(wanted.override)
        reason = Reason(wanted.by or caller.name, wanted.why, council.clock.now, overriding)
        sentence = sentence_of(component.name, mode, share, operations, wanted.fallback)
        fill(session, _records(wanted, service, operations, share, reason), sentence, reason, grounds)
    _filling(request).read_again(council)
    with _notebook(request, council).reading() as session:
        told = _shown(request, session, council, service).model_dump()
    return SlotFilled(**told, gate=gate_shown(found) if found else None)


@router.post("/{slot}/roll-back", operation_id="roll_back_slot", responses=WRITE | refusals(409))
async def roll_back_slot(
    request: Request, council: NamedCouncil, slot: Slot, wanted: GivingBack, caller: ControlCaller
) -> SlotShown:
    """Let the stub fill a slot again, from the next call on. It was kept in step, so nothing is lost.

    With a `component` only what that one fills is given back. Where nothing is filled, nothing changes.
    """
    service = slot_of(council.services, slot)
    reason = Reason(wanted.by or caller.name, wanted.why, council.clock.now)
    with _notebook(request, council).writing() as session:
        if wanted.component is not None:
            find(session, wanted.component)
        give_back(session, service.slug, reason, component=wanted.component)
    _filling(request).read_again(council)
    with _notebook(request, council).reading() as session:
        return _shown(request, session, council, service)


@router.get("/{slot}/changes", operation_id="list_slot_changes", responses=READ)
async def list_slot_changes(
    request: Request,
    council: NamedCouncil,
    slot: Slot,
    caller: ControlCaller,
    after: Annotated[int, Query(ge=0, le=LARGEST_POSITION, description="Only what came after this.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 200,
) -> ChangeList:
    """The history of a slot: what was done, by whom and why, and what befell it. It is never shortened."""
    service = slot_of(council.services, slot)
    with _notebook(request, council).reading() as session:
        rows = history(session, service.slug, after=after, limit=limit)
        items = [ChangeShown.model_validate(each) for each in rows]
    return ChangeList(items=items, next=items[-1].number if items else after)


def _share(council: Council, wanted: FillingWanted) -> Share:
    """The share that is wanted, none where the mode knows no share. Raises the refusals of ``share_of``."""
    if wanted.mode != "share":
        return Share()
    return share_of(council, Share.of(wanted.share.model_dump() if wanted.share else None))


def _records(
    wanted: FillingWanted, service: Service, operations: list[str], share: Share, reason: Reason
) -> list[SlotRecord]:
    return [
        SlotRecord(
            slot=service.slug,
            operation=operation,
            component=wanted.component,
            mode=wanted.mode,
            share=share.kept if wanted.mode == "share" else None,
            fallback=wanted.fallback,
            seconds=wanted.seconds,
            since=machine.now(),
            by=reason.by,
        )
        for operation in operations
    ]


def _is_going_back(
    session: Session, component: ComponentRecord, operations: list[str], mode: Mode, share: Share
) -> bool:
    """Whether the component answers all whom it is to answer already, so that the gate is not asked."""
    if mode is Mode.SHADOW:
        return True
    settings = Settings.read(session)
    present = [settings.of(component.slot, None if each == WHOLE else each) for each in operations]
    if WHOLE in operations:
        # It takes the place of what is set for single operations, too.
        present += settings.of_slot(component.slot)
    return all(
        each is not None and each.filler.name == component.name and each.reaches(mode, share)
        for each in present
    )


def _refuse_if_elsewhere(request: Request, component: ComponentRecord) -> None:
    """Raise TriedOnFork; from a fork that is gone it comes back."""
    if (fork := fork_of(request.app.state.councils, component)) is not None:
        raise TriedOnFork(
            f"{component.name} is being tried on {fork}; wait until that is over, or delete {fork} to end it"
        )
    if component.acts_in:
        act_in(component, None)


def _shown(request: Request, session: Session, council: Council, service: Service) -> SlotShown:
    filled = _filling(request).filled(council.name)
    return shown(session, request.app.state.councils, council, service, filled)


def _filling(request: Request) -> Filling:
    filling: Filling = request.app.state.filling
    return filling


def _notebook(request: Request, council: Council) -> Notebook:
    """The council's notebook. Raises CouncilGone: one that is gone has none, and is to be given none."""
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
    return councils.notebook(council.name)
