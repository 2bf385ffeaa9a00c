"""Evidence: the record of a run, or of a slot's history, signed so that a change of it shows.

A file of evidence is ``{"record": ..., "signature": ...}``. What is signed is the record as RFC 8785 writes
it, by Ed25519 as a detached JSON Web Signature (RFC 7515 appendix F, RFC 8037, RFC 9864). The key is made at
first use and kept in the data folder, readable by its owner alone. Its fingerprint is its thumbprint (RFC
7638). A signature shows that whoever holds the key wrote the record, and that nobody has changed it since;
not that it is true.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from sandbox import machine
from sandbox.failure import Failure

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

    from sandbox.components.histories import HistoryRecord
    from sandbox.folder import DataFolder
    from scenarios.conformance.record import Record

KEY_FILE = "evidence-key.json"
ALGORITHM = "Ed25519"
CURVE: Literal["Ed25519"] = "Ed25519"
RULE = "RFC 8785"
MEMBERS = {"algorithm", "canonicalization", "key", "fingerprint", "jws"}
Kind = TypeVar("Kind", "Record", "HistoryRecord")
LARGEST = 200_000_000
"""Bytes of a file of evidence that are read."""


class KeyUnreadable(Failure):
    """The key that evidence is signed with cannot be read or kept."""


class EvidenceUnreadable(Failure):
    """The file is no evidence that could be looked at."""


class Tampered(Exception):
    """The record is not as it was signed. The message is a sentence."""


class Signable(Protocol):
    """A record that can be signed."""

    @property
    def canonical(self) -> bytes:
        """The record as the bytes that are signed: JSON by RFC 8785."""
        ...

    def model_dump(self, *, mode: Literal["json"]) -> dict[str, Any]:
        """The record as JSON holds it."""
        ...


@dataclass(frozen=True)
class Evidence:
    """A record whose signature is good: who signed it, and the SHA-256 of what was signed."""

    record: Record
    fingerprint: str
    digest: str


@dataclass(frozen=True)
class HistoryEvidence:
    """The same of the history of a slot."""

    record: HistoryRecord
    fingerprint: str
    digest: str


@dataclass(frozen=True)
class _Opened:
    """A record of whatever kind, as it was signed: ``signed`` are the very bytes."""

    record: Any
    fingerprint: str
    signed: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.signed).hexdigest()

    @property
    def is_of_a_slot(self) -> bool:
        told = self.record.get("format") if isinstance(self.record, dict) else None
        return isinstance(told, str) and told.startswith("virtual-council/slot-history/")


class Signer:
    """Who holds a key to sign with."""

    def __init__(self, key: OKPKey) -> None:
        self._key = key

    @property
    def fingerprint(self) -> str:
        """What the key is known by."""
        return str(self._key.thumbprint())

    def signed(self, record: Signable) -> bytes:
        """The file of evidence of a record."""
        return (json.dumps(self.evidence(record), indent=1, ensure_ascii=False) + "\n").encode()

    def evidence(self, record: Signable) -> dict[str, Any]:
        """What such a file holds."""
        from joserfc import jws

        signature = jws.serialize_compact({"alg": ALGORITHM}, record.canonical, self._key, [ALGORITHM])
        return {
            "record": record.model_dump(mode="json"),
            "signature": {
                "algorithm": ALGORITHM,
                "canonicalization": RULE,
                "key": self._key.as_dict(private=False),
                "fingerprint": self.fingerprint,
                "jws": jws.detach_content(signature),
            },
        }


def key_file(folder: DataFolder) -> Path:
    """Where a data folder keeps the key that evidence is signed with."""
    return folder.path / KEY_FILE


def signer(folder: DataFolder) -> Signer:
    """The signer of a data folder; its key is made if there was none. Raises KeyUnreadable."""
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey

    file = key_file(folder)
    try:
        if not file.exists():
            _keep(OKPKey.generate_key(CURVE).as_dict(private=True), file)
        key = OKPKey.import_key(json.loads(file.read_text(encoding="utf-8")))
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise KeyUnreadable(
            f"{file} holds no key to sign evidence with ({wrong}). Restore it, or move it away to get a new "
            "one; what the old one signed stays good."
        ) from wrong
    except OSError as wrong:
        raise KeyUnreadable(f"The key {file} could not be read or kept: {wrong.strerror}") from wrong
    if key.curve_name != CURVE or not key.is_private:
        raise KeyUnreadable(f"{file} holds another kind of key than {CURVE}. Move it away to get a new one.")
    return Signer(key)


def _keep(key: dict[str, Any], file: Path) -> None:
    """Keep a new key, unless somebody else kept one a moment before: then theirs holds."""
    unfinished = file.with_name(f".{file.name}.{machine.unlike_any()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
            json.dump(key, opened)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(unfinished, file)
        except FileExistsError:
            return
    finally:
        unfinished.unlink(missing_ok=True)


def read(file: Path) -> Evidence:
    """The evidence of a run in a file.

    Raises EvidenceUnreadable, and Tampered where it is not as it was signed.
    """
    return run_in(_told(file), str(file))


def read_any(file: Path) -> Evidence | HistoryEvidence:
    """The evidence in a file, of a run or of a slot's history. Raises as ``read``."""
    told = _told(file)
    found = _opened(told, str(file))
    if not found.is_of_a_slot:
        return run_in(told, str(file))
    from sandbox.components.histories import HistoryRecord

    history = _record(str(file), found, HistoryRecord)
    return HistoryEvidence(history, found.fingerprint, found.digest)


