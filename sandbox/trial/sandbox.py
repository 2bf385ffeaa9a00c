"""A running sandbox: its councils, and forks of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any

from sandbox.trial.council import Council, duration
from sandbox.trial.line import Line, NotReached

CONTROL = "sandbox:control"
LIFETIME = "PT1H"
"""How long a fork is kept if nobody ends it: longer than a test, and not for ever."""

# A failing test's traceback ends in the test, at the call that was refused.
__tracebackhide__ = True


class Sandbox:
    """A sandbox that answers at an address, called with a key that has the scope ``sandbox:control``.

    Every call raises ``Refused`` or ``NotReached``. As a context manager it closes its connections.
    """

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key
        self._line = Line(self.url, key)

    def councils(self) -> list[str]:
        """The names of its councils, the first of them the one that ``fork`` takes if none is named."""
        return [each["name"] for each in self._listed()]

    def council(self, name: str) -> Council:
        """One of its councils, to be read and changed where it is. Tests had better take a fork."""
        entry = self._line.ask("GET", f"{self.url}/sandbox/councils/{name}")
        return Council(f"{self.url}/sandbox/councils/{name}", name, self.key, entry["services"])

    def fork(
        self,
        council: str | None = None,
        *,
        name: str | None = None,
        lifetime: timedelta | str = LIFETIME,
        scopes: Sequence[str] | None = None,
        snapshot: str | None = None,
    ) -> Council:
        """A council of one's own: a copy of another, or of a snapshot of it, that nobody else touches.

        It is gone after its lifetime, or when its block or ``end`` ends it. ``scopes`` limits what its
        key may do, to try a product with the rights that it will have; ``advance`` and its like then use
        the sandbox's key.
        """
        source = council or self._listed()[0]["name"]
        wanted: dict[str, Any] = {"lifetime": duration(lifetime)}
        given = {"name": name, "scopes": list(scopes) if scopes is not None else None, "snapshot": snapshot}
        wanted |= {what: value for what, value in given.items() if value is not None}
        made = self._line.ask("POST", f"{self.url}/sandbox/councils/{source}/forks", json=wanted)
        name, key, services = made["name"], made["key"], made["services"]
        driver = None if CONTROL in made["scopes"] else self._line
        return Council(made["control"], name, key, services, driver=driver, ends=True)

    def close(self) -> None:
        """Close the connections; the sandbox itself runs on."""
        self._line.close()

    def _listed(self) -> list[dict[str, Any]]:
        listed = self._line.ask("GET", f"{self.url}/sandbox/councils")
        if not isinstance(listed, dict) or "items" not in listed:
            raise NotReached(f"What answers at {self.url} is not a sandbox")
        items: list[dict[str, Any]] = listed["items"]
        return items

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<sandbox at {self.url}>"
