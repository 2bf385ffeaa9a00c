"""Trying a component on forks: begin a run, see how far it is, stop it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.components import Component
from sandbox.inside import FROM_A_PAGE, FROM_INSIDE
from sandbox.shadow.jobs import Job, NotServed, Runs
from service_apis.kit.schemas import Schema

router = APIRouter(prefix="/councils/{council}/components")
MOST_CALLS, MOST_DAYS = 100_000, 31
Name = Annotated[str, Field(min_length=1, max_length=60)]


class NoiseWanted(Schema):
    """What may differ and means nothing: a place (a JSON pointer; `*` any item, `**` any beginning), and why.

    ``within_seconds`` narrows it to instants no further apart; with ``presence`` it may be missing too.
    Another status is never noise.
    """

    place: Annotated[str, Field(min_length=1, max_length=200)]
    why: Annotated[str, Field(min_length=1, max_length=300)]
    operation: Annotated[str, Field(min_length=1, max_length=80)] = "*"
    within_seconds: Annotated[float, Field(ge=0, le=1e9)] | None = None
    presence: bool = False


class RunWanted(Schema):
    """What a component is to be tried with: a generated ``day``, or the calls that the journal ``recorded``.

    Without ``calls`` they are as many as the council's size brings in so many ``days``; the same ``seed``
    gives the same calls. ``only`` names errands of the pack's ``traffic.yaml``, none means all. With
    ``learn_noise`` the stub is compared with itself first, and what differs there means nothing. So does what
    is declared as ``noise``.
    """

    kind: Literal["day", "recorded"] = "day"
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 1
    calls: Annotated[int, Field(ge=1, le=MOST_CALLS)] | None = None
    only: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    seed: Annotated[int, Field(ge=0, le=2**53)] = 1
    learn_noise: bool = True
    noise: Annotated[list[NoiseWanted], Field(max_length=100)] = Field(default_factory=list)


class RunShown(Schema):
    """A run that is under way. ``number`` is its result's, at .../comparisons; ``of`` 0 is not known yet."""

    component: str
    number: int
    doing: str
    sent: int
    of: int


@router.post(
    "/{component}/shadow", operation_id="try_component", status_code=202, responses=WRITE | refusals(409)
)
async def try_component(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller, wanted: RunWanted
) -> RunShown:
    """Send the same calls to the stub and to the component on a fork of the council, and compare them.

    Meanwhile the component acts in the fork, and takes the records of that over. In the end, however it ends,
    it acts in its own council again.
    """
    from sandbox.shadow.noise import Passed
    from sandbox.shadow.running import Wanted

    extensions = request.scope.get("extensions", ())
    if FROM_INSIDE in extensions and FROM_A_PAGE not in extensions:
        raise NotServed("A component asks the sandbox while it is tried: start that with `council up` first")
    chosen = Wanted(
        wanted.kind,
        wanted.days,
        wanted.calls,
        wanted.seed,
        wanted.learn_noise,
        tuple(wanted.only),
        tuple(Passed(**each.model_dump()) for each in wanted.noise),
    )
    return _shown(component, _runs(request).begin(council, component, chosen, request.url.netloc))


@router.get("/{component}/shadow", operation_id="show_trial", responses=READ)
async def show_trial(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> RunShown:
    """How far the run of a component is that is under way."""
    return _shown(component, _runs(request).under_way(council.name, component))


@router.delete("/{component}/shadow", operation_id="stop_trial", status_code=204, responses=READ)
async def stop_trial(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> Response:
    """Stop the run of a component that is under way, and let it act in its own council again."""
    await _runs(request).stop(council.name, component)
    return Response(status_code=204)


def _shown(component: str, job: Job) -> RunShown:
    progress = job.progress
    return RunShown(
        component=component, number=job.number, doing=progress.doing, sent=progress.sent, of=progress.of
    )


def _runs(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs
