"""A recorded session taken elsewhere: as an HTTP archive, or sent again to another council."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, controlled
from sandbox.control.journal import KeptJournal, NoSuchCall, Wanted
from sandbox.control.journal_shapes import CallReplayed, Replayed, ReplayWanted
from sandbox.journal.har import archive
from sandbox.journal.journal import MOST_CALLS, Journal
from sandbox.journal.journals import Journals
from sandbox.journal.replaying import DIFFERENT, LEFT_OUT, NOT_COMPARED, SAME, Outcome, Replay
from sandbox.journal.ring import Condition
from service_apis.kit.council import Council
from service_apis.kit.problems import Unprocessable

router = APIRouter(prefix="/councils/{council}/journal")
MOST_SHOWN = 1_000
MOST_ARCHIVED = 1_000


class OntoItself(Unprocessable):
    """Recorded calls are sent again to another council, such as a fork, not to the one that had them."""


class NoForkOfIt(Unprocessable):
    """Recorded calls were to be sent to a council that is no fork of theirs, and not from which one on."""


@router.get("/har", operation_id="archive_calls", responses=READ)
def archive_calls(
    journal: KeptJournal,
    caller: ControlCaller,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=MOST_ARCHIVED, description="How many, the latest.")] = MOST_ARCHIVED,
) -> dict[str, Any]:
    """The latest calls as an HTTP archive (HAR 1.2), oldest first, which browsers and other tools open."""
    return archive(reversed(journal.select(wanted, limit)))


@router.post("/replay", operation_id="replay_calls", responses=WRITE)
async def replay_calls(
    request: Request, council: NamedCouncil, journal: KeptJournal, caller: ControlCaller, wanted: ReplayWanted
) -> Replayed:
    """Send recorded calls again, in order, to another council, and compare what is answered.

    Without `from` they are those since the other council was forked from this one.
    The other council's clock is moved to where it stood at each call. Of the control API only calls of the
    clock are sent. An answer means the same if it differs in nothing but the council's name, instants as much
    later as the clock stands, and references that the calls themselves gave out.
    """
    journals: Journals = request.app.state.journals
    onto = controlled(request, wanted.onto)
    if onto is council:
        raise OntoItself(f"Name another council than {council.name} as `onto`; make a fork of it for that")
    between = await run_in_threadpool(_between, journal, wanted)
    if wanted.first is None:
        between.append(_since_it_was_made(council, onto))
    entries = await run_in_threadpool(journal.select, between, MOST_CALLS, newest_first=False)
    replay = Replay(request.app.state.gateway, journals.masking, council.name, onto)
    return _told(onto.name, await replay.run(entries))


def _since_it_was_made(council: Council, onto: Council) -> Condition:
    """That a call came after a fork was made: what came before is in the fork already."""
    origin = onto.facts.get("forked_from") or {}
    if origin.get("council") != council.name:
        raise NoForkOfIt(
            f"{onto.name} is not a fork of {council.name}, so it is not known which calls it has had; "
            "name the first to be sent as `from`"
        )
    made_at = datetime.fromisoformat(origin["made_at"]).timestamp()
    return lambda entry: entry.at >= made_at


def _between(journal: Journal, wanted: ReplayWanted) -> list[Condition]:
    first, last = (_number(journal, each) for each in (wanted.first, wanted.last))
    conditions: list[Condition] = []
    if first is not None:
        conditions.append(lambda entry: entry.number >= first)
    if last is not None:
        conditions.append(lambda entry: entry.number <= last)
    return conditions


def _number(journal: Journal, request_id: str | None) -> int | None:
    if request_id is None:
        return None
    entry = journal.find(request_id)
    if entry is None:
        raise NoSuchCall(f"The journal has no call {request_id} to begin or end with")
    return entry.number


def _told(onto: str, outcomes: list[Outcome]) -> Replayed:
    shown = outcomes
    if len(outcomes) > MOST_SHOWN:
        shown = [each for each in outcomes if each.outcome != SAME][:MOST_SHOWN]
    counts = dict.fromkeys((SAME, DIFFERENT, NOT_COMPARED, LEFT_OUT), 0)
    for each in outcomes:
        counts[each.outcome] += 1
    return Replayed(
        onto=onto,
        calls=len(outcomes),
        same=counts[SAME],
        different=counts[DIFFERENT],
        not_compared=counts[NOT_COMPARED],
        left_out=counts[LEFT_OUT],
        items=[_shown(each) for each in shown],
    )


def _shown(outcome: Outcome) -> CallReplayed:
    return CallReplayed.model_validate(
        {
            "request_id": outcome.entry.request_id,
            "method": outcome.entry.method,
            "address": outcome.entry.address,
            "outcome": outcome.outcome,
            "why": outcome.why or None,
            "recorded_status": outcome.entry.status,
            "status": outcome.status or None,
            "replayed_as": outcome.request_id or None,
            "differences": list(outcome.differences),
        }
    )
