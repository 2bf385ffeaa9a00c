"""Whereabouts: the fork that a component acts in while it is tried, and the council that it came from."""

from __future__ import annotations

from sandbox.components.tables import ComponentRecord
from sandbox.councils import Councils
from sandbox.forks import origin_of
from service_apis.kit.council import Council


def fork_of(councils: Councils, component: ComponentRecord) -> str | None:
    """The fork that a component acts in; None where it acts in its own council, or the fork is gone."""
    fork = component.acts_in
    return fork if fork and councils.get(fork) is not None else None


def home_of(councils: Councils, council: Council, component: str) -> Council:
    """The council that a component joined: this one, or that of which this is the fork it is tried on."""
    home = councils.get(origin_of(council) or "")
    if home is not None and councils.folder.notebook(home.name).exists():
        with councils.notebook(home.name).reading() as session:
            found = session.get(ComponentRecord, component)
            if found is not None and found.acts_in == council.name:
                return home
    return council
