"""The same journeys in an independent runner, `redocly respect`, so that a verdict is not ours alone.

`lay_out` copies the documents into a folder beside the OpenAPI of the running council and gives arguments;
`verdicts` reads what the runner wrote. This module starts no program itself.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios import fit
from scenarios.council import Council, visit
from scenarios.exchange import TIME_LIMIT
from scenarios.packs import Packs
from scenarios.problems import CouldNotRun

REPORT = "respect.json"

ENVIRONMENT = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
"""Variables that keep the runner from asking anything of the network but the council."""


@dataclass(frozen=True)
class Layout:
    """A folder ready for the other runner: run `redocly` with `arguments` in `folder`.

    `journeys` are those that it will walk: the ones whose services this council has.
    """

    folder: Path
    arguments: tuple[str, ...]
    journeys: tuple[str, ...]


def lay_out(
    packs: Packs, base_url: str, council: str, key: str, folder: Path, *, only: Sequence[str] | None = None
) -> Layout:
    """Copy the packs and the council's OpenAPI documents into `folder`; raises CouldNotRun.

    The key stands among the arguments, as that runner takes it no other way.
    """
    chosen = packs.chosen(only)
    wanted = {service for journey in packs.journeys for service in journey.services}
    with visit(base_url, council, key, wanted) as there:
        mistakes = fit.mistakes_in(chosen, there)
        if mistakes:
            raise packs.broken(mistakes)
        walked = [journey for journey in chosen if fit.absent(journey, there) is None]
        if not walked:
            raise CouldNotRun("this council has none of the services that the journeys ask")
        files = dict.fromkeys(journey.file for journey in walked)
        names = [_copy(packs, file, folder, there) for file in files]
    servers = {service.name: service.server for service in there.services.values()}
    journeys = tuple(journey.id for journey in walked)
    limit = str(int(TIME_LIMIT * 1000))
    options = ["--server", json.dumps(servers), "--input", json.dumps({"council": council, "key": key})]
    options += ["--json-output", REPORT, "--max-fetch-timeout", limit, "--workflow", ",".join(journeys)]
    return Layout(folder, ("respect", *names, *options), journeys)


def verdicts(layout: Layout) -> dict[str, bool]:
    """Each journey that the other runner walked, with whether it passed there; raises CouldNotRun."""
    report = layout.folder / REPORT
    try:
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError) as wrong:
        raise CouldNotRun(f"the other runner left no report at {report}: see what it printed") from wrong
    return {
        walked["workflowId"]: walked["status"] == "success"
        for told in files.values()
        for walked in told["executedWorkflows"]
    }


def _copy(packs: Packs, file: Path, folder: Path, council: Council) -> str:
    """Copy one document beside the OpenAPI of each source that it names; its name within the folder."""
    name = file.relative_to(packs.folder)
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    document = next(journey.document for journey in packs.journeys if journey.file == file)
    for source in document.source_descriptions:
        service = council.services.get(source.name)
        # A source that this council lacks is still opened by the runner, so it gets a document without paths.
        described = service.document if service else {"openapi": "3.1.0", "info": {}, "paths": {}}
        (target.parent / source.url).write_text(json.dumps(described), encoding="utf-8")
    return name.as_posix()
