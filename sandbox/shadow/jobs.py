"""Runs as jobs of the server: begun by a call, told how far they are, stopped, and put right after a kill."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from sandbox.components.registering import act_in, components, find
from sandbox.components.settings import Filler, Settings, filler_of
from sandbox.councils import Councils
from sandbox.failure import Failure
from sandbox.forks import Forks
from service_apis.kit.council import Council
from service_apis.kit.problems import Conflict, NotFound, Problem

if TYPE_CHECKING:
    from sandbox.shadow.running import Progress, Run, Wanted

WRITTEN_EVERY_SECONDS = 1.0
CLOSING_SECONDS, LOOKS_EVERY_SECONDS = 10.0, 0.02
"""So long a run may take to tidy up when the sandbox closes, and how often that is looked at."""
MOST_RUNS = 2
"""So many runs may be under way in one sandbox: each takes a processor for itself."""
STOPPED = "It was stopped before its end"

_log = logging.getLogger("virtual_council")


class RunUnderWay(Conflict):
    """The component is being tried already, or as many are as may be. Wait for the end, or stop it."""


class FillsASlot(Conflict):
    """The component fills a slot, or part of one, or is watched beside it, and cannot act elsewhere.

    Roll the slot back first.
    """


class NoRun(NotFound):
    """No run of the component is under way. What earlier ones came to is at .../comparisons."""


class NotServed(Conflict):
    """The sandbox is not being served, so that no component can ask it anything. Start it first."""


class Takings:
    """Who is waiting for a component to read the records of the council that it acts in."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str, str], asyncio.Event] = {}

    def read(self, council: str, component: str, world: str) -> None:
        """The component has read all records of the council ``world``, at its door of ``council``."""
        if (waiting := self._waiting.get((council, component, world))) is not None:
            waiting.set()

    async def wait(self, council: str, component: str, world: str) -> None:
        """Wait until it has."""
        key = (council, component, world)
        waiting = self._waiting.setdefault(key, asyncio.Event())
        try:
            await waiting.wait()
        finally:
            self._waiting.pop(key, None)


@dataclass
class Job:
    """A run that is under way: the ``number`` of its result, and how far it is."""

    number: int
    run: Run
    task: asyncio.Task[None] = field(init=False)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return self.run.progress


MakeRun = Callable[[Council, Filler, "Wanted", str], "Run"]


