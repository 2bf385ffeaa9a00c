"""A preset makes the next run one word, holds no secret, and gives way to what is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from scenarios.conformance import presets
from scenarios.conformance.target import KeyPlace
from tests.conftest import KEY
from tests.scenarios.conforming import ONE, Desk


def preset(desk: Desk, **fields: object) -> str:
    """A preset of the target as YAML, with further fields."""
    return yaml.safe_dump({"service": "waste", "target": desk.target, "only": [ONE], **fields})


@pytest.mark.parametrize("name", ["bins-r-us.conform.yaml", "conform/bins-r-us.yaml"])
def test_a_word_is_a_run(desk: Desk, name: str) -> None:
    reports = {"junit": "junit.xml"}
    desk.put(name, preset(desk, keys={"everything": {"env": "BINS_KEY"}}, reports=reports))
    desk.environment = {"BINS_KEY": KEY}
    said = desk.conform("bins-r-us")
    assert said.code == 0, said.text
    assert ONE in said.text
    assert (desk.folder / "junit.xml").exists()


def test_a_preset_can_be_of_all_services(desk: Desk) -> None:
    desk.put("whole.conform.yaml", "all: true")
    said = desk.conform("whole", "--target", desk.target)
    assert said.code == 2
    assert "--all tests the sandbox's own services" in said.text


def test_the_key_that_a_preset_names_is_the_one_that_is_sent(desk: Desk) -> None:
    file = desk.put("one.yaml", preset(desk, keys={"everything": {"env": "BINS_KEY"}}))
    desk.environment = {"BINS_KEY": "wrong", "TARGET_KEY": KEY}
    refused = desk.conform("--preset", str(file))
    assert refused.code == 2, refused.text
    assert "this key" in refused.text
    assert desk.conform("--preset", str(file), "--target-key", KEY).code == 0


def test_what_is_typed_goes_before_the_preset(desk: Desk) -> None:
    desk.put("bins.conform.yaml", preset(desk, target="http://127.0.0.1:1", seed=5))
    said = desk.conform("bins", "--target", desk.target, "--only", "waste.journey.bins-of-one-home")
    assert said.code == 0, said.text
    assert "bins-of-one-home" in said.text
    assert ONE not in said.text.partition("Not shown")[0]


def test_a_service_goes_before_a_preset_of_its_name(desk: Desk) -> None:
    desk.put("waste.conform.yaml", preset(desk, target="http://127.0.0.1:1"))
    assert desk.conform("waste", "--only", ONE).code == 0


def test_several_services_each_have_an_address(desk: Desk) -> None:
    addresses = {"waste": desk.target, "addresses": "http://127.0.0.1:1"}
    both = {"services": ["waste", "addresses"], "only": [ONE, "addresses.journey"]}
    file = desk.put("two.yaml", yaml.safe_dump({**both, "target": addresses}))
    said = desk.conform("--preset", str(file))
    assert said.code == 2
    assert "http://127.0.0.1:1/openapi.json" in said.text
    file.write_text(yaml.safe_dump({**both, "target": {"waste": desk.target}}))
    said = desk.conform("--preset", str(file))
    assert said.code == 0, said.text


def test_the_options_of_a_run_are_saved_without_its_key(desk: Desk) -> None:
    saved = desk.folder / "bins.conform.yaml"
    words = ("waste", "--target", desk.target, "--target-key", KEY, "--only", ONE, "--seed", "9")
    assert desk.conform(*words, "--save-preset", str(saved)).code == 0
    assert yaml.safe_load(saved.read_text()) == {
        "service": "waste",
        "target": desk.target,
        "keys": {"everything": {"env": "TARGET_KEY"}},
        "sandbox": desk.sandbox,
        "only": [ONE],
        "seed": 9,
    }
    assert KEY not in saved.read_text()
    assert desk.conform("bins").code == 0


def test_a_preset_saved_from_a_preset_has_all_of_it(desk: Desk) -> None:
    whole = {
        "keys": {"everything": {"env": "TARGET_KEY"}, "read-only": {"env": "TARGET_KEY"}},
        "key_place": "header:Authorization",
        "workers": 1,
        "image": "sha256:1",
    }
    first = desk.put("bins.conform.yaml", preset(desk, **whole))
    desk.environment = {"TARGET_KEY": f"Bearer {KEY}"}
    said = desk.conform("bins", "--save-preset", "again.yaml", "--seed", "3")
    assert said.code == 0, said.text
    again = presets.read(desk.folder / "again.yaml")
    assert again == presets.read(first).model_copy(update={"sandbox": desk.sandbox, "seed": 3})


def test_a_preset_takes_the_place_of_no_file(desk: Desk) -> None:
    there = desk.put("notes.txt", "mine")
    said = desk.conform("waste", "--only", ONE, "--save-preset", str(there))
    assert said.code == 2
    assert "is already there" in said.text
    assert there.read_text() == "mine"
    assert ONE not in said.text, "it is said before anything runs"


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"servce": "waste"}, "$.servce", "did you mean `service`?"),
        ({"keys": {"everything": "s3cret-of-ours"}}, "$.keys.everything", "write {env: VARIABLE}"),
        ({"keys": {"everything": {"env": "s3cret-of-ours"}}}, "$.keys.everything.env", "in capitals"),
        ({"keys": {"reed-only": {"env": "A"}}}, "$.keys.reed-only", "should be 'everything', 'read-only'"),
        ({"target": "http://me:s3cret-of-ours@127.0.0.1"}, "$.target", "holds a password"),
        ({"target": "127.0.0.1:9000"}, "$.target", "should be an address such as"),
        ({"key_place": "header"}, "$.key_place", "header:NAME"),
        ({"seed": -1}, "$.seed", "greater than or equal to 0"),
        ({"services": ["waste"]}, "$", "name one of `service`, `services` and `all`"),
        ({"service": "", "target": "http://127.0.0.1:1"}, "$", "so name one `service`"),
        ({"reports": {"junot": "a.xml"}}, "$.reports.junot", "there is no report `junot`"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_no_secret(
    desk: Desk, fields: dict[str, object], place: str, words: str
) -> None:
    desk.put("bins.conform.yaml", preset(desk, **fields))
    said = desk.conform("bins")
    assert said.code == 2
    assert "bins.conform.yaml:" in said.text
    assert place in said.text
    assert words in said.text
    assert "s3cret-of-ours" not in said.text


def test_a_variable_that_is_not_set_is_named(desk: Desk) -> None:
    desk.put("bins.conform.yaml", preset(desk, keys={"everything": {"env": "NOT_SET_HERE"}}))
    assert "NOT_SET_HERE" not in os.environ
    said = desk.conform("bins")
    assert said.code == 2
    assert "is in NOT_SET_HERE, which is not set" in said.text


def test_a_word_that_is_nothing_is_told_with_the_nearest(desk: Desk) -> None:
    desk.put("bins-r-us.conform.yaml", preset(desk))
    said = desk.conform("bins-are-us")
    assert said.code == 2
    assert "did you mean `bins-r-us`?" in said.text


@pytest.mark.parametrize("word", ["../bins", ".conform", "", "a/b", "-x"])
def test_a_word_never_leads_out_of_the_folder(word: str, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for place in (tmp_path / "bins.conform.yaml", inner / ".conform.yaml"):
        place.write_text("service: waste")
    assert presets.find(word, inner) is None


@pytest.mark.parametrize("text", ["bearer", "basic", "header:X-Api-Key", "query:api_key"])
def test_a_place_of_a_key_is_written_as_it_is_read(text: str) -> None:
    assert presets.as_text(presets.placed(text)) == text
    assert isinstance(presets.placed(text), KeyPlace)


def test_certificates_that_cannot_be_read_are_named(desk: Desk) -> None:
    said = desk.conform("waste", "--target", desk.target, "--trust", "nowhere.pem")
    assert said.code == 2
    assert "nowhere.pem holds no certificates that can be read" in said.text
