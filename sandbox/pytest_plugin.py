"""Fixtures for pytest: ``virtual_council``, a running sandbox, ``council``, a fork of it for one test, and
``conformance``, which tests what fills a service's slot.

pytest loads this module in every run of an environment that Virtual Council is installed in, so it
imports next to nothing until a test asks for a fixture. A project's own fixture of the same name
takes the place of ours.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.trial import Conforming, Council, Sandbox

CACHE = "virtual-council"
_OPTIONS = {
    "url": "the address of a running sandbox to use, else one is started; its key is taken from COUNCIL_KEY",
    "name": "which council of a running sandbox to fork; its first if not given",
    "like": "the real authority that the started council is shaped like (Hartlepool)",
    "residents": "how many residents the started council has, or full (2000)",
    "seed": "the seed of the started council (7)",
    "as-of": "the day on which the started council's clock starts (2026-06-01)",
}
_SHAPE = ("like", "residents", "seed", "as-of")
_council = pytest.StashKey["Council"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line, and settings of the same names for pytest's configuration file."""
    group = parser.getgroup("virtual council", "the council that tests run against")
    for name, meaning in _OPTIONS.items():
        group.addoption(f"--council-{name}", dest=f"council_{_setting(name)}", metavar="TEXT", help=meaning)
        parser.addini(f"council_{_setting(name)}", meaning, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "council(scopes, snapshot, lifetime): what the test's fork is to be: the scopes of its key, the "
        "snapshot that it starts from, how long it is kept at most",
    )


@pytest.fixture(scope="session")
def virtual_council(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A running sandbox: the one at ``--council-url`` or COUNCIL_URL, else one started for the run.

    Under pytest-xdist each worker starts its own; the council is built once for all of them, and kept
    in pytest's cache for the next run.
    """
    from sandbox.trial import NotReached, NotStarted

    with _plainly(NotStarted, NotReached), _running(request) as sandbox:
        yield sandbox


@pytest.fixture
def council(request: pytest.FixtureRequest, virtual_council: Sandbox) -> Iterator[Council]:
    """A council for this test alone: a fork, which is gone when the test is over.

    If the test fails, its report names the fork and shows the last calls that it answered.
    """
    from sandbox.trial import NotReached, Refused

    marker = request.node.get_closest_marker("council")
    wanted: dict[str, Any] = dict(marker.kwargs) if marker else {}
    with _plainly(NotReached, Refused):
        fork = virtual_council.fork(_option(request.config, "name"), **wanted)
    with fork:
        request.node.stash[_council] = fork
        yield fork


@pytest.fixture(scope="session")
def conformance(request: pytest.FixtureRequest, virtual_council: Sandbox) -> Conforming:
    """Tests a product as ``council conform`` does, from a test::

    def test_it_plugs_in(conformance):
        conformance("waste", target="http://127.0.0.1:9000").assert_passed()
    """
    from sandbox.trial import Conforming

    name = _option(request.config, "name")
    return Conforming(virtual_council.url, virtual_council.key, request.config.rootpath, name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a failed test which council it ran on, and what that answered last."""
    report = yield
    fork = item.stash.get(_council, None)
    if fork is not None and report.failed and report.when != "teardown":
        from sandbox.trial.telling import last_seen

        report.sections.append(("Virtual Council", last_seen(fork)))
    return report


@contextmanager
def _running(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    from sandbox.trial import Sandbox, Shape, started

    url = _option(request.config, "url") or os.environ.get("COUNCIL_URL")
    if url:
        key = os.environ.get("COUNCIL_KEY")
        if not key:
            pytest.fail(
                f"Put the key of the sandbox at {url} in the environment as COUNCIL_KEY", pytrace=False
            )
        with Sandbox(url, key) as sandbox:
            sandbox.councils()
            yield sandbox
        return
    asked = {_setting(name): _option(request.config, name) for name in _SHAPE}
    shape = Shape(**{name: value for name, value in asked.items() if value})
    with started(shape, _kept_in(request)) as sandbox:
        yield sandbox


def _kept_in(request: pytest.FixtureRequest) -> Path:
    """Where built councils are kept: in pytest's cache, or for this run alone if there is none."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    if cache is not None:
        return cache.mkdir(CACHE)
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    # The folder of a pytest-xdist worker is inside that of the run, which all of them share.
    worker = hasattr(request.config, "workerinput")
    folder = factory.getbasetemp().parent if worker else factory.getbasetemp()
    return folder / CACHE


@contextmanager
def _plainly(*failures: type[Exception]) -> Iterator[None]:
    """A failure that a person can mend is one message, without a traceback of ours."""
    try:
        yield
    except failures as failure:
        raise pytest.fail.Exception(str(failure), pytrace=False) from None


def _option(config: pytest.Config, name: str) -> str | None:
    """An option as it was given, on the command line or in the configuration file; None if neither."""
    chosen: str | None = config.getoption(f"council_{_setting(name)}") or config.getini(
        f"council_{_setting(name)}"
    )
    return chosen or None


def _setting(name: str) -> str:
    return name.replace("-", "_")
