"""Targets that cannot be tested: said plainly before anything runs, and an error in the middle of a run."""

from __future__ import annotations

import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from scenarios import Packs, exchange, openapi
from scenarios.conformance.checks import Unjudged
from scenarios.conformance.keys import Keys
from scenarios.conformance.kinds import contract
from scenarios.conformance.probe import Place, Probe
from scenarios.conformance.target import Described, KeyPlace, Target, TargetUnusable, described, try_key
from scenarios.council import Council, visit
from scenarios.openapi import Service
from scenarios.problems import CouldNotRun
from tests.scenarios.misbehaving import DOCUMENT, misbehaving, self_signed
from tests.scenarios.town_hall import COUNCIL, KEY

NO_PACKS = Packs(Path(), (), ())


def contract_at(address: str) -> Service:
    return openapi.service("waste", f"{address}/openapi.json", DOCUMENT)


def refusal(address: str, **target: object) -> str:
    """Why a target cannot be tested."""
    with pytest.raises(TargetUnusable) as unusable:
        described(Target("waste", address, **target), contract_at(address))  # type: ignore[arg-type]
    return str(unusable.value)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no answer longer than a moment."""
    monkeypatch.setattr(exchange, "TIME_LIMIT", 0.3)


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("html", "answers a web page (text/html), not an OpenAPI document"),
        ("redirects", "redirects to http://elsewhere.invalid/openapi.json; redirects are not followed"),
        ("missing", "answers 404; a target publishes its OpenAPI document there"),
        ("refuses", "--target-key or TARGET_KEY"),
        ("broken", "is not JSON"),
        ("deep", "is not JSON"),
        ("other", "is JSON, but no OpenAPI 3 document"),
        ("odd", "describes no operation"),
        ("slow", "no answer within 0.3 s; is the target up"),
        ("drips", "the answer was not complete within 0.3 s"),
        ("stops", "is the target up, and is this its address?"),
        ("hangs_up", "is the target up, and is this its address?"),
        ("floods", "the answer is larger than 1,000,000 bytes"),
    ],
)
@pytest.mark.usefixtures("hurried")
def test_what_answers_wrongly_is_said_with_what_to_do(mood: str, said: str) -> None:
    with misbehaving(mood) as (address, _):
        told = refusal(address)
    assert said in told
    assert told.startswith(f"{address}/openapi.json")


def test_of_a_flood_no_more_is_taken_than_the_limit_and_what_was_under_way() -> None:
    with misbehaving("floods") as (address, server):
        refusal(address)
    assert server.sent < 20_000_000


def test_an_address_where_nothing_listens_is_said_to_be_down() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        told = refusal(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert "is the target up" in told


@pytest.mark.parametrize("address", ["127.0.0.1:9000", "ftp://127.0.0.1", "http://", "bins"])
def test_an_address_that_is_none_is_said_to_be_none(address: str) -> None:
    assert "is not an address such as http://127.0.0.1:9000" in refusal(address)


def test_tls_where_none_is_spoken_is_said() -> None:
    with misbehaving("good") as (address, _):
        assert "is its address one with http://?" in refusal(address.replace("http:", "https:"))


def test_a_certificate_that_nobody_signed_is_refused_until_it_is_trusted(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with misbehaving("good", certificate=certificate) as (address, _):
        assert "name its authority's PEM file with --trust" in refusal(address)
        trusting = Target("waste", address, trusted=certificate)
        assert described(trusting, contract_at(address)).claimed == {"list_bins"}


def test_a_file_of_certificates_that_holds_none_is_said(base_url: str, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    with pytest.raises(CouldNotRun, match=r"nothing\.pem holds no certificates that can be read"):
        visit(base_url, COUNCIL, KEY, [], trusted=nothing).__enter__()


@pytest.mark.parametrize(
    ("key", "component", "said"),
    [
        (None, "", "answers 401 without a key; give the target's own with --target-key"),
        ("wrong", "", "answers 401 to this key; give the right one with --target-key"),
        ("wrong", "bins-r-us", "a component asks the council whether a key is good"),
    ],
)
def test_a_wrong_key_is_said_before_anything_runs(key: str | None, component: str, said: str) -> None:
    with misbehaving("good", "refuses") as (address, _):
        service = contract_at(address)
        target = Target("waste", address, component=component)
        told = described(target, service)
        with pytest.raises(TargetUnusable) as unusable:
            try_key(target, service, told, key)
    assert said in str(unusable.value)


def test_a_target_that_takes_the_key_is_tried_without_a_word() -> None:
    with misbehaving("good") as (address, _):
        told = Described("", "", "", frozenset(["list_bins"]))
        try_key(Target("waste", address), contract_at(address), told, "right")


@pytest.mark.parametrize("mood", ["slow", "drips", "stops", "hangs_up", "floods"])
@pytest.mark.usefixtures("hurried")
def test_no_answer_in_the_middle_of_a_run_is_an_error_and_is_not_tried_again(mood: str) -> None:
    with misbehaving("good", mood) as (address, _), httpx.Client() as client:
        probe = probing(address, client)
        [check] = [
            each
            for each in contract.checks(probe.service, NO_PACKS)
            if each.id.endswith("list_bins.coverage")
        ]
        with pytest.raises(Unjudged, match=rf"GET {address}/bins: .*(no answer|the answer)"):
            check.run(probe)
    assert len(probe.exchanges) == 1
    assert probe.exchanges[0].failure


def test_basic_credentials_are_masked_as_they_are_sent() -> None:
    with misbehaving("good") as (address, _), httpx.Client() as client:
        probe = probing(address, client, key="bins:sesame", place=KeyPlace("basic"))
        probe.ask("list_bins")
    assert dict(probe.exchanges[0].request_headers)["Authorization"] == "Basic $COUNCIL_KEY"


def probing(address: str, client: httpx.Client, key: str = "right", place: KeyPlace | None = None) -> Probe:
    service = contract_at(address)
    target = Target("waste", address, keys={"everything": key}, key_place=place or KeyPlace())
    council = Council("http://127.0.0.1:9", COUNCIL, "council-key", client, (), {"waste": service})
    now = time.perf_counter()
    began = datetime(2026, 6, 1, tzinfo=UTC)
    return Probe(Place(council, target, Keys(council, target), NO_PACKS, 1, now + 60, began, now))
