"""A request's header forces a documented behaviour on that request alone."""

from __future__ import annotations

import itertools

import pytest

from tests.conftest import CouncilUnderTest
from tests.sandbox.forcing.calls import FAULT, SCENARIO, a_move, asking, move, moves_told, read

REFUSALS = {
    "too-many-requests": 429,
    "server-error": 500,
    "bad-gateway": 502,
    "unavailable": 503,
    "gateway-timeout": 504,
    "maintenance": 503,
    "expired-token": 401,
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_forced_refusal_is_a_problem_that_says_what_it_is(council: CouncilUnderTest, name: str) -> None:
    refused = read(council, name)
    assert refused.status_code == REFUSALS[name]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["status"] == REFUSALS[name]
    assert refused.headers[FAULT] == name
    page = council.client.get(refused.json()["type"], headers={"Accept": "text/html"})
    assert "The sandbox was told to answer so" in page.text


def test_the_next_request_is_answered_as_ever(council: CouncilUnderTest) -> None:
    assert read(council, "unavailable").status_code == 503
    after = read(council)
    assert after.status_code == 200
    assert FAULT not in after.headers


@pytest.mark.parametrize("name", ["too-many-requests", "unavailable", "maintenance"])
def test_a_caller_is_told_when_to_come_back(council: CouncilUnderTest, name: str) -> None:
    assert int(read(council, name).headers["Retry-After"]) > 0
    assert read(council, f"{name}; retry_after=7").headers["Retry-After"] == "7"


def test_an_expired_token_is_told_as_rfc_6750_says(council: CouncilUnderTest) -> None:
    challenge = read(council, "expired-token").headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize(
    ("scenario", "written"),
    [
        *((name, 0) for name in REFUSALS),
        ("html-page", 0),
        ("error-in-200", 0),
        ("error-in-200; when=refused", 1),
        ("slow; seconds=0.01", 1),
        ("stale", 1),
        ("shifting-pages", 1),
        ("events-twice", 1),
        ("events-late", 1),
        ("dropped", 1),
        ("half-sent", 1),
        ("timeout; seconds=0.01", 0),
    ],
)
def test_whether_a_write_is_done_is_as_documented(
    council: CouncilUnderTest, scenario: str, written: int
) -> None:
    behaviours = council.client.get("/sandbox/behaviours").json()["items"]
    said = next(each for each in behaviours if each["name"] == scenario.partition(";")[0])["of_a_write"]
    assert ("Nothing of it is done" in said) != (written == 1) or "Where refused" in said
    move(council, a_move(council), scenario)
    assert moves_told(council) == written


def test_a_write_whose_answer_was_lost_is_sent_again_safely(council: CouncilUnderTest) -> None:
    body, once = a_move(council), {"Idempotency-Key": "once"}
    move(council, body, "dropped", **once)
    assert moves_told(council) == 1
    again = move(council, body, **once)
    assert again.status_code == 201
    assert moves_told(council) == 1


def test_an_error_hides_in_a_200(council: CouncilUnderTest) -> None:
    hidden = read(council, "error-in-200")
    assert (hidden.status_code, hidden.headers["content-type"]) == (200, "application/json")
    assert hidden.json()["status"] == 500


def test_a_refusal_that_would_come_anyway_hides_in_a_200_with_its_own_words(
    council: CouncilUnderTest,
) -> None:
    asked = {"headers": asking("error-in-200; when=refused")}
    plain = council.get("residents", "/residents/R09999999")
    hidden = council.get("residents", "/residents/R09999999", **asked)
    assert (plain.status_code, hidden.status_code) == (404, 200)
    assert hidden.json() == plain.json()
    assert hidden.headers[FAULT] == "error-in-200"
    fine = council.get("residents", "/residents/R00000001", **asked)
    assert FAULT not in fine.headers


def test_a_proxys_page_comes_in_place_of_the_answer(council: CouncilUnderTest) -> None:
    answer = read(council, "html-page; status=200")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "Sign in" in answer.text


def test_a_service_of_a_standard_refuses_in_the_standards_words(council: CouncilUnderTest) -> None:
    path = "/requests.json"
    refused = council.get("street_reports", path, page_size=1, headers=asking("too-many-requests"))
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert [sorted(each) for each in refused.json()] == [["code", "description"]]
    assert refused.json()[0]["code"] == 429
    # The standard says 403 where a key is not good, and knows no 401.
    expired = council.get("street_reports", path, headers=asking("expired-token"))
    assert expired.status_code == 403
    unknown = council.get("street_reports", "/requests.xml", headers=asking("slw"))
    assert unknown.status_code == 400
    assert unknown.text.startswith("<?xml")
    assert "slow" in unknown.text


@pytest.mark.parametrize(
    ("scenario", "nearest"),
    [
        ("slwo", "slow"),
        ("", None),
        ("slow; second=1", "seconds"),
        ("slow; seconds=61", None),
        ("slow; seconds=nan", None),
        ("slow; seconds=fast", None),
        ("slow; seconds=2; up_to=1", None),
        ("slow; seconds", None),
        ("unavailable; retry_after=0", None),
        ("html-page; status=418", "200"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(
    council: CouncilUnderTest, scenario: str, nearest: str | None
) -> None:
    refused = read(council, scenario)
    assert refused.status_code == 400
    assert refused.json()["type"] == "/problems/unknown-scenario"
    assert refused.json()["known"]
    if nearest is not None:
        assert refused.json()["known"][0] == nearest
    assert FAULT not in refused.headers
    assert moves_told(council) == 0


def test_an_unknown_behaviour_does_nothing_of_a_write(council: CouncilUnderTest) -> None:
    assert move(council, a_move(council), "slwo").status_code == 400
    assert moves_told(council) == 0


def test_every_behaviour_is_listed_with_a_sentence(council: CouncilUnderTest) -> None:
    listed = council.client.get("/sandbox/behaviours", headers={"Authorization": ""}).json()["items"]
    names = [each["name"] for each in listed]
    assert set(read(council, "unheard-of").json()["known"]) == set(names)
    assert len(names) == len(set(names)) > 10
    assert all(each["sentence"].endswith(".") and each["of_a_write"].endswith(".") for each in listed)


def test_what_tells_of_a_service_and_the_control_api_are_let_alone(council: CouncilUnderTest) -> None:
    headers = asking("unavailable")
    assert council.get("waste", "/openapi.json", headers=headers).status_code == 200
    assert council.client.get("/sandbox/councils/fairwater/clock", headers=headers).status_code == 200


def test_forced_answers_are_counted_for_prometheus(council: CouncilUnderTest) -> None:
    def counted() -> float:
        lines = council.client.get("/metrics").text.splitlines()
        name = 'virtual_council_forced_total{behaviour="bad-gateway"}'
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    before = counted()
    read(council, "bad-gateway")
    read(council)
    assert counted() == before + 1


def test_pages_shift_so_that_a_record_comes_twice_or_is_missed(council: CouncilUnderTest) -> None:
    def page(number: int, scenario: str | None = None) -> list[str]:
        asked = {"page": number, "per_page": 10}
        answer = council.get("residents", "/residents", headers=asking(scenario), **asked)
        return [each["id"] for each in answer.json()["items"]]

    first, second, third = page(1), page(2), page(3)
    assert page(1, "shifting-pages") == first
    assert page(2, "shifting-pages") == [first[-1], *second[:-1]]
    assert page(3, "shifting-pages") == [second[-2], second[-1], *third[:-2]]
    assert page(2, "shifting-pages; how=missed") == [*second[1:], third[0]]


@pytest.mark.parametrize(("how", "loses"), [("repeated", False), ("missed", True)])
def test_whoever_follows_the_links_of_a_shifting_list_comes_to_its_end(
    council: CouncilUnderTest, how: str, loses: bool
) -> None:
    first = council.get("residents", "/residents", per_page=100)
    everything = {
        each["id"]
        for number in range(1, -(-first.json()["total"] // 100) + 1)
        for each in council.get("residents", "/residents", per_page=100, page=number).json()["items"]
    }
    assert len(everything) == first.json()["total"] > 200
    page, seen, ends = first, [], []
    while True:
        records = [each["id"] for each in page.json()["items"]]
        seen += records
        ends.append((records[:1], records[-1:]))
        if "next" not in page.links:
            break
        page = council.client.get(page.links["next"]["url"], headers=asking(f"shifting-pages; how={how}"))
    assert (set(seen) < everything) == loses
    assert (len(seen) > len(set(seen))) != loses
    if not loses:
        assert set(seen) == everything
        assert all(before[1] == after[0] for before, after in itertools.pairwise(ends))


def test_a_list_of_a_standard_shifts_too(council: CouncilUnderTest) -> None:
    def page(number: int, **headers: str) -> list[str]:
        asked = {"page": number, "page_size": 5}
        answer = council.get("street_reports", "/requests.json", headers=headers, **asked)
        return [each["service_request_id"] for each in answer.json()]

    shifted = page(2, **{SCENARIO: "shifting-pages"})
    assert shifted == [page(1)[-1], *page(2)[:-1]]
