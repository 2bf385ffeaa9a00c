"""The labels by which a component's container, network and volumes are found at the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container
    from docker.models.networks import Network

COUNCIL = "virtual-council.council"
COMPONENT = "virtual-council.component"
FOLDER = "virtual-council.data"
"""The data folder that it belongs to: others' on the same engine are left alone."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The things at the engine that belong to one component of one data folder's council."""

    client: DockerClient
    folder: Path
    council: str
    component: str

    @property
    def labels(self) -> dict[str, str]:
        """What all of them are labelled with."""
        return {COUNCIL: self.council, COMPONENT: self.component, FOLDER: str(self.folder)}

    @property
    def container(self) -> Container | None:
        """Its container, running or not."""
        found = self.client.containers.list(all=True, filters=self._filter)
        return found[0] if found else None

    @property
    def network(self) -> Network | None:
        """Its network."""
        found = self.client.networks.list(filters=self._filter)
        if not found:
            return None
        found[0].reload()
        return found[0]

    def clear_away(self) -> bool:
        """Remove its container, network and volumes, and say whether there were any."""
        from docker.errors import NotFound

        any_there = False
        for each in self.client.containers.list(all=True, filters=self._filter):
            any_there = True
            with suppress(NotFound):
                each.remove(force=True, v=True)
        for network in self.client.networks.list(filters=self._filter):
            any_there = True
            with suppress(NotFound):
                network.remove()
        for volume in self.client.volumes.list(filters=self._filter):
            any_there = True
            with suppress(NotFound):
                volume.remove(force=True)
        return any_there

    @property
    def _filter(self) -> dict[str, str | list[str] | bool]:
        return {"label": [f"{name}={value}" for name, value in self.labels.items()]}


def all_labelled(client: DockerClient) -> Iterator[tuple[Path, str, str]]:
    """Whose things there are at the engine: data folder, council and component."""
    wanted: dict[str, str | list[str] | bool] = {"label": [FOLDER, COUNCIL, COMPONENT]}
    kept = {
        tuple(labels[name] for name in (FOLDER, COUNCIL, COMPONENT))
        for labels in (
            *(each.labels for each in client.containers.list(all=True, filters=wanted)),
            *(each.attrs["Labels"] for each in client.networks.list(filters=wanted)),
            *(each.attrs["Labels"] for each in client.volumes.list(filters=wanted)),
        )
    }
    for folder, council, component in sorted(kept):
        yield Path(folder), council, component
