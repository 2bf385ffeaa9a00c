from __future__ import annotations

import pytest

from scenarios import Outcome, Run, StepResult, run
from tests.scenarios.packing import Packing
from tests.scenarios.town_hall import COUNCIL, KEY

LOOK_AND_REPORT = """
steps:
  - stepId: look
    description: The bins can be listed
    operationId: $sourceDescriptions.waste.list_bins
    parameters:
      - {name: page, in: query, value: 1}
    successCriteria:
      - condition: $statusCode == 200 && $response.body#/total == 2
      - {context: $response.body, type: jsonpath, condition: "$[?length(@.items) == 2]"}
      - {context: $response.header.ETag, type: regex, condition: '^"v\\d"$'}
    outputs:
      uprn: $response.body#/items/1/uprn
      total: $response.body#/total
      tag: $response.header.etag
  - stepId: read
    operationId: $sourceDescriptions.waste.read_bin
    parameters:
      - {name: uprn, in: path, value: $steps.look.outputs.uprn}
    successCriteria:
      - condition: $response.body#/uprn == $steps.look.outputs.uprn
  - stepId: report
    operationId: $sourceDescriptions.waste.report
    requestBody:
      contentType: application/json
      payload: {uprn: "for {$steps.look.outputs.uprn}", count: $steps.look.outputs.total}
    successCriteria:
      - condition: $statusCode == 201
      - condition: $response.body#/uprn == 'for a/b c' && $response.body#/count == 2
      - {context: $response.body, type: jsonpath, condition: "$[?@.count == {$steps.look.outputs.total}]"}
    outputs:
      reference: $response.body#/reference
  - stepId: form
    operationId: $sourceDescriptions.waste.send_form
    requestBody:
      contentType: application/x-www-form-urlencoded
      payload: {uprn: $steps.look.outputs.uprn, note: a & b}
    successCriteria:
      - condition: $statusCode == 201
      - condition: $response.body#/reference == 'a & b' && $response.body#/uprn == 'a/b c'
  - stepId: notice
    operationId: $sourceDescriptions.waste.notice
    successCriteria:
      - {context: $response.body, type: regex, condition: <status>open</status>}
  - stepId: withdraw
    operationId: $sourceDescriptions.waste.withdraw
    parameters:
      - {name: reference, in: path, value: $steps.report.outputs.reference}
      - {name: If-Match, in: header, value: $steps.look.outputs.tag}
    successCriteria:
      - condition: $statusCode == 204
outputs:
  reference: $steps.report.outputs.reference
"""


def walk(packing: Packing, base_url: str, *only: str) -> Run:
    return run(packing.load(), base_url, COUNCIL, KEY, only=only or None)


def steps(ran: Run, journey: str) -> dict[str, StepResult]:
    found = next(one for one in ran.journeys if one.journey == journey)
    return {step.name: step for step in found.steps}


def one_step(
    packing: Packing, base_url: str, operation: str, condition: str = "$statusCode == 200"
) -> StepResult:
    packing.journeys(
        one=f"""
        steps:
          - stepId: ask
            operationId: $sourceDescriptions.{operation}
            successCriteria:
              - condition: {condition}
        """
    )
    return walk(packing, base_url).journeys[0].steps[0]


def test_a_journey_passes_values_from_step_to_step(packing: Packing, base_url: str) -> None:
    ran = walk(packing.journeys(whole=LOOK_AND_REPORT), base_url)

    missed = [(step.name, step.reason, step.missed) for journey in ran.journeys for step in journey.steps]
    assert [outcome for outcome, count in ran.counts.items() if count] == [Outcome.PASS], missed
    assert ran.passed
    assert ran.requirements == {"WASTE-001": Outcome.PASS}
    assert all(step.seconds > 0 for step in ran.journeys[0].steps)


def test_each_step_is_told_as_it_finishes(packing: Packing, base_url: str) -> None:
    told: list[str] = []
    run(
        packing.journeys(whole=LOOK_AND_REPORT).load(),
        base_url,
        COUNCIL,
        KEY,
        on_step=lambda step: told.append(step.name),
    )

    assert told == ["look", "read", "report", "form", "notice", "withdraw"]


