"""What moves street reports as time passes."""

from __future__ import annotations

from datetime import date

from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.clock import at
from service_apis.kit.work import Work
from service_apis.street_reports import rules
from service_apis.street_reports.models import Report

lifecycle = Lifecycle()


@lifecycle.due("steps")
def take_steps(work: Work, due: Due) -> None:
    """The end of a working day: every report whose next step was for that day takes it."""
    rules.take_steps(work, date.fromisoformat(due.subject))


@lifecycle.resumed
def go_on_with(work: Work, reference: str) -> None:
    """A report that another kept for a while: its next step comes on its day, or now if that is over."""
    report = work.session.get(Report, reference)
    if report is not None and report.next_step_on is not None:
        day = report.next_step_on
        work.schedule(max(at(day, rules.DAY_ENDS), work.now), "steps", day.isoformat())
