"""House moves: told to the council once, they reach the containers of both homes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jobs import Row, Work
from store import name_kept

TYPES = "virtual-council.residents.resident.*"


def follow(work: Work, event: dict[str, Any]) -> None:
    """Let containers change hands: the holder leaves one home, and the first adult takes over the other."""
    move = event["data"]
    if not {"from_uprn", "to_uprn", "residents"} <= move.keys():
        return
    work = work.as_at(datetime.fromisoformat(event["time"]))
    left, reached = _home(work, move["from_uprn"]), _home(work, move["to_uprn"])
    if left and _holder_is_among(left, move["residents"]):
        _take_garden_subscription(work, left, reached)
        _hand_over(work, left, None)
    holder = next((each for each in move["residents"] if each["adult"]), None)
    if reached and holder and (reached["holder_id"] is None or move["adults_there_already"] == 0):
        _hand_over(work, reached, holder)


def _home(work: Work, uprn: str | None) -> Row | None:
    row = work.one("SELECT * FROM homes WHERE uprn = ?", uprn)
    return None if row is None else dict(row)


def _holder_is_among(left: Row, residents: list[Row]) -> bool:
    """Whether the holder moved; one whom the council could not match to its index goes by the name."""
    which = "id" if left["holder_id"] else "name"
    return left[f"holder_{which}"] in {each[which] for each in residents}


def _hand_over(work: Work, there: Row, holder: Row | None) -> None:
    who, name = (holder["id"], name_kept(holder["name"])) if holder else (None, None)
    change = "UPDATE homes SET holder_id = ?, holder_name = ? WHERE uprn = ?"
    work.db.execute(change, (who, name, there["uprn"]))
    work.tell("container-holder.changed", there["uprn"], holder_before=there["holder_id"], holder=who)


def _take_garden_subscription(work: Work, left: Row, reached: Row | None) -> None:
    """A garden subscription goes with its holder; it ends where the new home has one, or shares its bins."""
    until, change = left["garden_until"], "UPDATE homes SET garden_until = ? WHERE uprn = ?"
    if until is None:
        return
    work.db.execute(change, (None, left["uprn"]))
    if reached and reached["garden_until"] is None and not reached["communal"]:
        work.db.execute(change, (until, reached["uprn"]))
        told = {"holder": left["holder_id"], "to_uprn": reached["uprn"]}
        work.tell("garden-subscription.moved", left["uprn"], **told)
    else:
        work.tell("garden-subscription.ended", left["uprn"], holder=left["holder_id"])
