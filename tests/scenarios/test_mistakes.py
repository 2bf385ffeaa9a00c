"""Mistakes in journeys: each found before anything runs, with its file, its place and the remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scenarios
from scenarios import load
from scenarios.problems import BrokenPacks, Mistake
from tests.scenarios.packing import REQUIREMENTS, Packing

GOOD = """
steps:
  - stepId: look
    operationId: $sourceDescriptions.waste.list_bins
    successCriteria:
      - condition: $statusCode == 200
    outputs:
      uprn: $response.body#/items/0/uprn
  - stepId: read
    operationId: $sourceDescriptions.waste.read_bin
    parameters:
      - {name: uprn, in: path, value: $steps.look.outputs.uprn}
    successCriteria:
      - condition: $response.body#/uprn == $steps.look.outputs.uprn
"""

FIRST = "$.workflows[0].steps[0]"
SECOND = "$.workflows[0].steps[1]"


def test_a_mistake_is_told_with_its_line(packing: Packing) -> None:
    packing.journeys(one=GOOD.replace("successCriteria:", "sucessCriteria:"))
    text = (packing.folder / "waste/bins.arazzo.yaml").read_text().splitlines()
    line = next(number for number, each in enumerate(text, 1) if "sucessCriteria" in each)
    assert str(mistakes(packing)[0]) == (
        f"waste/bins.arazzo.yaml:{line}: {FIRST}.sucessCriteria: "
        "`sucessCriteria` has no meaning here; did you mean `successCriteria`?"
    )


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("stepId: look", "step: look", "step: look"),
        ("stepId: read", "stepId: look", "stepId: look"),
        ("$sourceDescriptions.waste.list_bins", "list_bins", "operationId: list_bins"),
        ("x-proves: [WASTE-001]", "x-proves: [WASTE-009]", "x-proves: [WASTE-009]"),
        ("{name: uprn, in: path", "{name: uprn, in: path, in: path", "in: path, in: path"),
    ],
)
def test_the_line_is_that_of_the_mistake_or_of_what_holds_it(
    packing: Packing, right: str, wrong: str, named: str
) -> None:
    packing.journeys(one=GOOD)
    file = packing.folder / "waste/bins.arazzo.yaml"
    file.write_text(file.read_text().replace(right, wrong, 1))
    lines = {number for number, each in enumerate(file.read_text().splitlines(), 1) if named in each}
    assert mistakes(packing)[0].line in lines


def test_packs_of_ones_own_are_read_beside_others(packing: Packing, tmp_path: Path) -> None:
    packing.journeys(one=GOOD)
    own = Packing(tmp_path / "own")
    own.write("waste/requirements.yaml", REQUIREMENTS.replace("WASTE-", "BINS-R-US-"))
    own.journeys(two=GOOD, proves="BINS-R-US-002")
    packs = load(packing.folder, own.folder)
    assert [(journey.id, journey.pack) for journey in packs.journeys] == [("one", "waste"), ("two", "waste")]
    assert [one.id for one in packs.requirements_of("waste")][2:] == ["BINS-R-US-001", "BINS-R-US-002"]


def test_a_mistake_in_packs_of_ones_own_names_their_file(packing: Packing, tmp_path: Path) -> None:
    packing.journeys(one=GOOD)
    own = Packing(tmp_path / "own").journeys(one=GOOD)
    with pytest.raises(BrokenPacks) as broken:
        load(packing.folder, own.folder)
    files = {mistake.file for mistake in broken.value.mistakes}
    assert files == {str(own.folder / "waste" / name) for name in ("bins.arazzo.yaml", "requirements.yaml")}
    assert all(mistake.line for mistake in broken.value.mistakes)


def mistakes(packing: Packing) -> list[Mistake]:
    with pytest.raises(BrokenPacks) as broken:
        packing.load()
    return list(broken.value.mistakes)


@pytest.mark.parametrize(
    ("right", "wrong", "place", "message"),
    [
        (
            "successCriteria:",
            "sucessCriteria:",
            f"{FIRST}.sucessCriteria",
            "`sucessCriteria` has no meaning here; did you mean `successCriteria`?",
        ),
        ("stepId: look", "step: look", f"{FIRST}.stepId", "`stepId` is missing"),
        ("stepId: read", "stepId: look", f"{SECOND}.stepId", "`look` is used twice"),
        (
            "$sourceDescriptions.waste.list",
            "$sourceDescriptions.wast.list",
            f"{FIRST}.operationId",
            "there is no source `wast` in this document; did you mean `waste`?",
        ),
        (
            "$sourceDescriptions.waste.list_bins",
            "list_bins",
            f"{FIRST}.operationId",
            "should be `$sourceDescriptions.<service>.list_bins`, so that it means one operation only",
        ),
        (
            "value: $steps.look.outputs.uprn",
            "value: $steps.lok.outputs.uprn",
            f"{SECOND}.parameters[0]",
            "`$steps.lok.outputs.uprn`: there is no step `lok`; did you mean `look`?",
        ),
        (
            "value: $steps.look.outputs.uprn",
            "value: $steps.look.outputs.uprm",
            f"{SECOND}.parameters[0]",
            "`$steps.look.outputs.uprm`: there is no output of `look` `uprm`; did you mean `uprn`?",
        ),
        (
            "value: $steps.look.outputs.uprn",
            "value: $step.look.outputs.uprn",
            f"{SECOND}.parameters[0]",
            "`$step.look.outputs.uprn` is not a runtime expression; did you mean `$steps`?",
        ),
        (
            "in: path, ",
            "",
            f"{SECOND}.parameters[0]",
            "needs `in`: path, query, header or cookie",
        ),
        (
            "$statusCode == 200",
            "$statuscode == 200",
            f"{FIRST}.successCriteria[0]",
            "`$statuscode` is not a runtime expression",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(
    packing: Packing, right: str, wrong: str, place: str, message: str
) -> None:
    packing.journeys(one=GOOD.replace(right, wrong, 1))

    assert Mistake("waste/bins.arazzo.yaml", place, message) in mistakes(packing)


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (
            "parameters: [{reference: $components.parameters.keys}]",
            "did you mean `$components.parameters.key`?",
        ),
        (
            "parameters: [{name: q, in: query, value: 1}, {name: q, in: query, value: 2}]",
            "`q` is given twice",
        ),
        (
            "parameters: [{name: q, in: query, value: is $inputs.key}]",
            "stands in braces, as in `Bearer {$inputs.key}`",
        ),
        (
            "parameters: [{name: q, in: query, value: $inputs.keys}]",
            "there is no input `keys`; did you mean `key`?",
        ),
        ("workflowId: one", "has either an `operationId` or a `workflowId`"),
        (
            "requestBody: {contentType: application/json, payload: '{}'}",
            "should be written as a mapping, not as text",
        ),
        ("onSuccess: [{name: a, type: goto}]", "a goto needs either a `stepId` or a `workflowId`"),
        ("onSuccess: [{name: a, type: goto, stepId: reed}]", "there is no step `reed`; did you mean `read`?"),
        ("onSuccess: [{name: a, type: end, stepId: read}]", "`end` goes nowhere"),
        ("onSuccess: [{name: a, type: retry}]", "only a failure is tried again"),
        ("onFailure: [{name: a, type: end}, {name: a, type: end}]", "`a` is used twice"),
        ("onFailure: [{name: a, type: retry, retryAfter: 31}]", "less than or equal to 30"),
        (
            "onFailure: [{name: a, type: end, criteria: [{condition: $inputs.key == 'x'}]}]",
            "other runners see no `$inputs` in an action",
        ),
    ],
)
def test_what_a_step_may_not_say_is_refused(packing: Packing, added: str, message: str) -> None:
    found = mistakes(packing.journeys(one=GOOD.replace("stepId: look", f"stepId: look\n    {added}", 1)))

    assert any(message in mistake.message for mistake in found), found


def test_a_regex_between_slashes_is_refused(packing: Packing) -> None:
    condition = "{context: $response.body, type: regex, condition: /open/i}"
    found = mistakes(packing.journeys(one=GOOD.replace("condition: $statusCode == 200", condition, 1)))

    assert "stands between slashes, which other runners take away" in found[0].message


def test_every_mistake_is_told_at_once(packing: Packing) -> None:
    packing.journeys("a", one=GOOD.replace("$statusCode == 200", "yes"))
    packing.journeys("b", two=GOOD.replace("stepId: read", "stepId: look"))

    assert {mistake.file for mistake in mistakes(packing)} == {"waste/a.arazzo.yaml", "waste/b.arazzo.yaml"}


def test_a_source_with_an_address_is_refused(packing: Packing) -> None:
    packing.journeys(one=GOOD)
    file = packing.folder / "waste" / "bins.arazzo.yaml"
    file.write_text(
        file.read_text().replace("url: waste.openapi.json", "url: http://example.org/openapi.json")
    )

    [mistake] = mistakes(packing)
    assert mistake.path == "$.sourceDescriptions[0].url"
    assert "no address is written in a journey" in mistake.message


def test_a_requirement_that_does_not_exist_is_refused(packing: Packing) -> None:
    [mistake] = mistakes(packing.journeys(proves="WASTE-003", one=GOOD))

    assert mistake.path == "$.workflows[0].x-proves[0]"
    assert mistake.message.startswith("there is no requirement `WASTE-003`; did you mean `WASTE-00")


def test_a_requirement_numbered_twice_is_refused(packing: Packing) -> None:
    packing.journeys(one=GOOD).write("journeys/requirements.yaml", REQUIREMENTS)

    assert len(mistakes(packing)) == 2
    assert "`WASTE-001` is already used in journeys/requirements.yaml" in mistakes(packing)[0].message


def test_a_journey_s_id_is_used_once_in_all_packs(packing: Packing) -> None:
    [mistake] = mistakes(packing.journeys("a", one=GOOD).journeys("b", one=GOOD))

    assert mistake.message == "`one` is already a journey in waste/a.arazzo.yaml; every id is used once"


def test_steps_with_outputs_are_named_apart_in_one_document(packing: Packing) -> None:
    [mistake] = mistakes(packing.journeys(one=GOOD, two=GOOD))

    assert mistake.path == "$.workflows[1].steps[0].stepId"
    assert mistake.message.startswith("`look` is also a step with outputs in `one`")


def test_journeys_that_call_each_other_in_a_circle_are_refused(packing: Packing) -> None:
    body = "steps:\n  - {stepId: call, workflowId: %s}\n"
    found = mistakes(packing.journeys(one=body % "two", two=body % "one"))

    assert found[0].message == "goes round in a circle: `two` leads back to this workflow"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is not YAML"),
        ("- a", "should be a mapping"),
        ("arazzo: 1.0.1\narazzo: 1.0.1", "`arazzo` is written twice"),
        ("arazzo: 2.0.0", "'2.0.0' should be '1.0.1'"),
    ],
)
def test_a_file_that_is_no_journey_at_all_is_named(packing: Packing, text: str, message: str) -> None:
    packing.write("waste/odd.arazzo.yaml", text)

    found = mistakes(packing)
    assert {mistake.file for mistake in found} == {"waste/odd.arazzo.yaml"}
    assert any(message in mistake.message for mistake in found), found


def test_dates_and_words_are_read_as_other_runners_read_them(packing: Packing) -> None:
    payload = "{uprn: 2026-06-01, count: no}"
    body = GOOD + "    requestBody:\n      contentType: application/json\n      payload: " + payload
    [journey] = packing.journeys(one=body).load().journeys
    written = journey.workflow.steps[1].request_body

    assert written is not None
    assert written.payload == {"uprn": "2026-06-01", "count": "no"}


def test_extensions_of_others_are_let_be(packing: Packing) -> None:
    packing.journeys(one=GOOD.replace("stepId: look", "x-note: for the reader\n    stepId: look", 1))

    assert packing.load().journeys[0].id == "one"


def test_requirements_that_nobody_proves_are_listed(packing: Packing) -> None:
    packs = packing.journeys(one=GOOD).load()

    assert [requirement.id for requirement in packs.unproved()] == ["WASTE-002"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenPacks, match="there is no such folder of packs"):
        load(tmp_path / "nowhere")


def test_the_document_in_the_guide_holds_no_mistake(tmp_path: Path) -> None:
    guide = (Path(scenarios.__file__).parent / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    pack = Packing(tmp_path / "guide")
    pack.write(
        "waste/requirements.yaml", next(block for block in blocks if block.startswith("requirements:"))
    )
    pack.write(
        "waste/missed-bins.arazzo.yaml", next(block for block in blocks if block.startswith("arazzo:"))
    )

    assert [journey.proves for journey in pack.load().journeys] == [("WASTE-003",)]


def test_the_packs_that_come_with_the_product_hold_no_mistake() -> None:
    load()
