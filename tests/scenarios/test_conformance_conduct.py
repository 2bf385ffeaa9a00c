"""What the checks of conduct notice: for each way to misbehave, one that fails."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.serving import served_aside as served
from scenarios import packs
from scenarios.conformance.checks import Ended, Missed, Omitted, Skipped, Unjudged
from scenarios.conformance.kinds.conduct import seconds
from scenarios.conformance.probe import Call, Probe
from scenarios.conformance.target import Target
from tests.conftest import KEY
from tests.scenarios.checking import Checking
from tests.scenarios.meddling import Asked, Fault, Misbehaving, Onward, Told
from tests.scenarios.serving import sandbox_of

PACKS = packs.load()


@pytest.fixture(scope="module")
def checking(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checking]:
    """A served council with somebody at the door."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("conduct") / "council-data") as sandbox:
        between = Misbehaving(sandbox.gateway)
        with served(between) as url, Checking(url, PACKS, between) as checking:
            yield checking


async def forgets_names(asked: Asked, onward: Onward) -> Told:
    return await onward(asked.without("idempotency-key"))


def first_answer_whatever_comes() -> Fault:
    first: dict[str, Told] = {}

    async def answered(asked: Asked, onward: Onward) -> Told:
        name = asked.headers.get("idempotency-key")
        if name is None:
            return await onward(asked)
        if name not in first:
            first[name] = await onward(asked)
        return first[name]

    return answered


def another_answer_each_time() -> Fault:
    numbers = itertools.count()

    async def answered(asked: Asked, onward: Onward) -> Told:
        told = await onward(asked)
        return replace(told, body=told.body + b" " * next(numbers)) if asked.method == "POST" else told

    return answered


def answers_as_it_is_now() -> Fault:
    first: dict[str, str] = {}

    async def answered(asked: Asked, onward: Onward) -> Told:
        name = asked.headers.get("idempotency-key", "")
        if name not in first or asked.method != "POST":
            told = await onward(asked)
            if name and told.status == 201:
                first[name] = told.said["reference"]
            return told
        now = await onward(replace(asked, method="GET", path=f"{asked.path}/{first[name]}"))
        return replace(now, status=201)

    return answered


