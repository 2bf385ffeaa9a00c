"""A person drives a council by forms: each says what it did, and nobody else's page can send one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from sandbox.app import Sandbox
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.console.every_page import BROWSER, tree, words

PAGE = "/drive/fairwater"
OURS = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin", **BROWSER}


def token(client: TestClient) -> str:
    page = tree(client.get(PAGE, headers=BROWSER))
    tokens = {each.get("value") for each in page.iter("input") if each.get("name") == "token"}
    assert len(tokens) == 1
    return str(tokens.pop())


def send(council: CouncilUnderTest, act: str, **form: str) -> Response:
    """Send a form as a browser would from our page, and follow to what came of it."""
    form["token"] = token(council.client)
    answer = council.client.post(f"{PAGE}/{act}", data=form, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303
    return council.client.get(answer.headers["location"], headers=BROWSER)


def told(answer: Response) -> str:
    return words(answer).partition("What happens in it can be undone by returning to a saved state.")[2]


def now(council: CouncilUnderTest) -> str:
    shown: str = council.client.get("/sandbox/councils/fairwater/clock").json()["now"]
    return shown


def test_the_first_page_leads_there(council: CouncilUnderTest) -> None:
    links = {link.get("href"): "".join(link.itertext()) for link in tree(council.client.get("/")).iter("a")}
    assert links[PAGE] == "Drive this council"


@pytest.mark.parametrize(
    ("step", "shows"),
    [
        ("day", "2026-06-02T08:00:00Z"),
        ("week", "2026-06-08T08:00:00Z"),
        ("working-days", "2026-06-15T08:00:00Z"),
    ],
)
def test_the_clock_is_advanced_and_says_what_happened(
    council: CouncilUnderTest, step: str, shows: str
) -> None:
    said = told(send(council, "advance", step=step))
    assert now(council) == shows
    assert said.startswith(" Done The clock went from Monday 1 June 2026, 9:00 in the morning to")
    assert "Street reports: steps, Monday 1 June 2026" in said


def test_it_goes_to_the_next_thing_due(council: CouncilUnderTest) -> None:
    due = council.client.get("/sandbox/councils/fairwater/clock").json()["next_due"]
    send(council, "advance", step="next")
    assert now(council) == due


def test_a_page_that_is_loaded_again_does_nothing_again(council: CouncilUnderTest) -> None:
    form = {"token": token(council.client), "step": "day"}
    place = council.client.post(f"{PAGE}/advance", data=form, headers=OURS, follow_redirects=False)
    for _ in range(2):
        assert "The clock went from" in words(council.client.get(place.headers["location"]))
    assert now(council) == "2026-06-02T08:00:00Z"


def test_a_state_is_saved_and_returned_to(council: CouncilUnderTest) -> None:
    send(council, "advance", step="day")
    assert "The council is saved as before-the-demo." in told(send(council, "save", name="Before the demo"))
    send(council, "advance", step="week")
    said = told(send(council, "restore", snapshot="before-the-demo"))
    assert "its clock shows Tuesday 2 June 2026, 9:00 in the morning" in said
    assert now(council) == "2026-06-02T08:00:00Z"
    send(council, "reset")
    assert now(council) == "2026-06-01T08:00:00Z"


def test_a_fork_is_made_shown_with_its_end_and_deleted(council: CouncilUnderTest) -> None:
    page = send(council, "fork", name="Rehearsal", lifetime="PT1H")
    assert "There is a fork now" in told(page)
    links = [link.get("href") for link in tree(page).iter("a")]
    assert "/?council=rehearsal" in links
    assert "ends by itself on" in words(page)
    page = send(council, "delete", fork="rehearsal")
    assert "Rehearsal is deleted." in told(page)
    assert council.sandbox.councils.get("rehearsal") is None


def test_the_clock_is_let_run_and_frozen(council: CouncilUnderTest) -> None:
    with council.client:
        page = send(council, "run", speed="60")
        assert "Time runs: 60 seconds" in words(page)
        assert "Time stands still." in words(send(council, "freeze"))


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("advance", {"step": "never"}),
        ("run", {"speed": "<b>"}),
        ("save", {"name": ""}),
        ("restore", {"snapshot": "../../etc"}),
        ("fork", {"name": "leeds"}),
        ("delete", {"fork": "fairwater"}),
        ("delete", {}),
        ("lift", {"rule": "none"}),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    council: CouncilUnderTest, act: str, form: dict[str, str]
) -> None:
    page = send(council, act, **form)
    assert "Refused, and nothing was changed" in told(page)
    assert "<b>" not in page.text.partition("</header>")[2]
    assert now(council) == "2026-06-01T08:00:00Z"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8000"},
        {"Host": "192.168.1.5:8000", "Origin": "http://192.168.1.5:8000"},
    ],
)
def test_a_form_of_another_page_does_nothing(council: CouncilUnderTest, headers: dict[str, str]) -> None:
    form = {"token": token(council.client), "step": "day"}
    answer = council.client.post(f"{PAGE}/advance", data=form, headers=OURS | headers)
    assert answer.status_code == 403
    assert now(council) == "2026-06-01T08:00:00Z"


@pytest.mark.parametrize("sent", [{}, {"token": ""}, {"token": "guessed"}, {"token": "£"}])
def test_a_form_without_the_token_does_nothing(council: CouncilUnderTest, sent: dict[str, str]) -> None:
    answer = council.client.post(f"{PAGE}/advance", data={"step": "day", **sent}, headers=OURS)
    assert answer.status_code == 403
    assert now(council) == "2026-06-01T08:00:00Z"


def test_the_token_is_not_shown_at_an_address_that_others_can_point_here(council: CouncilUnderTest) -> None:
    secret = token(council.client)
    answer = council.client.get(PAGE, headers={**BROWSER, "Host": "evil.example:8000"})
    assert answer.status_code == 421
    assert secret not in answer.text
    assert "127.0.0.1 or localhost" in words(answer)


def test_the_token_is_another_after_a_restart(council: CouncilUnderTest) -> None:
    before = token(council.client)
    council.reopen()
    assert token(council.client) != before


def test_only_this_page_may_send_a_form_and_to_us_alone(council: CouncilUnderTest) -> None:
    def policy(path: str) -> str:
        return str(council.client.get(path, headers=BROWSER).headers["Content-Security-Policy"])

    assert "form-action 'self'" in policy(PAGE)
    assert "form-action 'none'" in policy("/")


def test_reading_an_address_of_a_form_does_nothing(council: CouncilUnderTest) -> None:
    assert council.client.get(f"{PAGE}/reset", headers=BROWSER).status_code == 405


def test_there_is_no_form_that_is_not_there(council: CouncilUnderTest) -> None:
    form = {"token": token(council.client)}
    assert council.client.post(f"{PAGE}/explode", data=form, headers=OURS).status_code == 404
    assert council.client.post("/drive/atlantis/reset", data=form, headers=OURS).status_code == 404


@pytest.fixture
def open_to_others(built_folder: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A sandbox that listens where other machines can reach it."""
    path = tmp_path / "open"
    shutil.copytree(built_folder, path)
    sandbox = Sandbox(DataFolder(path), discover(), "fairwater", key=KEY, host="10.1.2.3")
    yield TestClient(sandbox.gateway, base_url="http://10.1.2.3:8000")
    sandbox.close()


