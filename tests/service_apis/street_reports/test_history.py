"""The year of reports that a council starts with."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from synthetic_data.profiles import find_profile
from tests.conftest import CouncilUnderTest
from tests.service_apis.street_reports.speaking import read, shown, updates_of


def a_year(council: CouncilUnderTest) -> list[dict[str, str]]:
    """Every report of the year before the council's clock starts."""
    found: list[dict[str, str]] = []
    end = datetime.fromisoformat("2026-06-01T08:00:00+00:00")
    for _ in range(5):
        start = end - timedelta(days=90)
        span = {"start_date": start.isoformat(), "end_date": (end - timedelta(seconds=1)).isoformat()}
        found += read(council, "/requests.json", **span)
        end = start
    return found


def test_fly_tipping_is_in_proportion_to_the_published_figure(council: CouncilUnderTest) -> None:
    profile = find_profile("Hartlepool")
    reports = Counter(each["service_code"] for each in a_year(council))
    residents = council.sandbox.councils.first.facts["residents"]
    expected = profile.service_volumes["fly_tipping_incidents_2022_23"] / profile.population * residents
    assert abs(reports["fly-tipping"] - expected) <= 1
    assert len(reports) == 12


def test_the_year_holds_each_report_once_and_numbers_them_in_order(council: CouncilUnderTest) -> None:
    reports = sorted(a_year(council), key=lambda each: each["service_request_id"])
    numbers = [int(each["service_request_id"].removeprefix("SR")) for each in reports]
    assert numbers == list(range(1, len(reports) + 1))
    moments = [datetime.fromisoformat(each["requested_datetime"]) for each in reports]
    assert moments == sorted(moments)


def test_what_is_closed_was_told_of_and_what_is_open_is_recent(council: CouncilUnderTest) -> None:
    for each in read(council, "/requests.json", page_size=60):
        reference = each["service_request_id"]
        told = updates_of(council, reference)
        if each["status"] == "closed":
            assert told[-1]["updated_datetime"] == each["updated_datetime"]
            assert told[-1]["description"] == each["status_notes"]
        assert each["requested_datetime"] <= each["updated_datetime"] < "2026-06-01T09:00:00+01:00"


def test_a_new_report_is_numbered_after_the_last(council: CouncilUnderTest) -> None:
    from tests.service_apis.street_reports.speaking import report

    last = max(each["service_request_id"] for each in a_year(council))
    new = report(council)
    assert int(new[2:]) == int(last[2:]) + 1
    assert shown(council, new)["status"] == "open"


def test_some_reports_end_without_a_repair(council: CouncilUnderTest) -> None:
    statuses = Counter(
        update["status"]
        for start in ("2025-07-01", "2025-10-01", "2026-01-01", "2026-03-15")
        for update in read(
            council,
            "/servicerequestupdates.json",
            start_date=f"{start}T00:00:00Z",
        )
    )
    assert statuses["fixed"] > 10 * statuses["not_councils_responsibility"] > 0
    assert statuses["no_further_action"] > 0
    assert statuses["duplicate"] > 0
