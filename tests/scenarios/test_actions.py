"""What happens after a step: goto, end, retry, calls of other workflows and dependencies."""

from __future__ import annotations

from scenarios import Outcome, run
from tests.scenarios.packing import Packing
from tests.scenarios.test_runner import steps, walk
from tests.scenarios.town_hall import COUNCIL, KEY

LOOK = """
  - stepId: %s
    operationId: $sourceDescriptions.waste.list_bins
    successCriteria: [{condition: $statusCode == %s}]
"""

PATIENT = """
steps:
  - stepId: wait
    operationId: $sourceDescriptions.waste.wait_turn
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {reference: $response.body#/reference}
    onFailure:
      - name: again
        type: retry
        retryAfter: 0.01
        retryLimit: 3
        criteria: [{condition: $statusCode == 503}]
outputs:
  reference: $steps.wait.outputs.reference
"""


def outcomes(packing: Packing, base_url: str) -> dict[str, Outcome]:
    return {step.name: step.outcome for step in walk(packing, base_url).journeys[0].steps}


def test_a_retry_that_comes_good_is_one_pass(packing: Packing, base_url: str) -> None:
    ran = walk(packing.journeys(patient=PATIENT), base_url)
    [step] = ran.journeys[0].steps

    assert step.outcome is Outcome.PASS
    assert step.attempts == 3


def test_a_retry_gives_up_at_its_limit(packing: Packing, base_url: str) -> None:
    packing.journeys(
        shut="""
        steps:
          - stepId: wait
            operationId: $sourceDescriptions.waste.closed
            successCriteria: [{condition: $statusCode == 200}]
            onFailure: [{name: again, type: retry, retryLimit: 2}]
        """
    )
    [step] = walk(packing, base_url).journeys[0].steps

    assert step.outcome is Outcome.FAIL
    assert step.attempts == 3


def test_a_goto_passes_over_the_steps_between(packing: Packing, base_url: str) -> None:
    jump = "    onSuccess: [{name: on, type: goto, stepId: last}]\n"
    body = "steps:\n" + LOOK % ("first", 200) + jump + LOOK % ("between", 404) + LOOK % ("last", 200)

    assert outcomes(packing.journeys(jump=body), base_url) == {
        "first": Outcome.PASS,
        "last": Outcome.PASS,
        "between": Outcome.SKIP,
    }


def test_a_goto_whose_criteria_do_not_hold_is_not_taken(packing: Packing, base_url: str) -> None:
    jump = (
        "    onSuccess:\n"
        "      - {name: on, type: goto, stepId: last, criteria: [{condition: $response.body#/total == 9}]}\n"
    )
    body = "steps:\n" + LOOK % ("first", 200) + jump + LOOK % ("between", 200) + LOOK % ("last", 200)

    assert set(outcomes(packing.journeys(straight=body), base_url).values()) == {Outcome.PASS}


def test_an_end_stops_the_journey_where_it_stands(packing: Packing, base_url: str) -> None:
    body = (
        "steps:\n"
        + LOOK % ("first", 200)
        + "    onSuccess: [{name: enough, type: end}]\n"
        + LOOK % ("last", 404)
    )
    ran = walk(packing.journeys(short=body), base_url)

    assert ran.journeys[0].outcome is Outcome.PASS
    assert steps(ran, "short")["last"].reason == "`first` ended the journey"


def test_a_goto_after_a_failure_goes_on_but_the_journey_has_failed(packing: Packing, base_url: str) -> None:
    jump = "    onFailure: [{name: tidy, type: goto, stepId: last}]\n"
    body = "steps:\n" + LOOK % ("first", 404) + jump + LOOK % ("between", 200) + LOOK % ("last", 200)
    ran = walk(packing.journeys(tidied=body), base_url)

    assert steps(ran, "tidied")["last"].outcome is Outcome.PASS
    assert ran.journeys[0].outcome is Outcome.FAIL


