"""Reading personas' files: what each says, and its mistakes by file, line and the nearest right name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.finding import nearest, understand
from service_apis.kit.problems import Unprocessable
from service_apis.kit.service import Service

if TYPE_CHECKING:
    from yaml import Node

FOLDER = Path(__file__).parent
LARGEST = 100_000
ALWAYS_KNOWN = ("today", "now", "key")
"""What every persona may name: the council's date and instant, and a key to write with."""

VARIABLE = re.compile(r"\$([a-z][a-z0-9_]*)((?:\.[a-z0-9_]+)*)([+-][0-9]{1,4})?")
_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_WORD = r"^[a-z][a-z0-9_]*$"
Word = Annotated[str, Field(pattern=_WORD, max_length=40)]
Place = tuple[str | int, ...]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Written):
    """One call: what happens in words, the operation (``residents.record_death``), what is sent with it, and
    what is kept of the answer, by JSONPath."""

    does: Annotated[str, Field(min_length=1, max_length=200)]
    call: Annotated[str, Field(max_length=100)]
    sent: Annotated[dict[str, Any], Field(alias="with", max_length=40)] = {}
    keeps: Annotated[dict[Word, str], Field(max_length=20)] = {}

    @property
    def operation(self) -> tuple[str, str]:
        """The service's slug and the operation's id."""
        service, _, operation = self.call.partition(".")
        return service, operation


