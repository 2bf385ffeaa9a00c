"""Forced behaviour: what there is, and the rules of a council that force it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil
from sandbox.control.rules_shapes import (
    BehaviourList,
    BehaviourShown,
    LegacyList,
    LegacyShown,
    LegacyWanted,
    RuleList,
    RuleShown,
)
from sandbox.forcing.behaviours import BEHAVIOURS
from sandbox.forcing.legacy import profile_named, profiles, rules_of
from sandbox.forcing.passage import Forcing
from sandbox.forcing.rule import Rule, RuleWanted
from service_apis.kit.council import Council

router = APIRouter()

NamedRule = Annotated[str, Path(pattern=r"^r[0-9]{1,9}$", description="The rule's id, such as r1.")]


@router.get("/behaviours", operation_id="list_behaviours")
async def list_behaviours() -> BehaviourList:
    """Every behaviour that can be forced: by the header Virtual-Council-Scenario or a rule. Needs no key."""
    return BehaviourList(items=[BehaviourShown.of_behaviour(each) for each in BEHAVIOURS.values()])


@router.get("/legacy", operation_id="list_legacy_systems")
async def list_legacy_systems() -> LegacyList:
    """Every profile of a system that councils have, which sets rules to behave like it. Needs no key."""
    return LegacyList(items=[LegacyShown.of_profile(name, each) for name, each in profiles().items()])


@router.post("/councils/{council}/rules", operation_id="set_rule", status_code=201, responses=WRITE)
async def set_rule(
    request: Request, council: NamedCouncil, wanted: RuleWanted, caller: ControlCaller
) -> RuleShown:
    """Force a behaviour on calls of this council's services, or on its events, until an end."""
    rules = await _forcing(request).set(council, [wanted])
    return RuleShown.of_rule(rules[0])


@router.get("/councils/{council}/rules", operation_id="list_rules", responses=READ)
async def list_rules(request: Request, council: NamedCouncil, caller: ControlCaller) -> RuleList:
    """The rules that hold on this council; those that have ended are gone."""
    return _listed(_forcing(request).book(council).live())


@router.get("/councils/{council}/rules/{rule}", operation_id="show_rule", responses=READ)
async def show_rule(
    request: Request, council: NamedCouncil, rule: NamedRule, caller: ControlCaller
) -> RuleShown:
    """One rule, and how often it was forced."""
    return RuleShown.of_rule(_forcing(request).book(council).find(rule))


@router.delete("/councils/{council}/rules/{rule}", operation_id="lift_rule", responses=READ)
async def lift_rule(
    request: Request, council: NamedCouncil, rule: NamedRule, caller: ControlCaller
) -> RuleShown:
    """End a rule before its time. The answer is the rule as it was."""
    return _lifted(_forcing(request), council, rule).items[0]


@router.delete("/councils/{council}/rules", operation_id="lift_rules", responses=READ)
async def lift_rules(request: Request, council: NamedCouncil, caller: ControlCaller) -> RuleList:
    """End all rules of this council. The answer lists them as they were."""
    return _lifted(_forcing(request), council)


@router.post("/councils/{council}/legacy", operation_id="behave_like", status_code=201, responses=WRITE)
async def behave_like(
    request: Request, council: NamedCouncil, wanted: LegacyWanted, caller: ControlCaller
) -> RuleList:
    """Let this council, or one of its services, behave like a legacy system until an end."""
    rules = rules_of(profile_named(wanted.profile), wanted)
    return _listed(await _forcing(request).set(council, rules, wanted.profile))


def _forcing(request: Request) -> Forcing:
    forcing: Forcing = request.app.state.forcing
    return forcing


def _lifted(forcing: Forcing, council: Council, name: str | None = None) -> RuleList:
    book = forcing.book(council)
    rules = book.live() if name is None else [book.find(name)]
    book.lift(rules)
    return _listed(rules)


def _listed(rules: list[Rule]) -> RuleList:
    return RuleList(items=[RuleShown.of_rule(each) for each in rules])
