"""How these tests call a council and read its journal."""

from __future__ import annotations

import asyncio
from typing import Any

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


def copy(council: CouncilUnderTest, name: str = "copied") -> Council:
    """A copy of the council under another name, served beside it."""
    councils = council.sandbox.councils
    first = councils.first
    with councils.folder.copying(name) as file:
        asyncio.run(first.copy_to(file))
    return councils.open(name)
