"""A pytest plugin for CI: a test of a stage that was asked for may not be skipped.

COUNCIL_STAGE names the stages by their markers, with commas: container, browser, runners, database, index.
Elsewhere such a test skips where its engine, browser, runner, database or package index is missing; here that
is a failure, so that nothing goes unproved quietly.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

STAGES = [stage for stage in os.environ.get("COUNCIL_STAGE", "").split(",") if stage]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    asked_for = [stage for stage in STAGES if item.get_closest_marker(stage)]
    if report.skipped and asked_for:
        report.outcome = "failed"
        report.longrepr = f"skipped, though COUNCIL_STAGE asks for {asked_for[0]}: {reason_of(report)}"
    return report


def reason_of(report: pytest.TestReport) -> str:
    """Why pytest skipped: the last part of its file, line and reason."""
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
