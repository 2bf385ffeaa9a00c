"""Comparisons: how a component answered compared with the stub, while it is compared and afterwards."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from sandbox.components import registering
from sandbox.control.access import READ, ControlCaller, NamedCouncil
from sandbox.control.comparisons_shapes import (
    ComparisonList,
    ComparisonListed,
    ComparisonShown,
    ExampleShown,
    GroupShown,
    NoiseShown,
    ReasonShown,
    SideShown,
    SummaryShown,
)
from sandbox.control.components import Component
from sandbox.councils import Councils
from sandbox.notebook import Notebook
from sandbox.shadow import results
from sandbox.shadow.examples import Example
from sandbox.shadow.summary import Group, Summary
from sandbox.shadow.tables import ComparisonRecord
from service_apis.kit.council import Council, CouncilGone

router = APIRouter(prefix="/councils/{council}/components/{component}/comparisons")
NOTHING_YET = "Nothing was compared yet."

Number = Annotated[
    str,
    Path(pattern=r"^(latest|[1-9][0-9]{0,8})$", description="The comparison's number, or `latest`."),
]


@router.get("", operation_id="list_comparisons", responses=READ)
async def list_comparisons(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> ComparisonList:
    """What comparing a component with the stub came to, each time it was done; the latest 20 are kept."""
    with _notebook(request, council).reading() as session:
        found = registering.find(session, component)
        return ComparisonList(items=[_listed(each) for each in results.listed(session, found.name)])


@router.get("/{number}", operation_id="show_comparison", responses=READ)
async def show_comparison(
    request: Request, council: NamedCouncil, component: Component, number: Number, caller: ControlCaller
) -> ComparisonShown:
    """One comparison: how many calls were answered alike, and the differences by cause with an example each.

    While it runs, ask again for how far it is.
    """
    with _notebook(request, council).reading() as session:
        found = registering.find(session, component)
        record = results.find(session, found.name, None if number == "latest" else int(number))
        summary = None if record.summary is None else Summary.of_kept(record.summary)
        listed, slot = _listed(record), found.slot
    root = f"{request.url.scheme}://{request.url.netloc}"
    ours = f"{root}/councils/{council.name}/{council.services[slot].url_name}"
    theirs = f"{root}/sandbox/councils/{council.name}/components/{component}/at"
    told = None if summary is None else _summary_shown(summary, ours, theirs)
    return ComparisonShown(**listed.model_dump(), summary=told)


def _listed(record: ComparisonRecord) -> ComparisonListed:
    return ComparisonListed.model_validate(
        {
            "number": record.number,
            "kind": record.kind,
            "what": record.what,
            "state": record.state,
            "problem": record.problem,
            "began_at": record.began_at,
            "written_at": record.written_at,
            "done": record.done,
            "planned": record.planned,
            "sentence": (record.summary or {}).get("sentence", NOTHING_YET),
        }
    )


def _summary_shown(summary: Summary, ours: str, theirs: str) -> SummaryShown:
    return SummaryShown(
        sentence=summary.sentence,
        calls=summary.calls,
        alike=summary.alike,
        different=summary.different,
        unanswered=summary.unanswered,
        worded_otherwise=summary.worded_otherwise,
        events=summary.events,
        events_different=summary.events_different,
        groups=[_group_shown(each, ours, theirs) for each in summary.groups],
        more_groups=summary.more_groups,
        left_out=[ReasonShown.model_validate(each) for each in summary.left_out],
        not_answered=[ReasonShown.model_validate(each) for each in summary.not_answered],
        noise=[NoiseShown.model_validate(each) for each in summary.noise],
        our_median_ms=summary.our_median_ms,
        their_median_ms=summary.their_median_ms,
        median_slower_ms=summary.median_slower_ms,
    )


def _group_shown(group: Group, ours: str, theirs: str) -> GroupShown:
    return GroupShown(
        operation=group.operation,
        place=group.place,
        cause=group.cause,
        count=group.count,
        sentence=group.sentence,
        first_seen=group.first_seen,
        last_seen=group.last_seen,
        example=_example_shown(group.example, ours, theirs),
    )


def _example_shown(example: Example, ours: str, theirs: str) -> ExampleShown:
    return ExampleShown(
        method=example.method or None,
        path=f"{example.path}{'?' if example.query else ''}{example.query}" if example.is_call else None,
        ours=SideShown(
            value=example.ours,
            status=example.our_status,
            body=example.our_body,
            curl=example.curl(ours) or None,
        ),
        theirs=SideShown(
            value=example.theirs,
            status=example.their_status,
            body=example.their_body,
            curl=example.curl(theirs) or None,
        ),
    )


def _notebook(request: Request, council: Council) -> Notebook:
    """The council's notebook. Raises CouncilGone: one that is gone has none, and is to be given none."""
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile")
    return councils.notebook(council.name)
