"""Restarts: what was acknowledged is there when the target has been stopped and started again."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

from scenarios.conformance import makings
from scenarios.conformance.checks import Check, Kind, Skipped, Unjudged, expect
from scenarios.conformance.kinds.conduct import tally
from scenarios.conformance.kinds.conduct.repeats import KEY
from scenarios.conformance.makings import Made
from scenarios.conformance.probe import Probe
from scenarios.exchange import Answer, NoAnswer, Request
from scenarios.openapi import Service
from scenarios.packs import Packs
from scenarios.records import Making

LONGEST = 60.0
"""Seconds in which the command ends, and in which the target answers again."""


def checks(service: Service, packs: Packs) -> Iterator[Check]:
    """One check, of everything that can be made: a target is restarted once."""
    if makings.of(packs, service.name):
        yield Check(
            name="restart",
            service=service.name,
            kind=Kind.CONDUCT,
            title="What was acknowledged is still there after a restart",
            verifies=packs.held_to(service.name, "COUNCIL-049"),
            run=_restarted,
        )


def _restarted(probe: Probe) -> None:
    if probe.target.incumbent:
        raise Skipped("the sandbox's own service runs in the sandbox, which its checks do not stop")
    if not probe.target.restart:
        raise Skipped("nobody said how the target is restarted; `--restart` names a command, as a preset can")
    before = [
        (made, _seen(probe, made))
        for making in makings.of(probe.place.packs, probe.target.service)
        if (made := _made(probe, making)) is not None
    ]
    if not before:
        raise Skipped("nothing could be made that might be lost")
    _restart(probe)
    for made, seen in before:
        name = f"a {made.making.name} ({made.reference})"
        now = _seen(probe, made)
        expect(
            now == seen,
            f"{name} is not as it was once the target was restarted",
            expected=str(seen)[:600],
            got=str(now)[:600],
            remedy="write to the disk before you answer that it is done",
        )
        if KEY in made.request.headers:
            again = probe.send(made.request)
            expect(
                (again.status, again.text) == (made.answer.status, made.answer.text),
                f"the request that made {name}, repeated after a restart, has not the first answer",
                expected=made.answer.text[:600],
                got=f"{again.status} {again.text[:600]}",
                remedy="keep the first answer where the record is kept",
                answer=again,
            )


def _made(probe: Probe, making: Making) -> Made | None:
    """A record, with a name for its request where the contract has them."""
    known = ("header", KEY.lower()) in probe.operation(making.makes.operation).parameters
    headers = {KEY: f"conformance-{makings.unique_text(probe)}"} if known else {}
    try:
        request = makings.prepare(probe, making, headers=headers)
    except Skipped:
        return None
    return makings.taken(probe, making, request, probe.send(request))


def _seen(probe: Probe, made: Made) -> tuple[int, str | None, object]:
    """What is told of a record: by itself where it is shown so, else how often it is listed."""
    if made.making.shows is None:
        try:
            return 200, None, tally.held(probe, made)
        except Skipped:
            return 200, None, "not shown"
    answer: Answer = probe.send(makings.shown(probe, made))
    return answer.status, answer.headers.get("etag"), answer.text


def _restart(probe: Probe) -> None:
    """Run the command and wait until the target answers; raises Unjudged where either fails."""
    command = probe.target.restart
    try:
        ended = subprocess.run(
            shlex.split(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as endless:
        raise Unjudged(
            f"`{command}` did not end within {LONGEST:g} s; let what it starts go to the background"
        ) from endless
    except (OSError, ValueError) as wrong:
        raise Unjudged(f"`{command}` could not be run: {wrong}") from wrong
    if ended.returncode != 0:
        said = ended.stderr.decode(errors="replace").strip()[-300:]
        raise Unjudged(f"`{command}` ended with {ended.returncode}: {said}")
    _wait(probe)


def _wait(probe: Probe) -> None:
    until = time.perf_counter() + LONGEST
    request = Request("GET", f"{probe.service.server}/openapi.json")
    # Not through the probe, which would keep each call that found nobody there.
    silent = replace(probe.place.council, listener=None)
    while True:
        try:
            if silent.send(request).status < 500:
                return
        except NoAnswer as silence:
            if time.perf_counter() > until:
                raise Unjudged(f"the target did not answer {LONGEST:g} s after its restart") from silence
        time.sleep(0.1)