def test_where_others_can_reach_it_a_form_needs_a_key(open_to_others: TestClient) -> None:
    form = {"token": token(open_to_others), "step": "day"}
    for key, said in (("", "Refused"), ("guessed", "Refused"), (KEY, "The clock went from")):
        answer = open_to_others.post(f"{PAGE}/advance", data={**form, "key": key})
        assert answer.status_code == 200
        assert said in words(answer)


def test_what_is_forced_is_listed_and_can_be_ended(council: CouncilUnderTest) -> None:
    set_ = council.control("/rules", behaviour="unavailable", service="waste", lasts="PT1H")
    assert set_.status_code == 201, set_.text
    page = council.client.get(PAGE, headers=BROWSER)
    assert "Unavailable on every call of Waste, until" in words(page)
    assert "by this computer's clock, forced on 0 calls so far" in words(page)
    page = send(council, "lift", rule=set_.json()["id"])
    assert "The council no longer behaves in that way." in told(page)
    assert "Nothing is forced" in words(page)


def test_the_latest_calls_are_shown_but_not_those_of_this_page(council: CouncilUnderTest) -> None:
    council.get("waste", "/rounds")
    send(council, "advance", step="day")
    said = words(council.client.get(PAGE, headers=BROWSER)).partition("Latest calls")[2]
    assert "GET /councils/fairwater/waste/rounds" in said
    assert "POST /sandbox/councils/fairwater/clock" in said
    assert "GET /sandbox/councils" not in said


def test_only_forks_of_the_council_are_deleted_from_its_page(council: CouncilUnderTest) -> None:
    council.control("/forks", name="rehearsal")
    council.client.post("/sandbox/councils/rehearsal/forks", json={"name": "another"})
    page = send(council, "delete", fork="another")
    assert "another is not a fork of Fairwater Council" in words(page)
    assert council.client.get("/sandbox/councils/another").status_code == 200
    send(council, "delete", fork="rehearsal")
    assert council.client.get("/sandbox/councils/rehearsal").status_code == 404


def test_a_saved_state_can_be_deleted(council: CouncilUnderTest) -> None:
    send(council, "save", name="Before the demo")
    page = send(council, "discard", snapshot="before-the-demo")
    assert "The saved state before-the-demo is deleted." in told(page)
    assert "Nothing is saved yet." in words(page)
