"""Rules force behaviour on a council's calls: which, how often, and until an end that always comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sandbox.forcing.behaviours import BEHAVIOURS
from sandbox.forcing.rule import Hours, Rule, RuleWanted, end_of
from tests.conftest import CouncilUnderTest
from tests.sandbox.forcing.calls import FAULT, a_move, asking, move, moves_told, read, rules, set_rule

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0.01, 1)


def a_rule(seed: int, share: float, behaviour: str = "unavailable") -> Rule:
    wanted = RuleWanted(behaviour=behaviour, seed=seed, share=share)
    return Rule(1, wanted, BEHAVIOURS[behaviour].read({}), None)


@given(SEEDS, SHARES)
def test_the_nth_call_is_always_decided_alike(seed: int, share: float) -> None:
    first = [a_rule(seed, share).decides_on(n) for n in range(1, 101)]
    # In another order, by another rule: what was decided before has no say.
    again = {n: a_rule(seed, share).decides_on(n) for n in range(100, 0, -1)}
    assert first == [again[n] for n in range(1, 101)]


@given(SEEDS, SHARES, SHARES)
def test_what_a_smaller_share_meets_a_larger_one_meets_too(seed: int, one: float, other: float) -> None:
    small, large = a_rule(seed, min(one, other)), a_rule(seed, max(one, other))
    assert all(large.decides_on(n) for n in range(1, 101) if small.decides_on(n))


@settings(max_examples=25)
@given(SEEDS, st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]))
def test_a_share_is_kept(seed: int, share: float) -> None:
    met = sum(a_rule(seed, share).decides_on(n) for n in range(1, 4001))
    # Five standard deviations of that many draws, and then some.
    assert abs(met / 4000 - share) < 0.045
    assert share < 1 or met == 4000


@given(
    st.none() | st.integers(1, 50),
    st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
    st.none() | st.timedeltas(timedelta(seconds=1), timedelta(days=30)),
)
def test_every_rule_comes_to_its_end(
    count: int | None, lasts: timedelta | None, council_time: timedelta | None
) -> None:
    now = datetime(2026, 6, 1, 8, tzinfo=UTC)
    until = None if council_time is None else now + council_time
    wanted = RuleWanted(behaviour="unavailable", count=count, lasts=lasts, until=until)
    ends_at = end_of(wanted, now)
    rule = Rule(1, wanted, {}, ends_at)
    assert not rule.has_ended(now, now)
    forced = Rule(1, wanted, {}, ends_at, forced=count or 0)
    assert forced.has_ended(now, now) == (count is not None)
    assert rule.has_ended(now, now + (council_time or timedelta(days=400))) == (until is not None)
    assert rule.has_ended(now + timedelta(days=31), now) == (ends_at is not None)
    assert count or until or ends_at


# From one o'clock to two there is an hour twice, or never, when the clocks change.
HOURS = st.builds("{:02}:{:02}".format, st.sampled_from([0, *range(3, 24)]), st.integers(0, 59))

INSTANTS = st.integers(0, 365 * 86_400).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)


@given(HOURS, HOURS, INSTANTS)
@example("22:00", "06:00", datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
@example("22:00", "06:00", datetime(2026, 10, 24, 23, 0, tzinfo=UTC))
def test_hours_are_over_when_they_say_they_will_be(start: str, end: str, now: datetime) -> None:
    hours = Hours(start=start, end=end)
    assume(start != end and hours.hold_at(now))
    left = timedelta(seconds=hours.seconds_left(now))
    assert left > timedelta(0)
    assert hours.hold_at(now + left - timedelta(seconds=1))
    assert not hours.hold_at(now + left)


def test_a_seed_makes_a_run_repeat(council: CouncilUnderTest) -> None:
    def run(seed: int) -> list[int]:
        rule = set_rule(council, "unavailable", share=0.5, seed=seed)
        statuses = [read(council).status_code for _ in range(20)]
        council.client.delete(f"/sandbox/councils/fairwater/rules/{rule['id']}")
        return statuses

    first = run(1)
    assert set(first) == {200, 503}
    assert run(1) == first
    assert run(2) != first


def test_a_rule_with_a_count_ends_by_itself(council: CouncilUnderTest) -> None:
    rule = set_rule(council, "unavailable", count=2)
    answers = [read(council) for _ in range(3)]
    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].headers[FAULT] == f"unavailable; rule={rule['id']}"
    assert FAULT not in answers[2].headers
    assert rules(council) == []
    gone = council.client.get(f"/sandbox/councils/fairwater/rules/{rule['id']}")
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/no-such-rule")


def test_a_rule_ends_at_an_instant_by_the_councils_clock(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", until="2026-06-02T08:00:00Z")
    assert read(council).status_code == 503
    council.advance(to="2026-06-02T07:59:59Z")
    assert read(council).status_code == 503
    council.advance(to="2026-06-02T08:00:00Z")
    assert read(council).status_code == 200
    assert rules(council) == []


def test_a_rule_starts_at_an_instant_by_the_councils_clock(council: CouncilUnderTest) -> None:
    set_rule(council, "maintenance", starts="2026-06-02T00:00:00+01:00")
    assert read(council).status_code == 200
    council.advance(to="2026-06-01T23:00:00Z")
    assert read(council).status_code == 503


def test_a_rule_ends_after_its_time(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", lasts="PT0.000001S")
    assert read(council).status_code == 200
    assert rules(council) == []


@pytest.mark.parametrize("end", [{}, {"lasts": "PT1H"}])
def test_a_rule_lasts_no_longer_than_was_said(council: CouncilUnderTest, end: dict[str, str]) -> None:
    rule = set_rule(council, "unavailable", **end)
    assert rule["ends_at"] is not None
    assert (rule["count"], rule["until"]) == (None, None)


def test_a_rule_meets_the_service_the_operation_and_the_method_it_names(council: CouncilUnderTest) -> None:
    def set_alone(**wanted: Any) -> None:
        council.client.delete("/sandbox/councils/fairwater/rules")
        set_rule(council, "unavailable", **wanted)

    set_alone(service="waste")
    assert council.get("waste", "/rounds").status_code == 503
    assert read(council).status_code == 200
    set_alone(operation="show_resident")
    assert read(council).status_code == 503
    assert council.get("residents", "/residents").status_code == 200
    set_alone(methods=["POST"])
    body = a_move(council)
    assert move(council, body).status_code == 503
    assert moves_told(council) == 0
    assert read(council).status_code == 200
    set_alone(searching=True)
    assert council.get("residents", "/residents", page=2, per_page=5).status_code == 200
    assert council.get("addresses", "/properties", classification="RD04").status_code == 503


def test_maintenance_is_between_two_hours_in_london_by_the_councils_clock(
    council: CouncilUnderTest,
) -> None:
    between = {"start": "22:00", "end": "06:00"}
    set_rule(council, "maintenance", between=between, until="2026-07-01T00:00:00Z")
    assert read(council).status_code == 200
    # 22:00 in London in summer.
    council.advance(to="2026-06-01T21:00:00Z")
    refused = read(council)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, str(8 * 3600))
    council.advance(to="2026-06-02T04:59:59Z")
    assert read(council).headers["Retry-After"] == "1"
    council.advance(to="2026-06-02T05:00:00Z")
    assert read(council).status_code == 200


def test_rules_are_taken_in_their_order_and_add_up(council: CouncilUnderTest) -> None:
    first = set_rule(council, "slow", parameters={"seconds": 0.01})["id"]
    second = set_rule(council, "unavailable")["id"]
    third = set_rule(council, "bad-gateway")["id"]
    answer = read(council)
    assert answer.status_code == 503
    assert answer.headers[FAULT] == f"slow; rule={first}, unavailable; rule={second}"
    assert [(each["id"], each["forced"]) for each in rules(council)] == [(first, 1), (second, 1), (third, 0)]


def test_a_header_goes_before_the_rules(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", count=1)
    assert read(council, "bad-gateway").headers[FAULT] == "bad-gateway"
    assert read(council).status_code == 503


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"service": "wast"}, "Did you mean waste?"),
        ({"service": "street_reports"}, "Did you mean street-reports?"),
        ({"operation": "show_residnt"}, "Did you mean show_resident?"),
        ({"service": "waste", "operation": "show_resident"}, "openapi.json lists"),
        ({"operation": "show_resident", "methods": ["POST"]}, "show_resident takes GET"),
        ({"service": "addresses", "methods": ["PUT"]}, "never PUT"),
        ({"share": 0}, "above 0"),
        ({"count": 0}, "at least 1"),
        ({"lasts": "PT0S"}, "more than no time"),
        ({"lasts": "-PT5M"}, "more than no time"),
        ({"lasts": "P31D"}, "30 days"),
        ({"until": "2026-06-01T08:00:00Z"}, "Name a later instant"),
        ({"starts": "2026-06-03T08:00:00Z", "until": "2026-06-03T08:00:00Z"}, "later end"),
        ({"between": {"start": "22:00", "end": "22:00"}}, "lies no time"),
        ({"behaviour": "stale", "methods": ["POST"]}, "done to reads"),
        ({"behaviour": "stale", "operation": "move_resident"}, "move_resident takes POST"),
        ({"behaviour": "events-late", "methods": ["POST"]}, "service alone"),
        ({"behaviour": "unavailble"}, "Did you mean unavailable?"),
        ({"behaviour": "slow", "parameters": {"second": 2}}, "seconds"),
        ({"behaviour": "slow", "parameters": {"seconds": 61}}, "0 to 60"),
    ],
)
def test_a_rule_that_could_meet_nothing_is_refused_plainly(
    council: CouncilUnderTest, wanted: dict[str, Any], says: str
) -> None:
    refused = council.control("/rules", **{"behaviour": "unavailable", **wanted})
    assert refused.status_code == 422
    assert says in refused.json()["detail"]
    assert rules(council) == []


@pytest.mark.parametrize(
    "wanted",
    [{"between": {"start": "24:00", "end": "06:00"}}, {"methods": ["BREW"]}, {"share": 2}, {"until": "then"}],
)
def test_a_rule_with_a_fault_is_told_where_it_is(council: CouncilUnderTest, wanted: dict[str, Any]) -> None:
    refused = council.control("/rules", behaviour="unavailable", **wanted)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"].startswith(f"body.{next(iter(wanted))}")


def test_rules_outlive_a_restart_with_their_counts(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", count=3)
    half = set_rule(council, "bad-gateway", share=0.5, service="waste")
    assert read(council).status_code == 503
    before = rules(council)
    council.reopen()
    assert rules(council) == before
    assert [read(council).status_code for _ in range(3)] == [503, 503, 200]
    assert [each["id"] for each in rules(council)] == [half["id"]]


def test_a_kill_gives_no_call_back_to_a_rule_that_counts(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", count=2)
    assert read(council).status_code == 503
    # Another sandbox takes up the folder, and the first has closed nothing: as after a kill.
    after = CouncilUnderTest(council.folder)
    try:
        assert [read(after).status_code for _ in range(2)] == [503, 200]
    finally:
        after.close()


def test_rules_go_on_where_they_were_after_a_restart(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", share=0.5)
    unbroken = [read(council).status_code for _ in range(12)]
    council.client.delete("/sandbox/councils/fairwater/rules")
    set_rule(council, "unavailable", share=0.5)
    broken = []
    for _ in range(12):
        broken.append(read(council).status_code)
        council.reopen()
    assert broken == unbroken


def test_rules_are_listed_shown_and_lifted(council: CouncilUnderTest) -> None:
    one = set_rule(council, "unavailable", service="waste")
    other = set_rule(council, "slow", parameters={"seconds": 2, "up_to": 5})
    assert rules(council) == [one, other]
    where = "/sandbox/councils/fairwater/rules"
    assert council.client.get(f"{where}/{one['id']}").json() == one
    assert council.client.delete(f"{where}/{one['id']}").json() == one
    assert council.client.delete(f"{where}/{one['id']}").status_code == 404
    assert council.client.delete(where).json()["items"] == [other]
    assert rules(council) == []
    # A number is never given again: the id in an old journal means what it meant.
    assert set_rule(council, "unavailable")["id"] not in (one["id"], other["id"])


def test_there_are_only_so_many_rules(council: CouncilUnderTest) -> None:
    for _ in range(100):
        set_rule(council, "unavailable", service="waste")
    refused = council.control("/rules", behaviour="unavailable")
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/too-many-rules")
    # A profile of several rules is set as a whole or not at all.
    council.client.delete("/sandbox/councils/fairwater/rules/" + rules(council)[0]["id"])
    assert council.control("/legacy", profile="middleware").status_code == 422
    assert len(rules(council)) == 99


def test_rules_need_a_key_that_controls_the_council(council: CouncilUnderTest) -> None:
    wanted = {"name": "reader", "scopes": ["*:read", "*:write"]}
    key = council.control("/keys", **wanted).json()["key"]
    where = "/sandbox/councils/fairwater/rules"
    for authorization, status in ((f"Bearer {key}", 403), ("", 401)):
        headers = {"Authorization": authorization}
        answers = [
            council.client.post(where, json={"behaviour": "unavailable"}, headers=headers),
            council.client.post(where.replace("rules", "legacy"), json={"profile": "x"}, headers=headers),
            council.client.get(where, headers=headers),
            council.client.delete(where, headers=headers),
            council.client.delete(f"{where}/r1", headers=headers),
        ]
        assert [each.status_code for each in answers] == [status] * 5
    assert rules(council) == []


def test_what_tells_of_a_service_and_the_sandbox_meets_no_rule(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable")
    assert council.get("waste", "/openapi.json").status_code == 200
    assert council.get("waste", "/docs").status_code == 200
    assert council.client.get("/sandbox/councils/fairwater/clock").status_code == 200
    assert council.client.get("/").status_code == 200
    assert council.get("waste", "/rounds", headers=asking(None)).status_code == 503


def test_a_fork_has_rules_of_its_own(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable")
    assert council.control("/forks", name="rehearsal").status_code == 201
    where = "/sandbox/councils/rehearsal/rules"
    assert council.client.get(where).json()["items"] == []
    person = "/councils/rehearsal/residents/residents/R00000001"
    assert council.client.get(person).status_code == 200
    assert read(council).status_code == 503
    council.client.post(where, json={"behaviour": "bad-gateway"})
    assert council.client.get(person).status_code == 502
    assert council.client.delete("/sandbox/councils/rehearsal").status_code == 204
    assert council.control("/forks", name="rehearsal").status_code == 201
    assert council.client.get(person).status_code == 200


def test_a_council_taken_back_keeps_its_rules(council: CouncilUnderTest) -> None:
    set_rule(council, "unavailable", service="waste")
    move(council, a_move(council))
    assert council.control("/reset").status_code == 200
    assert council.get("waste", "/rounds").status_code == 503
