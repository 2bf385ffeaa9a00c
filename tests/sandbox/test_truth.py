"""The truth about the records is whole, right, and for those alone who hold the control scope."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from sandbox.build import Plan, build
from sandbox.folder import DataFolder
from service_apis.kit.discovery import discover
from synthetic_data.profiles import find_profile
from tests.conftest import AS_OF, CouncilUnderTest

TRUTH, FAULTS = "/truth", "/truth/faults"


def ask(council: CouncilUnderTest, path: str, key: str | None = None, **asked: Any) -> Response:
    headers = None if key is None else {"Authorization": f"Bearer {key}"}
    address = f"/sandbox/councils/{council.name}{path}"
    answer: Response = council.client.get(address, params=asked, headers=headers)
    return answer


def everything(council: CouncilUnderTest, path: str, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        answer = ask(council, path, page=len(items) // 200 + 1, per_page=200, **asked).json()
        items += answer["items"]
        if len(items) >= answer["total"]:
            return items


def pages(council: CouncilUnderTest, service: str, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        answer = council.get(service, path, page=len(items) // 200 + 1, per_page=200).json()
        items += answer["items"]
        if len(items) >= answer["total"]:
            return items


def test_every_resident_of_the_index_stands_for_somebody(messy: CouncilUnderTest) -> None:
    truth = everything(messy, TRUTH, service="residents")
    index = pages(messy, "residents", "/residents")
    assert sorted(each["record"] for each in truth) == sorted(each["id"] for each in index)
    counted = Counter(each["person"] for each in truth)
    assert len(counted) == 1500
    assert set(counted.values()) == {1, 2}


def test_every_liable_person_and_holder_is_told_of(messy: CouncilUnderTest) -> None:
    told = {(each["service"], each["record"]): each["person"] for each in everything(messy, TRUTH)}
    for account in pages(messy, "council_tax", "/accounts")[:60]:
        shown = messy.get("council_tax", f"/accounts/{account['reference']}").json()
        for place, person in enumerate(shown["liable_persons"], start=1):
            whom = told["council-tax", f"{account['reference']}-{place}"]
            assert (whom is None) == (person["basis"] == "owner")
            assert person["resident_id"] in (whom, None)
    assert len([1 for service, _ in told if service == "waste"]) > 500
    for uprn in [record for service, record in told if service == "waste"][:40]:
        home = messy.get("waste", f"/properties/{uprn}").json()
        assert home["holder_name"]
        assert home["holder_id"] in (told["waste", uprn], None)


def test_a_fault_says_what_the_record_would_be_without_it(messy: CouncilUnderTest) -> None:
    faults = everything(messy, FAULTS, service="residents")
    truth = {each["record"]: each["person"] for each in everything(messy, TRUTH, service="residents")}
    index = {each["id"]: each for each in pages(messy, "residents", "/residents")}
    assert {each["kind"] for each in faults} >= {
        "misspelt_forename",
        "misspelt_surname",
        "nickname",
        "maiden_name",
        "transposed_date",
        "old_address",
        "missing_email",
        "missing_mobile",
        "shared_phone",
        "duplicate",
    }
    for fault in faults:
        shown = index[fault["record"]]
        assert fault["person"] == truth[fault["record"]]
        assert shown[fault["field"]] != fault["clean"]
        if fault["kind"].startswith("missing"):
            assert shown[fault["field"]] is None
        if fault["kind"] == "duplicate":
            assert fault["clean"] == fault["person"]
            assert shown["household"] is None


def test_those_who_are_not_matched_to_the_index_are_told_of(messy: CouncilUnderTest) -> None:
    for service, field in (("council-tax", "resident_id"), ("waste", "holder_id")):
        faults = everything(messy, FAULTS, service=service)
        unlinked = [each for each in faults if each["kind"] == "unlinked"]
        assert unlinked
        assert {(each["field"], each["clean"] == each["person"]) for each in unlinked} == {(field, True)}
    home = messy.get("waste", f"/properties/{unlinked[0]['record']}").json()
    assert home["holder_id"] is None
    assert home["holder_name"]


def test_the_truth_of_one_person_can_be_asked_for(messy: CouncilUnderTest) -> None:
    person = everything(messy, FAULTS, service="residents")[-1]["person"]
    mine = everything(messy, TRUTH, person=person)
    assert {each["person"] for each in mine} == {person}
    assert len([each for each in mine if each["service"] == "residents"]) == 2
    faults = everything(messy, FAULTS, person=person)
    assert {each["person"] for each in faults} == {person}


def test_the_truth_comes_in_pages(messy: CouncilUnderTest) -> None:
    answer = ask(messy, TRUTH, service="waste", page=2, per_page=3)
    assert (answer.json()["page"], len(answer.json()["items"])) == (2, 3)
    assert 'rel="next"' in answer.headers["Link"]
    assert "service=waste&page=3" in answer.headers["Link"]
    assert ask(messy, TRUTH, per_page=201).status_code == 422


def test_a_service_that_there_is_not_is_named(messy: CouncilUnderTest) -> None:
    answer = ask(messy, TRUTH, service="council_taxes")
    assert answer.status_code == 422
    assert "council-tax" in answer.json()["detail"]


@pytest.mark.parametrize("path", [TRUTH, FAULTS])
def test_the_truth_is_for_the_control_scope_alone(messy: CouncilUnderTest, path: str) -> None:
    slugs = [service.slug for service in discover().values()]
    scopes = [f"{slug}:{right}" for slug in slugs for right in ("read", "write")]
    key = messy.control("/keys", name="everything else", scopes=scopes).json()["key"]
    assert messy.get("residents", "/residents", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    refused = ask(messy, path, key=key)
    assert refused.status_code == 403
    assert "sandbox:control" in refused.json()["detail"]
    assert ask(messy, path, key="").status_code == 401
    assert ask(messy, path).status_code == 200


def test_no_service_gives_the_truth_away(messy: CouncilUnderTest) -> None:
    for service in discover().values():
        address = f"/councils/{messy.name}/{service.url_name}"
        for path in (TRUTH, FAULTS):
            assert messy.client.get(address + path).status_code == 404
        document = messy.client.get(f"{address}/openapi.json").text
        assert "truth" not in document


def test_a_council_without_truth_says_so(messy: CouncilUnderTest) -> None:
    with closing(sqlite3.connect(messy.folder.file(messy.name))) as connection:
        connection.execute("DELETE FROM council_facts WHERE name = 'mess'")
        connection.commit()
    messy.reopen()
    answer = ask(messy, TRUTH)
    assert answer.status_code == 404
    assert "build it again" in answer.json()["detail"]


def test_another_service_changes_nobodys_truth(messy: CouncilUnderTest, tmp_path: Path) -> None:
    for slug, service in discover().items():
        folder = DataFolder(tmp_path / slug)
        plan = Plan("fairwater", find_profile("Hartlepool"), 1500, 7, AS_OF, mess=0.6)
        alone = build(folder, plan, {slug: service}, lambda what, share: None)
        assert kept_of(alone, service.url_name) == kept_of(messy.folder.file(messy.name), service.url_name)


def kept_of(file: Path, service: str) -> list[list[Any]]:
    asked = (
        "SELECT record, person FROM council_truth WHERE service = ? ORDER BY record",
        "SELECT record, field, kind, clean FROM council_truth_faults WHERE service = ? ORDER BY id",
    )
    with closing(sqlite3.connect(file)) as connection:
        return [connection.execute(each, (service,)).fetchall() for each in asked]
