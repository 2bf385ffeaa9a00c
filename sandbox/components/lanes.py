"""Lanes: what is done about one home or one case is done one thing after another, on both sides alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager


class Lanes:
    """The lanes of one slot. Different homes do not wait for each other."""

    def __init__(self) -> None:
        self._lanes: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def held(self, whose: Iterable[str]) -> AsyncIterator[None]:
        """Hold the lanes of these until the block ends; always in one order, so that none waits in a ring."""
        async with AsyncExitStack() as stack:
            for each in sorted(set(whose)):
                await stack.enter_async_context(self._one(each))
            yield

    @asynccontextmanager
    async def _one(self, each: str) -> AsyncIterator[None]:
        lock, wanted = self._lanes.get(each) or (asyncio.Lock(), 0)
        self._lanes[each] = lock, wanted + 1
        try:
            async with lock:
                yield
        finally:
            lock, wanted = self._lanes.pop(each)
            if wanted > 1:
                self._lanes[each] = lock, wanted - 1