class Persona(_Written):
    """A situation: its title and story, whom it begins with (by traits), its steps, what it hands out."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    story: Annotated[str, Field(min_length=1, max_length=2_000)]
    find: Annotated[dict[Word, Annotated[list[str], Field(min_length=1, max_length=12)]], Field()] = {}
    steps: Annotated[list[Step], Field(max_length=40)] = []
    hands_out: Annotated[dict[str, dict[Word, str]], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Written:
    """A persona's file as it was read: ``mistakes`` are its mistakes, and then ``persona`` may be None.

    ``lines`` says in which line each step begins.
    """

    name: str
    file: str
    persona: Persona | None
    mistakes: tuple[str, ...] = ()
    lines: tuple[int, ...] = field(default=())


def read_all(own: Path, services: Mapping[str, Service]) -> dict[str, Written]:
    """The personas of the house and those of a user's own folder, by name; of two with one name it is
    the user's.
    """
    files = {file.stem: file for folder in (FOLDER, own) for file in sorted(folder.glob("*.yaml"))}
    return {name: read(file, services) for name, file in sorted(files.items())}


def read(file: Path, services: Mapping[str, Service]) -> Written:
    """One file, with the mistakes that can be seen without a council."""
    try:
        known = (str(file), file.stat().st_mtime_ns, tuple(service.package for service in services.values()))
        if known not in _read:
            _read[known] = _checked(file, services)
        return _read[known]
    except OSError as error:
        return Written(file.stem, str(file), None, (f"{file} cannot be read: {error.strerror}",))


_read: dict[tuple[str, int, tuple[str, ...]], Written] = {}
"""What was read of each file, which a server is asked for again and again, until the file is changed."""


def _checked(file: Path, services: Mapping[str, Service]) -> Written:
    document = _Document(file)
    mistakes = list(document.mistakes)
    persona = document.persona
    if persona is not None:
        mistakes += [document.mistake(place, what) for place, what in _mistakes(persona, services)]
    if not re.match(_NAME, file.stem) or len(file.stem) > 60:
        mistakes.append(f"{file}: a persona is called by its file: use lower-case words joined by hyphens")
    lines = tuple(document.line(("steps", number)) for number in range(len(persona.steps) if persona else 0))
    return Written(file.stem, str(file), persona, tuple(mistakes), lines)


class _Document:
    """One file: its persona, if it can be read as one, and where in it each thing is written."""

    def __init__(self, file: Path) -> None:
        self.file = file
        # Imported here because a server starts without it.
        import yaml

        # The safe loader, in C where that is there: several times quicker.
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.root: Node | None = None
        self.persona: Persona | None = None
        self.mistakes: list[str] = []
        if file.stat().st_size > LARGEST:
            self.mistakes.append(f"{file}: is larger than {LARGEST:,} bytes; a persona is a small file")
            return
        try:
            text = file.read_text(encoding="utf-8")
            self.root = yaml.compose(text, Loader=loader)
            self.persona = Persona.model_validate(_plain(yaml.load(text, Loader=loader)))
        except yaml.MarkedYAMLError as wrong:
            line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
            self.mistakes.append(f"{file}, line {line}: is not YAML: {wrong.problem}")
        except UnicodeDecodeError:
            self.mistakes.append(f"{file}: is not text in UTF-8")
        except ValidationError as wrong:
            self.mistakes += [self.mistake(each["loc"], _said(dict(each))) for each in wrong.errors()]

    def mistake(self, place: Place, what: str) -> str:
        """A mistake with its file and line."""
        return f"{self.file}, line {self.line(place)}: {what}"

    def line(self, place: Place) -> int:
        """The line of what is written at a place, or of the nearest that there is around it."""
        node = self.root
        for part in place:
            inner = _inside(node, part)
            if inner is None:
                break
            node = inner
        return node.start_mark.line + 1 if node is not None else 1


def _inside(node: Node | None, part: str | int) -> Node | None:
    """What is written inside a mapping or a list; it begins where its key does."""
    written = getattr(node, "value", None)
    if not isinstance(written, list):
        return None
    if isinstance(part, int):
        inner: Node | None = written[part] if part < len(written) else None
        return inner
    for key, value in (pair for pair in written if isinstance(pair, tuple)):
        if key.value == part:
            value.start_mark = key.start_mark
            found: Node = value
            return found
    return None


def _plain(written: Any) -> Any:
    """The document with dates as texts, as they are sent."""
    if isinstance(written, dict):
        return {str(name): _plain(inner) for name, inner in written.items()}
    if isinstance(written, list):
        return [_plain(inner) for inner in written]
    return written.isoformat() if isinstance(written, date | datetime) else written


def _said(error: dict[str, Any]) -> str:
    last = str(error["loc"][-1]) if error["loc"] else "the file"
    known = ("title", "story", "find", "steps", "hands_out", "does", "call", "with", "keeps")
    match error["type"]:
        case "extra_forbidden":
            return f"`{last}` has no meaning here. {nearest(last, known)}".rstrip()
        case "missing":
            return f"`{last}` is missing"
        case _:
            return f"`{last}`: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _mistakes(persona: Persona, services: Mapping[str, Service]) -> Iterator[tuple[Place, str]]:
    known = {*ALWAYS_KNOWN, *persona.find}
    for name, traits in persona.find.items():
        for number, trait in enumerate(traits):
            try:
                understand(services, [trait])
            except Unprocessable as wrong:
                yield ("find", name, number), wrong.detail
    for number, step in enumerate(persona.steps):
        yield from _mistakes_of_call(step, ("steps", number), services)
        for name, value in step.sent.items():
            yield from _unknown(value, ("steps", number, "with", name), known)
        for name, path in step.keeps.items():
            yield from _unknown(path, ("steps", number, "keeps", name), known)
        known |= set(step.keeps)
    for slug, references in persona.hands_out.items():
        if slug not in services:
            yield ("hands_out", slug), f"there is no service {slug}. {nearest(slug, services)}".rstrip()
        for name, value in references.items():
            yield from _unknown(value, ("hands_out", slug, name), known)


def _mistakes_of_call(
    step: Step, place: tuple[str, int], services: Mapping[str, Service]
) -> Iterator[tuple[Place, str]]:
    slug, operation = step.operation
    if slug not in services:
        yield (*place, "call"), f"there is no service {slug!r}. {nearest(slug, services)}".rstrip()
        return
    routes = {each.options["operation_id"]: each for each in services[slug].routes.routes}
    if operation not in routes:
        yield (
            (*place, "call"),
            f"{slug} has no operation {operation!r}. {nearest(operation, routes)}".rstrip(),
        )
        return
    for name in re.findall(r"{(\w+)}", routes[operation].path):
        if name not in step.sent:
            near = nearest(name, step.sent)
            yield (*place, "with"), f"{step.call} needs `{name}`, which is not given. {near}".rstrip()


def _unknown(value: Any, place: Place, known: set[str]) -> Iterator[tuple[Place, str]]:
    """The variables of a value that nothing before has set."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _unknown(inner, (*place, name), known)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unknown(inner, (*place, number), known)
    elif isinstance(value, str):
        for found in VARIABLE.finditer(value):
            if found[1] not in known:
                yield place, f"nothing before has set `${found[1]}`. {nearest(found[1], known)}".rstrip()
