"""Watching: live calls that the stub answered and the component was told of, compared as they come.

It costs the caller nothing: by then the caller has the answer. What it came to is a result of the component
like any other, ``watched since ...``, written down every few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from sqlalchemy.exc import SQLAlchemyError

from sandbox import machine
from sandbox.components.asking import Answered, Asked, Unanswered
from sandbox.components.settings import Mode, Setting
from sandbox.councils import Councils
from sandbox.forcing.operations import operation_at
from sandbox.shadow import results
from service_apis.kit.council import Council

if TYPE_CHECKING:
    from sandbox.journal.masking import Masking
    from sandbox.shadow.tally import Tally

WRITTEN_EVERY_SECONDS = 3.0
LARGEST_COMPARED_BYTES = 1024 * 1024
"""Larger answers are not compared while the council serves: others would wait for it."""
NO_OPERATION = "no operation"

_log = logging.getLogger("virtual_council")


class Followed(Protocol):
    """A call that the stub answered and the component was asked too, with both answers."""

    @property
    def council(self) -> Council: ...
    @property
    def setting(self) -> Setting: ...
    @property
    def asked(self) -> Asked: ...
    @property
    def ours(self) -> Answered: ...
    @property
    def theirs(self) -> Answered | Unanswered: ...


@dataclass
class _Watch:
    """What is being watched of one component, and whether it is written down as it stands."""

    number: int
    tally: Tally
    written: bool = True


class Watching:
    """The watching of all components of one sandbox that are in shadow.

    ``is_in_shadow`` says whether a council's component still is; ``masking`` masks keys in examples, as
    the journal does.
    """

    def __init__(
        self,
        councils: Councils,
        is_in_shadow: Callable[[str, str], bool],
        masking: Masking,
    ) -> None:
        self._councils = councils
        self._is_in_shadow = is_in_shadow
        self._masking = masking
        self._watches: dict[tuple[str, str], _Watch] = {}
        for council in councils:
            self._put_right(council)
        councils.when_opened.append(self._put_right)
        councils.when_closed.append(self._forget)

    def followed(self, followed: Followed) -> None:
        """Compare one call, where its slot is in shadow."""
        if followed.setting.mode is not Mode.SHADOW:
            return
        watch = self._watch(followed.council, followed.setting.filler.name)
        if watch is None:
            return
        from sandbox.shadow.comparing import compare

        service = followed.council.services[followed.setting.slot]
        asked, ours, theirs = followed.asked, followed.ours, followed.theirs
        operation = operation_at(service, asked.method, unquote(asked.path)) or NO_OPERATION
        watch.written = False
        if max(len(ours.body), len(getattr(theirs, "body", b""))) > LARGEST_COMPARED_BYTES:
            watch.tally.leave_out(f"{operation}: the answer is larger than {LARGEST_COMPARED_BYTES:,} bytes")
            return
        found = []
        if isinstance(theirs, Answered):
            found = compare(operation, ours, theirs, watch.tally.noise)
        watch.tally.add(operation, asked, ours, theirs, found)

    async def keep_written(self) -> None:
        """Write down every few seconds what came since; a job of the sandbox."""
        while True:
            await asyncio.sleep(WRITTEN_EVERY_SECONDS)
            self.write()

    def write(self) -> None:
        """Write down what is not yet; a component that is no longer in shadow is watched no longer."""
        for (council, component), watch in list(self._watches.items()):
            over = not self._is_in_shadow(council, component)
            if over or not watch.written:
                self._write(council, component, watch, over=over)
            if over:
                del self._watches[council, component]

    def close(self) -> None:
        """Write all of it down, for the last time."""
        for (council, component), watch in self._watches.items():
            self._write(council, component, watch, over=True)
        self._watches.clear()

    def _watch(self, council: Council, component: str) -> _Watch | None:
        key = (council.name, component)
        if key not in self._watches:
            if self._councils.get(council.name) is not council:
                return None
            from sandbox.shadow.noise import Noise
            from sandbox.shadow.tally import Tally

            since = machine.now()
            with self._councils.notebook(council.name).writing() as session:
                number = results.begin(
                    session, component, results.Kind.WATCH, f"watched since {since:%d %B %Y %H:%M} UTC"
                )
            self._watches[key] = _Watch(number, Tally(Noise.usual(), self._masking))
        return self._watches[key]

    def _write(self, council: str, component: str, watch: _Watch, *, over: bool) -> None:
        state = results.State.DONE if over else results.State.RUNNING
        try:
            with self._councils.notebook(council).writing() as session:
                results.write(session, component, watch.number, watch.tally.summary(), state=state)
        except SQLAlchemyError:
            _log.exception("What was watched of %s in %s could not be written down", component, council)
            return
        watch.written = True

    def _put_right(self, council: Council) -> None:
        """After a kill: what ran is said to have broken off."""
        if self._councils.folder.notebook(council.name).exists():
            with self._councils.notebook(council.name).writing() as session:
                results.break_off(session, results.Kind.WATCH)

    def _forget(self, name: str) -> None:
        self._watches = {key: watch for key, watch in self._watches.items() if key[0] != name}


def in_shadow(settings: Iterable[Setting], component: str) -> bool:
    """Whether any setting of a council lets a component be watched."""
    return any(each.filler.name == component and each.mode is Mode.SHADOW for each in settings)