class Runs:
    """The runs of one sandbox."""

    def __init__(self, councils: Councils, forks: Forks, make_run: MakeRun, takings: Takings) -> None:
        self.takings = takings
        self._councils, self._forks, self._make_run = councils, forks, make_run
        self._jobs: dict[tuple[str, str], Job] = {}
        self._closed = False
        for council in councils:
            self._put_right(council)
        councils.when_closed.append(self._council_gone)

    def under_way(self, council: str, component: str) -> Job:
        """The run of a component that is under way. Raises NoRun."""
        job = self._jobs.get((council, component))
        if job is None:
            raise NoRun(f"{component} is not being tried; `council component shadow {component}` starts it")
        return job

    def begin(self, council: Council, component: str, wanted: Wanted, host: str) -> Job:
        """Begin a run, as a job. Raises NoSuchComponent, RunUnderWay or FillsASlot."""
        from sandbox.shadow import results

        if self._closed:
            raise NotServed("The sandbox is about to stop; start it again first")
        if (council.name, component) in self._jobs:
            raise RunUnderWay(f"{component} is being tried already; wait for the end, or stop it")
        if len(self._jobs) >= MOST_RUNS:
            raise RunUnderWay(f"{MOST_RUNS} components are being tried already, the most at a time; wait")
        with self._councils.notebook(council.name).writing() as session:
            found = find(session, component)
            filler = filler_of(found)
            fills = [each for each in Settings.read(session) if each.filler.name == component]
            if fills:
                raise FillsASlot(
                    f"{component} is {fills[0].mode} in {fills[0].slot}, and could not answer there while "
                    "it is tried on a fork; roll the slot back first"
                )
            number = results.begin(
                session, component, results.Kind.REPLAY, wanted.in_words, planned=wanted.calls
            )
        job = Job(number, self._make_run(council, filler, wanted, host))
        job.task = asyncio.create_task(self._carry_out(council, component, job))
        self._jobs[council.name, component] = job
        job.task.add_done_callback(lambda task: self._ended(council, component, job, task))
        return job

    async def stop(self, council: str, component: str) -> None:
        """Stop a run, and wait until the component is back in its council. Raises NoRun."""
        job = self.under_way(council, component)
        job.task.cancel()
        await asyncio.wait([job.task])

    def leave(self) -> None:
        """Stop what is under way: the server is about to stop."""
        for job in self._jobs.values():
            job.task.cancel()

    def close(self) -> None:
        """Stop what is under way on whatever loop, and wait for it: the councils are about to be closed."""
        self._closed = True
        waiting, told = Event(), set[asyncio.Task[None]]()
        for _ in range(round(CLOSING_SECONDS / LOOKS_EVERY_SECONDS)):
            loops = [(job.task, job.task.get_loop()) for job in list(self._jobs.values())]
            still = [(task, loop) for task, loop in loops if loop.is_running()]
            if not still:
                return
            for task, loop in (each for each in still if each[0] not in told):
                told.add(task)  # once: a second time would break off its tidying up
                with suppress(RuntimeError):  # the loop has ended meanwhile, and the task with it
                    loop.call_soon_threadsafe(task.cancel)
            waiting.wait(LOOKS_EVERY_SECONDS)

    async def _carry_out(self, council: Council, component: str, job: Job) -> None:
        """Run it, and write down from time to time how far it is."""
        writing = asyncio.create_task(self._keep_written(council, component, job))
        try:
            await job.run.go()
        finally:
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing

    async def _keep_written(self, council: Council, component: str, job: Job) -> None:
        while True:
            await asyncio.sleep(WRITTEN_EVERY_SECONDS)
            self._write(council, component, job)

    def _write(self, council: Council, component: str, job: Job, problem: str | None = None) -> None:
        from sandbox.shadow import results

        if self._councils.get(council.name) is not council:
            return
        over = job.task.done()
        state = results.State.FAILED if problem else results.State.DONE if over else results.State.RUNNING
        with self._councils.notebook(council.name).writing() as session:
            summary = job.run.comparer.tally.summary()
            results.write(
                session, component, job.number, summary, state=state, done=job.progress.sent, problem=problem
            )

    def _ended(self, council: Council, component: str, job: Job, task: asyncio.Task[None]) -> None:
        self._jobs.pop((council.name, component), None)
        problem = STOPPED if task.cancelled() else _said_of(task.exception())
        self._write(council, component, job, problem)

    def _council_gone(self, name: str) -> None:
        for (council, _), job in self._jobs.items():
            if council == name:
                job.task.cancel()

    def _put_right(self, council: Council) -> None:
        """After a kill: components act in their own council again, and what ran is said to be broken off."""
        from sandbox.shadow import results

        if not self._councils.folder.notebook(council.name).exists():
            return
        left: list[str] = []
        with self._councils.notebook(council.name).writing() as session:
            for each in components(session):
                if each.acts_in is not None:
                    left.append(each.acts_in)
                    act_in(each, None)
            if left:
                results.break_off(session)
        for name in left:
            if (fork := self._councils.get(name)) is not None and fork is not self._councils.first:
                self._forks.delete(fork, f"{name} was made for a replay that broke off")


def _said_of(fault: BaseException | None) -> str | None:
    """What to tell of how a run ended; None where it ended well."""
    if fault is None:
        return None
    if isinstance(fault, Failure):
        return str(fault)
    if isinstance(fault, Problem):
        return fault.detail
    _log.error("A run of a component failed", exc_info=fault)
    return "It failed by a fault of the sandbox, which stands in its log"
