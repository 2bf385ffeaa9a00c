"""Trying a component: it joins a fresh copy of a council, and the checks of its slot are run on it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox import machine
from sandbox.cli.conform import made_with
from scenarios import packs
from scenarios.conformance.probe import EXAMPLES
from scenarios.conformance.running import Ran, Wanted, run
from scenarios.conformance.target import Target
from tests.components.launching import Component, free_port, launched

SLOTS = {"bins_r_us": "waste", "road_watch": "street_reports"}
"""The components that there are, and the slot that each fills."""


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that serves a council, and a key to everything."""

    url: str
    council: str
    key: str

    def ask(self, method: str, path: str, json: object = None) -> Any:
        """Ask its control API; raises httpx.HTTPStatusError."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.request(
            method, f"{self.url}/sandbox{path}", headers=headers, json=json, timeout=60, trust_env=False
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def joined(
    sandbox: Sandbox, name: str, data: Path, *, defect: str | None = None
) -> Iterator[tuple[str, Target]]:
    """A component that runs and has joined a fork of the council: the fork's name, and the target to test."""
    fork = sandbox.ask("POST", f"/councils/{sandbox.council}/forks", {"lifetime": "PT1H"})["name"]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    called = name.replace("_", "-")
    wanted = {"name": called, "slot": SLOTS[name], "url": address}
    try:
        made = sandbox.ask("POST", f"/councils/{fork}/components", wanted)
        with launched(name, made["environment"], defect=defect, data=data, port=port) as component:
            component.keep_up()
            yield fork, Target(SLOTS[name], address, component=called, restart=component.restart_command)
    finally:
        sandbox.ask("DELETE", f"/councils/{fork}")


def tried(
    sandbox: Sandbox,
    name: str,
    data: Path,
    *,
    defect: str | None = None,
    only: Sequence[str] | None = None,
    fail_fast: bool = False,
    examples: int = EXAMPLES,
    seconds: float = 900,
) -> Ran:
    """Run the checks of its slot on a component, good or with a defect."""
    with joined(sandbox, name, data, defect=defect) as (fork, target):
        return run(
            Wanted(
                base_url=sandbox.url,
                council=fork,
                key=sandbox.key,
                targets=[target],
                packs=packs.load(),
                made_with=made_with(),
                now=machine.now,
                only=only,
                fail_fast=fail_fast,
                examples=examples,
                seconds=seconds,
            )
        )


def shadowed(
    sandbox: Sandbox, name: str, data: Path, *, defect: str | None = None, **wanted: Any
) -> dict[str, Any]:
    """What comparing a component with the stub came to, over a day's traffic on a fork of the council."""
    called = f"{name.replace('_', '-')}-{free_port()}"
    with member(sandbox, name, called, data, defect=defect):
        begun = sandbox.ask("POST", f"/councils/{sandbox.council}/components/{called}/shadow", wanted)
        return compared(sandbox, called, begun["number"])


@contextmanager
def member(
    sandbox: Sandbox, name: str, called: str, data: Path, *, defect: str | None = None
) -> Iterator[Component]:
    """A component that runs and has joined the council itself, under a name of its own."""
    port = free_port()
    wanted = {"name": called, "slot": SLOTS[name], "url": f"http://127.0.0.1:{port}"}
    components = f"/councils/{sandbox.council}/components"
    made = sandbox.ask("POST", components, wanted)
    try:
        with launched(name, made["environment"], defect=defect, data=data, port=port) as component:
            yield component
    finally:
        sandbox.ask("DELETE", f"{components}/{called}")


def compared(sandbox: Sandbox, called: str, number: int) -> dict[str, Any]:
    """The result of a run, once it is over."""
    while True:
        result: dict[str, Any] = sandbox.ask(
            "GET", f"/councils/{sandbox.council}/components/{called}/comparisons/{number}"
        )
        if result["state"] != "running":
            return result
        time.sleep(0.2)