def run_in(told: dict[str, Any], name: str) -> Evidence:
    """The evidence of a run in what a file holds, or what was sent, called ``name``. Raises as ``read``."""
    from scenarios.conformance.record import Record

    _expect_both(told, name)
    found = _opened(told, name)
    if found.is_of_a_slot:
        raise EvidenceUnreadable(
            f"{name} is the history of a slot, not the record of a run; `council evidence verify` reads it"
        )
    return Evidence(_record(name, found, Record), found.fingerprint, found.digest)


def _opened(told: dict[str, Any], name: str) -> _Opened:
    record, signature = told["record"], told["signature"]
    signed = _canonical(name, record)
    return _Opened(record, _checked(name, signature, signed), signed)


def _told(file: Path) -> dict[str, Any]:
    try:
        if not file.is_file():
            raise EvidenceUnreadable(f"There is no file {file}")
        if file.stat().st_size > LARGEST:
            raise EvidenceUnreadable(f"{file} is too large to be evidence ({file.stat().st_size:,} bytes)")
        told = json.loads(file.read_bytes().decode(), object_pairs_hook=_once)
    except OSError as wrong:
        raise EvidenceUnreadable(f"{file} cannot be read: {wrong.strerror}") from wrong
    except (ValueError, RecursionError) as wrong:
        raise EvidenceUnreadable(
            f"{file} is not evidence: it is no JSON that can be read ({wrong})"
        ) from wrong
    return _expect_both(told, str(file))


def _expect_both(told: Any, name: str) -> dict[str, Any]:
    if not isinstance(told, dict) or set(told) != {"record", "signature"}:
        raise EvidenceUnreadable(
            f"{name} is not evidence: it should hold a `record` and a `signature`, as "
            "`council conform --json FILE` writes them"
        )
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each there once: of two, readers would take different ones."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a name is there twice in an object")
    return told


def _canonical(name: str, record: Any) -> bytes:
    from scenarios.conformance.record import canonical

    try:
        return canonical(record)
    except (ValueError, RecursionError) as wrong:
        raise EvidenceUnreadable(f"{name} holds a record that cannot have been signed: {wrong}") from wrong


def _checked(name: str, signature: Any, signed: bytes) -> str:
    """The fingerprint of the key that signed the record. Raises Tampered and EvidenceUnreadable."""
    from joserfc import jws
    from joserfc.errors import BadSignatureError, JoseError
    from joserfc.jwk import OKPKey

    try:
        key = OKPKey.import_key(signature["key"])
        said, fingerprint = signature["fingerprint"], str(key.thumbprint())
        if (set(signature), signature["algorithm"], signature["canonicalization"]) != (
            MEMBERS,
            ALGORITHM,
            RULE,
        ):
            raise Tampered("what it says of its signature is not what was written beside it")
        jws.deserialize_compact(signature["jws"], key, [ALGORITHM], payload=signed)
    except BadSignatureError as wrong:
        raise Tampered("the record is not as it was signed: it, or its signature, was changed") from wrong
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise EvidenceUnreadable(f"{name} holds no signature that can be read: {wrong!r}") from wrong
    if said != fingerprint:
        raise Tampered(f"it says that {said} signed it, but the key in it is {fingerprint}")
    return fingerprint


def _record(name: str, found: _Opened, kind: type[Kind]) -> Kind:
    from pydantic import ValidationError

    try:
        whole = kind.model_validate(found.record)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise EvidenceUnreadable(
            f"{name} holds a record of another version: {place}: {first['msg']}. Read it with the "
            "version that wrote it."
        ) from wrong
    if whole.canonical != found.signed:
        raise EvidenceUnreadable(f"{name} holds values that this version writes in another way")
    return whole
