"""A component's OpenAPI is held beside the slot's, and each difference is told with what it means."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.divergence import Level, differences
from service_apis.kit.application import application, truthful
from service_apis.kit.discovery import discover

COMMAND = str(Path(sys.executable).with_name("council"))
COMPONENTS = Path(__file__).parents[2] / "components"
SERVICES = discover()
SLOT = truthful(application(SERVICES["waste"]).openapi())
REPORT = ("/missed-collections", "post")
SHOW = ("/missed-collections/{reference}", "get")
LIST = ("/missed-collections", "get")

Change = Callable[[dict[str, Any]], object]


def operation(document: dict[str, Any], place: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][place[0]][place[1]]
    return found


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def parameter(document: dict[str, Any], place: tuple[str, str], name: str) -> dict[str, Any]:
    return next(each for each in operation(document, place)["parameters"] if each["name"] == name)


def changed(change: Change) -> dict[str, Any]:
    component = copy.deepcopy(SLOT)
    change(component)
    return component


@pytest.mark.parametrize("slug", sorted(SERVICES))
def test_a_contract_is_no_different_from_itself(slug: str) -> None:
    document = application(SERVICES[slug]).openapi()

    assert differences(document, copy.deepcopy(document)) == []


def test_names_are_the_suppliers_own() -> None:
    def rename(component: dict[str, Any]) -> None:
        shown = component["paths"].pop(SHOW[0])
        component["paths"]["/missed-collections/{case}"] = shown
        for each in shown.values():
            each["operationId"] = f"supplier_{each['operationId']}"
            each["parameters"][0]["name"] = "case"

    assert differences(SLOT, changed(rename)) == []


BREAKING: dict[str, tuple[Change, str]] = {
    "an operation is not there": (
        lambda c: c["paths"].pop("/rounds"),
        "list_rounds: there is no GET /rounds",
    ),
    "a filter is not taken": (
        lambda c: operation(c, LIST)["parameters"].remove(parameter(c, LIST, "status")),
        "list_missed_collections, query parameter `status`: not taken",
    ),
    "a filter has to be sent": (
        lambda c: parameter(c, LIST, "status").update(required=True),
        "query parameter `status`: has to be sent, and in the slot's contract need not be",
    ),
    "an unknown parameter has to be sent": (
        lambda c: operation(c, LIST)["parameters"].append(
            {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "query parameter `tenant`: has to be sent, and no caller knows of it",
    ),
    "fewer may be asked for at a time": (
        lambda c: parameter(c, LIST, "per_page")["schema"].update(maximum=20),
        "query parameter `per_page`: callers may send values with maximum 200, where the other has 20",
    ),
    "a kind of waste is not taken": (
        lambda c: schema(c, "MissedReport")["properties"]["stream"]["enum"].remove("food"),
        "request body as application/json, /stream: callers may send `food`, which is not among",
    ),
    "a field more has to be sent": (
        lambda c: (
            schema(c, "MissedReport")["properties"].update(reporter={"type": "string"}),
            schema(c, "MissedReport")["required"].append("reporter"),
        ),
        "request body as application/json, /reporter: callers may send something without it",
    ),
    "a field is not always told": (
        lambda c: schema(c, "MissedEntry")["required"].remove("return_by"),
        "answer 200 as application/json, /return_by: callers are told something that may be without it",
    ),
    "a field is told in another type": (
        lambda c: schema(c, "BulkyEntry")["properties"].update(charge_pence={"type": "number"}),
        "/charge_pence: callers are told a number and not a whole number",
    ),
    "a status is told that nobody knows": (
        lambda c: schema(c, "MissedEntry")["properties"]["status"]["enum"].append("on_hold"),
        "/status: callers are told `on_hold`, which is not among",
    ),
    "a field more is told": (
        lambda c: schema(c, "MissedEntry")["properties"].update(crew={"type": "string"}),
        "/crew: callers are told it, which the other does not name",
    ),
    "a report is taken with another status": (
        lambda c: operation(c, REPORT)["responses"].update(
            {"202": operation(c, REPORT)["responses"].pop("201")}
        ),
        "report_missed_collection, answer 202: one that callers do not expect",
    ),
    "the answer is XML": (
        lambda c: operation(c, SHOW)["responses"]["200"].update(
            content={"application/xml": {"schema": {"type": "string"}}}
        ),
        "answer 200 as application/xml: callers expect application/json",
    ),
}


@pytest.mark.parametrize("what", sorted(BREAKING))
def test_what_callers_would_stumble_over_is_breaking(what: str) -> None:
    change, message = BREAKING[what]

    found = [str(one) for one in differences(SLOT, changed(change)) if one.level is Level.BREAKING]

    assert any(message in each for each in found), found


TOLERABLE: dict[str, Change] = {
    "a refusal is never given": lambda c: operation(c, SHOW)["responses"].pop("429"),
    "another refusal is given": lambda c: operation(c, SHOW)["responses"].update(
        {"418": {"description": ""}}
    ),
    "no version is told": lambda c: operation(c, SHOW)["responses"]["200"].pop("headers"),
}


@pytest.mark.parametrize("what", sorted(TOLERABLE))
def test_what_callers_would_not_notice_is_tolerable(what: str) -> None:
    found = differences(SLOT, changed(TOLERABLE[what]))

    assert [one.level for one in found] == [Level.TOLERABLE]


EXTRA: dict[str, Change] = {
    "an operation more": lambda c: c["paths"].update({"/crews": {"get": {"responses": {}}}}),
    "a filter more": lambda c: operation(c, LIST)["parameters"].append(
        {"name": "crew", "in": "query", "schema": {"type": "string"}}
    ),
    "more at a time": lambda c: parameter(c, LIST, "per_page")["schema"].update(maximum=1000),
    "a kind of waste more": lambda c: schema(c, "MissedReport")["properties"]["stream"]["enum"].append(
        "glass"
    ),
    "a form as well": lambda c: operation(c, REPORT)["requestBody"]["content"].update(
        {"application/x-www-form-urlencoded": {"schema": {}}}
    ),
}


@pytest.mark.parametrize("what", sorted(EXTRA))
def test_what_a_component_offers_beyond_the_slot_is_extra(what: str) -> None:
    found = differences(SLOT, changed(EXTRA[what]))

    assert found
    assert {one.level for one in found} == {Level.EXTRA}


def test_fewer_statuses_are_within_the_contract() -> None:
    def narrow(component: dict[str, Any]) -> None:
        schema(component, "MissedEntry")["properties"]["status"]["enum"].remove("not_justified")
        schema(component, "MissedEntry")["properties"]["stream"] = {"const": "food"}

    assert differences(SLOT, changed(narrow)) == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_document_is_too_broken_to_be_compared(data: st.DataObject) -> None:
    """Whatever stands somewhere in a component's document, the comparison ends and says something."""
    component = copy.deepcopy(SLOT)
    here: Any = component
    for _ in range(data.draw(st.integers(0, 8))):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(here[key], dict | list) or not here[key]:
            here[key] = data.draw(ANYTHING)
            break
        here = here[key]
    else:
        if isinstance(here, dict) and here:
            here[data.draw(st.sampled_from(list(here)))] = data.draw(ANYTHING)

    for one in differences(SLOT, component):
        assert one.operation
        assert one.message


