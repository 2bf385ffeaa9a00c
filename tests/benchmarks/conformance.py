"""How long `council conform --all` takes: checks, calls and calls a second, by the number of workers.

Run with ``python -m tests.benchmarks.conformance``. The sandbox is a process of its own, as it is for the
command.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import running
from sandbox.cli.conform import made_with
from scenarios import load
from scenarios.conformance.running import Ran, Wanted, run
from scenarios.conformance.target import Target
from tests.benchmarks import results

WORKERS = (1, 3)
EXAMPLES = (15,)
NOTE = """
`council conform --all` on a council of 2,000 residents with every service of the sandbox: how many checks,
the calls that they made, and how long all of it took once the council was built. `examples` is how many
requests of each kind are generated for an operation.
"""


def measured(workers: int, examples: int) -> tuple[Ran, int]:
    """A run, and how many of its checks did not pass."""
    with running.temporary() as there:
        wanted = Wanted(
            base_url=there.url,
            council=there.council,
            key=there.key,
            targets=[Target(slug) for slug in running.services_of(there)],
            packs=load(),
            made_with=made_with(),
            now=lambda: datetime.now(UTC),  # noqa: TID251 - a benchmark times the machine
            across=True,
            workers=workers,
            examples=examples,
        )
        ran = run(wanted)
    return ran, len(ran.record.missed)


def main() -> None:
    """Measure and write the table."""
    rows = []
    for examples in EXAMPLES:
        for workers in WORKERS:
            ran, missed = measured(workers, examples)
            calls = sum(check.calls for check in ran.record.checks)
            seconds = ran.record.seconds
            rows.append(
                [
                    f"{examples} examples, {workers} workers",
                    str(len(ran.record.checks)),
                    str(missed),
                    f"{calls:,}",
                    f"{seconds:.1f}",
                    f"{calls / seconds:.0f}",
                ]
            )
    columns = ["what", "checks", "missed", "calls", "seconds", "calls a second"]
    results.write("Conformance", NOTE.strip(), columns, rows)


if __name__ == "__main__":
    main()
