"""One council of a running sandbox: its services, its clock, its events, and the ways back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

import httpx

from sandbox.trial.answers import Advanced, Call, Clock, Event, Person, Persona
from sandbox.trial.line import Line, Refused

EVENTS_AT_ONCE = 200

# A failing test's traceback ends in the test, at the call that was refused.
__tracebackhide__ = True


class Council:
    """One council, called with one key. As a context manager it closes its connections, and a fork ends.

    ``services`` holds the address of each service by its slug (``street_reports``). ``key`` is the key
    that it is called with; ``driver`` is the line for the control API, if that key lacks the right to it.
    ``ends`` says that the council goes with this object. Every call raises ``Refused`` or ``NotReached``.
    """

    def __init__(
        self,
        control: str,
        name: str,
        key: str,
        services: Mapping[str, str],
        *,
        driver: Line | None = None,
        ends: bool = False,
    ) -> None:
        self.name = name
        self.key = key
        self.services = services
        self._control = control
        self._line = Line(control, key)
        self._driver = driver or self._line
        self._ends = ends

    @property
    def http(self) -> httpx.Client:
        """The client underneath, which sends the key, for calls that need more than ``get`` and its like."""
        return self._line.http

    def url(self, service: str, path: str = "") -> str:
        """The address of a service, by its slug or its name in addresses, or of something of it.

        Raises KeyError if there is no such service.
        """
        slug = service.replace("-", "_")
        if slug not in self.services:
            raise KeyError(f"{self.name} has no service called {service}; it has: {', '.join(self.services)}")
        return self.services[slug] + path

    def get(self, service: str, path: str, **params: Any) -> Any:
        """Read something of a service: its JSON."""
        return self._line.ask("GET", self.url(service, path), params=params)

    def post(self, service: str, path: str, json: Any = None, **request: Any) -> Any:
        """Send something to a service; ``request`` is what httpx takes, such as ``data`` or ``headers``."""
        return self._line.ask("POST", self.url(service, path), json=json, **request)

    def put(self, service: str, path: str, json: Any = None, **request: Any) -> Any:
        """Put something in place of what a service has there."""
        return self._line.ask("PUT", self.url(service, path), json=json, **request)

    def patch(self, service: str, path: str, json: Any = None, **request: Any) -> Any:
        """Change something of a service."""
        return self._line.ask("PATCH", self.url(service, path), json=json, **request)

    def key_with(self, *scopes: str, name: str = "product") -> str:
        """A new key to this council alone, with the scopes named and no others (``waste:read``).

        For a product under test, which should work with the rights that it will have.
        """
        made = self.control("POST", "/keys", json={"name": name, "scopes": list(scopes)})
        return str(made["key"])

    def control(self, method: str, path: str = "", **request: Any) -> Any:
        """Call an operation of the control API on this council: ``control("GET", "/clock")``."""
        return self._driver.ask(method, self._control + path, **request)

    def clock(self) -> Clock:
        """What the council's clock shows, and when the next thing falls due."""
        shown: Clock = self.control("GET", "/clock")
        return shown

    def advance(
        self,
        by: timedelta | str | None = None,
        *,
        to: datetime | str | None = None,
        to_next_due: bool = False,
    ) -> Advanced:
        """Advance the clock in one of three ways, through everything that falls due on the way.

        ``by`` a duration (``"P3D"``), ``to`` an instant with its zone, or ``to_next_due``.
        """
        asked = {
            "by": duration(by) if by is not None else None,
            "to": to.isoformat() if isinstance(to, datetime) else to,
            "to_next_due": to_next_due or None,
        }
        told = {name: value for name, value in asked.items() if value is not None}
        advanced: Advanced = self.control("POST", "/clock", json=told)
        return advanced

    def events(self, *, after: int = 0, subject: str | None = None, type: str | None = None) -> list[Event]:
        """All events after a position, oldest first, or those on one subject or of one type.

        ``type`` may be shortened to its end: ``missed-collection.reported``.
        """
        wanted = {"subject": subject} if subject is not None else {}
        found: list[Event] = []
        while True:
            page = self.control("GET", "/events", params={"after": after, "limit": EVENTS_AT_ONCE, **wanted})
            found += page["items"]
            after = page["next"]
            if len(page["items"]) < EVENTS_AT_ONCE:
                break
        return [event for event in found if type is None or f".{event['type']}".endswith(f".{type}")]

    def calls(self, *, most: int = 50, **wanted: str) -> list[Call]:
        """The last calls that the council answered, oldest first, at most so many (200 or fewer).

        ``wanted`` picks some: ``service="waste"``, ``method="POST"``, ``status="4xx"`` and so on. All of one,
        with its bodies: ``control("GET", f"/journal/{request_id}")``.
        """
        listed = self.control("GET", "/journal", params={"limit": most, **wanted})
        newest_first: list[Call] = listed["items"]
        return newest_first[::-1]

    def find(self, *traits: str, most: int = 50) -> list[Person]:
        """Residents who have every trait, at most so many (200 or fewer).

        ``council.find("over:75", "council-tenant")``; the traits there are: ``control("GET", "/traits")``.
        """
        found = self.control("GET", "/people", params={"trait": traits, "per_page": most})
        people: list[Person] = found["items"]
        return people

    def persona(self, name: str) -> Persona:
        """A persona by name (``widow-living-alone``), made on this council if it is not there yet."""
        made: Persona = self.control("POST", f"/personas/{name}")
        return made

    def reset(self) -> None:
        """Put the council back to as it was when it was built or forked."""
        self.control("POST", "/reset")

    def snapshot(self, name: str) -> None:
        """Keep the council as it is now, under a name to restore it by."""
        self.control("POST", "/snapshots", json={"name": name})

    def snapshots(self) -> list[str]:
        """The names of the snapshots that are kept of this council."""
        return [each["name"] for each in self.control("GET", "/snapshots")["items"]]

    def restore(self, name: str) -> None:
        """Put the council back to what it was when the snapshot was taken."""
        self.control("POST", f"/snapshots/{name}/restore")

    def end(self) -> None:
        """End the fork and close the connections; a council that is no fork of ours stays as it is."""
        try:
            if self._ends:
                self._driver.ask("DELETE", self._control)
        except Refused as refusal:
            # Ended already, by its test or its lifetime; its key went with it.
            if refusal.status not in (httpx.codes.NOT_FOUND, httpx.codes.UNAUTHORIZED):
                raise
        finally:
            self._line.close()

    def __enter__(self) -> Council:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def __repr__(self) -> str:
        return f"<council {self.name} at {self._control}>"


def duration(by: timedelta | str) -> str:
    """A duration as ISO 8601 writes it."""
    return by if isinstance(by, str) else f"PT{by.total_seconds():.6f}S"
