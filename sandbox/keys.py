"""Keys: who may do what on which council.

They are random per data folder and kept in ``keys.json``, readable by its owner alone. The first
key may do everything; others are made with fewer scopes, for tests of access and for suppliers, and
some of them end. When one ends is asked of the machine's clock, not of a council's.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sandbox import machine
from sandbox.failure import Failure
from service_apis.kit.door import Caller

CONTROL = "sandbox:control"
EVERYTHING = ("*:read", "*:write", CONTROL)


class KeysUnreadable(Failure):
    """The file of keys cannot be read."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the secret, its scopes, and the councils it sees (``*`` for all).

    From ``expires_at`` on, an instant of the machine, it is as if there had been none.
    """

    name: str
    secret: str
    scopes: tuple[str, ...]
    councils: tuple[str, ...]
    expires_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether its time is over. Only a key that has an end asks what time it is."""
        return self.expires_at is not None and self.expires_at <= machine.now()

    def opens(self, council: str) -> bool:
        """Whether it was given for the council, or for all."""
        return "*" in self.councils or council in self.councils


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
        """Keep a new key. Those that have ended are swept out."""
        self._keys = [*(each for each in self._keys if not each.has_ended), key]
        self._write()

    def of(self, council: str) -> list[Key]:
        """The keys to this council alone that have not ended, in the order they were made in."""
        return [key for key in self._keys if key.councils == (council,) and not key.has_ended]

    def revoke(self, council: str, name: str) -> bool:
        """Forget the keys of that name to this council alone; whether there were any."""
        kept = [key for key in self._keys if (key.name, key.councils) != (name, (council,))]
        if len(kept) == len(self._keys):
            return False
        self._keys = kept
        self._write()
        return True

    def held(self, secret: str, council: str) -> Key | None:
        """The key of a secret, if it opens the council and has not ended."""
        key = self._by_digest.get(_digest(secret))
        return key if key is not None and key.opens(council) and not key.has_ended else None

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
            json.dump({"keys": [_written(each) for each in kept]}, file, indent=2)
        unfinished.rename(self._file)
        self._by_digest = {_digest(each.secret): each for each in self._keys}
        self._callers = {}

    def caller(self, secret: str, council: str) -> Caller | None:
        """The caller that holds the secret, with its scopes on one council; None if there is none."""
        digest = _digest(secret)
        key = self._by_digest.get(digest)
        if key is None or (key.expires_at is not None and key.has_ended):
            return None
        known = self._callers.get((digest, council))
        if known is None:
            known = Caller(key.name, frozenset(key.scopes) if key.opens(council) else frozenset())
            self._callers[digest, council] = known
        return known

    def _read(self) -> list[Key]:
        if not self._file.exists():
            return []
        try:
            written = json.loads(self._file.read_text())["keys"]
            return [_read_back(each) for each in written]
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise KeysUnreadable(
                f"{self._file} could not be read ({error}). Restore it, or delete it to get new keys."
            ) from error


def _written(key: Key) -> dict[str, Any]:
    return {**asdict(key), "expires_at": key.expires_at and key.expires_at.isoformat()}


def _read_back(written: dict[str, Any]) -> Key:
    # Keys that an earlier version wrote say nothing of an end.
    end = written.get("expires_at")
    return Key(
        written["name"],
        written["secret"],
        tuple(written["scopes"]),
        tuple(written["councils"]),
        datetime.fromisoformat(end) if end else None,
    )


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
