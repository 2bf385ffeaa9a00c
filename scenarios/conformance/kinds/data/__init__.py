"""Data: what was written comes back, lists and filters tell the truth, and all that is held can be had.

`written` makes records and looks for them, `places` takes what there is so many of. `pages`, `filters` and
`formats` read lists. `reckoned` works out what a rule of the service comes to.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.conformance.checks import Check
from scenarios.conformance.kinds.data import filters, formats, pages, places, reckoned, written
from scenarios.openapi import Service
from scenarios.packs import Packs


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The checks of this kind that a service's contract and packs give."""
    for module in (pages, filters, formats, written, places, reckoned):
        yield from module.checks(service, packs)
