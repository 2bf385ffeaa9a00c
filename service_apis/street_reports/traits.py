"""What people can be found by in street reports: what was reported at their home, and what they reported.

A report that was sent with an ``account_id`` is that resident's, if it is their id in the citizen index.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from service_apis.kit.trait import Choice, Number, Traits
from service_apis.kit.work import Query
from service_apis.street_reports.models import CATEGORIES, Report

traits = Traits()
REPORTER = Report.sent["account_id"].as_string()
AT_HOME = select(Report.address_id, Report.service_request_id).where(Report.address_id.is_not(None))
MADE = select(REPORTER, Report.service_request_id).where(REPORTER.is_not(None))
REPORTS = Number("reports", 1, 99, 1)


def _many(whom: Any, least: int) -> Query:
    """Those of whom there are so many reports; the reference is the latest's."""
    each = select(whom, func.max(Report.service_request_id)).where(whom.is_not(None))
    return each.group_by(whom).having(func.count() >= least)


traits.known_by("report_at_home", "home", lambda work: AT_HOME)
traits.known_by("report", "resident", lambda work: MADE)
traits.of_home(
    "reports-at-home",
    "Lives where {reports} or more reports were made.",
    lambda work, reports: _many(Report.address_id, reports),
    REPORTS,
)
traits.of_home(
    "open-report-at-home",
    "Lives where a report is still open.",
    lambda work: AT_HOME.where(Report.status == "open"),
)
traits.of_home(
    "reported-at-home",
    "Lives where this was reported: {kind}.",
    lambda work, kind: AT_HOME.where(Report.service_code == kind),
    Choice("kind", tuple(CATEGORIES)),
)
traits.of_resident(
    "has-reported",
    "Has made {reports} or more reports.",
    lambda work, reports: _many(REPORTER, reports),
    REPORTS,
)
