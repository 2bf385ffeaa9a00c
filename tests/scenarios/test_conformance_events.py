"""Checks of events: the council passes, and each finds a service that is silent, repeats or misleads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.serving import served_aside as served
from scenarios import packs
from scenarios.conformance import plan, telling
from scenarios.conformance.checks import Check, Kind, Missed, Skipped
from scenarios.conformance.probe import Probe
from scenarios.conformance.target import Target
from tests.scenarios.bending import Bent, Said, on_good
from tests.scenarios.probing import Probing
from tests.scenarios.serving import sandbox_of

PACKS = packs.load()
FEED = "/sandbox/councils/[^/]+/events$"
REPORTED = "virtual-council.waste.missed-collection.reported"
SIGNED_WITH_ANOTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def bent(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bent, Probing]]:
    """A served council with somebody in the way, and the probes of it."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("events") / "council-data") as sandbox:
        between = Bent(sandbox.gateway)
        with served(between) as url, Probing(url, PACKS) as probing:
            yield between, probing


@pytest.fixture(scope="module")
def checks(bent: tuple[Bent, Probing]) -> dict[str, Check]:
    _, probing = bent
    slugs = [slug for slug in probing.council.services if slug != "sandbox"]
    planned = plan.planned(probing.council.services, slugs, PACKS)
    return {check.id: check for check in planned if check.kind is Kind.EVENTS}


@pytest.mark.parametrize("service", ["waste", "street_reports"])
def test_the_council_passes_every_check_of_its_events(
    bent: tuple[Bent, Probing], checks: dict[str, Check], service: str
) -> None:
    between, probing = bent
    between.bend("nothing")
    with probing.fork() as fork:
        for check in checks.values():
            if check.service == service:
                check.run(fork.probe(service))


def events(change: Callable[[list[Any]], list[Any]]) -> Callable[[Said], None]:
    """The feed with other events in it."""
    return on_good(lambda body: {**body, "items": change(body["items"])})


def of(which: str, **fields: Any) -> Callable[[Said], None]:
    """The feed with other fields in the events of a type."""
    return events(lambda items: [{**each, **fields} if each["type"] == which else each for each in items])


WITHDRAWN = "virtual-council.waste.missed-collection.withdrawn"
RESOLVED = "virtual-council.waste.missed-collection.resolved"


@pytest.mark.parametrize(
    ("check", "said", "message"),
    [
        ("told", events(lambda items: [each for each in items if each["type"] != REPORTED]), "is not told"),
        ("told", events(lambda items: [*items, *items[-1:]]), "is told 2 times"),
        (
            "told",
            events(lambda items: [*items, *({**each, "subject": "MC-0"} for each in items[-1:])]),
            "more often than it happened",
        ),
        ("told", of(REPORTED, subject="MC-0"), "is not told"),
        ("told", of(REPORTED, type="virtual-council.waste.missed-collection.seen"), "is not told"),
        ("told", of(REPORTED, time="2020-01-01T00:00:00Z"), "not dated by the council's time"),
        ("told", of(REPORTED, time="yesterday"), "no CloudEvent 1.0"),
        ("told", of(REPORTED, specversion="0.3"), "no CloudEvent 1.0"),
        ("told", of(REPORTED, Position_1="x"), "no CloudEvent 1.0"),
        ("told", of(REPORTED, data={"uprn": "1"}), "does not say"),
        (
            "told-changed",
            events(lambda items: [each for each in items if each["type"] != WITHDRAWN]),
            "is not told",
        ),
        ("told-changed", events(lambda items: items[::-1]), "do not come in the order"),
        ("told-changed", events(lambda items: [{**each, "id": "1"} for each in items]), "the same id"),
        (
            "told-due",
            events(lambda items: [each for each in items if each["type"] != RESOLVED]),
            "is not told",
        ),
        (
            "untold",
            events(lambda items: [*items, {"type": REPORTED, "subject": "MC-0"}]),
            "that was refused something is told",
        ),
        (
            "told-repeated",
            events(lambda items: [*items, *({**each, "id": "another"} for each in items[-1:])]),
            "is told 2 times",
        ),
    ],
)
def test_a_service_that_tells_it_wrongly_is_found_out(
    bent: tuple[Bent, Probing],
    checks: dict[str, Check],
    check: str,
    said: Callable[[Said], None],
    message: str,
) -> None:
    between, probing = bent
    between.bend(FEED, said)
    with probing.fork() as fork, pytest.raises(Missed) as found:
        checks[f"waste.events.{check}-missed-collection"].run(fork.probe("waste"))
    assert message in str(found.value)
    assert between.bent


def test_a_feed_that_forgets_what_was_asked_after_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    between, probing = bent
    between.bend(FEED, asked=lambda query: {**query, "after": "0"})
    with probing.fork() as fork, pytest.raises(Missed, match=r"is told|not told as it happened"):
        checks["waste.events.since"].run(fork.probe("waste"))


def test_a_delivery_that_is_signed_with_another_secret_is_found_out(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    between, probing = bent
    between.bend("POST .*/webhooks$", on_good(lambda body: {**body, "secret": SIGNED_WITH_ANOTHER}))
    with probing.fork() as fork, pytest.raises(Missed, match="is not signed"):
        checks["waste.events.signed"].run(fork.probe("waste"))


def component(probing: Probing, *, joined: bool) -> Probe:
    """A probe of something elsewhere that answers as the council's own service does, joined or not."""
    probe = probing.probe("waste")
    target = Target(
        "waste",
        address=probe.service.server,
        component="bins-r-us" if joined else "",
        keys={"everything": "test-key"},
    )
    return Probe(replace(probe.place, target=target))


class Inbox:
    """What a component posted at its door: the council's feed as an inbox, with the outcome of each."""

    def __init__(self, outcome: str = "taken") -> None:
        self.outcome = outcome

    def __call__(self, said: Said) -> None:
        said.body["items"] = [
            {"position": number, "event": each, "outcome": self.outcome, "reason": "no signature"}
            for number, each in enumerate(said.body["items"], start=1)
        ]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a component that is asked over loopback."""
    monkeypatch.setattr(telling, "SETTLED", 0.0)
    monkeypatch.setattr(telling, "PATIENCE", 0.2)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("outcome", "message"), [("taken", None), ("refused", "refused at the component's door")]
)
def test_a_components_events_are_read_at_its_door(
    bent: tuple[Bent, Probing],
    checks: dict[str, Check],
    monkeypatch: pytest.MonkeyPatch,
    outcome: str,
    message: str | None,
) -> None:
    between, probing = bent
    between.bend(FEED, Inbox(outcome))
    monkeypatch.setattr(telling, "_path", lambda probe: "/events?type=virtual-council.waste.*&")
    signed = checks["waste.events.signed"]
    with probing.fork() as fork:
        probe = component(fork, joined=True)
        if message is None:
            signed.run(probe)
            checks["waste.events.told-changed-missed-collection"].run(probe)
        else:
            with pytest.raises(Missed, match=message):
                signed.run(probe)


def test_a_target_that_joined_nothing_is_not_asked_for_events(
    bent: tuple[Bent, Probing], checks: dict[str, Check]
) -> None:
    between, probing = bent
    between.bend("nothing")
    probe = component(probing, joined=False)
    for name, check in checks.items():
        if name.startswith("waste."):
            with pytest.raises(Skipped, match="has not joined"):
                check.run(probe)
    assert probe.exchanges == []
