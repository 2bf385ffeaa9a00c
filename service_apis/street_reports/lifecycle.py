"""What moves street reports as time passes."""

from __future__ import annotations

from datetime import date

from service_apis.kit.agenda import Due, Lifecycle
from service_apis.kit.work import Work
from service_apis.street_reports import rules
from service_apis.street_reports.models import Report

lifecycle = Lifecycle()
lifecycle.resumes("steps", Report, "next_step_on", rules.DAY_ENDS, by_day=True)


@lifecycle.due("steps")
def take_steps(work: Work, due: Due) -> None:
    """The end of a working day: every report whose next step was for that day takes it."""
    rules.take_steps(work, date.fromisoformat(due.subject))
