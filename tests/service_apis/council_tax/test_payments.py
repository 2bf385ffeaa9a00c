"""What an account still has to pay, once something was paid ahead."""

from __future__ import annotations

from typing import Any

from tests.conftest import CouncilUnderTest


def test_what_is_paid_ahead_is_taken_off_the_next_instalments(council: CouncilUnderTest) -> None:
    found = council.get("council_tax", "/accounts", status="open", minimum_balance_pence=50_000, per_page=200)
    reference = next(row["reference"] for row in found.json()["items"] if row["arrears_pence"] == 0)
    path = f"/accounts/{reference}"
    before = council.get("council_tax", path).json()
    first, second = (each["amount_pence"] for each in before["plan"][:2])

    def pay(amount: int) -> dict[str, Any]:
        body = {"amount_pence": amount, "method": "card"}
        account: dict[str, Any] = council.post("council_tax", f"{path}/payments", json=body).json()
        return account

    after = pay(first + 100)
    assert after["plan"][0] == {"due_on": before["plan"][1]["due_on"], "amount_pence": second - 100}
    assert sum(each["amount_pence"] for each in after["plan"]) == after["balance_pence"]
    assert pay(after["balance_pence"])["plan"] == []
    assert pay(1)["plan"] == []
