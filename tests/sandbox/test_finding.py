"""Residents are found by any combination of traits across services, and by what they have not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.failure import Failure
from sandbox.finding import TwoTraitsOfOneName, find, said_together, traits_of, understand
from service_apis.kit.discovery import discover
from service_apis.kit.lists import Page
from service_apis.kit.trait import Choice, Number, Trait, Traits
from tests.conftest import CouncilUnderTest
from tests.service_apis.council_tax.asking import account, bills

PEOPLE = "/sandbox/councils/fairwater/people"


def people(council: CouncilUnderTest, *traits: str, **more: Any) -> dict[str, Any]:
    answer = council.client.get(PEOPLE, params={"trait": list(traits), **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(council: CouncilUnderTest, *traits: str) -> set[str]:
    """Everybody who fits."""
    found: set[str] = set()
    page = 1
    while True:
        told = people(council, *traits, page=page, per_page=200)
        found |= {each["resident"] for each in told["items"]}
        if len(found) >= told["total"]:
            return found
        page += 1


def written(trait: Trait) -> st.SearchStrategy[str]:
    """A trait as somebody may ask for it."""
    match trait.parameter:
        case Number() as number:
            values = st.integers(number.least, min(number.most, 100)).map(str)
        case Choice() as choice:
            values = st.sampled_from(choice.among)
        case _:
            return st.just(trait.name)
    return values.map(lambda value: f"{trait.name}:{value}")


ANY_TRAIT = st.sampled_from(sorted(traits_of(discover()))).flatmap(
    lambda name: written(traits_of(discover())[name][1])
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(traits=st.lists(ANY_TRAIT, min_size=1, max_size=4), negated=st.integers(0, 15))
def test_who_is_found_by_several_traits_has_each_of_them(
    council: CouncilUnderTest, traits: list[str], negated: int
) -> None:
    opened = council.sandbox.councils.first

    @cache
    def those(*texts: str) -> frozenset[str]:
        asked = understand(opened.services, texts)
        return frozenset(each.resident for each in find(opened, asked, Page(page=1, per_page=5_000)).people)

    everybody = those()
    asked = [f"not:{each}" if negated >> place & 1 else each for place, each in enumerate(traits)]
    expected = everybody
    for place, each in enumerate(traits):
        expected &= everybody - those(each) if negated >> place & 1 else those(each)
    assert those(*asked) == expected
    assert said_together(understand(opened.services, asked))


def test_everybody_is_found_where_nothing_is_asked(council: CouncilUnderTest) -> None:
    there = council.get("residents", "/residents", per_page=1).json()["total"]
    assert people(council, per_page=1)["total"] == there


def test_age_tenancy_discount_and_missed_instalments_are_asked_for_at_once(council: CouncilUnderTest) -> None:
    together = ids(council, "over:40", "missed-instalments:1", "not:direct-debit")
    assert together
    for resident in together:
        told = council.get("residents", f"/residents/{resident}").json()
        assert told["born"] <= "1986-06-01"
    tenants = people(council, "council-tenant", "single-person-discount")
    assert tenants["total"] > 0
    for each in tenants["items"]:
        [reference] = each["because"]["council-tenant"]
        told = account(council, reference)
        assert {"council_tenant"} == {
            person["basis"] for person in told["liable_persons"] if person["resident_id"] == each["resident"]
        }
        assert each["because"]["single-person-discount"] == each["references"]["council_tax"]["account"]


def test_missed_instalments_are_those_that_are_due_and_unpaid(council: CouncilUnderTest) -> None:
    """Counted here from each account's bill and payments, one by one."""
    for least in (1, 2, 3):
        found = people(council, f"missed-instalments:{least}", per_page=200)
        references = {
            reference for each in found["items"] for reference in each["references"]["council_tax"]["account"]
        }
        said = {
            reference
            for each in found["items"]
            for reference in each["because"][f"missed-instalments:{least}"]
        }
        assert said == references
        assert said or least > 2
        for reference in said:
            assert missed(council, reference) >= least
    overdue = council.get(
        "council_tax", "/accounts", minimum_balance_pence=1, status="open", per_page=200
    ).json()
    behind = [each["reference"] for each in overdue["items"] if missed(council, each["reference"]) >= 2]
    found_by = people(council, "missed-instalments:2", per_page=200)["items"]
    assert set(behind) & liable(council) <= {
        reference for each in found_by for reference in each["because"]["missed-instalments:2"]
    }


def liable(council: CouncilUnderTest) -> set[str]:
    """The accounts on which somebody is known to the citizen index."""
    found: set[str] = set()
    page = 1
    while items := people(council, "liable", page=page, per_page=200)["items"]:
        found |= {reference for each in items for reference in each["because"]["liable"]}
        page += 1
    return found


def missed(council: CouncilUnderTest, reference: str) -> int:
    bill, told = bills(council, reference)[0], account(council, reference)
    if told["balance_pence"] <= sum(each["amount_pence"] for each in told["plan"]):
        return 0
    ledger = council.get("council_tax", f"/accounts/{reference}/transactions", per_page=200).json()["items"]
    paid = -sum(each["amount_pence"] for each in ledger if each["kind"] == "payment") - bill["paid_pence"]
    asked, unpaid = bill["due_now_pence"], 0
    for each in bill["instalments"]:
        asked += each["amount_pence"]
        unpaid += each["due_on"] < council.today.isoformat() and asked > paid
    return unpaid


