"""Checks of data: the council passes, and each finds a service that loses, mixes up or misreckons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.serving import served_aside as served
from scenarios import packs
from scenarios.conformance import plan
from scenarios.conformance.checks import Check, Kind, Missed
from scenarios.conformance.draws import Draws
from scenarios.conformance.kinds.data.reckoned import rounds
from tests.scenarios.bending import Bent, Said, on_good, without
from tests.scenarios.probing import Probing
from tests.scenarios.serving import sandbox_of

PACKS = packs.load()


@pytest.fixture(scope="module")
def bent(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bent, Probing]]:
    """A served council with somebody in the way, and the probes of it."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("data") / "council-data") as sandbox:
        between = Bent(sandbox.gateway)
        with served(between) as url, Probing(url, PACKS) as probing:
            yield between, probing


@pytest.fixture(scope="module")
def checks(bent: tuple[Bent, Probing]) -> dict[str, Check]:
    _, probing = bent
    slugs = [slug for slug in probing.council.services if slug != "sandbox"]
    return {check.id: check for check in plan.planned(probing.council.services, slugs, PACKS)}


def missed(bent: tuple[Bent, Probing], check: Check) -> Missed:
    """How the check ends with whatever stands between; it must find it wrong. On a fork, if it moves time."""
    between, probing = bent
    where = probing.fork() if ".reckoned-" in check.id else nullcontext(probing)
    with where as tried, pytest.raises(Missed) as found:
        check.run(tried.probe(check.service))
    assert between.bent
    return found.value


@pytest.mark.parametrize("service", ["street_reports"])
def test_the_council_passes_every_check_of_its_data(
    bent: tuple[Bent, Probing], checks: dict[str, Check], service: str
) -> None:
    between, probing = bent
    between.bend("nothing")
    with probing.fork() as fork:
        for check in checks.values():
            if check.kind is Kind.DATA and check.service == service:
                check.run(fork.probe(service))


def test_the_same_seed_draws_the_same(bent: tuple[Bent, Probing], checks: dict[str, Check]) -> None:
    between, probing = bent
    between.bend("nothing")

    def asked(seed: int) -> list[str]:
        probe = probing.probe("addresses", seed=seed)
        checks["addresses.data.filter-list-properties-postcode"].run(probe)
        return [each.url for each in probe.exchanges]

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)
    assert Draws(1, "a").some(range(100), 5) != Draws(1, "b").some(range(100), 5)


def last_dropped(said: Said) -> None:
    """Every page but the longest is one short."""
    if said.query.get("per_page") not in (None, "200"):
        said.body["items"] = said.body["items"][:-1]


def shifted(said: Said) -> None:
    if said.query.get("per_page") == "200":
        return
    said.body["items"] = said.body["items"][::-1]


def one_more(said: Said) -> None:
    said.body["total"] += 1


def beyond_the_end(said: Said) -> None:
    """The page after the last is the last again."""
    size, number = int(said.query.get("per_page", 50)), int(said.query.get("page", 1))
    if (number - 1) * size >= said.body["total"] > 0:
        said.body["items"] = [{**KEPT[-1]}] if KEPT else []
    elif said.body["items"]:
        KEPT[:] = said.body["items"]


KEPT: list[Any] = []


def linked(pattern: str, becomes: str) -> Callable[[Said], None]:
    def said(answer: Said) -> None:
        answer.headers["link"] = re.sub(pattern, becomes, answer.headers.get("link", ""))

    return said


@pytest.mark.parametrize(
    ("check", "where", "said", "message"),
    [
        ("pages-list-missed-collections", "/missed-collections$", last_dropped, "is not that stretch"),
        ("pages-list-missed-collections", "/missed-collections$", shifted, "is not that stretch"),
        ("pages-list-missed-collections", "/missed-collections$", one_more, "as its total says"),
        ("pages-list-missed-collections", "/missed-collections$", beyond_the_end, "after the last"),
        (
            "pages-list-missed-collections",
            "/missed-collections$",
            on_good(lambda body: {**body, "items": [*body["items"], *body["items"][:1]]}),
            "more than once",
        ),
        (
            "pages-list-missed-collections",
            "/missed-collections$",
            on_good(lambda body: {**body, "page": 1}),
            "which page it is",
        ),
        ("links-list-rounds", "/rounds$", linked(r'rel="next"', 'rel="later"'), "the `next` page"),
        ("links-list-rounds", "/rounds$", linked(r"page=\d+&", "page=1&"), "does not lead there"),
        ("links-list-rounds", "/rounds$", linked("/rounds", "/elsewhere"), "leads to another address"),
        (
            "links-list-missed-collections",
            "/missed-collections$",
            linked("(status|uprn)=[^&]*&", ""),
            "loses the filter",
        ),
        (
            "each-of-list-missed-collections",
            "GET .*/missed-collections/",
            on_good(lambda body: {**body, "return_by": "2020-01-01"}),
            "another `return_by`",
        ),
    ],
)
def test_a_list_that_loses_repeats_or_misleads_is_found_out(
    bent: tuple[Bent, Probing],
    checks: dict[str, Check],
    check: str,
    where: str,
    said: Callable[[Said], None],
    message: str,
) -> None:
    bent[0].bend(where, said)
    assert message in str(missed(bent, checks[f"waste.data.{check}"]))


