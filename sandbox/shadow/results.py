"""Results: what comparisons came to, kept in the council's notebook, the latest 20 of each component."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from sandbox import machine
from sandbox.shadow.summary import Summary
from sandbox.shadow.tables import LONGEST_WHAT, ComparisonRecord
from service_apis.kit.problems import NotFound

MOST_RESULTS = 20
"""So many results of a component are kept."""
TELLING_CALLS = 100
"""A watch that has compared fewer calls, all alike, does not take the place of what was run before."""
LEFT_OFF = "The sandbox was stopped while it ran; start it again"


class Kind(StrEnum):
    """How calls came to be compared: a replay on forks, or live calls that were watched."""

    REPLAY = "replay"
    WATCH = "watch"


class State(StrEnum):
    """How far a comparison is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class NoSuchComparison(NotFound):
    """The component has no comparison of that number. Those it has are listed at .../comparisons."""


def begin(session: Session, component: str, kind: Kind, what: str, planned: int | None = None) -> int:
    """A new result of a component, which runs from now on: its number. ``what`` says in words what is run."""
    query = select(func.max(ComparisonRecord.number)).where(ComparisonRecord.component == component)
    number = (session.scalar(query) or 0) + 1
    now = machine.now()
    session.add(
        ComparisonRecord(
            component=component,
            number=number,
            kind=kind,
            what=what[:LONGEST_WHAT],
            state=State.RUNNING,
            began_at=now,
            written_at=now,
            done=0,
            planned=planned,
        )
    )
    session.flush()
    _forget_the_oldest(session, component)
    return number


def write(
    session: Session,
    component: str,
    number: int,
    summary: Summary | None,
    *,
    state: State = State.RUNNING,
    done: int | None = None,
    problem: str | None = None,
) -> None:
    """Write down how far a result is; nothing where it, or the component, is gone by now.

    ``done`` is how many of the planned calls were made, where that is not how many were compared.
    """
    found = session.get(ComparisonRecord, (component, number))
    if found is None:
        return
    found.state, found.written_at = state, machine.now()
    found.problem = problem[:500] if problem else None
    if summary is not None:
        found.summary = summary.as_kept()
    found.done = summary.calls if done is None and summary is not None else done or found.done


def latest(session: Session, component: str) -> Summary | None:
    """What the latest comparison of a component came to: one that is done, or a watch that still runs.

    A watch that is short and without a difference yet says less than what was run before it, and is passed
    over until it has compared 100 calls; where there is nothing else it is told.
    """
    query = (
        select(ComparisonRecord)
        .where(ComparisonRecord.component == component, ComparisonRecord.summary.is_not(None))
        .where((ComparisonRecord.state == State.DONE) | (ComparisonRecord.state == State.RUNNING))
        .where((ComparisonRecord.state == State.DONE) | (ComparisonRecord.kind == Kind.WATCH))
        .order_by(ComparisonRecord.written_at.desc(), ComparisonRecord.number.desc())
    )
    short: Summary | None = None
    for each in session.scalars(query):
        summary = Summary.of_kept(each.summary or {})
        if each.kind != Kind.WATCH or summary.different or summary.calls >= TELLING_CALLS:
            return summary
        short = short or summary
    return short


def listed(session: Session, component: str) -> Sequence[ComparisonRecord]:
    """The results of a component, the latest first."""
    query = select(ComparisonRecord).where(ComparisonRecord.component == component)
    return session.scalars(query.order_by(ComparisonRecord.number.desc())).all()


def find(session: Session, component: str, number: int | None) -> ComparisonRecord:
    """One result of a component, or its latest. Raises NoSuchComparison."""
    query = select(ComparisonRecord).where(ComparisonRecord.component == component)
    if number is not None:
        query = query.where(ComparisonRecord.number == number)
    found = session.scalar(query.order_by(ComparisonRecord.number.desc()).limit(1))
    if found is None:
        told = f"no comparison {number}" if number is not None else "not been compared yet"
        raise NoSuchComparison(f"{component} has {told}; `council component shadow {component}` runs one")
    return found


def break_off(session: Session, kind: Kind | None = None) -> None:
    """Say of comparisons that still run, or those of one kind, that nobody goes on with them.

    A watch is done whenever it ends; a replay that did not come to its end has failed.
    """
    for each in (kind,) if kind else Kind:
        ended = {"state": State.DONE} if each is Kind.WATCH else {"state": State.FAILED, "problem": LEFT_OFF}
        running = (ComparisonRecord.state == State.RUNNING) & (ComparisonRecord.kind == each)
        session.execute(update(ComparisonRecord).where(running).values(**ended))


def _forget_the_oldest(session: Session, component: str) -> None:
    kept = (
        select(ComparisonRecord.number)
        .where(ComparisonRecord.component == component)
        .order_by(ComparisonRecord.number.desc())
        .limit(MOST_RESULTS)
    )
    session.execute(
        delete(ComparisonRecord).where(
            ComparisonRecord.component == component, ComparisonRecord.number.not_in(kept)
        )
    )
