"""The console: the pages that people read, rendered here and complete without a script.

``pages`` answers each address; ``front``, ``trying``, ``fidelity``, ``explained`` and ``guides`` find
what a page shows; ``reading`` and ``layout`` turn an answer of a service into something laid out for a
reader, ``words`` into words. ``acting`` is what the pages with forms do in one way; ``unforged`` tells our
forms from those of other pages. ``driving`` answers the page to drive a council with, whose forms ``deeds``
turns into calls; ``slots`` the page of who fills the slots, with ``slot_deeds``, ``slot_view`` for what it
shows and ``slot_checks`` for the checks that it starts. ``rendering`` fills the templates. Nothing comes from
elsewhere.
"""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp

from sandbox.background import Background
from sandbox.console.acting import Acting
from sandbox.console.assets import add_assets
from sandbox.console.driving import Driving
from sandbox.console.faults import show_faults_as_pages
from sandbox.console.pages import Pages
from sandbox.console.slot_checks import Checks
from sandbox.console.slots import Slots
from sandbox.councils import Councils
from sandbox.keys import Keyring


def add_pages(
    house: FastAPI,
    councils: Councils,
    gateway: ASGIApp,
    keyring: Keyring,
    background: Background,
    host: str,
) -> None:
    """Add the console's pages to the sandbox, which listens at ``host``.

    ``gateway`` is what their examples are read through. What they start ends with ``background``.
    """
    acting, checks = Acting(councils, gateway, keyring, host), Checks(councils.folder.path)
    pages, driving, slots = Pages(councils, gateway, keyring), Driving(acting), Slots(acting, checks)
    background.when_leaving.append(checks.stop)
    for path, page in (
        ("/", pages.front),
        ("/councils/{council}", pages.council),
        ("/councils/{council}/", pages.council),
        ("/try/{council}/{service}/{number:int}", pages.try_one),
        ("/fidelity/{council}", pages.fidelity),
        ("/fidelity/{council}/{chart}.svg", pages.fidelity_chart),
        ("/slots", slots.first),
        ("/slots/{council}", slots.show),
        ("/problems", pages.problems),
        ("/problems/{name}", pages.problem),
        ("/guides", pages.guides),
        ("/guides/{name}", pages.guide),
        ("/accessibility", pages.accessibility),
    ):
        house.add_route(path, page, include_in_schema=False)
    house.add_route("/drive/{council}", driving.show, include_in_schema=False)
    house.add_route("/drive/{council}/{act}", driving.act, methods=["POST"], include_in_schema=False)
    house.add_route("/slots/{council}/{slot}", slots.act, methods=["POST"], include_in_schema=False)
    add_assets(house)
    show_faults_as_pages(house)
