"""``council score-matches`` counts as it says, and names every fault of a file."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from sandbox.matches_file import TEMPLATE
from sandbox.matching import Claims, TruthOfRecords, read_truth, score
from tests.conftest import CouncilUnderTest
from tests.sandbox.test_command import council as run
from tests.sandbox.test_truth import pages

A, B, C, D, E = (("residents", "1"), ("residents", "2"), ("waste", "3"), ("waste", "4"), ("tax", "5"))
SMALL = TruthOfRecords(
    person={A: "anna", B: "anna", C: "anna", D: "bert", E: None},
    faults={B: frozenset({"duplicate", "nickname"})},
    others=frozenset(),
)


def written(path: Path, header: str, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def scored(folder: Path, *words: str) -> dict[str, Any]:
    done = run("score-matches", *words, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def claims(*pairs: tuple[Any, Any]) -> Claims:
    made = Claims()
    for left, right in pairs:
        made.add_pair(left, right)
    return made


def test_a_pair_counts_once_whichever_way_round() -> None:
    result = score(SMALL, claims((A, C), (C, A), (D, E))).all
    assert (result.true, result.claimed, result.right) == (3, 2, 1)
    assert (result.precision, result.recall, result.f1) == (1 / 2, 1 / 3, 2 / 5)


def test_nothing_is_concluded_from_pairs_but_all_from_clusters() -> None:
    assert score(SMALL, claims((A, B), (A, C))).all.recall == 2 / 3
    clusters = Claims(cluster={A: "x", B: "x", C: "x", D: "x", E: "y"})
    result = score(SMALL, clusters)
    assert (result.all.true, result.all.claimed, result.all.right) == (3, 6, 3)
    between = result.by_services["residents", "waste"]
    assert (between.true, between.claimed, between.right) == (2, 4, 2)
    assert result.by_services["waste", "waste"].claimed == 1


def test_recall_is_told_for_each_kind_of_fault_and_for_none() -> None:
    by_fault = score(SMALL, claims((A, C))).by_fault
    assert {kind: (each.true, each.right) for kind, each in by_fault.items()} == {
        "duplicate": (2, 0),
        "nickname": (2, 0),
        "none": (1, 1),
    }


def test_who_is_no_resident_is_the_same_person_as_nobody() -> None:
    strangers = TruthOfRecords({A: None, B: None}, {}, frozenset())
    result = score(strangers, claims((A, B))).all
    assert (result.true, result.right, result.precision, result.recall) == (0, 0, 0, None)


def test_without_claims_there_is_no_precision() -> None:
    result = score(SMALL, Claims()).all
    assert (result.precision, result.recall, result.f1) == (None, 0, 0)


def test_the_truth_itself_scores_one(messy: CouncilUnderTest, tmp_path: Path) -> None:
    truth = read_truth(messy.folder.file(messy.name))
    rows = [
        (":".join(record), person or f"alone-{number}")
        for number, (record, person) in enumerate(truth.person.items())
    ]
    result = scored(tmp_path, str(written(tmp_path / "truth.csv", "record,cluster", rows)))
    assert (result["precision"], result["recall"], result["f1"]) == (1, 1, 1)
    assert result["true_pairs"] == result["claimed_pairs"] > 1000
    assert all(each["recall"] == 1 for each in result["by_fault"])
    pairs = [(":".join(one), ":".join(other)) for one, other in truth.pairs()]
    again = scored(tmp_path, str(written(tmp_path / "pairs.csv", "left,right", pairs)))
    assert {**again, "claimed_pairs": 0} == {**result, "claimed_pairs": 0}


def exact_matches(council: CouncilUnderTest) -> list[tuple[str, str]]:
    """What a simple product finds: records at one address with the same name, letter for letter."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in pages(council, "residents", "/residents"):
        found[each["uprn"], f"{each['forename']} {each['surname']}"].append(f"residents:{each['id']}")
    for account in pages(council, "council_tax", "/accounts"):
        shown = council.get("council_tax", f"/accounts/{account['reference']}").json()
        for place, person in enumerate(shown["liable_persons"], start=1):
            key = f"council-tax:{account['reference']}-{place}"
            found[account["uprn"], person["name"]].append(key)
        home = council.get("waste", f"/properties/{account['uprn']}").json()
        found[account["uprn"], home["holder_name"] or "nobody"].append(f"waste:{account['uprn']}")
    return [
        pair for (_, name), records in found.items() if name != "nobody" for pair in combinations(records, 2)
    ]