@pytest.mark.parametrize(
    ("check", "where", "asked", "message"),
    [
        (
            "waste.data.filter-list-missed-collections-status",
            "/missed-collections$",
            "status",
            "does not fit",
        ),
        ("waste.data.filter-list-collections-missed", "/collections$", "missed", "does not fit"),
        ("waste.data.filter-list-collections-on", "/collections$", "on", "does not fit"),
        ("waste.data.filters-together-list-bulky-collections", "/bulky-coll", "status", "does not fit"),
        ("waste.data.span-show-collections", "/collections$", "to", "lies outside of it"),
        (
            "street_reports.data.filter-list-requests-service-code",
            "requests.json$",
            "service_code",
            "not fit",
        ),
        ("street_reports.data.span-list-updates", "updates.json$", "end_date", "lies outside"),
        ("council_tax.data.filter-list-accounts-minimum-balance-pence", "/accounts$", "minimum_b", "not fit"),
        ("addresses.data.filter-list-properties-q", "/properties$", "q", "does not fit"),
    ],
)
def test_a_filter_that_is_passed_over_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check], check: str, where: str, asked: str, message: str
) -> None:
    names = {"minimum_b": "minimum_balance_pence", "code": "service_code"}
    bent[0].bend(where, asked=without(names.get(asked, asked)))
    assert message in str(missed(bent, checks[check]))


def test_a_filter_that_takes_the_beginning_of_a_value_for_it_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    bent[0].bend("/bulky-collections$", asked=lambda query: query if len(query.get("uprn", "")) > 11 else {})
    found = missed(bent, checks["waste.data.filter-list-bulky-collections-uprn"])
    assert "does not fit" in str(found)


def test_pages_of_a_filtered_list_that_pass_over_the_filter_are_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    def asked(query: dict[str, str]) -> dict[str, str]:
        return query if query.get("page") == "1" else without("stream")(query)

    bent[0].bend("/waste/collections$", asked=asked)
    found = missed(bent, checks["waste.data.filter-list-collections-stream"])
    assert "are not its stretches" in str(found)


def test_a_filter_that_leaves_too_little_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    def said(answer: Said) -> None:
        if answer.status == 200 and "status" in answer.query and answer.body["items"]:
            answer.body["items"].pop()
            answer.body["total"] -= 1

    bent[0].bend("/missed-collections$", said)
    found = missed(bent, checks["waste.data.filter-list-missed-collections-status"])
    assert "leaves out a record that fits" in str(found)


def test_a_span_that_leaves_out_its_last_day_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    def said(answer: Said) -> None:
        if answer.status == 200 and "to" in answer.query:
            kept = [each for each in answer.body["items"] if each["collection_date"] < answer.query["to"]]
            answer.body["items"] = kept

    bent[0].bend("/bulky-slots$", said)
    assert "leaves it out" in str(missed(bent, checks["waste.data.span-list-bulky-slots"]))


def in_the_first(**fields: Any) -> Callable[[Said], None]:
    return on_good(lambda body: [{**body[0], **fields}, *body[1:]])


@pytest.mark.parametrize(
    ("check", "where", "said", "message"),
    [
        (
            "waste.data.comes-back-missed-collection",
            "GET .*/missed-collections/",
            on_good(lambda body: {**body, "uprn": "1"}),
            "`uprn` does not come back",
        ),
        (
            "waste.data.comes-back-bulky-collection",
            "GET .*/bulky-collections/",
            on_good(lambda body: {**body, "things": body["things"][:1]}),
            "`things` does not come back",
        ),
        (
            "waste.data.comes-back-missed-collection",
            "GET .*/missed-collections/",
            on_good(lambda body: {**body, "return_by": "2020-01-01"}),
            "otherwise than it was answered",
        ),
        (
            "waste.data.comes-back-missed-collection",
            "GET .*/missed-collections$",
            on_good(lambda body: {**body, "items": []}),
            "does not list what was made once",
        ),
        (
            "waste.data.changed-missed-collection",
            "GET .*/missed-collections/",
            on_good(lambda body: {**body, "status": "reported"}),
            "is not shown as it was set",
        ),
        (
            "street_reports.data.comes-back-report",
            "GET .*/requests/",
            in_the_first(lat=55.0),
            "`lat` does not come back",
        ),
        (
            "street_reports.data.formats-show-request",
            r"GET .*/requests/.*\.xml",
            on_good(lambda body: body.replace("<status>open", "<status>shut")),
            "XML does not say what JSON does",
        ),
        (
            "street_reports.data.markup-report",
            r"GET .*/requests/.*\.xml",
            on_good(lambda body: body.replace("&amp;", "&")),
            "the XML cannot be read",
        ),
        (
            "street_reports.data.markup-update",
            r"GET .*updates\.json",
            on_good(lambda body: [{**each, "description": "Bins &amp; bags"} for each in body]),
            "does not come back as it was sent",
        ),
        (
            "council_tax.data.comes-back-payment",
            "GET .*/transactions",
            on_good(lambda body: {**body, "items": body["items"][:1]}),
            "does not list what was made",
        ),
        (
            "residents.data.comes-back-arrival",
            "GET .*/residents/R",
            on_good(lambda body: {**body, "born": "1991-02-04"}),
            "`born` does not come back",
        ),
        (
            "waste.data.places-bulky-collection",
            "GET .*/bulky-slots$",
            on_good(lambda body: {"items": [{**each, "free": 6} for each in body["items"]]}),
            "does not go by what was made",
        ),
    ],
)
def test_what_does_not_come_back_as_it_was_sent_is_found_out(
    bent: tuple[Bent, Probing],
    checks: dict[str, Check],
    check: str,
    where: str,
    said: Callable[[Said], None],
    message: str,
) -> None:
    bent[0].bend(where, said)
    assert message in str(missed(bent, checks[check]))


