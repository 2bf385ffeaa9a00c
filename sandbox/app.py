"""The sandbox as one application: councils and keys from a data folder, behind one gateway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from sandbox.background import Background
from sandbox.components.passage import Filling
from sandbox.components.settings import Filler
from sandbox.console import add_pages
from sandbox.control import control_api
from sandbox.councils import Councils
from sandbox.folder import DataFolder
from sandbox.forcing.passage import Forcing
from sandbox.forks import Forks
from sandbox.gateway import Gateway
from sandbox.journal.journals import Journals
from sandbox.keys import Keyring
from sandbox.outward import Outward
from sandbox.posting.bell import Bells
from sandbox.posting.deliverer import Deliverer
from sandbox.running_clock import RunningClocks
from sandbox.shadow.jobs import Runs, Takings
from sandbox.shadow.watching import Watching, in_shadow
from sandbox.snapshots import Snapshots
from service_apis.kit.application import refuse_with_problems
from service_apis.kit.council import Council
from service_apis.kit.service import Service

if TYPE_CHECKING:
    from sandbox.shadow.running import Run, Wanted


class Sandbox:
    """A running sandbox: ``gateway`` is the ASGI application that serves all of it.

    ``first`` names the council that the console shows and that services' own ports lead to;
    ``ports`` says which service answers at which port. ``key`` fixes the key to everything. ``host`` is
    where it listens: elsewhere than on loopback, its pages ask for a key before they change anything.
    ``allow`` names what the sandbox may call besides loopback. Raises the failures of DataFolder, Councils,
    Keyring and Outward.
    """

    def __init__(
        self,
        folder: DataFolder,
        services: Mapping[str, Service],
        first: str,
        *,
        key: str | None = None,
        ports: Mapping[int, str] | None = None,
        host: str = "127.0.0.1",
        allow: Iterable[str] = (),
    ) -> None:
        self.outward = Outward(allow)
        self.councils = Councils(folder, services, first)
        self.keyring = Keyring(folder.path, fixed=key)
        self.house = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        refuse_with_problems(self.house)
        self.background = Background()
        self.gateway = Gateway(self.councils, self.keyring, self.house, ports, self.background)
        self.forks = Forks(self.councils, self.keyring)
        self.background.add(self.forks.watch)
        self.journals = Journals(self.councils, self.keyring)
        if self.journals.on:
            self.gateway.passages.insert(0, self.journals.passage)
            self.background.add(self.journals.keep_written)
            self.background.when_leaving.append(self.journals.leave)
        self.forcing = Forcing(self.councils)
        self.gateway.passages.append(self.forcing)
        self.background.add(self.forcing.tidy)
        self.filling = Filling(self.councils, self.outward)
        self.gateway.passages.append(self.filling)
        self.runs = Runs(self.councils, self.forks, self._run, Takings())
        self.background.when_leaving.append(self.runs.leave)
        self.background.add(self.filling.work_through)
        self.watching = Watching(
            self.councils,
            lambda council, component: in_shadow(self.filling.filled(council).settings, component),
            self.journals.masking,
        )
        self.background.add(self.watching.keep_written)
        self.filling.follow_ups.when_followed.append(self.watching.followed)
        running_clocks = RunningClocks(self.councils)
        self.background.add(running_clocks.serve)
        control = control_api(
            self.councils,
            self.keyring,
            forks=self.forks,
            snapshots=Snapshots(self.councils),
            journals=self.journals,
            gateway=self.gateway,
            forcing=self.forcing,
            filling=self.filling,
            running_clocks=running_clocks,
            runs=self.runs,
        )
        self.house.mount("/sandbox", control)
        self._add_posting(control)
        _add_health(self.house)
        add_pages(self.house, self.councils, self.gateway, self.keyring, self.background, host)

    def _add_posting(self, control: FastAPI) -> None:
        """Tell receivers, and those who listen, what happens in the councils."""
        deliverer, bells = Deliverer(self.councils, self.outward, self.forcing.treatment), Bells()
        control.state.deliverer, control.state.bells = deliverer, bells
        self.background.add(deliverer.run)
        self.background.when_leaving.append(bells.close)
        self.councils.when_closed.append(bells.ring)

    def _run(self, council: Council, filler: Filler, wanted: Wanted, host: str) -> Run:
        """A run of a component on forks. What it takes is loaded only now."""
        from sandbox.shadow.judging import Comparer
        from sandbox.shadow.noise import Noise
        from sandbox.shadow.running import House, Run
        from sandbox.shadow.tally import Tally
        from sandbox.traffic.volumes import noise_of

        house = House(
            self.councils,
            self.keyring,
            self.forks,
            self.journals,
            self.gateway,
            self.filling,
            self.runs.takings.wait,
        )
        noise = Noise.usual(*noise_of(filler.slot), declared=wanted.noise)
        own = f"http://{host}/councils/{council.name}/{council.services[filler.slot].url_name}"
        comparer = Comparer(Tally(noise, self.journals.masking), noise, own)
        return Run(house, council, filler, wanted, host, comparer, noise)

    def close(self) -> None:
        """Close every council's file, its journal first."""
        self.runs.close()
        self.journals.close()
        self.forcing.close()
        self.watching.close()
        self.councils.close()


def _add_health(house: FastAPI) -> None:
    @house.get("/healthz")
    @house.get("/readyz")
    async def healthz() -> dict[str, str]:
        """Answers once the sandbox is up, which it is only when every council is open."""
        return {"status": "ok"}

    @house.get("/metrics")
    async def metrics() -> Response:
        """Counts and times for Prometheus."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
