"""The packs: folders of journeys and requirements, one a service and `journeys/` for those that cross.

`load` reads every `*.arazzo.yaml` and `requirements.yaml` under a folder and refuses the lot, with every
mistake named, rather than run part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from scenarios import arazzo, proofreading, reading
from scenarios.problems import BrokenPacks, Mistake, UnknownJourney, suggestion
from scenarios.requirements import Requirement, Requirements

FOLDER = Path(__file__).parent / "packs"
DOCUMENTS = "*.arazzo.yaml"
REQUIREMENTS = "requirements.yaml"
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
    pack's own does not hold to, with the reason.
    """

    folder: Path
    journeys: tuple[Journey, ...]
    requirements: tuple[Requirement, ...]
    listed_in: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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

    def unproved(self) -> tuple[Requirement, ...]:
        """The requirements that no journey names."""
        proved = {requirement for journey in self.journeys for requirement in journey.proves}
        return tuple(requirement for requirement in self.requirements if requirement.id not in proved)

    def _with_dependencies(self, journey: Journey, ordered: dict[str, Journey]) -> None:
        for dependency in journey.workflow.depends_on:
            if dependency not in ordered:
                self._with_dependencies(self.journey(dependency), ordered)
        ordered.setdefault(journey.id, journey)


def load(folder: Path = FOLDER) -> Packs:
    """Read and check every pack under `folder`; raises BrokenPacks with every mistake found."""
    if not folder.is_dir():
        raise BrokenPacks([Mistake(str(folder), "$", "there is no such folder of packs")])
    mistakes: list[Mistake] = []
    journeys: list[Journey] = []
    requirements: list[tuple[str, Requirement]] = []
    left_out: dict[str, Mapping[str, str]] = {}
    for file in sorted(folder.rglob(REQUIREMENTS)):
        name = file.relative_to(folder).as_posix()
        try:
            listed = reading.read(
                file, name, Requirements, [*Requirements.model_fields, *Requirement.model_fields]
            )
            requirements += [(name, requirement) for requirement in listed.requirements]
            left_out[file.parent.name] = listed.leaves_out
        except BrokenPacks as broken:
            mistakes += broken.mistakes
    for file in sorted(folder.rglob(DOCUMENTS)):
        name = file.relative_to(folder).as_posix()
        try:
            document = reading.read(file, name, arazzo.Document, arazzo.names())
        except BrokenPacks as broken:
            mistakes += broken.mistakes
            continue
        found = proofreading.mistakes_in(document, name)
        mistakes += found
        if not found:
            pack = file.parent.name
            journeys += [Journey(pack, file, name, document, workflow) for workflow in document.workflows]
    mistakes += _across(journeys, requirements) if not mistakes else _repeated(requirements)
    if mistakes:
        raise BrokenPacks(mistakes)
    listed_in = {requirement.id: PurePosixPath(file).parent.name for file, requirement in requirements}
    return Packs(folder, tuple(journeys), tuple(each for _, each in requirements), listed_in, left_out)


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