def test_a_product_that_wants_every_letter_alike_is_right_but_misses_much(
    messy: CouncilUnderTest, tmp_path: Path
) -> None:
    result = scored(tmp_path, str(written(tmp_path / "matches.csv", "left,right", exact_matches(messy))))
    assert result["precision"] > 0.98
    assert 0.5 < result["recall"] < 0.95
    recall = {each["fault"]: each["recall"] for each in result["by_fault"]}
    assert recall["none"] == 1
    for kind in ("misspelt_surname", "nickname", "maiden_name", "old_address"):
        assert recall[kind] < 0.5


def test_only_the_services_that_are_named_are_counted(messy: CouncilUnderTest, tmp_path: Path) -> None:
    file = str(written(tmp_path / "matches.csv", "left,right", exact_matches(messy)))
    result = scored(tmp_path, file, "--service", "residents", "--service", "council_tax")
    assert result["services"] == ["council-tax", "residents"]
    assert result["left_out"] > 0
    assert {tuple(each["services"]) for each in result["by_services"]} <= {
        ("council-tax", "council-tax"),
        ("council-tax", "residents"),
        ("residents", "residents"),
    }
    done = run("score-matches", file, "--service", "libraries", cwd=tmp_path)
    assert done.returncode == 2
    assert "libraries" in done.stderr


def test_the_score_is_also_printed_for_people(messy: CouncilUnderTest, tmp_path: Path) -> None:
    rows = [("residents:R00000001", "residents:R00000002")]
    done = run("score-matches", str(written(tmp_path / "m.csv", "left,right", rows)), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "0 of 1 claimed pairs are right" in done.stdout
    assert "Precision 0.0000" in done.stdout
    assert "old address" in done.stdout


def test_the_template_is_a_file_as_it_is_wanted(tmp_path: Path) -> None:
    done = run("score-matches", "--template", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == TEMPLATE
    assert TEMPLATE.startswith("left,right\n")
    assert not (tmp_path / "council-data").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a,b\nresidents:R00000001,x\n", "line 1: the header must be left,right or record,cluster"),
        (b"left,right\nresidents:R00000001\n", "line 2: 2 cells are wanted, not 1"),
        (b"left,right\n\nresidents:R00000001,residents:R99999999\n", "line 3: residents:R99999999 is no"),
        (
            b"left,right\nresidents:R00000001,R00000002\n",
            "line 2: 'R00000002' is no record; write SERVICE:KEY",
        ),
        (b"left,right\nresidents:R00000001,residents:R00000001\n", "is paired with itself"),
        (b"record,cluster\nresidents:R00000001,\n", "line 2: residents:R00000001 has no cluster"),
        (
            b"record,cluster\nresidents:R00000001,a\nresidents:R00000001,b\n",
            "line 3: residents:R00000001 is in the clusters a and b",
        ),
        (b"left,right\nresidents:R00000001,\xff\n", "not text in UTF-8"),
        (b'left,right\n"residents:R00000001,x\n', "line 2: not CSV"),
    ],
)
def test_a_file_at_fault_is_refused_with_its_line(
    messy: CouncilUnderTest, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "matches.csv"
    file.write_bytes(content)
    done = run("score-matches", str(file), cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_fault_of_a_file_is_told_at_once(messy: CouncilUnderTest, tmp_path: Path) -> None:
    rows = [("residents:R00000001", f"residents:X{number}") for number in range(30)]
    done = run("score-matches", str(written(tmp_path / "m.csv", "left,right", rows)), cwd=tmp_path)
    assert "has 30 faults" in done.stderr
    assert "line 21" in done.stderr
    assert "and 10 more" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--template"),
        (("nowhere.csv",), "could not be read: No such file"),
        (("nowhere.csv", "--council", "atlantis"), "no council called atlantis"),
    ],
)
def test_what_is_missing_is_named(
    messy: CouncilUnderTest, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run("score-matches", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
