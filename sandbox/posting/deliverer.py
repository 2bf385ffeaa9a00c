"""The deliverer: the job that tells the receivers of every council's webhooks what happened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from sandbox import machine
from sandbox.councils import Councils
from sandbox.outward import Outward
from sandbox.posting.attempt import attempt
from sandbox.posting.lanes import Delivery
from sandbox.posting.postbox import TROUBLED_WAIT_SECONDS, Postbox
from sandbox.posting.treatment import Treat, plainly
from sandbox.streaming import Bell, rung_within
from service_apis.kit.council import Council, CouncilGone
from service_apis.kit.problems import Problem

_log = logging.getLogger("virtual_council")


class Deliverer:
    """Every council's postbox, and the attempts that are under way.

    ``treat`` says how each event is to be delivered; ``now`` is the machine's clock.
    """

    def __init__(
        self,
        councils: Councils,
        outward: Outward,
        treat: Treat = plainly,
        now: Callable[[], datetime] = machine.now,
    ) -> None:
        self.outward = outward
        self.now = now
        self._councils = councils
        self._treat = treat
        self._bell = Bell()
        self._boxes: dict[str, Postbox] = {}
        self._attempts: set[asyncio.Task[None]] = set()
        councils.when_opened.append(self._look_into)
        councils.when_closed.append(self._forget)

    def postbox(self, council: Council) -> Postbox:
        """The council's postbox, opened when it is first asked for. Raises CouncilGone."""
        if self._councils.get(council.name) is not council:
            raise CouncilGone(f"{council.name} was deleted meanwhile; nothing was changed")
        box = self._boxes.get(council.name)
        if box is None or box.council is not council:
            notebook = self._councils.notebook(council.name)
            box = self._boxes[council.name] = Postbox(council, notebook, self._treat, self._bell.ring)
        return box

    async def run(self) -> None:
        """Deliver until cancelled."""
        try:
            for council in self._councils:
                self._look_into(council)
                await asyncio.sleep(0)
            while True:
                with self._bell.heard() as rung:
                    await rung_within(rung, self._round())
        finally:
            for each in self._attempts:
                each.cancel()
            await asyncio.gather(*self._attempts, return_exceptions=True)
            await self.outward.close()

    def _look_into(self, council: Council) -> None:
        """Open the postbox of a council that may have webhooks from an earlier run."""
        if self._councils.folder.notebook(council.name).exists():
            self.postbox(council)

    def _forget(self, name: str) -> None:
        if (box := self._boxes.pop(name, None)) is not None:
            box.close()

    def _round(self) -> float | None:
        """Begin what is to be attempted now; how many seconds until there is more, None if nothing waits."""
        now = self.now()
        waits: list[float] = []
        for box in list(self._boxes.values()):
            try:
                for delivery in box.begin(now):
                    task = asyncio.create_task(self._attempt(box, delivery))
                    self._attempts.add(task)
                    task.add_done_callback(self._attempts.discard)
                if (soonest := box.next_at()) is not None:
                    waits.append(max((soonest - now).total_seconds(), 0.0))
            except Problem:
                self._forget(box.council.name)  # the council is gone
            except SQLAlchemyError as fault:
                _log.error("The webhooks of %s wait: %s", box.council.name, fault)
                waits.append(TROUBLED_WAIT_SECONDS)
        return min(waits, default=None)

    async def _attempt(self, box: Postbox, delivery: Delivery) -> None:
        outcome = None
        try:
            parcel = box.parcel(delivery)
            if parcel is not None:
                webhook, told = parcel
                now = self.now()
                outcome = await attempt(
                    self.outward,
                    webhook.url,
                    webhook.secrets(now),
                    told.cloud_event,
                    webhook.time_limit_seconds,
                    now,
                )
            box.settle(delivery, outcome, self.now())
        except Problem:
            self._forget(box.council.name)
        finally:
            self._bell.ring()
