"""Mappings: what bridges small differences between a component's API and its slot's, declared and shown."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from sandbox.components import registering
from sandbox.components.mapping_faults import MappingDeclared, faults_in
from sandbox.components.passage import Filling
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.components import Component
from sandbox.control.mapping_shapes import MappingShown
from sandbox.councils import Councils
from sandbox.notebook import Notebook
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import NotFound, Unprocessable

router = APIRouter(prefix="/councils/{council}/components/{component}/mapping")


class NoMapping(NotFound):
    """No mapping is declared for the component: its API is taken to be the slot's."""


class MappingFaulty(Unprocessable):
    """The mapping names what the slot does not have, or could not be undone; ``errors`` lists each fault."""


@router.get("", operation_id="show_mapping", responses=READ)
async def show_mapping(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> MappingShown:
    """What the component calls otherwise than the slot."""
    with _notebook(request, council).reading() as session:
        mapping = registering.find(session, component).mapping
    if mapping is None:
        raise NoMapping(f"No mapping is declared for {component}")
    return MappingShown.model_validate(mapping)


@router.put("", operation_id="declare_mapping", responses=WRITE)
async def declare_mapping(
    request: Request,
    council: NamedCouncil,
    component: Component,
    wanted: MappingDeclared,
    caller: ControlCaller,
) -> MappingShown:
    """Declare what the component calls otherwise than the slot; it holds from the next call on."""
    with _notebook(request, council).reading() as session:
        slot = registering.find(session, component).slot
    contract = await _filling(request).relay.contracts.of(slot)
    faults = faults_in(wanted, contract)
    if faults:
        errors = [{"where": ".".join(("body", *each.steps)), "what": each.message} for each in faults]
        raise MappingFaulty(f"{len(faults)} in the mapping, first: {faults[0].message}", errors=errors)
    mapping = wanted.model_dump()
    _keep(request, council, component, mapping)
    return MappingShown.model_validate(mapping)


@router.delete("", operation_id="withdraw_mapping", status_code=204, responses=READ)
async def withdraw_mapping(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> Response:
    """Take the component's API to be the slot's again."""
    _keep(request, council, component, None)
    return Response(status_code=204)


def _keep(request: Request, council: Council, component: str, mapping: dict[str, Any] | None) -> None:
    with _notebook(request, council).writing() as session:
        registering.find(session, component).mapping = mapping
    _filling(request).read_again(council)


def _filling(request: Request) -> Filling:
    filling: Filling = request.app.state.filling
    return filling


def _notebook(request: Request, council: Council) -> Notebook:
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
    return councils.notebook(council.name)
