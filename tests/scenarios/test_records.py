"""How records are made, as packs say it: mistakes are found before anything runs, and each kind is made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.serving import served_aside as served
from scenarios import fit, packs
from scenarios.conformance import makings
from scenarios.conformance.checks import Missed
from scenarios.problems import BrokenPacks, Mistake
from scenarios.records import Making
from tests.scenarios.packing import Packing
from tests.scenarios.probing import Probing
from tests.scenarios.serving import sandbox_of

PACKS = packs.load()
MAKINGS = [(pack, making) for pack, said in PACKS.records.items() for making in said.makings]

FINDER = """
steps:
  - stepId: look
    operationId: $sourceDescriptions.waste.list_bins
    successCriteria:
      - condition: $statusCode == 200
    outputs:
      uprn: $response.body#/items/0/uprn
outputs:
  uprn: $steps.look.outputs.uprn
"""
GOOD = """\
makings:
  - name: report
    finds: some-bin
    makes:
      operation: report_bin
      body: {uprn: $outputs.uprn, note: Full}
      status: 201
    answers: $response.body#/reference
    shows: {operation: read_bin, path: {uprn: $inputs.reference}}
    text: [note]
lists:
  - operation: list_bins
    finds: other-bin
    path: {uprn: "{$outputs.uprn}"}
    filters: {name: street}
rules:
  - name: back-by
    claim: The crew is back on the next working day.
    verifies: [WASTE-002]
    is: working-days-after
    making: report
    field: back_by
    days: 1
"""


def mistakes(packing: Packing, text: str) -> list[Mistake]:
    packing.journeys(
        some_bin=FINDER, other_bin=FINDER.replace("stepId: look", "stepId: see").replace(".look.", ".see.")
    )
    packing.write("waste/records.yaml", text)
    try:
        packing.load()
    except BrokenPacks as broken:
        return list(broken.mistakes)
    return []


def test_what_is_written_right_is_read(packing: Packing) -> None:
    assert mistakes(packing, GOOD) == []
    assert packing.load().records["waste"].makings[0].name == "report"


@pytest.mark.parametrize(
    ("right", "wrong", "place", "message"),
    [
        (
            "finds: some-bin",
            "finds: some-bins",
            "$.makings[0].finds",
            "there is no workflow `some-bins` in this pack; did you mean `some-bin`?",
        ),
        (
            "uprn: $outputs.uprn",
            "uprn: $outputs.urpn",
            "$.makings[0].makes.body",
            "`$outputs.urpn`: there is no output `urpn`; did you mean `uprn`?",
        ),
        (
            "$inputs.reference",
            "$inputs.referrence",
            "$.makings[0].shows.path",
            "`$inputs.referrence`: there is no input `referrence`; did you mean `reference`?",
        ),
        (
            "$inputs.reference",
            "$outputs.uprn",
            "$.makings[0].shows.path",
            "`$outputs.uprn` is not known here; there are `$inputs`, `$request` and `$response`",
        ),
        (
            "answers: $response",
            "answers: $respons",
            "$.makings[0].answers",
            "`$respons.body#/reference` is not a runtime expression",
        ),
        (
            "    shows:",
            "    show:",
            "$.makings[0].show",
            "`show` has no meaning here; did you mean `shows`?",
        ),
        (
            "finds: other-bin",
            "finds: another-bin",
            "$.lists[0].finds",
            "there is no workflow `another-bin` in this pack; did you mean `other-bin`?",
        ),
        (
            "{name: street}",
            "{name: {field: street, leave: present}}",
            "$.lists[0].filters.name.leave",
            "`leave` has no meaning here; did you mean `leaves`?",
        ),
        (
            "[WASTE-002]",
            "[WASTE-020]",
            "$.rules[0].verifies",
            "there is no requirement `WASTE-020`; did you mean `WASTE-002`?",
        ),
        (
            "making: report",
            "making: reports",
            "$.rules[0].making",
            "there is no making `reports`; did you mean `report`?",
        ),
        ("days: 1", "day: 1", "$.rules[0].day", "`day` has no meaning here; did you mean `days`?"),
        (
            "is: working-days-after",
            "is: days-after",
            "$.rules[0]",
            "`days-after` is no kind of this; did you mean `working-days-after`?",
        ),
        (
            "text: [note]",
            "text: [notes]",
            "$.makings[0].text",
            "nothing is sent as `notes`; did you mean `note`?",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_right_name(
    packing: Packing, right: str, wrong: str, place: str, message: str
) -> None:
    assert GOOD.count(right) == 1
    assert mistakes(packing, GOOD.replace(right, wrong)) == [Mistake("waste/records.yaml", place, message)]


@pytest.fixture(scope="module")
def probing(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probing]:
    """A served council whose records the tests of this file make."""
    with (
        sandbox_of(built_folder, tmp_path_factory.mktemp("records") / "council-data") as sandbox,
        served(sandbox.gateway) as url,
        Probing(url, PACKS) as probing,
    ):
        yield probing


@pytest.mark.parametrize(("pack", "making"), MAKINGS, ids=lambda each: getattr(each, "name", each))
def test_every_kind_of_record_can_be_made_twice(probing: Probing, pack: str, making: Making) -> None:
    probe = probing.probe(pack)
    first, second = (makings.make(probe, making) for _ in range(2))
    assert (first.reference != second.reference) == ("reference" not in making.makes.path or making.once)


def test_what_is_prepared_is_not_sent(probing: Probing) -> None:
    [report, *_] = makings.of(PACKS, "waste")
    probe = probing.probe("waste")
    request = makings.prepare(probe, report)
    assert {each.method for each in probe.exchanges} == {"GET"}
    assert makings.prepare(probe, report).body == request.body
    assert makings.prepare(probe, report, nth=2).body != request.body


def test_a_key_goes_where_the_call_has_a_place_for_it_and_nowhere_else(probing: Probing) -> None:
    [report, *_] = makings.of(PACKS, "street_reports")
    probe = probing.probe("street_reports")
    with_key, without = (makings.prepare(probe, report, key=key) for key in ("unknown", None))
    assert with_key.body["api_key"] == probe.key("unknown")
    assert "Authorization" not in with_key.headers
    assert "api_key" not in without.body


def test_an_answer_without_the_reference_is_missed(probing: Probing) -> None:
    making = makings.of(PACKS, "waste")[0].model_copy(update={"answers": "$response.body#/number"})
    with pytest.raises(Missed, match="does not say the reference"):
        makings.make(probing.probe("waste"), making)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("operation", "show_missed_colection", "did you mean `show_missed_collection`?"),
        ("path", {"ref": "1"}, "has no path parameter `ref`; there are: `reference`"),
        ("status", 204, "is not answered with 204; it documents 200"),
    ],
)
def test_what_does_not_fit_the_service_is_told(
    probing: Probing, field: str, value: object, message: str
) -> None:
    waste = PACKS.records["waste"]
    shows = waste.makings[0].shows
    assert shows is not None
    making = waste.makings[0].model_copy(update={"shows": shows.model_copy(update={field: value})})
    bent = packs.Packs(
        PACKS.folder, (), (), records={"waste": waste.model_copy(update={"makings": (making,)})}
    )
    found = fit.unfit_records(bent, probing.council)
    assert fit.unfit_records(PACKS, probing.council) == []
    assert message in found[0].message
    assert (found[0].file, found[0].path) == ("waste/records.yaml", "$.makings[0].shows")
