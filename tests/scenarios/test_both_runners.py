"""Journeys have one verdict: the independent Arazzo runner comes to ours, on the documents unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import Outcome, run
from tests.scenarios import other_runner
from tests.scenarios.packing import Packing
from tests.scenarios.test_actions import LOOK, PATIENT
from tests.scenarios.test_runner import LOOK_AND_REPORT
from tests.scenarios.town_hall import COUNCIL, KEY

pytestmark = pytest.mark.runners

ASK = """
steps:
  - stepId: ask
    operationId: $sourceDescriptions.odd_jobs.%s
    successCriteria: [{condition: $statusCode > 0}]
"""

REFUSED = """
steps:
  - stepId: ask
    operationId: $sourceDescriptions.waste.list_bins
    parameters: [{name: Authorization, in: header, value: Bearer of no key}]
    successCriteria:
      - condition: $statusCode == 401
      - {context: $response.body, type: jsonpath, condition: "$[?!@.items && @.detail]"}
"""


def other_verdicts(packing: Packing, base_url: str, folder: Path) -> dict[str, bool]:
    return other_runner.verdicts(packing.load(), base_url, COUNCIL, KEY, folder)


def our_verdicts(packing: Packing, base_url: str) -> dict[str, bool]:
    ran = run(packing.load(), base_url, COUNCIL, KEY)
    return {journey.journey: journey.outcome is Outcome.PASS for journey in ran.journeys}


def test_both_runners_come_to_the_same_verdicts(packing: Packing, base_url: str, tmp_path: Path) -> None:
    jump = "    onSuccess: [{name: on, type: goto, stepId: last}]\n"
    tidy = "    onFailure: [{name: tidy, type: goto, stepId: last}]\n"
    call = (
        "steps:\n  - {stepId: turn, workflowId: patient, outputs: {reference: $outputs.reference}}\n"
        + """
  - stepId: look
    operationId: $sourceDescriptions.waste.list_bins
    successCriteria: [{condition: $steps.turn.outputs.reference == 'R-2'}]
"""
    )
    packing.journeys(
        whole=LOOK_AND_REPORT,
        wrong="steps:\n" + LOOK % ("look", 404),
        patient=PATIENT,
        jumping="steps:\n" + LOOK % ("first", 200) + jump + LOOK % ("between", 404) + LOOK % ("last", 200),
        tidying="steps:\n" + LOOK % ("first", 404) + tidy + LOOK % ("between", 200) + LOOK % ("last", 200),
        calling=call,
        lacking="steps:\n" + LOOK % ("look-on", 200) + "    outputs: {uprn: $response.body#/items/7/uprn}\n",
        surprising=ASK % "undocumented_status",
        gossiping=ASK % "undocumented_field",
        mislabelled=ASK % "wrong_type",
        garbled=ASK % "not_json",
        refused=REFUSED,
        depending="dependsOn: [wrong]\nsteps:\n" + LOOK % ("look", 200),
    )
    ours = our_verdicts(packing, base_url)

    assert len(ours) == 13
    good = {"whole", "patient", "jumping", "calling", "refused"}
    assert {journey for journey, passed in ours.items() if passed} == good
    assert other_verdicts(packing, base_url, tmp_path / "laid-out") == ours


def test_journeys_without_their_service_are_left_out_of_the_other_run(
    packing: Packing, base_url: str, tmp_path: Path
) -> None:
    packing.journeys(whole=LOOK_AND_REPORT, absent=ASK.replace("odd_jobs.%s", "parking.list_permits"))
    file = packing.folder / "waste" / "bins.arazzo.yaml"
    sources = "  - {name: parking, type: openapi, url: parking.openapi.json}\ncomponents:"
    file.write_text(file.read_text().replace("components:", sources, 1))

    assert other_verdicts(packing, base_url, tmp_path / "laid-out") == {"whole": True}
