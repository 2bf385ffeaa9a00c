"""Live calls of a slot in shadow are compared, and what it came to is a result of the component."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from sandbox import machine
from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.settings import DEFAULT_SECONDS, Filler, Mode, Setting, Share
from sandbox.components.tables import WHOLE
from sandbox.shadow.watching import LARGEST_COMPARED_BYTES
from service_apis.kit.council import Council
from tests.conftest import CouncilUnderTest
from tests.sandbox.shadow.answers import answer, call
from tests.sandbox.shadow.test_results import BINS, joined, shown

__all__ = ["joined"]


@dataclass(frozen=True)
class Followed:
    """A call that was followed up."""

    council: Council
    setting: Setting
    asked: Asked
    ours: Answered
    theirs: Answered | Unanswered


@pytest.fixture
def followed(joined: CouncilUnderTest) -> Followed:
    """A call of a slot in shadow, answered alike."""
    told = joined.client.put(
        f"/sandbox/councils/{joined.name}/slots/waste", json={"component": BINS, "mode": "shadow"}
    )
    assert told.status_code == 200, told.text
    filler = Filler(BINS, "waste", "http://127.0.0.1:9000")
    setting = Setting("waste", WHOLE, Mode.SHADOW, filler, Share(), False, DEFAULT_SECONDS, machine.now())
    council = joined.sandbox.councils.get(joined.name)
    assert council is not None
    return Followed(council, setting, call("/bulky-slots"), answer({"items": []}), answer({"items": []}))


def test_a_call_in_shadow_is_compared_once_its_caller_has_the_answer(
    joined: CouncilUnderTest, followed: Followed
) -> None:
    watching = joined.sandbox.watching
    watching.followed(followed)
    watching.followed(replace(followed, theirs=answer({"items": [1]})))
    watching.followed(replace(followed, theirs=Unanswered("it is down", may_be_done=False)))
    watching.write()
    told = shown(joined)
    assert (told["kind"], told["state"], told["done"]) == ("watch", "running", 3)
    assert told["what"].startswith("watched since ")
    assert (told["summary"]["alike"], told["summary"]["unanswered"]) == (1, 1)
    assert {each["operation"] for each in told["summary"]["groups"]} == {"list_bulky_slots"}


def test_a_share_is_not_watched(joined: CouncilUnderTest, followed: Followed) -> None:
    shared = replace(followed.setting, mode=Mode.SHARE)
    joined.sandbox.watching.followed(replace(followed, setting=shared))
    joined.sandbox.watching.write()
    assert shown(joined)["status"] == 404


def test_a_watch_ends_with_the_shadow(joined: CouncilUnderTest, followed: Followed) -> None:
    joined.sandbox.watching.followed(followed)
    assert joined.control("/slots/waste/roll-back", why="enough").status_code == 200
    joined.sandbox.watching.write()
    assert shown(joined)["state"] == "done"


def test_what_was_watched_is_written_down_when_the_sandbox_stops(
    joined: CouncilUnderTest, followed: Followed
) -> None:
    joined.sandbox.watching.followed(followed)
    joined.reopen()
    told = shown(joined)
    assert (told["state"], told["done"]) == ("done", 1)


def test_an_answer_that_would_keep_others_waiting_is_left_out(
    joined: CouncilUnderTest, followed: Followed
) -> None:
    large = answer(b" " * (LARGEST_COMPARED_BYTES + 1))
    joined.sandbox.watching.followed(replace(followed, ours=large))
    joined.sandbox.watching.write()
    assert "larger than" in shown(joined)["summary"]["left_out"][0]["why"]


def test_what_is_followed_up_is_watched(joined: CouncilUnderTest) -> None:
    assert joined.sandbox.watching.followed in joined.sandbox.filling.follow_ups.when_followed
