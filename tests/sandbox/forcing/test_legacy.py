"""Profiles of legacy systems set rules together, and do what their prose says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.forcing import legacy
from sandbox.forcing.legacy import FOLDER, ProfileUnreadable, profiles
from tests.conftest import CouncilUnderTest
from tests.sandbox.forcing.calls import FAULT, a_move, move, moves_told, read, rules

NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))


def behave_like(council: CouncilUnderTest, profile: str, **under: object) -> list[dict[str, object]]:
    answer = council.control("/legacy", profile=profile, **under)
    assert answer.status_code == 201, answer.text
    made: list[dict[str, object]] = answer.json()["items"]
    return made


def test_every_file_is_a_profile_that_is_listed(council: CouncilUnderTest) -> None:
    listed = council.client.get("/sandbox/legacy", headers={"Authorization": ""}).json()["items"]
    assert [each["name"] for each in listed] == NAMES
    assert len(NAMES) >= 8
    for each in listed:
        assert all(each[prose].rstrip().endswith(".") for prose in ("imitates", "breaks"))
        assert each["behaviours"]


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_sets_its_rules_for_as_long_as_was_asked(council: CouncilUnderTest, name: str) -> None:
    made = behave_like(council, name, lasts="PT1H", seed=11)
    assert made == rules(council)
    assert len(made) == len(profiles()[name].rules)
    assert {(each["profile"], each["seed"]) for each in made} == {(name, 11)}
    assert len({each["ends_at"] for each in made}) == 1


def test_a_profile_can_be_one_services_alone(council: CouncilUnderTest) -> None:
    behave_like(council, "shifting-pages", service="residents")
    assert FAULT in council.get("residents", "/residents", page=2).headers
    assert FAULT not in council.get("addresses", "/properties", page=2).headers


def test_a_profile_that_there_is_not_is_refused_with_the_nearest(council: CouncilUnderTest) -> None:
    refused = council.control("/legacy", profile="nightly-bach")
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/no-such-profile")
    assert "Did you mean nightly-batch?" in refused.json()["detail"]
    assert council.control("/legacy", profile="middleware", service="wast").status_code == 422
    assert rules(council) == []


def test_a_nightly_batch_lets_nobody_write_and_for_two_hours_nobody_read(council: CouncilUnderTest) -> None:
    behave_like(council, "nightly-batch", until="2026-06-09T00:00:00Z")
    body = a_move(council)
    council.advance(to="2026-06-01T21:30:00Z")  # half past ten in the evening, in London
    refused = move(council, body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, str(7 * 3600 + 1800))
    assert read(council).status_code == 200
    council.advance(to="2026-06-02T00:30:00Z")
    assert read(council).status_code == 503
    council.advance(to="2026-06-02T05:00:00Z")
    assert (read(council).status_code, move(council, body).status_code) == (200, 201)
    assert moves_told(council) == 1


def test_a_200_has_the_error_inside(council: CouncilUnderTest) -> None:
    behave_like(council, "error-in-200")
    hidden = council.get("residents", "/residents/R09999999")
    assert hidden.status_code == 200
    assert hidden.json()["status"] == 404
    refused = move(council, {"uprn": "1"})
    assert (refused.status_code, refused.json()["status"]) == (200, 422)
    assert moves_told(council) == 0
    assert FAULT not in read(council).headers


def test_a_slow_search_is_slow_only_to_search(council: CouncilUnderTest) -> None:
    [rule] = behave_like(council, "slow-search")
    read(council)
    council.get("residents", "/residents", page=2)
    [after] = rules(council)
    assert (rule["seen"], after["seen"]) == (0, 0)
    assert after["parameters"] == {"seconds": 2, "up_to": 8}


def test_eventual_consistency_hides_a_write_for_a_while(council: CouncilUnderTest) -> None:
    behave_like(council, "eventual-consistency")
    before, body = read(council).json()["uprn"], a_move(council)
    assert move(council, body).status_code == 201
    assert read(council).json()["uprn"] == before


def test_middleware_loses_answers_and_never_a_write(council: CouncilUnderTest) -> None:
    made = behave_like(council, "middleware")
    assert [each["behaviour"] for each in made] == ["slow", "html-page", "gateway-timeout", "dropped"]


def test_a_profile_that_is_none_is_refused_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.yaml").write_text("title: A system\nrules: [{behaviour: slow, spped: 3}]\n")
    monkeypatch.setattr(legacy, "FOLDER", tmp_path)
    profiles.cache_clear()
    try:
        with pytest.raises(ProfileUnreadable, match=r"broken\.yaml"):
            profiles()
    finally:
        profiles.cache_clear()
