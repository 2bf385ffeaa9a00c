"""Engines: where the blocks of a council are made. In this process, in several, or on a Dask cluster.

An engine hands the blocks back in the order of their numbers and never holds more than a few at a time.
"""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from multiprocessing.connection import wait
from os import _exit
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from sandbox import __version__, machine
from sandbox.blocks import BlockRecords, Plan, Progress, drawn_up, seed_block
from sandbox.failure import Failure
from service_apis.kit.discovery import discover

AHEAD = 1
"""How many blocks more than there are workers may be on their way."""


class NoSuchEngine(Failure):
    """The Dask cluster cannot be used."""


class Engine(Protocol):
    """Makes the blocks of a plan, in order."""

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        """The records that these services, named by slug, have of each block."""
        ...


class InProcess:
    """Makes one block after the other in this process."""

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block."""
        numbers = drawn_up(plan).blocks
        for number in numbers:
            yield seed_block(plan, services, number, partial(_in_part, progress, number, len(numbers)))


class Processes:
    """Makes the first block in this process while others start; they make the rest while this one writes."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block."""
        first, *rest = drawn_up(plan).blocks
        if not rest:
            yield from InProcess().blocks(plan, services, progress)
            return
        pool = ProcessPoolExecutor(self.workers, mp_context=_context(), initializer=_attend_to_parent)
        with tempfile.TemporaryDirectory(prefix="virtual-council-") as folder:
            try:
                with _uninterrupted():
                    coming = _Coming(
                        lambda number: pool.submit(_seed_aside, folder, plan, services, number),
                        rest,
                        self.workers + AHEAD,
                    )
                yield seed_block(plan, services, first, partial(_in_part, progress, first, len(rest) + 1))
                for records in coming.handed_over(progress):
                    image = Path(folder, str(records.number))
                    yield replace(records, image=image.read_bytes())
                    image.unlink()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _seed_aside(folder: str, plan: Plan, services: Sequence[str], number: int) -> BlockRecords:
    """Make a block and leave its image in a file: through a pipe it would take four times as long."""
    records = seed_block(plan, services, number)
    Path(folder, str(number)).write_bytes(records.image)
    return replace(records, image=b"")


class Dask:
    """Makes blocks on a Dask cluster, whose workers have this version of Virtual Council installed."""

    def __init__(self, address: str) -> None:
        self.address = address

    def blocks(self, plan: Plan, services: Sequence[str], progress: Progress) -> Iterator[BlockRecords]:
        """The records of each block. Raises NoSuchEngine."""
        with self._client() as client:
            workers = self._workers(client)
            numbers = drawn_up(plan).blocks
            coming = _Coming(
                lambda number: client.submit(seed_block, plan, services, number, pure=False),
                numbers,
                workers + AHEAD,
            )
            yield from coming.handed_over(progress)

    def _client(self) -> Any:
        try:
            distributed: Any = import_module("distributed")
        except ImportError as error:
            raise NoSuchEngine(
                "Dask is not installed here. `pip install distributed` into the environment of this command, "
                "or leave out --dask"
            ) from error
        try:
            return distributed.Client(self.address, timeout=10, set_as_default=False)
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


def chosen(workers: int | None, dask: str | None) -> Engine:
    """The engine that was asked for; as many processes as there are processors if none was.

    Raises NoSuchEngine where both were.
    """
    if dask is not None:
        if workers is not None:
            raise NoSuchEngine("The Dask cluster has workers of its own: leave out --workers or --dask")
        return Dask(dask)
    wanted = workers or machine.processors()
    return Processes(wanted) if wanted > 1 else InProcess()


class _Coming:
    """Blocks on their way from workers, never more than ``most`` at a time."""

    def __init__(self, send_for: Callable[[int], Any], numbers: Sequence[int], most: int) -> None:
        self._send_for = send_for
        self._rest = iter(numbers)
        self._of = numbers[-1] + 1
        self._waiting: deque[Any] = deque()
        for _ in range(most):
            self._send_for_next()

    def _send_for_next(self) -> None:
        number = next(self._rest, None)
        if number is not None:
            self._waiting.append(self._send_for(number))

    def handed_over(self, progress: Progress) -> Iterator[BlockRecords]:
        """Each block in the order of the numbers."""
        while self._waiting:
            records: BlockRecords = self._waiting.popleft().result()
            self._send_for_next()
            progress(f"block {records.number + 1} of {self._of}", (records.number + 1) / self._of)
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
    parts = [f"{service.package}.seed" for service in discover().values()]
    context.set_forkserver_preload(
        ["sandbox.blocks", "synthetic_data.build", "service_apis.kit.bulk", *parts]
    )
    return context


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off interruptions while processes start: half started they could not be stopped in order.

    They inherit that interruptions are blocked; this process heeds those that came once it can.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []

    def put_off(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = [signal.signal(number, put_off) for number in numbers]
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in zip(numbers, handlers, strict=True):
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


def _attend_to_parent() -> None:
    """A worker leaves interruptions to its parent, and ends with it however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), _exit(1)), daemon=True).start()
