"""What the checks of access notice: for each way to let the wrong ones in, one that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sandbox.serving import served_aside as served
from scenarios import packs
from scenarios.conformance.checks import Missed
from tests.conftest import KEY
from tests.scenarios.checking import Checking
from tests.scenarios.meddling import Asked, Fault, Misbehaving, Onward, Told
from tests.scenarios.serving import sandbox_of

PACKS = packs.load()


@pytest.fixture(scope="module")
def checking(built_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checking]:
    """A served council with somebody at the door."""
    with sandbox_of(built_folder, tmp_path_factory.mktemp("access") / "council-data") as sandbox:
        between = Misbehaving(sandbox.gateway)
        with served(between) as url, Checking(url, PACKS, between) as checking:
            yield checking


async def honours_any_key(asked: Asked, onward: Onward) -> Told:
    return await onward(asked.key(KEY) if "authorization" in asked.headers else asked)


async def asks_for_no_key(asked: Asked, onward: Onward) -> Told:
    return await onward(asked if "authorization" in asked.headers else asked.key(KEY))


async def lets_readers_write(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return await onward(asked.key(KEY)) if told.status == 403 and asked.method != "GET" else told


async def does_it_and_then_refuses(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if told.status in (401, 403):
        await onward(asked.key(KEY))
    return told


async def tells_what_it_refuses(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if told.status != 401:
        return told
    kept = await onward(asked.key(KEY))
    return told.saying({**told.said, "detail": kept.body.decode()})


async def looks_before_it_asks_for_a_key(asked: Asked, onward: Onward) -> Told:
    there = await onward(asked.key(KEY))
    return there if there.status == 404 else await onward(asked)


async def does_not_say_how(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, headers={name: v for name, v in told.headers.items() if name != "www-authenticate"})


async def refuses_with_a_page(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    page = b"<!doctype html><html><body>Log in</body></html>"
    return told.of_type("text/html", page) if told.status == 401 else told


async def refuses_with_another_status(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return told.saying({**told.said, "status": 400}, 400) if told.status == 401 else told


async def repeats_the_key(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    if told.status != 401:
        return told
    return told.saying({**told.said, "detail": f"Not known: {asked.headers.get('authorization')}"})


async def does_not_look_at_case(asked: Asked, onward: Onward) -> Told:
    same = asked.headers.get("authorization", "").lower() == f"bearer {KEY}"
    return await onward(asked.key(KEY) if same else asked)


async def takes_any_key_in_the_address(asked: Asked, onward: Onward) -> Told:
    return await onward(asked.key(KEY) if "key" in asked.query else asked)


async def ignores_the_home(asked: Asked, onward: Onward) -> Told:
    return await onward(replace(asked, query={n: v for n, v in asked.query.items() if n != "uprn"}))


def shows_always_the_first() -> Fault:
    first: list[str] = []

    async def shown(asked: Asked, onward: Onward) -> Told:
        if re.fullmatch(r"/properties/\d+", asked.path):
            first.append(asked.path)
            asked = replace(asked, path=first[0])
        return await onward(asked)

    return shown


async def shows_anyones_bill(asked: Asked, onward: Onward) -> Told:
    # Here an account's bill has the number of the account.
    bill = re.fullmatch(r"/accounts/\w+/bills/B0(\d+)", asked.path)
    if bill:
        asked = replace(asked, path=re.sub(r"/accounts/\w+", f"/accounts/CT{bill[1]}", asked.path))
    return await onward(asked)


async def lets_head_in(asked: Asked, onward: Onward) -> Told:
    if asked.method == "HEAD":
        return await onward(replace(asked, method="GET").key(KEY))
    return await onward(asked)


async def asks_a_price(asked: Asked, onward: Onward) -> Told:
    told = await onward(asked)
    return replace(told, headers={**told.headers, "x-price-pence": "2"})


def tells_who_reported() -> Fault:
    last: list[str] = []

    async def told_of(asked: Asked, onward: Onward) -> Told:
        if asked.method == "POST":
            last.extend(parse_qs(asked.body.decode()).get("email", []))
        told = await onward(asked)
        if last and asked.path == "/requests.json" and asked.method == "GET":
            listed = told.said
            listed[0]["description"] = f"from {last[-1]}"
            return told.saying(listed)
        return told

    return told_of


NOTICED: list[tuple[Fault, str]] = [
    (honours_any_key, "waste.access.show_round.unknown-key"),
    (honours_any_key, "waste.access.report_missed_collection.ended-key"),
    (honours_any_key, "waste.access.show_property.revoked-key"),
    (honours_any_key, "waste.access.list_missed_collections.other-council"),
    (honours_any_key, "waste.access.show_round.other-service"),
    (honours_any_key, "waste.access.show_round.write-only"),
    (asks_for_no_key, "waste.access.show_round.no-key"),
    (asks_for_no_key, "waste.access.book_bulky_collection.no-key"),
    (lets_readers_write, "waste.access.book_bulky_collection.read-only"),
    (does_it_and_then_refuses, "waste.access.book_bulky_collection.no-key"),
    (tells_what_it_refuses, "waste.access.show_property.no-key"),
    (looks_before_it_asks_for_a_key, "waste.access.show_round.no-key"),
    (does_not_say_how, "waste.access.show_round.no-key"),
    (refuses_with_a_page, "waste.access.show_round.no-key"),
    (refuses_with_another_status, "waste.access.show_round.no-key"),
    (repeats_the_key, "waste.access.show_round.unknown-key"),
    (does_not_look_at_case, "waste.access.almost-right-keys"),
    (takes_any_key_in_the_address, "waste.access.subscribe_to_calendar.unknown-key-in-address"),
    (ignores_the_home, "waste.access.list_missed_collections.uprn-alone"),
    (ignores_the_home, "council_tax.access.list_accounts.uprn-alone"),
    (shows_always_the_first(), "waste.access.show_property.its-own"),
    (shows_anyones_bill, "council_tax.access.show_bill.under-another"),
    (lets_head_in, "waste.access.head-without-a-key"),
    (asks_a_price, "waste.access.no-charge"),
    (tells_who_reported(), "street_reports.access.report.kept-private"),
]


@pytest.mark.parametrize(
    ("fault", "name"), NOTICED, ids=[f"{fault.__name__}-{name}" for fault, name in NOTICED]
)
def test_who_lets_the_wrong_ones_in_is_noticed(checking: Checking, fault: Fault, name: str) -> None:
    checking.run(name)
    with pytest.raises(Missed):
        checking.run(name, fault)


def test_a_refusal_is_what_the_standard_says_where_one_is_followed(checking: Checking) -> None:
    check = checking.check("street_reports.access.make_request.unknown-key")
    assert check.verifies == ("STREET_REPORTS-006",)
    checking.run(check.id)


def test_each_guarded_operation_is_tried_with_each_key(checking: Checking) -> None:
    names = {"right-key", "no-key", "unknown-key", "ended-key", "other-council", "other-service"}
    for operation in checking.probe("waste").service.operations:
        for name in names:
            assert checking.check(f"waste.access.{operation}.{name}").verifies
