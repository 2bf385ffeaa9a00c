"""How these tests ask council tax and the citizen index."""

from __future__ import annotations

from typing import Any

from tests.conftest import CouncilUnderTest

SERVICE = "council_tax"


def everything(
    council: CouncilUnderTest, path: str, service: str = SERVICE, **asked: Any
) -> list[dict[str, Any]]:
    """All pages of a list."""
    items: list[dict[str, Any]] = []
    while True:
        page = len(items) // 200 + 1
        answer = council.get(service, path, page=page, per_page=200, **asked).json()
        items += answer["items"]
        if len(items) >= answer["total"]:
            return items


def accounts(council: CouncilUnderTest, **asked: Any) -> list[dict[str, Any]]:
    """The accounts that fit."""
    return everything(council, "/accounts", **asked)


def account(council: CouncilUnderTest, reference: str) -> dict[str, Any]:
    """One account in full."""
    answer = council.get(SERVICE, f"/accounts/{reference}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def account_at(council: CouncilUnderTest, uprn: str) -> dict[str, Any]:
    """The open account of a dwelling in full."""
    [only] = accounts(council, uprn=uprn, status="open")
    return account(council, only["reference"])


def bills(council: CouncilUnderTest, reference: str) -> list[dict[str, Any]]:
    """An account's bills, the latest first."""
    return everything(council, f"/accounts/{reference}/bills")


def ledger(council: CouncilUnderTest, reference: str) -> list[dict[str, Any]]:
    """An account's transactions."""
    return everything(council, f"/accounts/{reference}/transactions")


def household(
    council: CouncilUnderTest, adults: int, size: int | None = None, liable: int | None = None
) -> list[dict[str, Any]]:
    """The members of a household with so many adults, of whom none is disregarded, the eldest first.

    The citizen index and council tax know those of them who are liable by the same ids and names.
    """
    homes: dict[str, list[dict[str, Any]]] = {}
    for resident in everything(council, "/residents", "residents"):
        if resident["household"]:
            homes.setdefault(resident["household"], []).append(resident)
    wanted = {1: "single_person"}.get(adults)
    for members in homes.values():
        grown = [each for each in members if each["born"] <= "2008-06-01"]
        if len(grown) == adults and (size is None or len(members) == size):
            theirs = account_at(council, members[0]["uprn"])
            known = {(each["resident_id"], each["name"]) for each in theirs["liable_persons"]}
            if not known <= {(each["id"], f"{each['forename']} {each['surname']}") for each in grown}:
                continue
            if liable is not None and len(known) != liable:
                continue
            if [each["code"] for each in theirs["awards"]] == ([wanted] if wanted else []):
                return sorted(members, key=lambda each: str(each["born"]))
    raise AssertionError(f"no household of {adults} adults")


def move(council: CouncilUnderTest, resident: str, uprn: str, day: str, *, alone: bool = False) -> None:
    """Tell the citizen index that a resident has moved, with the household or alone."""
    body = {"uprn": uprn, "moved_on": day, "whole_household": not alone}
    answer = council.post("residents", f"/residents/{resident}/moves", json=body)
    assert answer.status_code == 201, answer.text


def assert_adds_up(bill: dict[str, Any]) -> None:
    """Every figure of a bill follows from the others."""
    assert bill["net_pence"] == sum(line["amount_pence"] for line in bill["lines"])
    assert bill["payable_pence"] == bill["net_pence"] + bill["brought_forward_pence"] - bill["paid_pence"]
    to_come = sum(each["amount_pence"] for each in bill["instalments"])
    assert bill["due_now_pence"] + to_come == max(0, bill["payable_pence"])
