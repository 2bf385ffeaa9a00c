"""Keys are private to their folder, and open what they were given for."""

from __future__ import annotations

import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sandbox import machine
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


def opens(council: CouncilUnderTest, key: str) -> bool:
    """Whether wards can be read with a key; if not, it is answered as one that nobody gave."""
    answer = council.get("addresses", "/wards", headers={"Authorization": f"Bearer {key}"})
    if answer.status_code == 200:
        return True
    unknown = council.get("addresses", "/wards", headers={"Authorization": "Bearer nobody"})
    assert (answer.status_code, answer.text) == (401, unknown.text)
    return False


def test_a_key_with_a_lifetime_opens_nothing_once_that_is_over(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = council.control("/keys", name="ending", scopes=["addresses:read"], lifetime="PT1H").json()
    staying = council.control("/keys", name="staying", scopes=["addresses:read"]).json()
    end = datetime.fromisoformat(made["expires_at"])
    assert staying["expires_at"] is None
    monkeypatch.setattr(machine, "now", lambda: end - timedelta(seconds=1))
    assert opens(council, made["key"])
    monkeypatch.setattr(machine, "now", lambda: end)
    assert not opens(council, made["key"])
    assert opens(council, staying["key"])
    control = {"Authorization": f"Bearer {made['key']}"}
    assert council.client.get("/sandbox/councils/fairwater/clock", headers=control).status_code == 401


def test_a_keys_end_is_kept_through_a_restart(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = council.control("/keys", name="ending", scopes=["addresses:read"], lifetime="P1D").json()
    council.reopen()
    assert opens(council, made["key"])
    monkeypatch.setattr(machine, "now", lambda: datetime.fromisoformat(made["expires_at"]))
    assert not opens(council, made["key"])


def test_keys_that_have_ended_are_swept_out_when_another_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(tmp_path)
    end = machine.now() + timedelta(hours=1)
    keyring.add(Key("ending", "secret", ("waste:read",), ("fairwater",), end))
    keyring.add(Key("other", "another", ("waste:read",), ("fairwater",)))
    assert [each["name"] for each in written(tmp_path)] == ["first", "ending", "other"]
    monkeypatch.setattr(machine, "now", lambda: end)
    keyring.add(Key("third", "a-third", ("waste:read",), ("fairwater",)))
    assert [each["name"] for each in written(tmp_path)] == ["first", "other", "third"]


def written(folder: Path) -> list[dict[str, object]]:
    keys: list[dict[str, object]] = json.loads((folder / "keys.json").read_text())["keys"]
    return keys


def test_keys_that_an_earlier_version_wrote_are_read_as_staying(tmp_path: Path) -> None:
    key = {"name": "first", "secret": "of-old", "scopes": ["*:read"], "councils": ["*"]}
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [key]}))
    keyring = Keyring(tmp_path)
    assert keyring.first.expires_at is None
    assert keyring.caller("of-old", "fairwater") is not None


def test_a_revoked_key_opens_nothing_any_more(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="A supplier", scopes=["addresses:read"]).json()
    other = council.control("/keys", name="Another", scopes=["addresses:read"]).json()
    address = "/sandbox/councils/fairwater/keys/A supplier"
    assert opens(council, made["key"])
    assert council.client.delete(address).status_code == 204
    assert not opens(council, made["key"])
    assert opens(council, other["key"])
    again = council.client.delete(address)
    assert (again.status_code, again.json()["type"]) == (404, "/problems/no-such-key")
    council.reopen()
    assert not opens(council, made["key"])


def test_a_council_revokes_its_own_keys_alone(council: CouncilUnderTest) -> None:
    council.control("/forks", name="tanglewick")
    made = council.control("/keys", name="A supplier", scopes=["addresses:read"]).json()
    for name in ("A supplier", "first", "fixed"):
        assert council.client.delete(f"/sandbox/councils/tanglewick/keys/{name}").status_code == 404
    assert opens(council, made["key"])
    there = council.client.get("/sandbox/councils/tanglewick/keys").json()["items"]
    assert [each["name"] for each in there] == ["tanglewick"]


def test_keys_are_listed_with_their_ends_and_without_their_secrets(
    council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = council.control("/keys", name="ending", scopes=["waste:read"], lifetime="PT1H").json()
    council.control("/keys", name="staying", scopes=["*:read"])
    address = "/sandbox/councils/fairwater/keys"
    assert council.client.get(address).json()["items"] == [
        {"name": "ending", "scopes": ["waste:read"], "expires_at": ending["expires_at"]},
        {"name": "staying", "scopes": ["*:read"], "expires_at": None},
    ]
    monkeypatch.setattr(machine, "now", lambda: datetime.fromisoformat(ending["expires_at"]))
    assert [each["name"] for each in council.client.get(address).json()["items"]] == ["staying"]


def test_a_lifetime_is_from_a_second_to_a_year(council: CouncilUnderTest) -> None:
    for lifetime in ("PT0S", "-PT1H", "P2Y", "an hour", "PT0.5S"):
        answer = council.control("/keys", name="ending", scopes=[], lifetime=lifetime)
        assert answer.status_code == 422, lifetime
        assert "lifetime" in answer.json()["detail"]
    assert council.client.get("/sandbox/councils/fairwater/keys").json() == {"items": []}
