"""A run that cannot take place is told apart from one that failed, and says what to do."""

from __future__ import annotations

import socket

import pytest

from scenarios import CouldNotRun, run
from scenarios.problems import CouncilUnreachable, KeyRefused, UnknownCouncil
from tests.scenarios.packing import Packing
from tests.scenarios.test_mistakes import GOOD
from tests.scenarios.town_hall import COUNCIL, KEY


def test_an_address_where_nothing_answers(packing: Packing) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(CouncilUnreachable, match="is the council up"):
            run(packing.journeys(one=GOOD).load(), address, COUNCIL, KEY)


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "ftp://x", ""])
def test_an_address_that_is_none(packing: Packing, address: str) -> None:
    with pytest.raises(CouncilUnreachable, match="is not an address"):
        run(packing.journeys(one=GOOD).load(), address, COUNCIL, KEY)


def test_an_address_where_something_else_answers(packing: Packing, base_url: str) -> None:
    with pytest.raises(CouncilUnreachable, match="is it Virtual Council"):
        run(packing.journeys(one=GOOD).load(), f"{base_url}/elsewhere", COUNCIL, KEY)


def test_a_key_that_is_refused(packing: Packing, base_url: str) -> None:
    with pytest.raises(KeyRefused, match="answers 401 to this key"):
        run(packing.journeys(one=GOOD).load(), base_url, COUNCIL, "wrong")


@pytest.mark.parametrize("key", ["", "clé", "two\nlines"])
def test_a_key_that_could_not_be_one(packing: Packing, base_url: str, key: str) -> None:
    with pytest.raises(CouldNotRun):
        run(packing.journeys(one=GOOD).load(), base_url, COUNCIL, key)


def test_a_council_that_is_not_there(packing: Packing, base_url: str) -> None:
    with pytest.raises(UnknownCouncil, match="there is no council `other/place`"):
        run(packing.journeys(one=GOOD).load(), base_url, "other/place", KEY)


def test_packs_without_a_journey(packing: Packing, base_url: str) -> None:
    with pytest.raises(CouldNotRun, match="there are no journeys under"):
        run(packing.load(), base_url, COUNCIL, KEY)