def test_a_person_is_given_with_the_references_of_each_service(council: CouncilUnderTest) -> None:
    [first, *_] = people(council, "missed-bins", "liable")["items"]
    references = first["references"]
    case = references["waste"]["missed_collection"][0]
    assert council.get("waste", f"/missed-collections/{case}").json()["uprn"] == first["uprn"]
    assert (
        council.get("addresses", f"/properties/{first['uprn']}").json()["usrn"]
        in references["addresses"]["usrn"]
    )
    number = references["council_tax"]["account"][0]
    assert first["resident"] in {each["resident_id"] for each in account(council, number)["liable_persons"]}
    home = council.get("residents", f"/residents/{first['resident']}").json()
    assert [home["household"]] == references["residents"]["household"]


def test_a_report_that_somebody_makes_is_found_by_the_reporter(council: CouncilUnderTest) -> None:
    resident = council.get("residents", "/residents", per_page=1).json()["items"][0]
    assert people(council, "has-reported")["total"] == 0
    form = {"api_key": "test-key", "service_code": "litter", "address_id": resident["uprn"]}
    sent = council.post("street_reports", "/requests.json", data={**form, "account_id": resident["id"]})
    [only] = people(council, "has-reported")["items"]
    assert only["resident"] == resident["id"]
    assert only["references"]["street_reports"]["report"] == [sent.json()[0]["service_request_id"]]


def test_nobody_fitting_is_an_empty_list_and_a_plain_word(council: CouncilUnderTest) -> None:
    told = people(council, "under:10", "liable")
    assert (told["items"], told["total"]) == ([], 0)
    assert told["said"].startswith("Nobody of Fairwater Council fits: has not turned 10; is liable")


def test_pages_follow_one_another(council: CouncilUnderTest) -> None:
    whole = [each["resident"] for each in people(council, "owner-occupier", per_page=60)["items"]]
    parts = [
        each["resident"]
        for page in range(1, 4)
        for each in people(council, "owner-occupier", page=page, per_page=20)["items"]
    ]
    assert parts == whole == sorted(whole)
    beyond = people(council, "owner-occupier", page=1_000)
    assert (beyond["items"], beyond["total"]) == ([], people(council, "owner-occupier")["total"])
    link = council.client.get(PEOPLE, params={"trait": "owner-occupier"}).headers["Link"]
    assert 'rel="next"' in link
    assert "trait=owner-occupier" in link


@pytest.mark.parametrize(
    ("trait", "said"),
    [
        ("concil-tenant", "Did you mean council-tenant?"),
        ("over", "takes a whole number of years from 1 to 110; none was given"),
        ("over:200", "'200' is none"),
        ("over:old", "'old' is none"),
        ("liable:yes", "takes no value"),
        ("lives-in:castle", "one of detached-house"),
        ("not:not:liable", "There is no trait 'not'"),
        ("", "There is no trait"),
    ],
)
def test_a_trait_that_cannot_be_asked_for_is_refused_with_those_that_can(
    council: CouncilUnderTest, trait: str, said: str
) -> None:
    answer = council.client.get(PEOPLE, params={"trait": ["over:75", trait]})
    assert answer.status_code == 422
    if trait:
        assert said in answer.json()["detail"]
        assert "single-person-discount" in answer.json()["detail"]


def test_too_many_traits_are_refused(council: CouncilUnderTest) -> None:
    for asked in (["liable"] * 13, [",".join(["liable"] * 13)]):
        assert council.client.get(PEOPLE, params={"trait": asked}).status_code == 422


def test_traits_may_be_written_with_commas_between(council: CouncilUnderTest) -> None:
    assert ids(council, "over:75,liable") == ids(council, "over:75", "liable")


def test_at_least_25_traits_are_listed_from_every_service(council: CouncilUnderTest) -> None:
    listed = council.client.get("/sandbox/councils/fairwater/traits").json()["items"]
    assert len(listed) >= 25
    assert {each["service"] for each in listed} == set(discover())
    for each in listed:
        assert each["written"].startswith(each["name"])


def told(folder: Path, *words: str) -> Result:
    """What the command says of a council in a folder that nothing serves."""
    return CliRunner().invoke(app, [*words, "--data", str(folder)], terminal_width=200)


def test_the_command_finds_people_and_need_not_be_told_the_only_council(
    built_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "council-data"
    shutil.copytree(built_folder, folder)
    named = told(folder, "find", "fairwater", "over:75", "lives-alone", "--json")
    assert named.exit_code == 0, named.output
    assert told(folder, "find", "over:75", "lives-alone", "--json").output == named.output
    found = json.loads(named.output)
    shown = told(folder, "find", "fairwater", "over:75", "lives-alone", "--most", "2")
    assert found["items"][0]["resident"] in shown.output
    assert found["items"][2]["resident"] not in shown.output
    assert "Only the first 2 are shown" in shown.output
    unknown = told(folder, "find", "fairwater", "concil-tenant")
    assert isinstance(unknown.exception, Failure)
    assert "Did you mean council-tenant?" in str(unknown.exception)


def test_the_command_lists_every_trait() -> None:
    listed = CliRunner().invoke(app, ["traits"]).output
    assert [name for name in traits_of(discover()) if name not in listed] == []


def test_two_services_with_a_trait_of_one_name_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = Traits()
    twice.of_home("liable", "Lives somewhere.", lambda work: select(literal("1"), literal("1")))
    services = dict(discover())
    other = replace(services["waste"])
    monkeypatch.setitem(other.__dict__, "traits", twice)
    with pytest.raises(TwoTraitsOfOneName, match="waste and council_tax both have a trait liable"):
        traits_of({**services, "waste": other})
