"""``council component compare-records``, ``take-back`` and ``leave`` as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import app
from sandbox.reach import Refused
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.giving import NAME, Giving, giving
from tests.sandbox.components.test_returning import MISSED

OUTCOME = {"status": "not_justified", "version": 7}


@contextmanager
def let_go(council: CouncilUnderTest) -> Iterator[tuple[Giving, Path]]:
    """A component that is live and has an outcome of its own for one case, in a folder that nobody serves."""
    with giving(council) as giver:
        giver.fill("live")
        giver.records(MISSED)[3].update(OUTCOME)
        council.close()
        yield giver, council.folder.path


def typed(data: Path, *words: str) -> tuple[int, str]:
    """The exit code of a command, and what it says."""
    done = CliRunner().invoke(app, ["component", *words, "--data", str(data)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_a_component_leaves_once_what_it_holds_was_taken_back_and_compared(council: CouncilUnderTest) -> None:
    with let_go(council) as (giver, data):
        case = giver.records(MISSED)[3]["reference"]
        code, said = typed(data, "compare-records", NAME)
        assert (code, "1 differs" in said) == (1, True)
        assert f"{MISSED} {case}: status is 'collected' here and 'not_justified' there" in said
        with pytest.raises(Refused, match="roll it back first"):
            typed(data, "take-back", NAME)

        giver.status = 503
        code, said = typed(data, "leave", NAME, "--why", "The trial is over")
        assert (code, "Rolled back" in said, "is not removed" in said) == (1, True, True)

        giver.status = 200
        code, said = typed(data, "leave", NAME)
        assert "Taken back: 1 record is now as the component told callers." in said
        assert said.index("1 differs") < said.index("all came back as the council knows them")
        assert (code, "Removed giver" in said) == (0, True)


def test_the_councils_own_account_is_kept_where_that_is_wanted(council: CouncilUnderTest) -> None:
    with let_go(council) as (_, data):
        code, said = typed(data, "leave", NAME, "--keep-ours")
        assert (code, "1 differs" in said, "Taken back" in said) == (1, True, False)
        assert "Removed giver" in said


def test_a_roll_back_comes_first_and_then_the_cases_are_taken_back(council: CouncilUnderTest) -> None:
    with let_go(council) as (giver, data):
        giver.status = 503
        code, said = typed(data, "roll-back", NAME)
        assert (code, "To try again: council component take-back giver" in said) == (0, True)
        giver.status = 200
        code, said = typed(data, "take-back", NAME)
        assert (code, "Taken back: 1 record is now" in said) == (0, True)


def test_a_roll_back_asks_for_no_records_where_the_council_keeps_its_own_account(
    council: CouncilUnderTest,
) -> None:
    with let_go(council) as (giver, data):
        assert typed(data, "roll-back", NAME, "--keep-ours")[0] == 0
        assert not giver.shown
