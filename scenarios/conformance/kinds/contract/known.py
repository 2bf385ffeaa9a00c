"""Values that a target is known to have, found by following the links of the contract from its lists.

A generated reference is nearly always one that nobody has; with these, generated requests reach records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scenarios.conformance.checks import Skipped, Unjudged
from scenarios.conformance.kinds.contract import described
from scenarios.conformance.kinds.contract.cases import Case, waiting
from scenarios.openapi import Operation

if TYPE_CHECKING:
    from scenarios.conformance.probe import Probe

IN_BODY = "$response.body#"
FEW = 20
"""Records of a list that are looked at."""


class Known:
    """What the lists of one target show, asked when it is first wanted and once for each list."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._bodies: dict[str, Any] = {}

    def put_into(self, case: Case, operation: Operation, turn: int) -> None:
        """Have a case ask for a record that is there; `turn` decides which. Nothing where none is known."""
        wanted = operation.names("path")
        if not wanted:
            return
        sets = list(self._sets(operation))
        if sets:
            case.path_parameters = {**(case.path_parameters or {}), **sets[turn % len(sets)]}

    def _sets(self, operation: Operation) -> Iterator[dict[str, str]]:
        """Sets of path parameters for an operation, as the lists that link to it show them."""
        wanted = operation.names("path")
        for link in described.links(self._probe.service.document):
            source = self._probe.service.operations.get(link.source)
            pointers = {name.removeprefix("path."): value for name, value in link.parameters.items()}
            usable = source is not None and source.method == "GET" and not source.required
            if link.target != operation.id or source is None or not usable or set(pointers) != wanted:
                continue
            body = self._body(source)
            for place in range(FEW):
                found = {name: _at(body, pointer, place) for name, pointer in pointers.items()}
                if all(found.values()):
                    yield {name: str(value) for name, value in found.items()}

    def _body(self, source: Operation) -> Any:
        if source.id not in self._bodies:
            try:
                with waiting():
                    self._bodies[source.id] = self._probe.ask(source.id).body
            except (Unjudged, Skipped):
                self._bodies[source.id] = None
        return self._bodies[source.id]


def _at(body: Any, expression: str, place: int) -> str | None:
    """What a link's expression points at in a body, with the `place`-th record for the first of a list."""
    if not expression.startswith(IN_BODY):
        return None
    for token in re.sub(r"/0(?=/|$)", f"/{place}", expression.removeprefix(IN_BODY), count=1).split("/")[1:]:
        if isinstance(body, list) and token.isdigit() and int(token) < len(body):
            body = body[int(token)]
        elif isinstance(body, dict) and token in body:
            body = body[token]
        else:
            return None
    return str(body) if isinstance(body, str | int) and not isinstance(body, bool) else None