async def counts_from_nought(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if "per_page" in asked.query and told.status == 200 and "items" in told.said:
        return told.saying({**told.said, "items": [*told.said["items"], *told.said["items"][:1]]})
    return told


async def takes_one_spelling_alone(asked: Asked, onward: Onward) -> Told:
    if asked.method == "POST" and asked.headers["content-type"] != "application/json":
        return await onward(asked.without("content-type"))
    return await onward(asked)


async def ignores_versions(asked: Asked, onward: Onward) -> Told:
    return await onward(asked.without("if-match"))


async def knows_no_any_version(asked: Asked, onward: Onward) -> Told:
    if asked.headers.get("if-match") == "*":
        asked = replace(asked, headers={**asked.headers, "if-match": '"*"'})
    return await onward(asked)


async def tells_one_version_always(asked: Asked, onward: Onward) -> Told:
    if "if-match" in asked.headers and asked.headers["if-match"] == '"always"':
        asked = asked.without("if-match")
    told = await onward(asked)
    return replace(told, headers={**told.headers, "etag": '"always"'}) if "etag" in told.headers else told


def lets_all_have_it() -> Fault:
    numbers = itertools.count(1)

    async def answered(asked: Asked, onward: Onward) -> Told:
        told = await onward(asked)
        if told.status != 409 or asked.method != "POST":
            return told
        made = {**told.said, "reference": f"X{next(numbers)}"}
        return told.of_type("application/json", b"").saying(made, 201)

    return answered


async def gives_one_reference(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return told.saying({**told.said, "reference": "B1"}) if told.status == 201 else told


def loses_every_second() -> Fault:
    kept: list[Told] = []

    async def answered(asked: Asked, onward: Onward) -> Told:
        if asked.method == "POST" and kept:
            return kept.pop()
        told = await onward(asked)
        if asked.method == "POST":
            kept.append(told)
        return told

    return answered


def with_status(becomes: int, *, instead_of: int) -> Fault:
    async def answered(asked: Asked, onward: Onward) -> Told:
        told = await onward(asked)
        return replace(told, status=becomes) if told.status == instead_of else told

    return answered


async def shows_its_inside(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    trace = 'Traceback (most recent call last):\n  File "/srv/app/main.py", line 7'
    return told.saying({**told.said, "detail": trace}) if told.status >= 400 else told


async def says_little(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if told.status < 400:
        return told
    return told.saying(
        {"type": "about:blank", "title": "Bad", "status": told.status, "detail": "Bad request"}
    )


async def keeps_what_it_refuses(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if told.status in (400, 422) and asked.method == "POST" and asked.path.endswith("/payments"):
        await onward(replace(asked, body=b'{"amount_pence": 1, "method": "card"}'))
    return told


async def reads_whatever_it_is_called(asked: Asked, onward: Onward) -> Told:
    return await onward(replace(asked, headers={**asked.headers, "content-type": "application/json"}))


async def passes_over_what_it_does_not_know(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return await onward(replace(asked, query={})) if told.status == 422 and asked.query else told


async def finds_nothing_everywhere(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return told.of_type("application/json", b"{}").saying({}, 200) if told.status == 404 else told


async def does_not_name_it(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return told.saying({**told.said, "detail": "Not found"}) if told.status == 404 else told


async def takes_any_method(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, status=204, body=b"") if told.status == 405 else told


async def does_not_escape(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if "xml" not in told.headers["content-type"]:
        return told
    return replace(told, body=told.body.replace(b"&amp;", b"&").replace(b"&lt;", b"<"))


async def escapes_twice(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, body=told.body.replace(b"&amp;", b"&amp;amp;"))


async def knows_latin_alone(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, body=told.body.decode().encode("latin-1", "replace").decode("latin-1").encode())


async def says_latin_1(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    kind = told.headers["content-type"].partition(";")[0]
    return replace(told, headers={**told.headers, "content-type": f"{kind}; charset=iso-8859-1"})


async def sends_latin_1(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, body=told.body + "é".encode("latin-1"))


NOTICED: list[tuple[Fault, str]] = [
    (forgets_names, "waste.conduct.report_missed_collection.repeated"),
    (forgets_names, "waste.conduct.book_bulky_collection.repeated-at-once"),
    (first_answer_whatever_comes(), "council_tax.conduct.make_payment.repeated-otherwise"),
    (first_answer_whatever_comes(), "waste.conduct.report_missed_collection.repeated-after-failure"),
    (another_answer_each_time(), "waste.conduct.book_bulky_collection.repeated"),
    (answers_as_it_is_now(), "waste.conduct.report_missed_collection.repeated"),
    (counts_from_nought, "addresses.conduct.list_streets.stated-limits"),
    (takes_one_spelling_alone, "waste.conduct.bulky-collection.charset-told"),
    (ignores_versions, "waste.conduct.close_missed_collection.stale"),
    (ignores_versions, "waste.conduct.cancel_bulky_collection.stale"),
    (ignores_versions, "council_tax.conduct.make_payment.gone-by"),
    (ignores_versions, "council_tax.conduct.make_payment.at-once"),
    (knows_no_any_version, "waste.conduct.close_missed_collection.any-version"),
    (tells_one_version_always, "waste.conduct.close_missed_collection.present"),
    (lets_all_have_it(), "waste.conduct.missed-collection.once"),
    (lets_all_have_it(), "waste.conduct.bulky-collection.limited"),
    (gives_one_reference, "waste.conduct.bulky-collection.many-at-once"),
    (loses_every_second(), "council_tax.conduct.payment.same-at-once"),
    (with_status(201, instead_of=422), "waste.conduct.report_missed_collection.wrong-values"),
    (with_status(500, instead_of=400), "waste.conduct.report_missed_collection.unreadable"),
    (with_status(500, instead_of=413), "waste.conduct.report_missed_collection.too-large"),
    (with_status(500, instead_of=422), "waste.conduct.report_missed_collection.other-shapes"),
    (shows_its_inside, "waste.conduct.report_missed_collection.unreadable"),
    (says_little, "waste.conduct.report_missed_collection.wrong-values"),
    (keeps_what_it_refuses, "council_tax.conduct.make_payment.wrong-values"),
    (reads_whatever_it_is_called, "waste.conduct.report_missed_collection.other-media"),
    (passes_over_what_it_does_not_know, "waste.conduct.list_rounds.unknown-parameter"),
    (passes_over_what_it_does_not_know, "waste.conduct.list_rounds.impossible-parameters"),
    (finds_nothing_everywhere, "waste.conduct.show_round.unknown-thing"),
    (does_not_name_it, "waste.conduct.show_round.unknown-thing"),
    (takes_any_method, "waste.conduct.list_rounds.other-methods"),
    (does_not_escape, "street_reports.conduct.report-in-xml.description-in-any-script"),
    (escapes_twice, "street_reports.conduct.report-in-xml.description-in-any-script"),
    (knows_latin_alone, "street_reports.conduct.report.description-in-any-script"),
    (knows_latin_alone, "residents.conduct.arrival.surname-in-any-script"),
    (with_status(422, instead_of=200), "addresses.conduct.list_streets.any-script"),
    (says_latin_1, "street_reports.conduct.list_services_as_xml.charset"),
    (sends_latin_1, "addresses.conduct.list_wards.charset"),
]


@pytest.mark.parametrize(
    ("fault", "name"), NOTICED, ids=[f"{fault.__name__}-{name}" for fault, name in NOTICED]
)
def test_who_misbehaves_is_noticed(checking: Checking, fault: Fault, name: str) -> None:
    checking.run(name)
    with pytest.raises(Missed):
        checking.run(name, fault)


async def takes_its_time(asked: Asked, onward: Onward) -> Told:
    await asyncio.sleep(0.3)
    return await onward(asked)


def test_a_call_that_is_always_slow_is_noticed(checking: Checking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seconds, "LIMIT", 0.25)
    checking.between.with_fault("waste", takes_its_time)
    probe = checking.probe("waste")
    probe.place.heard.append(Call("GET", "/rounds", {"per_page": "5"}, 200, 9.0))
    monkeypatch.setattr(seconds, "_ask_what_was_not", lambda probe: None)
    try:
        with pytest.raises(Missed, match="list_rounds"):
            checking.check("waste.conduct.in-time").run(probe)
    finally:
        checking.between.with_fault("", None)


def test_one_slow_answer_of_a_busy_machine_is_forgiven(checking: Checking) -> None:
    probe = checking.probe("waste")
    probe.place.heard.append(Call("GET", "/rounds", {"per_page": "5"}, 200, 9.0))
    checking.check("waste.conduct.in-time").run(probe)


def elsewhere(checking: Checking, restart: str = "") -> Probe:
    """A probe of the same service as if it were a system elsewhere, which has joined nothing."""
    address = f"{checking.url}/councils/fairwater/waste"
    return checking.probe("waste", Target("waste", address, keys={"everything": KEY}, restart=restart))


def forgets_at_a_restart() -> Fault:
    restarted: list[bool] = []

    async def answered(asked: Asked, onward: Onward) -> Told:
        # The check asks for the document to know when the target is up again.
        restarted.extend([True] if asked.path == "/openapi.json" else [])
        told = await onward(asked)
        return replace(told, status=404) if restarted and asked.path.startswith("/missed") else told

    return answered


def test_what_a_restart_loses_is_noticed(checking: Checking) -> None:
    check = checking.check("waste.conduct.restart")
    check.run(elsewhere(checking, "true"))
    checking.between.with_fault("waste", forgets_at_a_restart())
    try:
        with pytest.raises(Missed, match="not as it was"):
            check.run(elsewhere(checking, "true"))
    finally:
        checking.between.with_fault("", None)


def test_a_restart_that_cannot_be_had_is_told_as_such(checking: Checking) -> None:
    check = checking.check("waste.conduct.restart")
    with pytest.raises(Skipped, match="nobody said how"):
        check.run(elsewhere(checking))
    with pytest.raises(Unjudged, match="ended with 1"):
        check.run(elsewhere(checking, "false"))
    with pytest.raises(Unjudged, match="could not be run"):
        check.run(elsewhere(checking, "/no/such/command"))


def test_a_target_that_joined_nothing_is_tried_with_what_it_has(checking: Checking) -> None:
    probe = elsewhere(checking)
    checking.check("waste.access.show_round.no-key").run(probe)
    checking.check("waste.access.show_round.unknown-key").run(probe)
    with pytest.raises(Skipped, match="no key `expired` was given"):
        checking.check("waste.access.show_round.ended-key").run(probe)


@pytest.mark.parametrize("name", ["repeats", "versions", "once"])
def test_what_a_service_does_not_offer_is_omitted(checking: Checking, name: str) -> None:
    with pytest.raises(Omitted):
        checking.run(f"addresses.conduct.{name}")


def answering(status: int, content_type: str, body: bytes) -> Fault:
    async def answered(asked: Asked, onward: Onward) -> Told:
        return Told(status, {"content-type": content_type, "etag": '"1"'}, body)

    return answered


ODD = b'{"items": [null, 7, "x", [], {"reference": null}], "total": "many"}'


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        ("waste", answering(200, "text/html", b"<html><body>Welcome</body></html>")),
        ("waste", answering(200, "application/json", ODD)),
        ("street_reports", answering(201, "application/json", b'[{"reference": {"a": 1}, "uprn": [1]}]')),
        ("street_reports", answering(200, "text/xml", b"<a><b></a>")),
    ],
    ids=["a page", "odd records", "odd references", "broken XML"],
)
def test_whatever_a_target_answers_a_check_comes_to_an_end(
    checking: Checking, fault: Fault, service: str
) -> None:
    passed = []
    checking.between.with_fault(service, fault)
    probe = checking.probe(service)
    for check in checking.all(service):
        try:
            check.run(probe)
        except (Ended, LookupError, TypeError, ValueError, AttributeError):
            continue
        passed.append(check.id)
    checking.between.with_fault("", None)
    assert len(passed) < 10, passed
