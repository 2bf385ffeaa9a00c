"""Returning: asking a component for its records, what came back, and taking cases back with its account."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.components.ends import ANSWERING, Ended, end_of
from sandbox.components.references import References
from sandbox.components.registering import find
from sandbox.components.returning_tables import EndedRecord, ReturnedRecord
from sandbox.components.settings import Filler, Settings, filler_of
from sandbox.components.tables import LONGEST_NAME, ComponentRecord, FollowUpRecord
from sandbox.control.access import READ, WRITE, ControlCaller, NamedCouncil, refusals
from sandbox.control.components_shapes import NAME_PATTERN
from sandbox.control.returning_shapes import AskingBack, ReturnList, ReturnShown
from sandbox.councils import Councils
from sandbox.keys import Keyring
from sandbox.notebook import Notebook
from sandbox.posting.feed import end_of_feed
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import Conflict

router = APIRouter(prefix="/councils/{council}/components/{component}")

Component = Annotated[
    str, Path(max_length=LONGEST_NAME, pattern=NAME_PATTERN, description="The component's name.")
]


class StillAnswers(Conflict):
    """A component that answers for cases cannot be taken them back from meanwhile. Roll it back first."""


class NothingToTakeBack(Conflict):
    """The component never answered for cases of its whole slot: the council's own account stands as it is."""


class ActsElsewhere(Conflict):
    """The component is tried on a fork, and holds that fork's records. Ask again when it is back."""


@router.post("/returned", operation_id="ask_records_back", status_code=201, responses=WRITE | refusals(409))
async def ask_records_back(
    request: Request, council: NamedCouncil, component: Component, wanted: AskingBack, caller: ControlCaller
) -> ReturnShown:
    """Ask a component for all records of its slot, and compare them with what the council holds.

    With `take_back`, its account of the cases that it answered for becomes the council's, in one transaction:
    what the stub has changed since it answers alone is left. If the component gives no account, nothing is
    changed, and `fault` says why; ask again later.
    """
    from sandbox.components.returning import NoAccount, Returning, returned
    from sandbox.components.taking_back import DoesNotFit, SetBackSince, TakenBack, take_back

    with _notebook(request, council).reading() as session:
        found = find(session, component)
        if found.acts_in:
            raise ActsElsewhere(f"{component} is tried on {found.acts_in}; ask when it is back")
        filler, references = filler_of(found), References.read(session, component)
        ended = _ended(session, council, filler, references, wanted.take_back)
        follow_ups = _follow_ups(session, component)
    returning = Returning(request.app.state.deliverer.outward, council, filler, _key(request, council, found))
    taken: TakenBack | None = None
    not_taken: list[str] = []
    result: dict[str, Any] = {"fault": None, "is_whole": False, "tables": [], "differences": []}
    try:
        async with returning.accounts(references) as accounts:
            touched = _touched(council, filler, ended) if ended else set()
            result |= (await asyncio.to_thread(returned, accounts, touched)).kept
            if wanted.take_back and ended is not None:
                async with council.turn():
                    service = council.services[filler.slot]
                    taken = await asyncio.to_thread(take_back, council, service, accounts, ended)
    except (DoesNotFit, SetBackSince) as refused:
        not_taken = [refused.detail]
    except NoAccount as none:
        result |= {"sentence": f"Nothing was compared: {none}"[:500], "fault": str(none)[:500]}
    with _notebook(request, council).writing() as session:
        record = ReturnedRecord(
            component=component,
            slot=filler.slot,
            at=machine.now(),
            council_time=council.clock.now,
            by=wanted.by or caller.name,
            why=wanted.why,
            follow_ups=follow_ups,
            taken_back=taken.records if taken else None,
            not_taken=taken.left if taken else not_taken,
            **result,
        )
        session.add(record)
        session.flush()
        return _shown(record)


@router.get("/returned", operation_id="list_returned", responses=READ)
async def list_returned(
    request: Request, council: NamedCouncil, component: Component, caller: ControlCaller
) -> ReturnList:
    """What came back of a component's records, the latest twenty times; also of one that has left."""
    with _notebook(request, council).reading() as session:
        query = select(ReturnedRecord).where(ReturnedRecord.component == component)
        rows = session.scalars(query.order_by(ReturnedRecord.number.desc()).limit(20)).all()
        if not rows:
            find(session, component)
        end = session.get(EndedRecord, component)
        return ReturnList(
            answered_for_cases=end is not None and end.setting is not None,
            items=[_shown(each) for each in rows],
        )


def _ended(
    session: Session, council: Council, filler: Filler, references: References, take_back: bool
) -> Ended | None:
    """Where the component ended, None where it answers still, or never did.

    Raises StillAnswers or NothingToTakeBack, where cases are to be taken back.
    """
    settings = [each for each in Settings.read(session) if each.filler.name == filler.name]
    answers = next((each for each in settings if each.mode in ANSWERING), None)
    if answers is None:
        ended = end_of(session, council, filler, references)
        if ended is not None and not ended.position.still_holds(council, end_of_feed(council).position):
            ended = None
        if not take_back or (ended is not None and ended.setting is not None):
            return ended
        raise NothingToTakeBack(f"{filler.name} never answered for cases of all of {filler.slot}")
    if take_back:
        raise StillAnswers(f"{filler.name} is {answers.mode} in {answers.slot}; roll it back first")
    return None


def _touched(council: Council, filler: Filler, ended: Ended) -> set[str]:
    service = council.services[filler.slot]
    with council.reading(service.url_name) as work:
        return ended.touched(work.connection, service)


def _follow_ups(session: Session, component: str) -> int:
    query = select(func.count()).where(FollowUpRecord.component == component)
    return session.scalar(query) or 0


def _key(request: Request, council: Council, component: ComponentRecord) -> str:
    keyring: Keyring = request.app.state.keyring
    keys = keyring.of(council.name)
    return next((each.secret for each in keys if each.name == component.key_name), "")


def _shown(record: ReturnedRecord) -> ReturnShown:
    return ReturnShown.model_validate(record)


def _notebook(request: Request, council: Council) -> Notebook:
    """The council's notebook. Raises CouncilGone: one that is gone has none, and is to be given none."""
    councils: Councils = request.app.state.councils
    if councils.get(council.name) is not council:
        raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
    return councils.notebook(council.name)
