"""No secret is ever written into a journal, by whatever way it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.journal.masking import MASK, Masking
from tests.conftest import KEY, CouncilUnderTest
from tests.sandbox.journal.reading import calls, in_full

WEBHOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def written(council: CouncilUnderTest) -> bytes:
    """All that the journal keeps on the disk."""
    assert calls(council)
    council.sandbox.journals.close()
    files = list(council.folder.control.glob("*.journal*"))
    assert files
    return b"".join(file.read_bytes() for file in files)


def secrets_of(folder: Path) -> list[str]:
    return [each["secret"] for each in json.loads((folder / "keys.json").read_text())["keys"]]


def test_no_key_stands_in_the_file_whatever_way_it_came(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="supplier", scopes=["*:read"]).json()["key"]
    council.control("/forks", name="rehearsal")
    for secret in (made, KEY):
        council.get("waste", "/rounds", headers={"Authorization": f"Bearer {secret}"})
        council.get("waste", "/rounds", headers={"Authorization": secret, "X-Api-Key": secret})
        council.get("waste", "/rounds", headers={"Authorization": "", "Cookie": f"key={secret}"})
        council.get("waste", f"/rounds/{secret}", key=secret, api_key=secret)
        council.post("street_reports", "/requests.json", data={"api_key": secret, "description": secret})
        council.post("street_reports", "/requests.json", files={"api_key": (None, secret)})
        council.post("waste", "/missed-collections", json={"uprn": secret, "secret": secret})
        council.post("waste", "/missed-collections", content=secret[:-2] + "\\u00" + secret[-2:])
        council.client.request(
            "POST", f"/sandbox/councils/fairwater/{secret}", content=secret.encode("utf-16")
        )
    council.post("waste", "/missed-collections", json={"url": "http://127.0.0.1/", "signed": WEBHOOK})
    kept = written(council)
    secrets = [*secrets_of(council.folder.path), KEY, WEBHOOK]
    assert len(secrets) >= 5
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert [secret for secret in secrets if secret.encode("utf-16-le") in kept] == []


def test_a_secret_at_the_cut_leaves_no_half_behind(council: CouncilUnderTest) -> None:
    made = council.control("/keys", name="supplier", scopes=[]).json()["key"]
    body = "x" * (64 * 1024 - 10) + f'"{made}"'
    answer = council.post("waste", "/missed-collections", content=body)
    assert made[:8] not in in_full(council, answer)["request"]["body"]["text"]


def test_what_is_no_secret_stays(council: CouncilUnderTest) -> None:
    answer = council.get("residents", "/residents", surname="King", per_page=2)
    call = in_full(council, answer)
    assert call["address"].endswith("/residents?surname=King&per_page=2")
    assert call["answer"]["body"]["text"] == answer.text


def masking(*chosen: str) -> Masking:
    made = Masking(lambda: chosen)
    made.begin()
    return made


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"api_key": "abc", "uprn": "1"}, "application/json"),
        ({"password": 'a"b\\c', "uprn": "1"}, "application/json"),
        ({"client_secret": "abc", "uprn": "1"}, "application/json"),
        ({"access_token": "abc", "uprn": "1"}, "application/json"),
    ],
)
def test_fields_that_hold_secrets_are_masked_and_the_body_is_still_json(
    body: dict[str, str], kind: str
) -> None:
    masked: Any = json.loads(masking().body(json.dumps(body).encode(), [(b"content-type", kind.encode())]))
    assert masked == {name: value if name == "uprn" else MASK for name, value in body.items()}


def test_a_compressed_body_is_not_kept() -> None:
    assert masking().body(b"\x1f\x8b...", [(b"content-encoding", b"gzip")]) == b""


KEYS = st.text("abcXYZ019_-", min_size=16, max_size=32).map("vc_".__add__)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(key=KEYS, before=TEXTS, after=TEXTS, place=st.sampled_from(["json", "form", "text", "escaped"]))
def test_no_body_keeps_a_key_of_ours(key: str, before: str, after: str, place: str) -> None:
    value = f"{before}{key}{after}"
    if place == "json":
        body, kind = json.dumps({"note": value}, ensure_ascii=False).encode(), b"application/json"
    elif place == "escaped":
        written = "".join(f"\\u{ord(letter):04x}" for letter in key)
        body, kind = f'{{"note": "{written}"}}'.encode(), b"application/json"
    elif place == "form":
        written = "".join(f"%{ord(letter):02x}" for letter in key)
        body, kind = f"note={written}".encode(), b"application/x-www-form-urlencoded"
    else:
        body, kind = value.encode(), b"text/plain"
    masked = masking().body(body, [(b"content-type", kind)])
    assert key.encode() not in masked
    assert MASK.encode() in masked


@given(
    secret=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=6, max_size=20), around=TEXTS
)
def test_a_key_that_somebody_chose_is_masked_wherever_it_stands(secret: str, around: str) -> None:
    kept = masking(secret).body((around + secret + around).encode(), [])
    assert secret.encode() not in kept.replace(MASK.encode(), b"\n")