def a_day_later(*path: str) -> Callable[[Said], None]:
    """A date in the answer a day later, in each entry of a list where the path leads through one."""

    def change(place: Any, names: tuple[str, ...]) -> None:
        if isinstance(place, list):
            for each in place:
                change(each, names)
        elif len(names) > 1:
            change(place[names[0]], names[1:])
        else:
            text = place[names[0]]
            place[names[0]] = f"{date.fromisoformat(text[:10]) + timedelta(days=1)}{text[10:]}"

    return on_good(lambda body: change(body, path))


@pytest.mark.parametrize(
    ("check", "where", "said", "message"),
    [
        (
            "waste.data.reckoned-return-by",
            "GET .*/missed-collections/",
            a_day_later("return_by"),
            "is not 2 working days after",
        ),
        (
            "waste.data.reckoned-reported-at",
            "GET .*/missed-collections/",
            on_good(lambda body: {**body, "reported_at": "2026-11-24T12:00:00Z"}),
            "is not the council's time",
        ),
        (
            "waste.data.reckoned-rounds",
            r"GET .*/properties/\d+/collections$",
            on_good(
                lambda body: {**body, "collections": [*body["collections"][:20], *body["collections"][30:]]}
            ),
            "does not come again after",
        ),
        (
            "waste.data.reckoned-charge",
            "GET .*/bulky-collections/",
            on_good(lambda body: {**body, "charge_pence": 800 * (len(body["things"]) + 1)}),
            "is not that of",
        ),
        (
            "waste.data.reckoned-days-for-large-things",
            "GET .*/bulky-slots$",
            on_good(lambda body: {"items": body["items"][:4] + body["items"][5:]}),
            "does not list the working days",
        ),
        (
            "waste.data.reckoned-rounds",
            r"GET .*/properties/\d+/collections$",
            on_good(
                lambda body: {
                    **body,
                    "collections": [
                        {**each, "collection_date": each["usual_date"], "moved_for": None}
                        for each in body["collections"]
                    ],
                }
            ),
            "is not on the day that the rule gives",
        ),
        (
            "waste.data.reckoned-rounds",
            r"GET .*/properties/\d+/collections$",
            on_good(
                lambda body: {
                    **body,
                    "collections": [{**each, "moved_for": None} for each in body["collections"]],
                }
            ),
            "does not name the bank holiday",
        ),
        (
            "waste.data.reckoned-calendar-feed",
            "GET .*/calendar.ics$",
            on_good(lambda body: body.replace("DTSTART;VALUE=DATE:202608", "DTSTART;VALUE=DATE:202708")),
            "does not have the days",
        ),
        (
            "street_reports.data.reckoned-expected",
            "GET .*/requests/",
            on_good(lambda body: [{**body[0], "expected_datetime": "2026-06-14T15:00:00+01:00"}]),
            "is not 10 working days after",
        ),
    ],
)
def test_what_is_reckoned_wrongly_is_found_out(
    bent: tuple[Bent, Probing],
    checks: dict[str, Check],
    check: str,
    where: str,
    said: Callable[[Said], None],
    message: str,
) -> None:
    bent[0].bend(where, said)
    assert message in str(missed(bent, checks[check]))


def test_a_bank_holiday_that_nobody_keeps_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    """On the eve of the holiday the crew is promised for a day too soon; on other days all is right."""

    def said(answer: Said) -> None:
        if answer.status == 200 and answer.body["return_by"] == "2026-09-02":
            answer.body["return_by"] = "2026-09-01"

    bent[0].bend("GET .*/missed-collections/", said)
    assert "is not 2 working days after" in str(missed(bent, checks["waste.data.reckoned-return-by"]))


def test_rounds_go_on_in_order_after_a_holiday() -> None:
    monday = date(2026, 5, 25)
    done = rounds(monday, monday + timedelta(days=6), {monday: "Spring bank holiday"})
    assert [day.day for day in done.values()] == [26, 27, 28, 29, 30]
