"""Keys: who may do what on which council.

They are random per data folder and kept in ``keys.json``, readable by its owner alone. The first
key may do everything; others are made with fewer scopes, for tests of access and for suppliers.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from sandbox import machine
from sandbox.failure import Failure
from service_apis.kit.door import Caller

CONTROL = "sandbox:control"
EVERYTHING = ("*:read", "*:write", CONTROL)


class KeysUnreadable(Failure):
    """The file of keys cannot be read."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the secret, its scopes, and the councils it sees (``*`` for all)."""

    name: str
    secret: str
    scopes: tuple[str, ...]
    councils: tuple[str, ...]


class Keyring:
    """The keys of one data folder, found by their secret without keeping callers waiting."""

    def __init__(self, folder: Path, fixed: str | None = None) -> None:
        self._file = folder / "keys.json"
        self._keys = self._read()
        self._callers: dict[tuple[str, str], Caller | None] = {}
        if not self._keys:
            self.add(Key("first", machine.new_key(), EVERYTHING, ("*",)))
        if fixed is not None:
            # Fixed by the environment for this run alone: not written down.
            self._keys = [Key("fixed", fixed, EVERYTHING, ("*",)), *self._keys]
        self._by_digest = {_digest(key.secret): key for key in self._keys}

    @property
    def first(self) -> Key:
        """The key that is shown at start: it may do everything."""
        return self._keys[0]

    def secrets(self) -> list[str]:
        """The secret of every key, for whoever must not write one down."""
        return [key.secret for key in self._keys]

    def add(self, key: Key) -> None:
        """Keep a new key."""
        self._keys.append(key)
        self._write()

    def forget(self, council: str) -> None:
        """Forget the keys that see this council alone, which is gone: its name may be given again."""
        kept = [key for key in self._keys if key.councils != (council,)]
        if len(kept) != len(self._keys):
            self._keys = kept
            self._write()

    def _write(self) -> None:
        kept = [each for each in self._keys if each.name != "fixed"]
        unfinished = self._file.with_suffix(".new")
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            json.dump({"keys": [asdict(each) for each in kept]}, file, indent=2)
        unfinished.rename(self._file)
        self._by_digest = {_digest(each.secret): each for each in self._keys}
        self._callers = {}

    def caller(self, secret: str, council: str) -> Caller | None:
        """The caller that holds the secret, with its scopes on one council; None if there is none."""
        digest = _digest(secret)
        key = self._by_digest.get(digest)
        if key is None:
            return None
        known = self._callers.get((digest, council))
        if known is None:
            allowed = "*" in key.councils or council in key.councils
            known = Caller(key.name, frozenset(key.scopes) if allowed else frozenset())
            self._callers[digest, council] = known
        return known

    def _read(self) -> list[Key]:
        if not self._file.exists():
            return []
        try:
            written = json.loads(self._file.read_text())["keys"]
            return [
                Key(each["name"], each["secret"], tuple(each["scopes"]), tuple(each["councils"]))
                for each in written
            ]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise KeysUnreadable(
                f"{self._file} could not be read ({error}). Restore it, or delete it to get new keys."
            ) from error


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
