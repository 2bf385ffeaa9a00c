"""Making a persona on a council: whole, by the services' own operations, or not at all."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message

from sandbox.finding import Person, find, said_together, understand
from sandbox.inside import Answer
from sandbox.personas.handles import Handle, References, keep, made_on
from sandbox.personas.reading import VARIABLE, Persona, Step, Written
from service_apis.kit.application import application
from service_apis.kit.council import Council
from service_apis.kit.door import SCOPE_KEY, Caller, Door
from service_apis.kit.lists import Page
from service_apis.kit.problems import Conflict
from service_apis.kit.routes import Route
from service_apis.kit.service import Service
from service_apis.kit.together import Together

CALLER = Caller("persona", frozenset({"*:read", "*:write"}))
_SECRET = "persona"
_CANDIDATES = 50


class PersonaCannotBeMade(Conflict):
    """The council has nobody whom the persona could begin with, or a service refused one of its steps.

    The detail says which. Nothing was changed: a persona is made whole or not at all.
    """


async def make(council: Council, written: Written, persona: Persona) -> tuple[Handle, bool]:
    """The persona of this council, and whether it was made now or had been before.

    Raises PersonaCannotBeMade.
    """
    async with council.turn():
        made = made_on(council)
        if written.name in made:
            return made[written.name], False
        with council.writing("sandbox") as work:
            run = _Run(Together(council, work), written, persona, _known_already(made))
            handle = keep(work, written.name, await run.references())
        return handle, True


def _known_already(made: Mapping[str, Handle]) -> frozenset[str]:
    """Whatever other personas are known by: nobody is two of them."""
    return frozenset(
        reference
        for handle in made.values()
        for references in handle.references.values()
        for reference in references.values()
    )


@dataclass
class _Run:
    """One persona in the making: ``known`` is what its file may name."""

    council: Council
    written: Written
    persona: Persona
    taken: frozenset[str]
    known: dict[str, Any] = field(default_factory=dict)

    async def references(self) -> References:
        """Do all that the file says, and give what it hands out."""
        self.known = {
            "today": self.council.clock.today,
            "now": self.council.clock.now.isoformat(),
            "key": _SECRET,
        }
        for name, traits in self.persona.find.items():
            self.known[name] = await self._somebody(traits)
        for number, step in enumerate(self.persona.steps):
            await self._take(step, self.written.lines[number])
        return {
            slug: {name: str(self._filled(value)) for name, value in references.items()}
            for slug, references in self.persona.hands_out.items()
        }

    async def _somebody(self, traits: Sequence[str]) -> dict[str, Any]:
        """The first who fits and is nobody's persona yet."""
        asked = understand(self.council.services, traits)
        searching = asyncio.create_task(
            asyncio.to_thread(find, self.council, asked, Page(page=1, per_page=_CANDIDATES))
        )
        try:
            found = await asyncio.shield(searching)
        except asyncio.CancelledError:
            # The thread uses the transaction, which ends when this does.
            await asyncio.wait([searching])
            raise
        for person in found.people:
            if self.taken.isdisjoint((person.resident, person.uprn)):
                # The next one whom this persona begins with is somebody else.
                self.taken |= {person.resident, person.uprn}
                return _described(person)
        raise PersonaCannotBeMade(
            f"{self.persona.title}: nobody of {self.council.facts['title']} is left who fits: "
            f"{said_together(asked)}. Nothing was changed; a larger council has more people."
        )

    async def _take(self, step: Step, line: int) -> None:
        try:
            answer = await self._call(step)
        except KeyError as missing:
            raise self._refused(step, line, f"there is no {missing.args[0]}") from missing
        if answer.status >= 400:
            raise self._refused(step, line, f"{answer.status}: {_reason(answer)}")
        for name, path in step.keeps.items():
            self.known[name] = self._kept(step, line, path, answer)

    def _kept(self, step: Step, line: int, path: str, answer: Answer) -> Any:
        """The first thing that a JSONPath finds in an answer."""
        # Imported here because it is slow to import, and a server starts without it.
        from jsonpath import JSONPathEnvironment, JSONPathError

        try:
            found = JSONPathEnvironment(strict=True).findall(str(self._filled(path)), answer.json)
        except JSONPathError as wrong:
            raise self._refused(step, line, f"{path} is no JSONPath: {wrong}") from wrong
        if not found:
            raise self._refused(step, line, f"the answer has nothing at {path}")
        return found[0]

    def _refused(self, step: Step, line: int, why: str) -> PersonaCannotBeMade:
        return PersonaCannotBeMade(
            f"{self.persona.title}: {step.does[:1].lower()}{step.does[1:]} ({step.call}, {self.written.file} "
            f"line {line}) could not be done: {why}. Nothing was changed."
        )

    async def _call(self, step: Step) -> Answer:
        slug, operation = step.operation
        service = self.council.services[slug]
        route = next(each for each in service.routes.routes if each.options["operation_id"] == operation)
        sent = {name: self._filled(value) for name, value in step.sent.items()}
        in_path = {name: quote(str(sent.pop(name)), safe="") for name in re.findall(r"{(\w+)}", route.path)}
        return await _ask(self.council, service, route, route.path.format_map(in_path), sent)

    def _filled(self, value: Any) -> Any:
        """A value with what its variables stand for. Raises KeyError, naming one that leads nowhere."""
        if isinstance(value, dict):
            return {name: self._filled(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if not isinstance(value, str):
            return value
        whole = VARIABLE.fullmatch(value)
        if whole:
            return self._value(whole)
        return VARIABLE.sub(lambda found: str(self._value(found)), value)

    def _value(self, variable: re.Match[str]) -> Any:
        value = self.known[variable[1]]
        for part in variable[2].split(".")[1:]:
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (LookupError, TypeError, ValueError):
                raise KeyError(variable[0]) from None
        if isinstance(value, date):
            return (value + timedelta(int(variable[3] or 0))).isoformat()
        return f"{value}{variable[3]}" if variable[3] else value


def _described(person: Person) -> dict[str, Any]:
    """Somebody who was found, as a persona's file may name them: ``$she.uprn``, ``$she.account``."""
    kinds = {kind: found[0] for each in person.references.values() for kind, found in each.items()}
    who = {"resident": person.resident, "uprn": person.uprn, "name": person.name, "address": person.address}
    return kinds | who | {"born": person.born.isoformat()}


def _reason(answer: Answer) -> str:
    try:
        told = answer.json
    except ValueError:
        return answer.body.decode(errors="replace")[:200]
    if isinstance(told, list) and told:
        told = told[0]
    said = told.get("detail") or told.get("description") if isinstance(told, dict) else told
    return str(said).rstrip(".")


_applications: dict[str, ASGIApp] = {}
"""Each service's door by its package, made when a persona first knocks."""


def _application(service: Service) -> ASGIApp:
    if service.package not in _applications:
        _applications[service.package] = application(service)
    return _applications[service.package]


async def _ask(
    council: Council, service: Service, route: Route, path: str, sent: Mapping[str, Any]
) -> Answer:
    """Call an operation at its own HTTP door, as one who may read and write everything."""
    (method,) = route.options["methods"]
    root = f"/councils/{council.name}/{service.url_name}"
    query, body, content_type = "", b"", "application/json"
    if method == "GET":
        query = urlencode(_as_text(sent), doseq=True)
    elif service.wire == "standard":
        body, content_type = (
            urlencode(_as_text(sent), doseq=True).encode(),
            "application/x-www-form-urlencoded",
        )
    elif sent:
        body = json.dumps(sent).encode()
    door = Door(
        council, f"http://127.0.0.1{root}", CALLER, "", lambda key: CALLER if key == _SECRET else None
    )
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": root + path,
        "raw_path": (root + path).encode(),
        "query_string": query.encode(),
        "root_path": root,
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", content_type.encode()),
            (b"content-length", str(len(body)).encode()),
        ],
        "server": None,
        "client": None,
        SCOPE_KEY: door,
    }
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await _application(service)(scope, receive, send)
    return Answer(messages[0]["status"], "", b"".join(each.get("body", b"") for each in messages[1:]))


def _as_text(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Values as an address or a form has them."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in sent.items()}
