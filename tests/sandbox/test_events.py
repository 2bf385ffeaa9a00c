"""What one service records, the others hear: in order, once, and after a crash too."""

from __future__ import annotations

from sqlalchemy import func, select

from service_apis.kit.records import EventRecord, Hearing
from tests.conftest import CouncilUnderTest


def move(council: CouncilUnderTest, resident: str = "R00000001") -> dict[str, object]:
    """Move a resident's household to a home that somebody else has."""
    uprn = council.get("residents", "/residents", per_page=1, page=900).json()["items"][0]["uprn"]
    body = {"uprn": uprn, "moved_on": "2026-05-29", "whole_household": True}
    answer = council.post("residents", f"/residents/{resident}/moves", json=body)
    assert answer.status_code == 201, answer.text
    recorded: dict[str, object] = answer.json()
    return recorded


def test_a_change_is_in_the_feed_as_a_cloud_event(council: CouncilUnderTest) -> None:
    recorded = move(council)
    feed = council.client.get("/sandbox/councils/fairwater/events", params={"subject": "R00000001"}).json()
    event = feed["items"][0]
    assert event["specversion"] == "1.0"
    assert event["type"] == "virtual-council.residents.resident.moved"
    assert event["time"] == "2026-06-01T08:00:00Z"
    assert event["data"]["to_uprn"] == recorded["to_uprn"]
    rest = council.client.get("/sandbox/councils/fairwater/events", params={"after": feed["next"]}).json()
    assert all(each["position"] > event["position"] for each in rest["items"])


def test_a_change_that_is_refused_leaves_no_event(council: CouncilUnderTest) -> None:
    body = {"uprn": "1", "moved_on": "2026-05-29", "whole_household": True}
    assert council.post("residents", "/residents/R00000001/moves", json=body).status_code == 422
    assert council.client.get("/sandbox/councils/fairwater/events").json()["items"] == []


def test_what_a_crash_left_unheard_is_heard_when_the_council_is_opened_again(
    council: CouncilUnderTest,
) -> None:
    move(council)
    first = council.sandbox.councils.first
    with first.writing("residents") as work:
        # As if the process had died between the commit of a change and the hearing of it.
        heard = work.session.scalars(select(Hearing)).all()
        listeners = {hearing.service: hearing.position for hearing in heard}
        before = work.session.scalars(select(EventRecord).where(EventRecord.source == "residents")).one()
        work.record("resident.moved", "R00000002", **{**before.data, "residents": []})
    assert listeners
    council.reopen()
    with council.sandbox.councils.first.reading("residents") as work:
        latest = work.session.scalar(
            select(func.max(EventRecord.position)).where(EventRecord.source == "residents")
        )
        for service, position in work.session.execute(select(Hearing.service, Hearing.position)):
            assert position == latest > listeners[service]
