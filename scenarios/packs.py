"""The packs: folders of journeys and requirements, one a service and `journeys/` for those that cross.

`load` reads every `*.arazzo.yaml`, `requirements.yaml` and `records.yaml` under a folder and refuses the lot,
with every mistake named, rather than run part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scenarios import arazzo, lines, proofreading, reading, records
from scenarios.problems import BrokenPacks, Mistake, UnknownJourney, suggestion
from scenarios.records import Records
from scenarios.requirements import Requirement, Requirements

FOLDER = Path(__file__).parent / "packs"
DOCUMENTS = "*.arazzo.yaml"
REQUIREMENTS = "requirements.yaml"
RECORDS = "records.yaml"
ACROSS = "journeys"
"""The pack of journeys across services, and of the requirements of the council as a whole and of each
service.
"""
COUNCIL = "council"
"""What is tested by journeys across services: the council as a whole."""


@dataclass(frozen=True)
class Journey:
    """One workflow with the document that it stands in. `pack` is the folder's name."""

    pack: str
    file: Path
    name: str
    document: arazzo.Document
    workflow: arazzo.Workflow

    @property
    def id(self) -> str:
        return self.workflow.workflow_id

    @property
    def title(self) -> str:
        return self.workflow.summary

    @property
    def proves(self) -> tuple[str, ...]:
        return self.workflow.proves

    @property
    def services(self) -> tuple[str, ...]:
        """The services that this journey's steps ask, those of the workflows that it calls among them."""
        steps = [step for workflow in self.workflows for step in workflow.steps]
        return tuple(dict.fromkeys(step.service for step in steps if step.operation_id))

    @property
    def workflows(self) -> tuple[arazzo.Workflow, ...]:
        """The journey's own workflow and every one that it calls or goes to."""
        return self.document.reached(self.workflow.workflow_id, dependencies=False)


@dataclass(frozen=True)
class Packs:
    """Every journey and requirement, in the order of folder, file and document.

    `listed_in` is the pack of each requirement, and `left_out` the requirements of each service that a
    pack's own does not hold to, with the reason. `records` says, for each pack that does, how its records are
    made.
    """

    folder: Path
    journeys: tuple[Journey, ...]
    requirements: tuple[Requirement, ...]
    listed_in: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    records: Mapping[str, Records] = field(default_factory=dict)

    def journey(self, journey_id: str) -> Journey:
        """The journey of that id; raises UnknownJourney."""
        for journey in self.journeys:
            if journey.id == journey_id:
                return journey
        names = [journey.id for journey in self.journeys]
        raise UnknownJourney(f"there is no journey `{journey_id}`; {suggestion(journey_id, names)}")

    def chosen(self, only: Sequence[str] | None) -> tuple[Journey, ...]:
        """All journeys, or those of the ids or packs named, after the journeys that they depend on."""
        if not only:
            picked = list(self.journeys)
        else:
            known = {journey.id for journey in self.journeys} | {journey.pack for journey in self.journeys}
            for name in only:
                if name not in known:
                    raise UnknownJourney(f"there is no journey or pack `{name}`; {suggestion(name, known)}")
            picked = [journey for journey in self.journeys if journey.id in only or journey.pack in only]
        ordered: dict[str, Journey] = {}
        for journey in picked:
            self._with_dependencies(journey, ordered)
        return tuple(ordered.values())

    def requirements_of(self, service: str) -> tuple[Requirement, ...]:
        """What a service is held to: its pack's requirements, then those of each service that it does not
        leave out.

        Of `council` those that concern the council as a whole.
        """
        if service == COUNCIL:
            return tuple(
                one for one in self.requirements if self.listed_in[one.id] == ACROSS and not one.each_service
            )
        own = [one for one in self.requirements if self.listed_in[one.id] == service]
        left_out = self.left_out.get(service, {})
        shared = [one for one in self.requirements if one.each_service and one.id not in left_out]
        return tuple(dict.fromkeys([*own, *shared]))

    def broken(self, mistakes: Sequence[Mistake]) -> BrokenPacks:
        """Mistakes that only show on a council, to be raised: with the line of each."""
        files = {journey.name: journey.file for journey in self.journeys}
        return BrokenPacks(lines.located(mistakes, files))

    def held_to(self, service: str, *requirements: str) -> tuple[str, ...]:
        """These requirements of each service as one service has them: its own in place of those left out."""
        left_out = self.left_out.get(service, {})
        own = {one.id: one.instead_of for one in self.requirements if self.listed_in[one.id] == service}
        held: list[str] = []
        for wanted in requirements:
            if wanted in left_out:
                held += [name for name, instead_of in own.items() if wanted in instead_of]
            else:
                held.append(wanted)
        return tuple(dict.fromkeys(held))

    def unproved(self) -> tuple[Requirement, ...]:
        """The requirements that no journey names."""
        proved = {requirement for journey in self.journeys for requirement in journey.proves}
        return tuple(requirement for requirement in self.requirements if requirement.id not in proved)

    def _with_dependencies(self, journey: Journey, ordered: dict[str, Journey]) -> None:
        for dependency in journey.workflow.depends_on:
            if dependency not in ordered:
                self._with_dependencies(self.journey(dependency), ordered)
        ordered.setdefault(journey.id, journey)


