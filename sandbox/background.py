"""What the sandbox does by itself while it serves, on the server's event loop.

Jobs are coroutines that run until they are cancelled: they begin when the server starts and are stopped
with it (the ASGI lifespan). A job that fails is said in the log and ends; the others go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.types import Receive, Scope, Send

Job = Callable[[], Coroutine[Any, Any, None]]

_log = logging.getLogger("virtual_council")


class Background:
    """The jobs of one sandbox.

    ``when_leaving`` are called when the server has been told to stop and still waits for its callers: whoever
    keeps a caller waiting lets go.
    """

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self.when_leaving: list[Callable[[], None]] = []

    def add(self, job: Job) -> None:
        """Let a job run while the sandbox serves."""
        self._jobs.append(job)

    def leave(self) -> None:
        """Let go of callers who are kept waiting: the server is about to stop."""
        for tell in self.when_leaving:
            tell()

    async def lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the jobs from the server's start to its stop."""
        await receive()
        tasks = [asyncio.create_task(job()) for job in self._jobs]
        for task in tasks:
            task.add_done_callback(_say_if_it_failed)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})


def _say_if_it_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (fault := task.exception()) is not None:
        _log.error("A job of the sandbox ended: %s", task.get_coro(), exc_info=fault)
