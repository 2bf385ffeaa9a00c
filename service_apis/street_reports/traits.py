"""What people can be found by in street reports: what was reported at their home, and what they reported.

A report that was sent with an ``account_id`` is that resident's, if it is their id in the citizen index.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import func, select

from service_apis.kit.trait import Choice, Number, Traits
from service_apis.kit.work import Query, Work
from service_apis.street_reports.models import CATEGORIES, Report

traits = Traits()
REPORTER = Report.sent["account_id"].as_string()
MADE = select(REPORTER, Report.service_request_id).where(REPORTER.is_not(None))
AT_HOME = select(Report.address_id, Report.service_request_id).where(Report.address_id.is_not(None))
REPORTS, KIND = Number("reports", 1, 99, 1), Choice("kind", tuple(CATEGORIES))


def _many(whom: Any, work: Work, least: int) -> Query:
    """Those of whom there are so many reports; the reference is the latest's."""
    each = select(whom, func.max(Report.service_request_id)).where(whom.is_not(None))
    return each.group_by(whom).having(func.count() >= least)


def _of_kind(work: Work, kind: str) -> Query:
    return AT_HOME.where(Report.service_code == kind)


home, many = traits.of_home, partial(_many, Report.address_id)
traits.known_by("report_at_home", "home", AT_HOME)
traits.known_by("report", "resident", MADE)
home("reports-at-home", "Lives where {reports} or more reports were made.", many, REPORTS)
home("open-report-at-home", "Lives where a report is still open.", AT_HOME.where(Report.status == "open"))
home("reported-at-home", "Lives where this was reported: {kind}.", _of_kind, KIND)
traits.of_resident("has-reported", "Has made {reports} or more reports.", partial(_many, REPORTER), REPORTS)