def check(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "component", "check", *options], capture_output=True, text=True, check=False
    )


def test_the_command_says_what_callers_would_stumble_over(tmp_path: Path) -> None:
    spec = tmp_path / "bins.json"
    spec.write_text(json.dumps(changed(BREAKING["an operation is not there"][0])))
    said = check("--for", "waste", "--spec", str(spec))
    assert said.returncode == 1
    assert "list_rounds: there is no GET /rounds" in said.stdout
    assert "1 breaking" in said.stdout
    spec.write_text(json.dumps(changed(EXTRA["an operation more"])))
    said = check("--for", "waste", "--spec", str(spec))
    assert (said.returncode, "1 extra" in said.stdout) == (0, True)


def test_whoever_has_nothing_but_an_openapi_sees_what_is_to_be_done_and_joins_nothing(tmp_path: Path) -> None:
    spec = tmp_path / "bins.json"
    spec.write_text(json.dumps(changed(BREAKING["an operation is not there"][0])))

    words = ("add", "bins-r-us", "--for", "waste", "--spec", str(spec), "--data", str(tmp_path / "none"))
    said = subprocess.run([COMMAND, "component", *words], capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "to be implemented, or left to the stub" in said.stdout
    assert "list_rounds" in said.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"openapi": "3.1.0"}', "is no OpenAPI document"),
    ],
)
def test_what_is_no_openapi_document_is_refused(tmp_path: Path, written: str | None, message: str) -> None:
    spec = tmp_path / "bins.json"
    if written is not None:
        spec.write_text(written)
    said = check("--for", "waste", "--spec", str(spec))
    assert (said.returncode, message in said.stderr) == (2, True), said.stderr


def test_good_components_publish_what_their_slots_ask_for() -> None:
    published = json.loads((COMPONENTS / "road_watch" / "openapi.json").read_text())
    slot = truthful(application(SERVICES["street_reports"]).openapi())
    assert [str(one) for one in differences(slot, published) if one.level is Level.BREAKING] == []
