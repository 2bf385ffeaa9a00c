"""An officer sees on one page who answers for the council, and takes each step with a product by a button."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from httpx2 import Response

from sandbox import machine
from sandbox.serving import served_aside
from sandbox.shadow import results
from sandbox.shadow.causes import Cause
from sandbox.shadow.examples import Example
from sandbox.shadow.summary import Group, Summary
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import join
from tests.sandbox.console.every_page import BROWSER, tree, words

PAGE = "/slots/fairwater"
OURS = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin", **BROWSER}
OFFICER = {"by": "Ada Officer", "why": "to see whether anybody notices"}


@pytest.fixture
def joined(council: CouncilUnderTest) -> CouncilUnderTest:
    """A council whose waste slot a product has joined for."""
    join(council)
    return council


def shown(council: CouncilUnderTest) -> Response:
    answer: Response = council.client.get(PAGE, headers=BROWSER)
    assert answer.status_code == 200
    return answer


def token(council: CouncilUnderTest) -> str:
    tokens = {each.get("value") for each in tree(shown(council)).iter("input") if each.get("name") == "token"}
    assert len(tokens) == 1
    return str(tokens.pop())


def press(council: CouncilUnderTest, step: str, slot: str = "waste", **form: str) -> Response:
    """Press the button of a step as a browser would, and follow to what came of it."""
    form = {"token": token(council), "component": "bins-r-us", "step": step, **form}
    answer = council.client.post(f"{PAGE}/{slot}", data=form, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return council.client.get(answer.headers["location"], headers=BROWSER)


def told(answer: Response) -> str:
    """What the page says came of the step."""
    return words(answer).partition("which of the two answers.")[2].partition("Its slots")[0].strip()


def filled(council: CouncilUnderTest, slot: str = "waste") -> list[dict[str, Any]]:
    fillings: list[dict[str, Any]] = council.client.get(f"/sandbox/councils/fairwater/slots/{slot}").json()[
        "fillings"
    ]
    return fillings


def buttons(answer: Response) -> list[str]:
    return ["".join(each.itertext()) for each in tree(answer).iter("button")]


def history(answer: Response) -> list[list[str]]:
    """The lines of what happened so far: when, what, who and why."""
    last = tree(answer).findall(".//table")[-1]
    lines = [
        [" ".join("".join(cell.itertext()).split()) for cell in row] for row in last.findall(".//tbody/tr")
    ]
    return lines


def test_every_page_leads_there(council: CouncilUnderTest) -> None:
    links = {"".join(link.itertext()): link.get("href") for link in tree(council.client.get("/")).iter("a")}
    assert links["See who answers for it"] == PAGE
    assert council.client.get(links["Who answers"], headers=BROWSER).url.path == PAGE


def test_where_nobody_joined_there_is_nothing_to_press(
    council: CouncilUnderTest,
) -> None:
    page = shown(council)
    for service in council.sandbox.councils.first.services.values():
        assert f"The stub answers for {service.title}." in words(page)
    assert buttons(page) == []
    assert "council component add" in words(page)


def test_who_joined_is_shown_with_what_can_be_done_and_what_is_missing(joined: CouncilUnderTest) -> None:
    page = shown(joined)
    said = words(page)
    assert "it answers at http://127.0.0.1:9000" in said
    assert "Checked Not yet." in said
    assert "Something is still missing: bins-r-us has not been checked; bins-r-us has not been" in said
    assert buttons(page) == [
        "Check it",
        "Replay a day",
        "Watch it beside the stub",
        "Answer for 10 % of homes",
        "Answer for 50 % of homes",
        "Answer for that ward",
        "Answer for everybody (100 %)",
        "Compare its records",
        "Let it leave",
    ]


def test_what_the_gate_keeps_out_is_refused_and_says_what_is_missing(joined: CouncilUnderTest) -> None:
    for step in ("share 10", "share 50", "go-live"):
        page = press(joined, step, **OFFICER)
        assert told(page).startswith("Refused, and nothing was changed")
        assert "bins-r-us has not been checked" in told(page)
        assert filled(joined) == []


def test_with_a_reason_it_goes_ahead_and_the_history_says_who_and_why(joined: CouncilUnderTest) -> None:
    page = press(joined, "go-live", **OFFICER, override="a demonstration")
    assert told(page).startswith("Done Waste: bins-r-us is live for the whole slot")
    assert [each["mode"] for each in filled(joined)] == ["live"]
    [(_, what, who, why)] = history(page)
    assert "Though something was missing: Not met: bins-r-us has not been checked" in what
    assert what.endswith("Reason: a demonstration")
    assert (who, why) == ("Ada Officer", "to see whether anybody notices")


def test_it_answers_for_a_share_then_for_a_ward_and_is_rolled_back(joined: CouncilUnderTest) -> None:
    for step, share in (("share 10", 10), ("share 50", 50)):
        press(joined, step, **OFFICER, override="a demonstration")
        assert [each["share"]["percent"] for each in filled(joined)] == [share]
    ward = joined.get("addresses", "/wards").json()["items"][0]
    press(joined, "ward", **OFFICER, ward=ward["name"], override="a demonstration")
    assert [each["share"]["wards"] for each in filled(joined)] == [[ward["code"]]]
    page = press(joined, "roll-back", **OFFICER)
    assert told(page) == "Done Waste: The stub answers for Waste."
    assert filled(joined) == []
    assert history(page)[0][1] == "Rolled back to the stub"


def test_it_is_watched_without_asking_anybody(joined: CouncilUnderTest) -> None:
    page = press(joined, "watch", **OFFICER)
    assert "Waste: bins-r-us is watched beside the stub" in told(page)
    assert "Roll back to the stub" in buttons(page)


def test_the_stub_answers_in_its_place_where_that_is_ticked(joined: CouncilUnderTest) -> None:
    press(joined, "go-live", **OFFICER, fallback="yes", override="a demonstration")
    assert [each["fallback"] for each in filled(joined)] == [True]
    press(joined, "go-live", **OFFICER, override="a demonstration")
    assert [each["fallback"] for each in filled(joined)] == [False]


IMPOSSIBLE = [
    ("ward", {"ward": "Nowhere"}),
    ("ward", {}),
    ("share 0", {}),
    ("share 999", {}),
    ("go-live", {"component": "<b>nobody</b>"}),
    ("go-live", {"by": "x" * 121}),
    ("check", {"component": "nobody"}),
    ("check", {"component": "../../clock"}),
]


def test_what_cannot_be_done_is_refused_in_words(joined: CouncilUnderTest) -> None:
    for step, form in IMPOSSIBLE:
        page = press(joined, step, **{**OFFICER, "override": "a demonstration", **form})
        assert told(page).startswith("Refused, and nothing was changed"), (step, form)
        assert "<b>" not in page.text.partition("</header>")[2]
    assert filled(joined) == []


def test_a_form_of_another_page_does_nothing(joined: CouncilUnderTest) -> None:
    form = {"token": token(joined), "component": "bins-r-us", "step": "watch"}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example"},
    ):
        answer = joined.client.post(f"{PAGE}/waste", data=form, headers=OURS | headers)
        assert answer.status_code == 403
    form["token"] = "guessed"
    assert joined.client.post(f"{PAGE}/waste", data=form, headers=OURS).status_code == 403
    assert filled(joined) == []


def test_the_page_is_not_shown_at_an_address_that_others_can_point_here(joined: CouncilUnderTest) -> None:
    secret = token(joined)
    answer = joined.client.get(PAGE, headers={**BROWSER, "Host": "evil.example:8000"})
    assert answer.status_code == 421
    assert secret not in answer.text


def test_there_is_no_step_that_is_not_there(joined: CouncilUnderTest) -> None:
    form = {"token": token(joined), "component": "bins-r-us", "step": "explode"}
    assert joined.client.post(f"{PAGE}/waste", data=form, headers=OURS).status_code == 404
    assert joined.client.get(f"{PAGE}/waste", headers=BROWSER).status_code == 405


def compared(council: CouncilUnderTest, sentence: str) -> None:
    """Let a comparison have found a difference, of which it says this."""
    example = Example(
        "GET", "/missed-collections", "", (), True, "", "2026-06-03", "2026-06-04", 200, 200, "{}", "{}"
    )
    group = Group(
        "list_missed_collections",
        "/return_by",
        Cause.LATER,
        7,
        sentence,
        machine.now(),
        machine.now(),
        example,
    )
    told = f"Of 1,204 calls 1,197 were answered alike; 7 gave {sentence}; it was 40 ms slower."
    counts = (1204, 1197, 7, 0, 0, 0, 0)
    summary = Summary(told, *counts, (group,), 0, (), (), (), 1.0, 41.0, 40.0)
    with council.sandbox.councils.notebook("fairwater").writing() as session:
        number = results.begin(session, "bins-r-us", results.Kind.REPLAY, "a day of the council's traffic")
        results.write(session, "bins-r-us", number, summary, state=results.State.DONE)


def test_how_it_compared_is_told_plainly_with_an_example_to_try(joined: CouncilUnderTest) -> None:
    compared(joined, "a later <b>return by</b> date")
    page = shown(joined)
    said = words(page)
    assert "Compared Of 1,204 calls 1,197 were answered alike; 7 gave a later <b>return by</b> date" in said
    assert "7 times: a later <b>return by</b> date" in said
    assert "Our stub 2026-06-03, with status 200 The product 2026-06-04, with status 200" in said
    lines = [line for each in tree(page).iter("pre") for line in "".join(each.itertext()).splitlines()]
    ours, theirs = (line.split()[2] for line in lines if line.startswith("curl"))
    assert ours == "http://127.0.0.1:8000/councils/fairwater/waste/missed-collections"
    assert theirs.endswith("/sandbox/councils/fairwater/components/bins-r-us/at/missed-collections")


def test_a_check_that_cannot_be_made_says_why(joined: CouncilUnderTest) -> None:
    with served_aside(joined.sandbox.gateway) as url:
        form = {"token": token(joined), "component": "bins-r-us", "step": "check"}
        answer = httpx.post(f"{url}{PAGE}/waste", data=form, follow_redirects=True)
        assert "bins-r-us is being checked." in answer.text
        assert (
            "is being checked already"
            in httpx.post(f"{url}{PAGE}/waste", data=form, follow_redirects=True).text
        )
        while "It is being checked now" in (page := httpx.get(f"{url}{PAGE}").text):
            time.sleep(0.1)
    assert "The latest check could not be made:" in page
    assert "127.0.0.1:9000" in page.partition("The latest check could not be made:")[2].partition("</dd>")[0]


def test_a_product_that_gives_no_account_of_its_records_does_not_leave(joined: CouncilUnderTest) -> None:
    page = press(joined, "leave", **OFFICER)
    assert told(page).startswith("Refused, and nothing was changed Nothing was compared")
    assert "Let it leave" in buttons(page)


def test_nothing_of_the_products_key_or_secret_is_shown(council: CouncilUnderTest) -> None:
    made = join(council).made
    said = press(council, "watch", **OFFICER).text
    assert made["key"] not in said
    assert made["events_secret"] not in said
