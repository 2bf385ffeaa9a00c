"""Packs written for one test: journeys given as the lines that matter, the rest as every journey has it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from scenarios import Packs, load

HEAD = """\
arazzo: 1.0.1
info: {title: Bins, version: 1.0.0}
sourceDescriptions:
  - {name: waste, type: openapi, url: waste.openapi.json}
  - {name: odd_jobs, type: openapi, url: odd_jobs.openapi.json}
components:
  inputs:
    council:
      type: object
      required: [council, key]
      properties:
        council: {type: string}
        key: {type: string, format: password}
  parameters:
    key: {name: Authorization, in: header, value: "Bearer {$inputs.key}"}
workflows:
"""

WORKFLOW = """\
  - workflowId: %(id)s
    summary: What somebody sets out to do
    x-proves: [%(proves)s]
    inputs: {$ref: "#/components/inputs/council"}
    parameters:
      - reference: $components.parameters.key
"""

REQUIREMENTS = """\
requirements:
  - {id: WASTE-001, sentence: A bin can be looked up., source: The council's own rule, level: must}
  - {id: WASTE-002, sentence: A missed bin can be reported., source: The council's own rule, level: should}
"""


class Packing:
    """A folder of packs under way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("waste/requirements.yaml", REQUIREMENTS)

    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def journeys(self, name: str = "bins", proves: str = "WASTE-001", **bodies: str) -> Packing:
        """Write a document with a journey for each keyword (`missed_bin=` becomes `missed-bin`)."""
        text = HEAD
        for journey, body in bodies.items():
            text += WORKFLOW % {"id": journey.replace("_", "-"), "proves": proves}
            text += indent(dedent(body).strip("\n"), "    ") + "\n"
        self.write(f"waste/{name}.arazzo.yaml", text)
        return self

    def load(self) -> Packs:
        return load(self.folder)
