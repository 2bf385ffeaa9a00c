"""A component that has joined for waste, and what it takes to let it answer callers."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response

from sandbox import evidence
from sandbox.evidence import Signer
from sandbox.folder import DataFolder
from sandbox.shadow import results
from sandbox.shadow.summary import Summary
from scenarios.conformance.record import Record, Tested
from scenarios.results import Outcome
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME, join
from tests.scenarios.reports.records import record, result

OVERRIDE = "We try it in the open, and roll back at the first complaint"


class Slots:
    """The slots of a council, as somebody with a key to control it sees and sets them."""

    def __init__(self, council: CouncilUnderTest, signer: Signer) -> None:
        self.council = council
        self.signer = signer
        self.address = f"/sandbox/councils/{council.name}"

    def fill(self, slot: str = "waste", **wanted: Any) -> Response:
        """Let a component fill a slot: live, where nothing else is said."""
        said = {"component": NAME, "mode": "live", **wanted}
        return self.council.client.put(f"{self.address}/slots/{slot}", json=said)

    def share(self, **of: Any) -> Response:
        """Let the component answer for some."""
        return self.fill(mode="share", share=of, override=OVERRIDE)

    def shown(self, slot: str = "waste") -> dict[str, Any]:
        """A slot."""
        answer = self.council.client.get(f"{self.address}/slots/{slot}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def modes(self, slot: str = "waste") -> dict[str, tuple[str, str]]:
        """Who fills what of a slot, and in which mode; `*` for the whole of it."""
        fillings = self.shown(slot)["fillings"]
        return {each["operation"] or "*": (each["component"], each["mode"]) for each in fillings}

    def roll_back(self, slot: str = "waste", **wanted: Any) -> dict[str, Any]:
        """Give a slot back to the stub."""
        answer = self.council.control(f"/slots/{slot}/roll-back", **wanted)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def changes(self, slot: str = "waste", **params: Any) -> list[dict[str, Any]]:
        """The history of a slot."""
        answer = self.council.client.get(f"{self.address}/slots/{slot}/changes", params=params)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def tell_verdict(self, told: Record, component: str = NAME) -> Response:
        """Send the signed record of a run."""
        sent = self.signer.evidence(told)
        return self.council.control(f"/components/{component}/verdicts", evidence=sent)

    def checked(self, *, passed: bool = True, **changed: Any) -> dict[str, Any]:
        """The verdict of a run that came to this."""
        answer = self.tell_verdict(a_run(passed=passed, **changed))
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def compared(self, calls: int, different: int, slower_ms: float) -> None:
        """A comparison that came to this."""
        summary = Summary(
            sentence=f"Of {calls} calls {calls - different} were answered alike",
            calls=calls,
            alike=calls - different,
            different=different,
            unanswered=0,
            worded_otherwise=0,
            events=0,
            events_different=0,
            groups=(),
            more_groups=0,
            left_out=(),
            not_answered=(),
            noise=(),
            our_median_ms=1.0,
            their_median_ms=1.0 + slower_ms,
            median_slower_ms=slower_ms,
        )
        with self.council.sandbox.councils.notebook(self.council.name).writing() as session:
            number = results.begin(session, NAME, results.Kind.REPLAY, "A day")
            results.write(session, NAME, number, summary, state=results.State.DONE)


def a_run(*, passed: bool = True, component: str = NAME, **changed: Any) -> Record:
    """The record of a run of the checks on a component for waste."""
    outcome = Outcome.PASS if passed else Outcome.FAIL
    checks = [result("waste.data.one"), result("waste.data.two", outcome, verifies=("WASTE-002",))]
    target = Tested(
        service="waste",
        address="http://127.0.0.1:9000",
        title="Bins",
        version="1",
        openapi="0" * 64,
        component=component,
        image="",
        incumbent=False,
    )
    return record(checks, **{"targets": [target], **changed})


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """Who signs evidence."""
    return evidence.signer(DataFolder(tmp_path_factory.mktemp("signing") / "council-data"))


@pytest.fixture
def slots(council: CouncilUnderTest, signer: Signer) -> Slots:
    """The slots of a council that a component has joined for waste."""
    join(council)
    return Slots(council, signer)