def test_a_criterion_not_met_fails_the_step_and_skips_the_rest(packing: Packing, base_url: str) -> None:
    packing.journeys(
        broken="""
        steps:
          - stepId: look
            operationId: $sourceDescriptions.waste.list_bins
            successCriteria:
              - condition: $statusCode == 200
              - condition: $response.body#/total == 3
          - stepId: again
            operationId: $sourceDescriptions.waste.list_bins
            successCriteria: [{condition: $statusCode == 200}]
        """
    )
    ran = walk(packing, base_url)
    found = steps(ran, "broken")

    assert ran.journeys[0].outcome is Outcome.FAIL
    assert not ran.passed
    assert found["look"].outcome is Outcome.FAIL
    [missed] = found["look"].missed
    assert (missed.expected, missed.got) == ("$response.body#/total == 3", "$response.body#/total was 2")
    assert found["again"].outcome is Outcome.SKIP
    assert found["again"].reason == "`look` did not pass"


def test_a_service_that_the_council_lacks_skips_the_journey(packing: Packing, base_url: str) -> None:
    packing.journeys(
        elsewhere="""
        steps:
          - stepId: look
            operationId: $sourceDescriptions.parking.list_permits
            successCriteria: [{condition: $statusCode == 200}]
        """
    )
    file = packing.folder / "waste" / "bins.arazzo.yaml"
    file.write_text(
        file.read_text().replace(
            "components:", "  - {name: parking, type: openapi, url: parking.openapi.json}\ncomponents:", 1
        )
    )
    ran = walk(packing, base_url)

    assert ran.journeys[0].outcome is Outcome.SKIP
    assert ran.journeys[0].reason == "this council has no service `parking`"
    assert not ran.passed


def test_the_key_is_masked_wherever_it_could_show(packing: Packing, base_url: str) -> None:
    step = one_step(packing, base_url, "odd_jobs.echo", "$response.body == 'nothing'")

    assert KEY not in repr(step)
    assert "'Authorization: Bearer '\"$COUNCIL_KEY\"''" in step.request
    assert step.answer == '"Bearer $COUNCIL_KEY"'


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("undocumented_status", "contract: status"),
        ("undocumented_field", "contract: shape"),
        ("wrong_type", "contract: content type"),
        ("not_json", "contract: content type"),
    ],
)
def test_an_answer_that_breaks_its_own_contract_fails(
    packing: Packing, base_url: str, operation: str, name: str
) -> None:
    step = one_step(packing, base_url, f"odd_jobs.{operation}", "$statusCode > 0")

    assert step.outcome is Outcome.FAIL
    assert [check.name for check in step.missed] == [name]


def test_an_answer_too_large_to_read_is_an_error(packing: Packing, base_url: str) -> None:
    step = one_step(packing, base_url, "odd_jobs.large")

    assert (step.outcome, step.reason) == (Outcome.ERROR, "the answer is larger than 1,000,000 bytes")


def test_an_answer_too_slow_to_wait_for_is_an_error(
    packing: Packing, base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.exchange.TIME_LIMIT", 0.3)
    step = one_step(packing, base_url, "odd_jobs.slow")

    assert step.outcome is Outcome.ERROR
    assert step.reason == "no answer within 0.3 s"


def test_a_redirect_is_not_followed(packing: Packing, base_url: str) -> None:
    assert one_step(packing, base_url, "odd_jobs.moved", "$statusCode == 302").outcome is Outcome.PASS


def test_the_key_goes_to_no_other_host_that_a_document_names(packing: Packing, base_url: str) -> None:
    step = one_step(packing, base_url, "odd_jobs.echo")

    assert f"'{base_url}/councils/fairwater/odd-jobs/echo'" in step.request


def test_an_output_that_the_answer_lacks_fails_the_step(packing: Packing, base_url: str) -> None:
    packing.journeys(
        lacking="""
        steps:
          - stepId: look
            operationId: $sourceDescriptions.waste.list_bins
            successCriteria: [{condition: $statusCode == 200}]
            outputs: {first: $response.body#/items/7/uprn}
        """
    )
    step = walk(packing, base_url).journeys[0].steps[0]

    assert step.outcome is Outcome.FAIL
    assert step.missed[0].got == "`$response.body#/items/7/uprn` finds nothing: there is no `7`"


def test_a_failing_journey_does_not_stop_the_next(packing: Packing, base_url: str) -> None:
    body = """
    steps:
      - stepId: look
        operationId: $sourceDescriptions.waste.list_bins
        successCriteria: [{condition: $statusCode == %s}]
    """
    ran = walk(packing.journeys(first=body % 404, second=body % 200), base_url)

    assert [journey.outcome for journey in ran.journeys] == [Outcome.FAIL, Outcome.PASS]
    assert ran.requirements == {"WASTE-001": Outcome.FAIL}
    assert [journey.journey for journey in walk(packing, base_url, "second").journeys] == ["second"]
