"""A recorded session: the calls that a council's journal kept, as they can be sent again to another council.

How a recorded call is taken up, whose it was and why one is left out is the journal's own way of replaying.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.components.asking import Answered, Asked
from sandbox.components.relay import SAFE
from sandbox.forcing.operations import operation_at
from sandbox.forcing.passage import ABOUT_A_SERVICE
from sandbox.journal.comparing import Comparison, Counterparts
from sandbox.journal.har import header_pairs
from sandbox.journal.masking import MASK
from sandbox.journal.replaying import why_left_out
from sandbox.journal.ring import Entry
from service_apis.kit.service import Service

KeyFor = Callable[[str | None, str], str]
"""The key to send in place of a caller's own, by the caller's name (None without a key) and scopes."""
_NOT_SENT = frozenset({"content-length", "transfer-encoding", "host", "last-event-id", "connection"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded call: when it was made by the council's clock, and what is sent now.

    ``service`` is its service's slug. ``asked`` is None where it is left out, and ``why`` says so.
    """

    entry: Entry
    at: datetime
    service: str
    operation: str
    asked: Asked | None
    why: str = ""


class Session:
    """The calls of a council's journal as they are sent to ``onto``, another council in its earlier state."""

    def __init__(
        self, council: str, onto: str, services: dict[str, Service], base_url: str, key_for: KeyFor
    ) -> None:
        self._council, self._services = council, services
        self._base_url, self._key_for = base_url, key_for
        self._counterparts = Counterparts(council, onto)

    def calls(self, entries: Iterable[Entry]) -> Iterator[Recorded]:
        """The calls, in order, each made when it is asked for: by then the references before it are known."""
        for entry in entries:
            service = self._services.get(entry.service.replace("-", "_"))
            if service is None:
                continue  # of the control API nothing is sent but its clock, and that is moved anyway
            yield self._recorded(entry, service)

    def learn(self, recorded: Recorded, ours: Answered) -> None:
        """Take note of what the other council calls what a write made."""
        entry = recorded.entry
        if entry.method not in SAFE and entry.status < 300 and ours.was_done and not entry.answer_cut:
            comparison = Comparison(self._counterparts, timedelta(0), learning=True)
            comparison.of_bodies(entry.answer_body, ours.body)

    def _recorded(self, entry: Entry, service: Service) -> Recorded:
        path, _, query = self._within(entry, service).partition("?")
        operation = operation_at(service, entry.method, path) or "unknown"
        when = datetime.fromisoformat(entry.council_time)
        why = why_left_out(entry, self._council)
        if not why and path.startswith(ABOUT_A_SERVICE):
            why = "It asked about the service, and not for anything of it"
        if why:
            return Recorded(entry, when, service.slug, operation, None, why)
        key = self._key_for(entry.caller, entry.scopes)
        headers = tuple(
            (name, value.replace(MASK, key) if key else value)
            for name, value in header_pairs(entry.request_headers)
            if name not in _NOT_SENT
        )
        body = self._text(entry.request_body.decode("utf-8", "surrogateescape"), key)
        return Recorded(
            entry,
            when,
            service.slug,
            operation,
            Asked(
                entry.method,
                self._text(path, key),
                self._text(query, key),
                headers,
                body.encode("utf-8", "surrogateescape"),
                self._base_url,
            ),
        )

    def _within(self, entry: Entry, service: Service) -> str:
        """The address below the service's own."""
        own = f"/councils/{self._council}/{service.url_name}"
        return entry.address.removeprefix(own)

    def _text(self, text: str, key: str) -> str:
        """A recorded text as the other council has it, with a key of its own where one was masked."""
        translated = self._counterparts.translated(text)
        return translated.replace(MASK, key).replace("%2A%2A%2A", key) if key else translated
