"""Engines: where the blocks of a council are made. In this process, in several, or on a Dask cluster.

An engine hands the blocks back in the order of their numbers and never holds more than a few at a time.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing.connection import wait
from os import _exit
from typing import Any, Protocol

from sandbox import __version__
from sandbox.blocks import BlockRecords, Plan, Progress, drawn_up, seed_block
from sandbox.failure import Failure

AHEAD = 1
"""How many blocks more than there are workers may be on their way."""


class NoSuchEngine(Failure):
    """The Dask cluster cannot be used."""


class Engine(Protocol):
    """Makes the blocks of a plan, in order."""

    def blocks(self, plan: Plan, progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block; ``progress`` is told what is being made."""
        ...


class InProcess:
    """Makes one block after the other in this process."""

    def blocks(self, plan: Plan, progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block."""
        numbers = drawn_up(plan).blocks
        for number in numbers:
            yield seed_block(plan, number, partial(_in_part, progress, number, len(numbers)))


class Processes:
    """Makes blocks in processes beside this one, which keeps its processor for writing."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def blocks(self, plan: Plan, progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block."""
        pool = ProcessPoolExecutor(self.workers, mp_context=_context(), initializer=_attend_to_parent)
        try:
            submit: Callable[[int], Future[BlockRecords]] = partial(pool.submit, seed_block, plan)  # type: ignore[call-arg]
            yield from _in_order(submit, Future.result, drawn_up(plan).blocks, self.workers, progress)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class Dask:
    """Makes blocks on a Dask cluster, whose workers have this version of Virtual Council installed."""

    def __init__(self, address: str) -> None:
        self.address = address

    def blocks(self, plan: Plan, progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block. Raises NoSuchEngine."""
        with self._client() as client:
            workers = self._workers(client)
            submit = partial(client.submit, seed_block, plan, pure=False)
            yield from _in_order(
                submit, lambda future: future.result(), drawn_up(plan).blocks, workers, progress
            )

    def _client(self) -> Any:
        try:
            from distributed import Client
        except ImportError as error:
            raise NoSuchEngine(
                "Dask is not installed here: pip install 'virtual-council[dask]', or leave out --dask"
            ) from error
        try:
            return Client(self.address, timeout=10, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise NoSuchEngine(
                f"No Dask scheduler answers at {self.address}: {error}. Start one with `dask scheduler`, and "
                "name it as in --dask tcp://127.0.0.1:8786"
            ) from error

    def _workers(self, client: Any) -> int:
        """How many blocks the cluster can make at a time."""
        threads = client.nthreads()
        if not threads:
            raise NoSuchEngine(
                f"The Dask scheduler at {self.address} has no workers; start some with `dask worker "
                f"{self.address}` where this version of Virtual Council is installed"
            )
        versions = set(client.run(_version).values())
        if versions != {__version__}:
            found = ", ".join(sorted(versions))
            raise NoSuchEngine(f"The Dask workers have Virtual Council {found}; this is {__version__}")
        return sum(threads.values())


def _version() -> str:
    return __version__


def _in_order(
    submit: Callable[[int], Any],
    result: Callable[[Any], BlockRecords],
    numbers: range,
    workers: int,
    progress: Progress,
) -> Iterator[BlockRecords]:
    """Keep the workers busy and hand their blocks back in order, holding a few at most."""
    waiting: deque[Any] = deque()
    rest = iter(numbers)
    progress("the town", 0.0)
    for number in numbers:
        while len(waiting) < workers + AHEAD and (following := next(rest, None)) is not None:
            waiting.append(submit(following))
        records = result(waiting.popleft())
        progress(f"block {number + 1} of {len(numbers)}", (number + 1) / (len(numbers) + 1))
        yield records


def _in_part(progress: Progress, number: int, blocks: int, what: str, share: float) -> None:
    """Tell how far the whole is, from how far one block is."""
    of_all = f"block {number + 1} of {blocks}: " if blocks > 1 else ""
    progress(of_all + what, (number + share) / blocks)


def _context() -> Any:
    """Where it can be had, a server that imports what blocks need once and forks the workers."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["synthetic_data.build", "service_apis.kit.bulk"])
    return context


def _attend_to_parent() -> None:
    """A worker leaves interruptions to its parent, and ends with it however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), _exit(1)), daemon=True).start()
