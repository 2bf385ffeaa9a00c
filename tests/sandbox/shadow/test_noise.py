"""What may differ and means nothing is declared or learnt, and never hides another status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.shadow.comparing import compare
from sandbox.shadow.noise import DEFAULT, Noise, NotNoise, Passed
from tests.sandbox.shadow.answers import answer, differences, sentences

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.dates().map(str)
    | st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(("reference", "id", "at", "x/y")), inner, max_size=3)
    ),
    max_leaves=12,
)
OTHERS = st.integers(200, 599)


@settings(max_examples=30, deadline=None)
@given(VALUES)
def test_anything_compared_with_itself_has_no_difference(said: Any) -> None:
    assert differences(answer({"it": said}), answer(b" " + answer({"it": said}).body)) == []


@settings(max_examples=30, deadline=None)
@given(VALUES, VALUES, OTHERS, OTHERS)
def test_no_noise_hides_another_status(one: Any, other: Any, ours: int, theirs: int) -> None:
    noise = Noise([Passed("*", "**", "Anything goes.", presence=True)])
    noise.learn("show_case", compare("show_case", answer(one, ours), answer(other, theirs), Noise()))
    told = [each.place for each in compare("show_case", answer(one, ours), answer(other, theirs), noise)]
    assert told == ([] if ours == theirs else ["status"])


@settings(max_examples=30, deadline=None)
@given(VALUES, VALUES)
def test_what_the_stub_differs_in_from_itself_is_let_pass_afterwards(one: Any, other: Any) -> None:
    ours, theirs = answer({"it": one}), answer({"it": other})
    noise = Noise()
    noise.learn("show_case", differences(ours, theirs, noise))
    assert differences(ours, theirs, noise) == []


def test_what_is_learnt_of_a_value_does_not_let_the_value_be_missing() -> None:
    noise = Noise()
    noise.learn("show_case", differences(answer({"seen": 1}), answer({"seen": 2}), noise))
    assert sentences(answer({"seen": 1}), answer({}), noise) == ["a field is missing: seen"]
    (learnt,) = noise
    assert learnt.learnt
    assert learnt.why == "The stub, asked the same twice, gave a higher seen (by 1)"


def test_what_is_learnt_of_one_operation_says_nothing_of_another() -> None:
    noise = Noise()
    noise.learn("list_cases", differences(answer({"seen": 1}), answer({"seen": 2}), noise))
    assert sentences(answer({"seen": 1}), answer({"seen": 2}), noise) == ["a higher seen (by 1)"]


def test_a_declared_tolerance_lets_instants_pass_that_are_no_further_apart(tmp_path: Path) -> None:
    file = tmp_path / "noise.yaml"
    file.write_text("- {place: '**/at', within_seconds: 60, why: Clocks differ.}\n")
    noise, ours = Noise.of_file(file), answer({"case": {"at": "2026-06-01T09:00:00Z"}})
    assert sentences(ours, answer({"case": {"at": "2026-06-01T09:01:00Z"}}), noise) == []
    assert sentences(ours, answer({"case": {"at": "2026-06-01T09:01:01Z"}}), noise) == [
        "a later time (by 1 minute 1 second)"
    ]
    assert sentences(ours, answer({"case": {"at": "soon"}}), noise) != []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("- {place: status, why: so}", "another status is never noise"),
        ("- {place: /a}", "why it means nothing"),
        ("- {place: /a, why: so, wihtin: 3}", "wihtin"),
        ("- {place: /a, why: so, within_seconds: long}", "a number of seconds"),
        ("place: /a", "a list of entries"),
        ("- [", "cannot be read as YAML"),
    ],
)
def test_a_file_that_declares_no_noise_is_refused_with_what_is_wrong(
    tmp_path: Path, written: str, said: str
) -> None:
    file = tmp_path / "noise.yaml"
    file.write_text(written)
    with pytest.raises(NotNoise, match=said):
        Noise.of_file(file)


def test_the_noise_that_is_declared_for_all_says_why() -> None:
    assert all(each.why.endswith(".") for each in Noise.of_file(DEFAULT))
