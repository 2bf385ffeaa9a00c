"""What people can be found by in street reports: what was reported at their home, and what they reported.

A report that was sent with an ``account_id`` is that resident's, if it is their id in the citizen index.
"""

from __future__ import annotations

from sqlalchemy import func, select

from service_apis.kit.traits import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.street_reports.models import CATEGORIES, Report

traits = Traits()
REPORTER = Report.sent["account_id"].as_string()


@traits.known_by("report_at_home", "home")
def reports_at(work: Work) -> Query:
    """Every report that was placed at the home."""
    return select(Report.address_id, Report.service_request_id).where(Report.address_id.is_not(None))


@traits.known_by("report", "resident")
def reports_by(work: Work) -> Query:
    """Every report that the resident made."""
    return select(REPORTER, Report.service_request_id).where(REPORTER.is_not(None))


@traits.of_home(
    "reports-at-home", "Lives where {reports} or more reports were made.", Number("reports", 1, 99, 1)
)
def reports_at_home(work: Work, reports: int) -> Query:
    """Reports of whatever kind; the reference is the latest's."""
    at_home = select(Report.address_id, func.max(Report.service_request_id)).where(
        Report.address_id.is_not(None)
    )
    return at_home.group_by(Report.address_id).having(func.count() >= reports)


@traits.of_home("open-report-at-home", "Lives where a report is still open.")
def open_report_at_home(work: Work) -> Query:
    """It has not been closed."""
    return reports_at(work).where(Report.status == "open")


@traits.of_home(
    "reported-at-home", "Lives where this was reported: {kind}.", Choice("kind", tuple(CATEGORIES))
)
def reported_at_home(work: Work, kind: str) -> Query:
    """A report of that kind, open or closed."""
    return reports_at(work).where(Report.service_code == kind)


@traits.of_resident("has-reported", "Has made {reports} or more reports.", Number("reports", 1, 99, 1))
def has_reported(work: Work, reports: int) -> Query:
    """As far as reports say who made them; the reference is the latest's."""
    theirs = select(REPORTER, func.max(Report.service_request_id)).where(REPORTER.is_not(None))
    return theirs.group_by(REPORTER).having(func.count() >= reports)
