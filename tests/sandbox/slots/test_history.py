"""The history of a slot: every change with who and why, never shortened, and signed so that changes show."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from sandbox.cli import app
from sandbox.evidence import EvidenceUnreadable, HistoryEvidence, Tampered, read, read_any
from sandbox.failure import Failure
from sandbox.reach import Refused
from tests.conftest import CouncilUnderTest
from tests.sandbox.components.conftest import NAME
from tests.sandbox.slots.conftest import OVERRIDE, Slots


def typed(data: Path, *words: str, fails: bool = False) -> Result:
    """What the command does."""
    done = CliRunner().invoke(app, [*words, "--data", str(data)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert (done.exit_code != 0) == fails, done.output
    return done


def test_every_change_is_kept_with_who_did_it_and_why(slots: Slots, council: CouncilUnderTest) -> None:
    slots.fill(mode="shadow", by="P. Dean", why="To see how it does")
    key = council.control("/keys", name="the waste team", scopes=["sandbox:control"]).json()["key"]
    council.client.headers["Authorization"] = f"Bearer {key}"
    slots.share(percent=10)
    slots.roll_back(why="A complaint")
    changes = slots.changes()
    assert [(each["what"], each["by"], each["why"]) for each in changes] == [
        (f"{NAME} is watched beside the stub", "P. Dean", "To see how it does"),
        (f"{NAME} answers for 10 % of homes", "the waste team", ""),
        ("Rolled back to the stub", "the waste team", "A complaint"),
    ]
    assert [each["setting"] and each["setting"]["mode"] for each in changes] == ["shadow", "share", None]
    assert all(each["council_time"] == "2026-06-01T08:00:00Z" for each in changes)
    assert [each["number"] for each in slots.changes(after=1, limit=1)] == [2]
    assert slots.changes("council_tax") == []


what_is_done = st.sampled_from(["watch", "share", "live", "back", "operation", "refused", "reset"])


@settings(
    max_examples=6,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(what_is_done, max_size=6))
def test_whatever_is_done_the_history_is_never_shortened(slots: Slots, deeds: list[str]) -> None:
    before = slots.changes()
    for deed in deeds:
        if deed == "back":
            slots.roll_back()
        elif deed == "reset":
            assert slots.council.control("/reset").status_code == 200
        else:
            wanted: dict[str, dict[str, Any]] = {
                "watch": {"mode": "shadow"},
                "share": {"mode": "share", "share": {"percent": 7}, "override": OVERRIDE},
                "live": {"override": OVERRIDE},
                "operation": {"mode": "shadow", "operations": ["list_rounds"]},
                "refused": {"operations": ["no_such"]},
            }
            slots.fill(**wanted[deed])
        after = slots.changes()
        assert after[: len(before)] == before
        before = after


@pytest.fixture
def file(slots: Slots, council: CouncilUnderTest, tmp_path: Path) -> Path:
    """The signed history of a slot that went live with something unmet, and was rolled back."""
    slots.checked()
    slots.fill(override=OVERRIDE, by="P. Dean")
    slots.roll_back(why="A complaint")
    council.close()
    written = tmp_path / "history.json"
    typed(council.folder.path, "component", "history", NAME, "--evidence", str(written))
    return written


def test_a_history_can_be_signed_and_verified_and_tells_of_every_override(
    file: Path, council: CouncilUnderTest
) -> None:
    found = read_any(file)
    assert isinstance(found, HistoryEvidence)
    (override,) = found.record.overrides
    assert OVERRIDE in str(override.overriding)
    assert (override.setting or {})["gate"]["verdict"]["passed"]
    assert found.record.candidates[0]["verdict"]["passed"]
    said = typed(council.folder.path, "evidence", "verify", str(file)).stdout
    assert "GOOD: the record is as it was signed" in said
    assert "(this data folder)" in said
    assert f"Reason: {OVERRIDE}" in said
    assert "Rolled back to the stub. fixed: A complaint" in said
    with pytest.raises(EvidenceUnreadable, match="history of a slot"):
        read(file)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_no_change_of_a_history_goes_unnoticed(file: Path, data: st.DataObject) -> None:
    told = json.loads(file.read_text())
    change = data.draw(st.sampled_from(told["record"]["changes"]))
    name = data.draw(st.sampled_from(sorted(change)))
    if data.draw(st.booleans()):
        change[name] = data.draw(st.none() | st.text(max_size=5).filter(lambda text: text != change[name]))
    else:
        told["record"]["changes"].remove(change)
    other = file.with_name("changed.json")
    other.write_text(json.dumps(told))
    if told == json.loads(file.read_text()):
        return
    with pytest.raises((Tampered, EvidenceUnreadable)):
        read_any(other)


def test_a_signer_who_leaves_out_the_reason_contradicts_the_history(
    file: Path, slots: Slots, council: CouncilUnderTest
) -> None:
    found = read_any(file)
    assert isinstance(found, HistoryEvidence)
    changes = tuple(each.model_copy(update={"overriding": None}) for each in found.record.changes)
    file.write_bytes(slots.signer.signed(found.record.model_copy(update={"changes": changes})))
    said = typed(council.folder.path, "evidence", "verify", str(file), fails=True).stdout
    assert "NOT GOOD: it tells of a gate that was not met, and of no reason" in said


def test_a_component_goes_live_and_back_by_what_is_typed(
    slots: Slots, council: CouncilUnderTest, tmp_path: Path
) -> None:
    data = council.folder.path
    council.close()
    with pytest.raises(Refused, match="has not been checked: run `council component check bins-r-us`"):
        typed(data, "component", "go-live", NAME)
    said = typed(data, "component", "watch", NAME).stdout
    assert f"{NAME} is watched beside the stub; the stub answers." in said
    sharing = (
        "go-live",
        NAME,
        "--percent",
        "10",
        "--time-limit",
        "500ms",
        "--fallback",
        "--override",
        OVERRIDE,
    )
    said = typed(data, "component", *sharing, "--by", "P. Dean").stdout
    assert f"{NAME} answers for 10 % of homes, and the stub where it does not" in said
    assert f"Overridden: {NAME} has not been checked" in said
    onward = ("--percent", "20", "--override", OVERRIDE)
    said = typed(data, "component", "go-live", NAME, *onward).stdout
    assert f"{NAME} answers for 20 % of homes, and the stub where it does not" in said
    said = typed(data, "component", "go-live", NAME, "--percent", "100", "--override", OVERRIDE).stdout
    assert f"{NAME} is live for the whole slot" in said
    typed(data, "component", "go-live", NAME, "--percent", "10", "--no-fallback", "--by", "P. Dean")
    listed = typed(data, "slots").stdout
    assert "share: 10 %" in listed
    assert "P. Dean" in listed
    assert "the stub" in listed
    said = typed(data, "component", "history", "--slot", "waste").stdout
    assert f"Reason: {OVERRIDE}" in said
    assert (
        typed(data, "component", "roll-back", NAME, "--keep-ours", "--why", "Enough").stdout
        == "The stub answers for Waste.\n"
    )
    assert "Nothing to roll back" in typed(data, "component", "roll-back", "--slot", "waste").stdout
    by = getpass.getuser()
    assert f"Rolled back to the stub. {by}: Enough" in typed(data, "component", "history", NAME).stdout
    typed(data, "component", "remove", NAME)
    assert f"Rolled back to the stub. {by}: Enough" in typed(data, "component", "history", NAME).stdout


AMISS: list[tuple[tuple[str, ...], str]] = [
    (("roll-back",), "Name a component, or a slot"),
    (("roll-back", NAME, "--slot", "waste"), "Name a component, or a slot"),
    (("history", "nobody"), f"no component nobody; there are: {NAME}"),
    (("go-live", NAME, "--time-limit", "soon"), "write it as 2s or 500ms"),
    (("go-live", NAME, "--ward", "Mordor"), "no ward Mordor"),
    (("check", NAME), "start it with `council up`"),
    (("check", NAME, "--for", "waste"), "leave out --for"),
    (("check",), "Name a component that joined"),
]


def test_what_is_typed_amiss_is_said_plainly(slots: Slots, council: CouncilUnderTest) -> None:
    council.close()
    for words, said in AMISS:
        with pytest.raises(Failure, match=said):
            typed(council.folder.path, "component", *words)
