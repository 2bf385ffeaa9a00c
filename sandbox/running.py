"""A running sandbox as seen from a run of journeys: one that is there, or one started for the run."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from sandbox.failure import Failure
from sandbox.folder import DataFolder
from sandbox.keys import Keyring
from service_apis.kit.discovery import discover

if TYPE_CHECKING:
    from scenarios import Run

AS_OF = date(2026, 6, 1)
"""The day on which a sandbox started for a run begins, so that every run sees the same."""
RESIDENTS = 2_000
LONGEST_DETAIL = 2_000


class NotReached(Failure):
    """A sandbox that should be running does not answer as one, or its key is not known."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where a sandbox answers, which of its councils is meant, and a key to everything on it."""

    url: str
    council: str
    key: str

    def tell(self, run: Run) -> None:
        """Tell the sandbox what the journeys came to, for its console. Raises NotReached."""
        items = [
            {
                "journey": journey.journey,
                "title": journey.title[:200],
                "verdict": journey.outcome.value,
                "steps": len(journey.steps),
                "seconds": journey.seconds,
                "detail": _what_went_wrong(journey)[:LONGEST_DETAIL],
            }
            for journey in run.journeys
        ]
        answer = _asked(
            "POST",
            f"{self.url}/sandbox/councils/{self.council}/journeys",
            json={"items": items},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        if answer.status_code != httpx.codes.CREATED:
            raise NotReached(f"{self.url} did not take the results: {answer.status_code} {answer.text[:200]}")


def _what_went_wrong(journey: Any) -> str:
    from scenarios.report import details

    lines = [line.strip() for step in journey.steps for line in details(step)]
    return journey.reason or "\n".join(lines)


def there(url: str, council: str | None, key: str | None, data: Path) -> RunningSandbox:
    """The sandbox that answers at ``url``; without a key, the data folder's own is taken.

    Raises NotReached where nothing answers, or no council or key is to be had.
    """
    url = url.rstrip("/")
    answer = _asked("GET", f"{url}/sandbox/councils")
    try:
        names = [each["name"] for each in answer.json()["items"]]
    except (ValueError, KeyError, TypeError) as error:
        raise NotReached(f"What answers at {url} is not a sandbox (it said {answer.status_code})") from error
    if council is not None and council not in names:
        raise NotReached(f"{url} has no council called {council}; it has: {', '.join(names)}")
    if key is None:
        if not (data / "keys.json").exists():
            raise NotReached(f"Give the key of the sandbox at {url} with --key, or in COUNCIL_KEY")
        key = Keyring(DataFolder(data).path).first.secret
    chosen = council or names[0]
    headers = {"Authorization": f"Bearer {key}"}
    answer = _asked("GET", f"{url}/sandbox/councils/{chosen}/clock", headers=headers)
    if answer.status_code != httpx.codes.OK:
        raise NotReached(
            f"{url} refuses the key for {chosen} ({answer.status_code}). Give the key that it showed when it "
            "started, with --key or in COUNCIL_KEY"
        )
    return RunningSandbox(url, chosen, key)


def services_of(there: RunningSandbox) -> list[str]:
    """The slugs of the services that the sandbox runs. Raises NotReached."""
    return [each["slug"] for each in _asked("GET", f"{there.url}/sandbox/services").json()["items"]]


def where_joined(there: RunningSandbox, addresses: Collection[str]) -> RunningSandbox:
    """The council that a component at one of the addresses has joined; the one meant, where none did."""
    if not addresses:
        return there
    names = [each["name"] for each in _asked("GET", f"{there.url}/sandbox/councils").json()["items"]]
    for name in [there.council, *names]:
        one = replace(there, council=name)
        if any(not _addresses(one, each).isdisjoint(addresses) for each in _components(one)):
            return one
    return there


def component_at(there: RunningSandbox, slot: str, address: str) -> str | None:
    """The name of the component that joined the council for a slot at this address, if one did."""
    at = address.rstrip("/")
    joined = (each for each in _components(there) if each["slot"] == slot)
    return next((each["name"] for each in joined if at in _addresses(there, each)), None)


def _addresses(there: RunningSandbox, component: Mapping[str, Any]) -> set[str]:
    """Where a component answers: at its own address, and at its trial address in the sandbox."""
    trial = f"{there.url}/sandbox/councils/{there.council}/components/{component['name']}/at"
    return {component["url"].rstrip("/"), trial}


def _components(there: RunningSandbox) -> list[dict[str, Any]]:
    """What has joined a council; nothing where the key may not see it."""
    place = f"{there.url}/sandbox/councils/{there.council}/components"
    answer = _asked("GET", place, headers={"Authorization": f"Bearer {there.key}"})
    joined: list[dict[str, Any]] = answer.json()["items"] if answer.status_code == httpx.codes.OK else []
    return joined


def _asked(method: str, url: str, **request: Any) -> httpx.Response:
    try:
        return httpx.request(method, url, timeout=30, **request)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotReached(f"Nothing answers at {url}: {error}. Start a sandbox with `council up`.") from error


@contextmanager
def temporary(as_of: date = AS_OF) -> Iterator[RunningSandbox]:
    """A small council in a folder of its own, served on a free port until the run is over.

    It is served by a process of its own, so that whoever makes the calls has a processor to itself.
    ``as_of`` is the day on which its clock starts.
    """
    from sandbox.build import Plan, build
    from sandbox.trial.starting import COUNCIL, served
    from synthetic_data.profiles import find_profile

    with tempfile.TemporaryDirectory(prefix="virtual-council-") as path:
        folder = DataFolder(Path(path) / "council-data")
        plan = Plan(COUNCIL, find_profile("Hartlepool"), RESIDENTS, 7, as_of)
        build(folder, plan, discover(), lambda what, share: None)
        with served(folder.path) as sandbox:
            yield RunningSandbox(sandbox.url, plan.name, sandbox.key)