class _Reading:
    """Folders being read: what was found in them, and every mistake."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.journeys: list[Journey] = []
        self.requirements: list[tuple[str, Requirement]] = []
        self.left_out: dict[str, dict[str, str]] = {}
        self.records: dict[str, tuple[str, Records]] = {}
        self.files: dict[str, Path] = {}

    def folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self.mistakes.append(Mistake(str(folder), "$", "there is no such folder of packs"))
            return
        found = [file for name in (REQUIREMENTS, DOCUMENTS, RECORDS) for file in sorted(folder.rglob(name))]
        if not found:
            message = f"holds no {DOCUMENTS}, no {REQUIREMENTS} and no {RECORDS}"
            self.mistakes.append(Mistake(str(folder), "$", message))
        for file in found:
            # Ours are called by their place among the packs, another's as an editor finds them.
            name = file.relative_to(folder).as_posix()
            name = str(file) if name in self.files else name
            self.files[name] = file
            read = {REQUIREMENTS: self._listed, RECORDS: self._made}.get(file.name, self._document)
            try:
                read(file, name)
            except BrokenPacks as broken:
                self.mistakes += broken.mistakes

    def _listed(self, file: Path, name: str) -> None:
        vocabulary = [*Requirements.model_fields, *Requirement.model_fields]
        listed = reading.read(file, name, Requirements, vocabulary)
        self.requirements += [(name, requirement) for requirement in listed.requirements]
        self.left_out.setdefault(file.resolve().parent.name, {}).update(listed.leaves_out)

    def _made(self, file: Path, name: str) -> None:
        pack = file.resolve().parent.name
        read = reading.read(file, name, Records, records.names())
        if pack in self.records:
            message = f"the records of `{pack}` are told in {self.records[pack][0]} already"
            raise BrokenPacks([Mistake(name, "$", message)])
        self.records[pack] = name, read

    def _document(self, file: Path, name: str) -> None:
        document = reading.read(file, name, arazzo.Document, arazzo.names())
        found = proofreading.mistakes_in(document, name)
        self.mistakes += found
        if not found:
            pack = file.resolve().parent.name
            self.journeys += [
                Journey(pack, file, name, document, workflow) for workflow in document.workflows
            ]

    def of_records(self) -> list[Mistake]:
        """The mistakes in what is said of records that only show when every journey has been read."""
        whose = {journey.id: journey.pack for journey in self.journeys}
        known = {each.id for _, each in self.requirements}
        found: list[Mistake] = []
        for pack, (name, told) in self.records.items():
            outputs = {each.id: set(each.workflow.outputs) for each in self.journeys if each.pack == pack}
            found += records.mistakes_in(told, name, outputs, whose, known)
        return found


def load(*folders: Path) -> Packs:
    """Read and check every pack under the folders, ours if none is named; raises BrokenPacks with every
    mistake found.
    """
    found = _Reading()
    for folder in folders or (FOLDER,):
        found.folder(folder)
    if found.mistakes:
        mistakes = [*found.mistakes, *_repeated(found.requirements)]
    else:
        mistakes = [*_across(found.journeys, found.requirements), *found.of_records()]
    if mistakes:
        raise BrokenPacks(lines.located(mistakes, found.files))
    return Packs(
        folder=(folders or (FOLDER,))[0],
        journeys=tuple(found.journeys),
        requirements=tuple(each for _, each in found.requirements),
        listed_in={each.id: found.files[name].resolve().parent.name for name, each in found.requirements},
        left_out=found.left_out,
        records={pack: told for pack, (_, told) in found.records.items()},
    )


def _repeated(requirements: Sequence[tuple[str, Requirement]]) -> list[Mistake]:
    seen: dict[str, str] = {}
    mistakes = []
    for file, requirement in requirements:
        if requirement.id in seen:
            message = f"`{requirement.id}` is already used in {seen[requirement.id]}; give it another number"
            mistakes.append(Mistake(file, "$.requirements", message))
        seen.setdefault(requirement.id, file)
    return mistakes


def _across(journeys: Sequence[Journey], requirements: Sequence[tuple[str, Requirement]]) -> list[Mistake]:
    """Mistakes that only show when every file has been read."""
    mistakes = _repeated(requirements)
    known = {requirement.id for _, requirement in requirements}
    owners: dict[str, str] = {}
    for journey in journeys:
        place = reading.json_path(["workflows", journey.document.workflows.index(journey.workflow)])
        if journey.id in owners:
            message = f"`{journey.id}` is already a journey in {owners[journey.id]}; every id is used once"
            mistakes.append(Mistake(journey.name, f"{place}.workflowId", message))
        owners.setdefault(journey.id, journey.name)
        for index, requirement in enumerate(journey.proves):
            if requirement not in known:
                message = f"there is no requirement `{requirement}`; {suggestion(requirement, known)}"
                mistakes.append(Mistake(journey.name, f"{place}.x-proves[{index}]", message))
    return mistakes
