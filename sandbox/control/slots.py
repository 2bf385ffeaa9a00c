"""Slots: who fills them, letting a component fill one, and giving it back to the stub."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from sandbox import machine
from sandbox.components.passage import Filling
from sandbox.components.registering import find, slot_of
from sandbox.components.settings import Mode, Reason, Setting, Settings, fill, give_back, history
from sandbox.components.tables import WHOLE, SlotRecord
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.slots_shapes import (
    ChangeList,
    ChangeShown,
    FillingShown,
    FillingWanted,
    GivingBack,
    SharedWith,
    SlotList,
    SlotShown,
)
from sandbox.councils import Councils
from sandbox.notebook import Notebook
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable
from service_apis.kit.service import Service

router = APIRouter(prefix="/councils/{council}/slots")

Slot = Annotated[str, Path(max_length=60, description="The slot: the slug of its service.")]


class NotItsSlot(Unprocessable):
    """A component was to fill another slot than the one that it joined for."""


@router.get("", operation_id="list_slots", responses=READ)
async def list_slots(request: Request, council: NamedCouncil, caller: ControlCaller) -> SlotList:
    """The council's slots, and who fills each."""
    settings = _filling(request).filled(council.name).settings
    return SlotList(items=[_shown(service, settings) for service in council.services.values()])


@router.get("/{slot}", operation_id="show_slot", responses=READ)
async def show_slot(request: Request, council: NamedCouncil, slot: Slot, caller: ControlCaller) -> SlotShown:
    """One slot, and who fills it."""
    return _shown(slot_of(council.services, slot), _filling(request).filled(council.name).settings)


@router.put("/{slot}", operation_id="fill_slot", responses=WRITE | refusals(409))
async def fill_slot(
    request: Request, council: NamedCouncil, slot: Slot, wanted: FillingWanted, caller: ControlCaller
) -> SlotShown:
    """Let a component fill a slot, or some of its operations, from the next call on."""
    service = slot_of(council.services, slot)
    with _notebook(request, council).writing() as session:
        component = find(session, wanted.component)
        if component.slot != service.slug:
            raise NotItsSlot(f"{component.name} joined for {component.slot}, not for {service.slug}")
        share = wanted.share.model_dump() if wanted.share and wanted.mode == "share" else None
        records = [
            SlotRecord(
                slot=service.slug,
                operation=operation,
                component=component.name,
                mode=wanted.mode,
                share=share,
                fallback=wanted.fallback,
                seconds=wanted.seconds,
                since=machine.now(),
            )
            for operation in wanted.operations or [WHOLE]
        ]
        reason = Reason(wanted.by, wanted.why, council.clock.now)
        fill(session, records, f"{component.name} is {wanted.mode}", reason)
    _filling(request).read_again(council)
    return _shown(service, _filling(request).filled(council.name).settings)


@router.post("/{slot}/roll-back", operation_id="roll_back_slot", responses=WRITE)
async def roll_back_slot(
    request: Request, council: NamedCouncil, slot: Slot, wanted: GivingBack, caller: ControlCaller
) -> SlotShown:
    """Let the stub fill a slot again, from the next call on. It was kept in step, so nothing is lost."""
    service = slot_of(council.services, slot)
    with _notebook(request, council).writing() as session:
        give_back(
            session, service.slug, "Rolled back to the stub", Reason(wanted.by, wanted.why, council.clock.now)
        )
    _filling(request).read_again(council)
    return _shown(service, _filling(request).filled(council.name).settings)


@router.get("/{slot}/changes", operation_id="list_slot_changes", responses=READ)
async def list_slot_changes(
    request: Request, council: NamedCouncil, slot: Slot, caller: ControlCaller
) -> ChangeList:
    """The history of a slot: what was done, by whom and why, and what befell it."""
    service = slot_of(council.services, slot)
    with _notebook(request, council).reading() as session:
        return ChangeList(items=[ChangeShown.model_validate(each) for each in history(session, service.slug)])


def _shown(service: Service, settings: Settings) -> SlotShown:
    fillings = [_filling_shown(each) for each in settings.of_slot(service.slug)]
    return SlotShown(slot=service.slug, title=service.title, fillings=fillings)


def _filling_shown(setting: Setting) -> FillingShown:
    share = setting.share
    return FillingShown(
        operation=None if setting.is_whole else setting.operation,
        component=setting.filler.name,
        mode=setting.mode.value,  # type: ignore[arg-type]
        share=SharedWith(
            percent=share.percent,
            homes=tuple(sorted(share.homes)),
            residents=tuple(sorted(share.residents)),
            wards=tuple(sorted(share.wards)),
        )
        if setting.mode is Mode.SHARE
        else None,
        fallback=setting.fallback,
        seconds=setting.seconds,
        since=setting.since,
    )


def _filling(request: Request) -> Filling:
    filling: Filling = request.app.state.filling
    return filling


def _notebook(request: Request, council: Council) -> Notebook:
    councils: Councils = request.app.state.councils
    return councils.notebook(council.name)
