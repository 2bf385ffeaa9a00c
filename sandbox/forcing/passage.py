"""Where behaviour is forced: every call of a council's services passes here on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.councils import Councils
from sandbox.forcing.behaviours import NotUnderstood, asked_by_header
from sandbox.forcing.doing import DOING
from sandbox.forcing.earlier import AsMade, Lagging, clear_away
from sandbox.forcing.forced import Forced
from sandbox.forcing.of_events import AS_IT_SHOULD_BE, EventForcing, Treatment
from sandbox.forcing.refusing import UnknownScenario, answer_of
from sandbox.forcing.rule import READS, Asked, Rule, RuleWanted
from sandbox.forcing.rulebook import RuleBook
from sandbox.gateway import Call
from sandbox.inside import FROM_INSIDE
from service_apis.kit.council import Council
from service_apis.kit.events import Event
from service_apis.kit.service import Service

HEADER = b"virtual-council-scenario"
ABOUT_A_SERVICE = ("/openapi.json", "/docs")
"""What tells of a service and is no call of it."""
LONGEST_HEADER = 500
TIDY_EVERY = 5.0
"""Seconds between two looks for rules that have ended of themselves."""


class Forcing:
    """Forced behaviour over the councils of one sandbox: a passage of its gateway."""

    def __init__(self, councils: Councils) -> None:
        self._councils = councils
        self._books: dict[str, RuleBook] = {}
        self._events: dict[str, EventForcing] = {}
        self._as_made = AsMade(councils.folder)
        clear_away(councils.folder)
        for council in councils:
            self._open(council)
        councils.when_opened.append(self._open)
        councils.when_closed.append(self._forget)

    async def __call__(self, call: Call, onward: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call go onward, as it is if nothing is forced on it."""
        header = None
        for name, value in scope["headers"]:
            if name == HEADER:
                header = value
        book = self._books.get(call.council.name)
        if (header is None and (book is None or book.is_empty)) or call.service == "sandbox":
            await onward(scope, receive, send)
            return
        service = call.council.services[call.service.replace("-", "_")]
        path = scope["path"].removeprefix(scope["root_path"])
        if path.startswith(ABOUT_A_SERVICE) or FROM_INSIDE in scope.get("extensions", ()):
            await onward(scope, receive, send)
            return
        if book is not None and scope["method"] not in READS:
            for lagging in list(book.lagging.values()):
                await lagging.catch_up()
        if header is not None:
            onward = await self._asked(header.decode("latin-1"), call, service, scope, onward)
        elif book is not None:
            onward = self._ruled(book, call, service, path, scope, onward)
        await onward(scope, receive, send)

    async def _asked(
        self, header: str, call: Call, service: Service, scope: Scope, onward: ASGIApp
    ) -> ASGIApp:
        """What is to answer a call whose header asks for a behaviour; rules have no say in it."""
        try:
            behaviour, parameters = asked_by_header(header[:LONGEST_HEADER])
        except NotUnderstood as error:
            problem = UnknownScenario(f"Virtual-Council-Scenario: {error}", known=error.known)
            return await answer_of(service, problem, scope)
        if behaviour.of == "events":
            self.book(call.council)
            self._events[call.council.name].watch()
        forced = Forced(
            call,
            service,
            behaviour,
            parameters,
            earlier=partial(self._as_made.council, call.council),
            count=_count_nothing,
        )
        return partial(DOING[behaviour.name], forced, onward)

    def _ruled(
        self, book: RuleBook, call: Call, service: Service, path: str, scope: Scope, onward: ASGIApp
    ) -> ASGIApp:
        """What is to answer a call that rules may meet.

        They are taken in the order in which they were set, each around the next; one that answers by itself
        is the last.
        """
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        asked = Asked(service, scope["method"], path, frozenset(name for name, _ in query))
        met: list[Forced] = []
        for rule in book.met_by(asked):
            earlier = self._lagging(book, rule).council if rule.behaviour.name == "stale" else _no_other
            met.append(
                Forced(
                    call,
                    service,
                    rule.behaviour,
                    rule.parameters,
                    earlier=earlier,
                    count=book.count,
                    rule=rule,
                    n=rule.seen,
                )
            )
            if rule.behaviour.answers:
                break
        for forced in reversed(met):
            onward = partial(DOING[forced.behaviour.name], forced, onward)
        return onward

    def book(self, council: Council) -> RuleBook:
        """The rules of a council."""
        book = self._books.get(council.name)
        if book is None:
            book = self._books[council.name] = RuleBook(council, self._councils.notebook(council.name))
            self._events[council.name] = EventForcing(book)
        return book

    async def set(
        self, council: Council, wanted: Iterable[RuleWanted], profile: str | None = None
    ) -> list[Rule]:
        """Set rules for a council, all or none. Raises the refusals of RuleBook.set."""
        book = self.book(council)
        rules = book.set(wanted, profile)
        for rule in rules:
            if rule.wanted.behaviour == "stale":
                await self._lagging(book, rule).catch_up()
        return rules

    def treatment(self, council: str, event: Event) -> Treatment:
        """How an event of the council of that name is to be sent to webhooks."""
        forcing = self._events.get(council)
        return AS_IT_SHOULD_BE if forcing is None else forcing.treatment(event)

    async def tidy(self) -> None:
        """While the sandbox serves, let go of what has ended."""
        while True:
            await asyncio.sleep(TIDY_EVERY)
            for book in list(self._books.values()):
                book.tidy()

    def close(self) -> None:
        """Write down what was counted, and let go of every older state of a council."""
        for book in self._books.values():
            book.keep_counts()
            book.close()
        self._as_made.close()

    def _open(self, council: Council) -> None:
        """Take up the rules that an earlier run kept."""
        if (self._councils.folder.control / f"{council.name}.sqlite").exists():
            book = self.book(council)
            for rule in book.live():
                if rule.behaviour.name == "stale":
                    self._lagging(book, rule)

    def _lagging(self, book: RuleBook, rule: Rule) -> Lagging:
        lagging = book.lagging.get(rule.number)
        if lagging is None:
            lag = float(rule.parameters["lag"])
            lagging = book.lagging[rule.number] = Lagging(self._councils.folder, book.council, lag)
        return lagging

    def _forget(self, name: str) -> None:
        self._events.pop(name, None)
        if (book := self._books.pop(name, None)) is not None:
            book.close()
        self._as_made.forget(name)


def _count_nothing(_rule: Rule) -> None:
    """A header's behaviour belongs to no rule."""


async def _no_other() -> Council:
    raise AssertionError("only stale reads have an older state")
