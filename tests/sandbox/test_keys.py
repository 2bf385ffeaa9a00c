"""Keys are private to their folder, and open what they were given for."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sandbox.keys import EVERYTHING, Key, Keyring, KeysUnreadable
from tests.conftest import CouncilUnderTest


def test_the_first_key_is_random_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = Keyring(tmp_path / "a"), Keyring(tmp_path / "b")
    assert one.first.secret != other.first.secret
    assert stat.S_IMODE((tmp_path / "a" / "keys.json").stat().st_mode) == 0o600
    assert Keyring(tmp_path / "a").first == one.first


def test_a_key_fixed_for_a_run_is_not_written_down(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path, fixed="for-ci")
    keyring.add(Key("other", "second", ("waste:read",), ("fairwater",)))
    assert keyring.first.secret == "for-ci"
    assert "for-ci" not in (tmp_path / "keys.json").read_text()
    assert Keyring(tmp_path).caller("for-ci", "fairwater") is None


def test_a_key_sees_only_its_councils(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    keyring.add(Key("narrow", "secret", EVERYTHING, ("fairwater",)))
    here, there = keyring.caller("secret", "fairwater"), keyring.caller("secret", "otherby")
    assert here is not None
    assert here.may("waste:write")
    assert there is not None
    assert not there.may("waste:read")


def test_keys_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    with pytest.raises(KeysUnreadable, match="delete it to get new keys"):
        Keyring(tmp_path)
    assert (tmp_path / "keys.json").read_text() == "{"


def test_a_key_is_made_with_the_scopes_asked_for(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="supplier", scopes=["addresses:read"])
    assert made.status_code == 201
    headers = {"Authorization": f"Bearer {made.json()['key']}"}
    assert council.get("addresses", "/wards", headers=headers).status_code == 200
    assert council.get("residents", "/residents", headers=headers).status_code == 403
    assert council.client.get("/sandbox/councils/fairwater/clock", headers=headers).status_code == 403


def test_a_scope_that_there_is_not_is_named(council: CouncilUnderTest) -> None:
    answer = council.control("/keys", name="supplier", scopes=["dragons:slay"])
    assert answer.status_code == 422
    assert "dragons:slay" in answer.json()["detail"]
    assert "addresses:read" in answer.json()["detail"]
