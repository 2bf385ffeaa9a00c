"""What several claims about the collection service begin with."""

from __future__ import annotations

from typing import Any

from tests.conftest import CouncilUnderTest


def a_reportable_bin(council: CouncilUnderTest, **wanted: Any) -> dict[str, Any]:
    """A bin emptied within the last two working days that nobody has reported, as a report of it."""
    answer = council.get("waste", "/collections", reportable=True, missed=False, per_page=1, **wanted)
    assert answer.status_code == 200, answer.text
    bin_ = answer.json()["items"][0]
    return {name: bin_[name] for name in ("uprn", "stream", "collection_date")}


def a_home(council: CouncilUnderTest) -> str:
    """The UPRN of a home."""
    uprn: str = a_reportable_bin(council)["uprn"]
    return uprn
