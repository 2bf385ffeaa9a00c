"""How many of the mistakes that suppliers make are caught by the checks and a replayed day together.

Run with ``python -m tests.benchmarks.together [COMPONENT [DEFECT ...]]``. Each defect is switched on alone,
and a day with every errand once is sent to the component and to the stub. What the checks catch is read from
the results of ``catch_rate``, which takes long.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox import running
from tests.benchmarks import results
from tests.benchmarks.catch_rate import wanted
from tests.components import trying

AT_ONCE = 2
LEAST_OF_30 = 28
NOTE = """
The same components, beside the stub: a day of the council's traffic, with each errand once (one call for
each kind of thing that people ask, and three weeks afterwards), goes to both on a fork. What the checks catch
is as the table of the catch rate says; a good component differs in nothing.
"""
NOTHING = "**nothing**"


@dataclass(frozen=True)
class Seen:
    """What came of one defect: the sentences by which it was seen beside the stub, none where it was not."""

    component: str
    defect: str
    sentence: str
    told: tuple[str, ...]
    calls: int
    by_the_checks: bool

    @property
    def caught(self) -> bool:
        return bool(self.told) or self.by_the_checks


def caught_by_the_checks() -> dict[str, bool]:
    """For each defect's sentence, whether the checks catch it, as the results say."""
    section = results.FILE.read_text().partition("## Catch rate")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {row[1].strip(): row[2].strip() != NOTHING for row in rows if len(row) == 3}


def main() -> None:
    checks = caught_by_the_checks()
    with running.temporary() as there, tempfile.TemporaryDirectory() as folder:
        sandbox = trying.Sandbox(there.url, there.council, there.key)

        def seen(one: tuple[str, str, str]) -> Seen:
            component, defect, sentence = one
            data = Path(folder) / f"{component}-{defect or 'good'}"
            result = trying.shadowed(
                sandbox, component, data, defect=defect or None, calls=1, learn_noise=not defect
            )
            assert result["state"] == "done", result["problem"]
            summary = result["summary"]
            told = tuple(f"{group['operation']}: {group['sentence']}" for group in summary["groups"])
            return Seen(component, defect, sentence, told, summary["calls"], checks.get(sentence, False))

        tried: list[Seen] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for one in pool.map(seen, wanted(sys.argv[1:])):
                tried.append(one)
                print(f"{one.component} {one.defect or '(good)'}: {_said(one)}", flush=True)
    _write(tried)


def _said(one: Seen) -> str:
    told = one.told[0] if one.told else "nothing"
    return f"{told}{'' if one.by_the_checks or not one.defect else ' (missed by the checks)'}"


def _write(tried: Sequence[Seen]) -> None:
    bad = [one for one in tried if one.defect]
    rows = [
        [
            one.component,
            one.sentence,
            "yes" if one.by_the_checks else NOTHING,
            one.told[0] if one.told else "no",
        ]
        for one in bad
    ]
    beside, both = sum(bool(one.told) for one in bad), sum(one.caught for one in bad)
    by_checks = sum(one.by_the_checks for one in bad)
    rows.append(["together", f"{len(bad)} defects, {both} caught", f"{by_checks} caught", f"{beside} seen"])
    results.write(
        "Caught together", NOTE.strip(), ["component", "defect", "by the checks", "beside the stub"], rows
    )
    blamed = [one for one in tried if not one.defect and one.told]
    if blamed:
        sys.exit(f"A good component is blamed: {blamed}")
    if both * 30 < LEAST_OF_30 * len(bad):
        sys.exit(f"Together only {both} of {len(bad)} are caught")


if __name__ == "__main__":
    main()