def test_a_goto_that_goes_round_for_ever_is_stopped(packing: Packing, base_url: str) -> None:
    body = "steps:\n" + LOOK % ("round", 200) + "    onSuccess: [{name: back, type: goto, stepId: round}]\n"
    last = walk(packing.journeys(circle=body), base_url).journeys[0].steps[-1]

    assert last.outcome is Outcome.ERROR
    assert last.reason == "the journey took more than 200 steps; does it go round?"


def test_a_journey_can_call_another_and_use_its_outputs(packing: Packing, base_url: str) -> None:
    caller = """
    steps:
      - stepId: turn
        workflowId: patient
        parameters: [{name: key, value: $inputs.key}]
        outputs: {reference: $outputs.reference}
      - stepId: look
        operationId: $sourceDescriptions.waste.list_bins
        successCriteria: [{condition: $steps.turn.outputs.reference == 'R-2'}]
    """
    ran = walk(packing.journeys(patient=PATIENT, caller=caller), base_url)

    assert ran.passed
    assert list(steps(ran, "caller")) == ["turn/wait", "look"]


def test_a_called_journey_that_fails_fails_its_caller(packing: Packing, base_url: str) -> None:
    caller = "steps:\n  - {stepId: ask, workflowId: broken}\n" + LOOK % ("after", 200)
    ran = walk(packing.journeys(broken="steps:\n" + LOOK % ("look", 404), caller=caller), base_url)

    assert [journey.outcome for journey in ran.journeys] == [Outcome.FAIL, Outcome.FAIL]
    assert steps(ran, "caller")["after"].reason == "`ask` did not pass"


def test_a_key_given_to_a_called_journey_takes_the_place_of_the_run_s(
    packing: Packing, base_url: str
) -> None:
    caller = """
    steps:
      - stepId: ask
        workflowId: look
        parameters: [{name: key, value: not-a-key}]
    """
    ran = walk(packing.journeys(look="steps:\n" + LOOK % ("look", 200), caller=caller), base_url)

    assert steps(ran, "caller")["ask/look"].status == 401


def test_a_dependency_runs_first_and_its_outputs_can_be_used(packing: Packing, base_url: str) -> None:
    body = """
    dependsOn: [patient]
    steps:
      - stepId: look
        operationId: $sourceDescriptions.waste.list_bins
        successCriteria: [{condition: $workflows.patient.outputs.reference == 'R-2'}]
    """
    ran = walk(packing.journeys(after=body, patient=PATIENT), base_url, "after")

    assert [(one.journey, one.outcome) for one in ran.journeys] == [
        ("patient", Outcome.PASS),
        ("after", Outcome.PASS),
    ]


def test_a_journey_whose_dependency_failed_is_skipped(packing: Packing, base_url: str) -> None:
    after = "dependsOn: [broken]\nsteps:\n" + LOOK % ("look", 200)
    packing.journeys(broken="steps:\n" + LOOK % ("look", 404), after=after)
    ran = run(packing.load(), base_url, COUNCIL, KEY)

    assert ran.journeys[1].outcome is Outcome.SKIP
    assert ran.journeys[1].reason == "`broken`, on which it depends, did not pass"


def test_a_value_that_no_step_set_is_an_error_not_a_failure(packing: Packing, base_url: str) -> None:
    jump = "    onSuccess: [{name: on, type: goto, stepId: last}]\n"
    body = (
        "steps:\n"
        + LOOK % ("first", 200)
        + jump
        + LOOK % ("between", 200)
        + "    outputs: {uprn: $response.body#/items/0/uprn}\n"
        + """
  - stepId: last
    operationId: $sourceDescriptions.waste.read_bin
    parameters: [{name: uprn, in: path, value: $steps.between.outputs.uprn}]
    successCriteria: [{condition: $statusCode == 200}]
"""
    )
    ran = walk(packing.journeys(unset=body), base_url)

    assert steps(ran, "unset")["last"].outcome is Outcome.ERROR
    assert "$steps.between.outputs.uprn" in steps(ran, "unset")["last"].reason
    assert ran.journeys[0].outcome is Outcome.ERROR
