"""How these tests call a council and read its journal."""

from __future__ import annotations

from typing import Any

from sandbox.digests import digest_of
from sandbox.stores import CouncilFile
from service_apis.kit.council import Council
from tests.conftest import CouncilUnderTest

JOURNAL = "/sandbox/councils/fairwater/journal"


def calls(council: CouncilUnderTest, **wanted: Any) -> list[dict[str, Any]]:
    """The calls that the journal lists."""
    answer = council.client.get(JOURNAL, params=wanted)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def in_full(council: CouncilUnderTest, answer: Any) -> dict[str, Any]:
    """The call that got this answer, in full."""
    request_id = answer.headers["virtual-council-request-id"]
    found = council.client.get(f"{JOURNAL}/{request_id}")
    assert found.status_code == 200, found.text
    call: dict[str, Any] = found.json()
    return call


def an_account(council: CouncilUnderTest) -> str:
    """The reference of an open account."""
    listed = council.get("council_tax", "/accounts", status="open", per_page=1).json()
    reference: str = listed["items"][0]["reference"]
    return reference


def pay(council: CouncilUnderTest, reference: str, pence: int = 5, **request: Any) -> Any:
    """Pay into an account."""
    body = {"amount_pence": pence, "method": "card"}
    answer = council.post("council_tax", f"/accounts/{reference}/payments", json=body, **request)
    assert answer.status_code == 201, answer.text
    return answer


def fork(council: CouncilUnderTest, name: str = "rehearsal") -> Council:
    """A fork of the council, served beside it."""
    answer = council.control("/forks", name=name)
    assert answer.status_code == 201, answer.text
    made = council.sandbox.councils.get(name)
    assert made is not None
    return made


def digests(council: CouncilUnderTest, name: str) -> dict[str, str]:
    """The digest of each table, but for the facts, in which a fork differs."""
    found = council.sandbox.councils.get(name)
    assert found is not None
    with CouncilFile(found.file).reading() as contents:
        tables = [table for table in contents.tables if table.name != "council_facts"]
        return {table.name: digest_of(table, contents) for table in tables}
