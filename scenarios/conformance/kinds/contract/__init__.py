"""Contract checks: each operation keeps to the slot's OpenAPI, whatever it is sent.

For each operation there is a check of the examples that the document gives, one of the cases that cover its
schemas, and two of generated requests, good and bad; for each service one of calls that follow the
document's links, and one that every operation is there. The cases are schemathesis's. It is imported when
the first of them runs, since that takes half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scenarios.conformance.checks import Check, Kind
from scenarios.conformance.kinds.contract import complete
from scenarios.conformance.kinds.contract.described import has_examples, linked
from scenarios.conformance.probe import Probe
from scenarios.openapi import Operation, Service
from scenarios.packs import Packs

COMPLETE = "COUNCIL-052"
UNBROKEN = "COUNCIL-053"


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """The contract checks that a service's OpenAPI gives."""
    operations = tuple(service.operations)
    yield _check(
        service, "every-operation", "Every operation of the slot is there", (), complete.run, COMPLETE
    )
    for operation in service.operations.values():
        if has_examples(service.document, operation):
            yield _of(service, operation, "examples", "{} answers the examples of its contract as documented")
        yield _of(service, operation, "coverage", "{} answers as documented at the edges of its contract")
        yield _of(service, operation, "fuzzing", "{} answers good requests as documented")
        if operation.parameters or operation.takes_body:
            yield _of(service, operation, "fuzzing-bad", "{} refuses bad requests as documented")
    if linked(service.document):
        title = "Calls that follow from one another are answered as documented"
        yield _check(service, "links", title, operations, _links, UNBROKEN)


def _of(service: Service, operation: Operation, phase: str, title: str) -> Check:
    def run(probe: Probe) -> None:
        # All at once: Hypothesis draws on the constants of the modules that are there.
        from scenarios.conformance.kinds.contract import links, phases  # noqa: F401

        phases.PHASES[phase](probe, operation.id)

    name = f"{operation.id}.{phase}"
    return _check(service, name, title.format(operation.id), (operation.id,), run, UNBROKEN)


def _check(
    service: Service,
    name: str,
    title: str,
    operations: tuple[str, ...],
    run: Callable[[Probe], None],
    requirement: str,
) -> Check:
    return Check(
        name=name,
        service=service.name,
        kind=Kind.CONTRACT,
        title=title,
        verifies=(requirement,),
        run=run,
        operations=operations,
    )


def _links(probe: Probe) -> None:
    from scenarios.conformance.kinds.contract import links, phases  # noqa: F401

    links.run(probe)
