"""The fixtures, in pytest runs of projects that know nothing of this one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.serving import served_aside
from tests.conftest import KEY, CouncilUnderTest
from tests.scenarios.tampering import Tampered, with_status

pytest_plugins = ["pytester"]

SETTINGS = """
[pytest]
filterwarnings =
    error
    ignore:Module already imported so cannot be rewritten; _editable_impl:pytest.PytestAssertRewriteWarning
council_residents = 500
"""
REPORTS_A_BIN = """
def test_a_bin_is_reported{number}(council):
    a_bin = council.get("waste", "/collections", reportable=True)["items"][0]
    report = {{name: a_bin[name] for name in ("uprn", "stream", "collection_date")}}
    assert a_bin["missed_collection"] is None
    case = council.post("waste", "/missed-collections", report)
    assert case["status"] == "reported"
    council.advance("P1D")
    assert council.clock()["today"] == "2026-06-02"
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache that the projects of these tests share, so that one council does for all."""
    return tmp_path_factory.mktemp("cache")


class Project:
    """Somebody's project, with tests of its own, in an empty folder."""

    def __init__(self, pytester: pytest.Pytester, cache: Path) -> None:
        self._pytester = pytester
        self._cache = cache
        pytester.makefile(".ini", pytest=SETTINGS)

    def holds(self, **modules: str) -> None:
        """Write modules."""
        self._pytester.makepyfile(**modules)

    def run(self, *words: str) -> pytest.RunResult:
        """Run its tests in a process of their own."""
        cache = () if "no:cacheprovider" in words else ("-o", f"cache_dir={self._cache}")
        return self._pytester.runpytest_subprocess(*cache, *words)

    @property
    def built(self) -> dict[str, int]:
        """The councils that were built for it, and when each file was last written."""
        files = (self._cache / "d" / "virtual-council").glob("built-*/councils/*.sqlite")
        return {str(file): file.stat().st_mtime_ns for file in files}


@pytest.fixture
def project(pytester: pytest.Pytester, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in [each for each in os.environ if each.startswith(("COUNCIL_", "PYTEST_"))]:
        monkeypatch.delenv(name)
    return Project(pytester, cache)


def numbered(*numbers: int) -> str:
    """A module that reports the same bin once for each number."""
    return "\n".join(REPORTS_A_BIN.format(number=f"_{number}") for number in numbers)


def test_two_tests_do_not_see_each_others_writes(project: Project) -> None:
    project.holds(test_bins=numbered(1, 2))
    project.run().assert_outcomes(passed=2)


def test_two_workers_do_not_meet_and_build_one_council(project: Project, tmp_path: Path) -> None:
    project.holds(test_one=numbered(1, 2), test_two=numbered(3, 4))
    # With a cache of their own, so that the workers find no council and both would build it.
    words = ("-n", "2", "--dist", "loadfile", "-o", f"cache_dir={tmp_path / 'cache'}")
    project.run(*words).assert_outcomes(passed=4)
    assert len(list((tmp_path / "cache" / "d" / "virtual-council").glob("built-*"))) == 1


def test_the_council_is_built_once_and_again_only_for_another_shape(project: Project) -> None:
    project.holds(
        test_shape="""
        import httpx

        def test_it(virtual_council):
            [entry] = httpx.get(f"{virtual_council.url}/sandbox/councils").json()["items"]
            print("shape", entry["shaped_like"], entry["seed"], entry["as_of"])
            assert 300 < entry["residents"] < 500
        """
    )
    as_set = ("--council-residents", "400", "-s")
    project.run(*as_set).stdout.fnmatch_lines(["*shape Hartlepool 7 2026-06-01"])
    before = project.built
    project.run(*as_set).assert_outcomes(passed=1)
    assert project.built == before
    other = ("--council-like", "Leeds", "--council-seed", "3", "-o", "council_as_of=2026-02-02")
    project.run(*as_set, *other).stdout.fnmatch_lines(["*shape Leeds 3 2026-02-02"])
    assert len(project.built) == len(before) + 1
    assert before.items() <= project.built.items()


def test_a_shape_that_cannot_be_is_one_plain_message(project: Project) -> None:
    project.holds(test_bins=numbered(1))
    result = project.run("--council-like", "Atlantis")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*could not be built*Atlantis*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert not [name for name in project.built if "unfinished" in name]


def test_a_failing_test_tells_of_its_council_and_its_last_calls(project: Project) -> None:
    project.holds(
        test_bins="""
        def test_it(council):
            council.get("waste", "/rounds")
            council.post("waste", "/missed-collections", {"uprn": "somewhere"})
        """
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*Refused: POST */waste/missed-collections was refused: 422 *",
            "test_bins.py:3: Refused",
            "*Virtual Council*",
            "<council * at http://127.0.0.1:*/sandbox/councils/*>, clock at 2026-06-01T08:00:00Z",
            "  GET /councils/*/waste/rounds 200",
            "  POST /councils/*/waste/missed-collections 422",
            '    sent {"uprn":"somewhere"}',
            "    answered {*collection_date*",
        ]
    )


def test_a_project_that_asks_for_nothing_pays_next_to_nothing(project: Project) -> None:
    project.holds(
        test_other="""
        import sys

        def test_it():
            ours = [name for name in sys.modules if name.partition(".")[0] in
                    ("sandbox", "service_apis", "synthetic_data", "scenarios")]
            assert ours == ["sandbox", "sandbox.pytest_plugin"], ours
            assert "httpx" not in sys.modules and "fastapi" not in sys.modules
        """
    )
    project.run().assert_outcomes(passed=1)


def test_a_projects_own_fixture_of_the_name_is_its_own(project: Project) -> None:
    project.holds(
        conftest="""
        import pytest

        @pytest.fixture
        def council():
            return "ours"
        """,
        test_other="def test_it(council): assert council == 'ours'; assert 0",
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*Virtual Council*")


def test_the_marker_says_what_the_forks_key_may_do(project: Project) -> None:
    project.holds(
        test_scopes="""
        import pytest
        from sandbox.trial import Refused

        @pytest.mark.council(scopes=["waste:read"])
        def test_it(council):
            bins = council.get("waste", "/collections", reportable=True)["items"]
            report = {name: bins[0][name] for name in ("uprn", "stream", "collection_date")}
            with pytest.raises(Refused, match="waste:write") as refusal:
                council.post("waste", "/missed-collections", report)
            assert refusal.value.status == 403
        """
    )
    project.run("--strict-markers").assert_outcomes(passed=1)


def test_nothing_is_left_of_a_run_even_where_pytest_keeps_no_cache(project: Project) -> None:
    project.holds(
        test_bins="""
        def test_it(council, virtual_council):
            print("served at", virtual_council.url)
        """
    )
    before = project.built
    result = project.run("-s", "-p", "no:cacheprovider")
    assert project.built == before
    result.assert_outcomes(passed=1)
    url = re.search(r"served at (\S+)", result.stdout.str())
    assert url
    assert answers(url[1]) is False


def test_a_run_that_is_killed_takes_its_sandbox_with_it(project: Project, tmp_path: Path) -> None:
    project.holds(
        test_killed=f"""
        import os, signal

        def test_it(virtual_council):
            open({str(tmp_path / "url")!r}, "w").write(virtual_council.url)
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    project.run()
    url = (tmp_path / "url").read_text()
    for _ in range(200):
        if not answers(url):
            break
    else:
        pytest.fail(f"{url} still answers")


def answers(url: str) -> bool:
    """Whether anything answers there; asked by a process, which takes a moment."""
    program = "import sys, urllib.request as web; web.urlopen(sys.argv[1], timeout=5)"
    command = [sys.executable, "-c", program, f"{url}/healthz"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def address(council: CouncilUnderTest) -> Iterator[str]:
    """Where a sandbox that was there before the run answers."""
    with served_aside(council.sandbox.gateway) as url:
        yield url


def test_a_running_sandbox_is_forked_and_left_as_it_was(
    project: Project, address: str, council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.holds(test_bins=numbered(1, 2))
    monkeypatch.setenv("COUNCIL_KEY", KEY)
    before = council.client.get("/sandbox/councils").json()
    project.run("--council-url", address).assert_outcomes(passed=2)
    monkeypatch.setenv("COUNCIL_URL", address)
    project.run("--council-name", council.name).assert_outcomes(passed=2)
    assert council.client.get("/sandbox/councils").json() == before
    assert json.dumps(before).count('"now"') == 1


@pytest.mark.parametrize(
    ("url", "key", "says"),
    [
        ("{address}", None, "*in the environment as COUNCIL_KEY*"),
        ("{address}", "wrong", "*401*"),
        ("http://127.0.0.1:9", "any", "*http://127.0.0.1:9*had no answer*council up*"),
    ],
)
def test_a_running_sandbox_that_cannot_be_used_is_one_plain_message(
    project: Project,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    key: str | None,
    says: str,
) -> None:
    project.holds(test_bins=numbered(1))
    if key is not None:
        monkeypatch.setenv("COUNCIL_KEY", key)
    result = project.run("--council-url", url.format(address=address))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([says])
    result.stdout.no_fnmatch_line("*Traceback*")


ONE = "waste.journey.missed-bin-reported-twice"


def test_a_product_is_held_to_conformance_and_its_failures_are_told(
    project: Project, council: CouncilUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = Tampered(council.sandbox.gateway)
    between.tamper("POST .*/waste/missed-collections$", with_status(200, instead_of=201))
    project.holds(
        test_conformance=f"""
        import os
        from pathlib import Path

        import pytest
        from sandbox.trial import CouldNotConform


        def test_what_is_right_passes(conformance):
            came = conformance("waste", only=["bins-of-one-home"], reports="reports")
            came.assert_passed()
            assert (came.passed, came.failed, came.verdicts["WASTE-001"]) == (True, [], "pass")
            names = {{file.name for file in Path("reports").iterdir()}}
            assert names == {{"evidence.json", "junit.xml", "report.html", "badge.svg"}}
            assert not Path("council-data").exists()

        def test_what_is_wrong_is_told(conformance, virtual_council):
            url = f"{{virtual_council.url}}/councils/fairwater/waste"
            key = os.environ["COUNCIL_KEY"]
            conformance("waste", target=url, target_key=key, only=[{ONE!r}]).assert_passed()

        def test_what_cannot_be_tested_is_told(conformance):
            with pytest.raises(CouldNotConform, match="There is no service or preset `wast`"):
                conformance("wast")
        """
    )
    monkeypatch.setenv("COUNCIL_KEY", KEY)
    with served_aside(between) as url:
        result = project.run("--council-url", url, "-p", "no:xdist")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E * waste at http://127.0.0.1:*/councils/fairwater/waste did not pass: 1 fail",
            f"E *{ONE}: *",
            "E * - expected *201*",
            "E * + got * was 200; *",
            "E * curl -sS -X POST * Bearer *KEY*",
            "E *Again: council conform waste --target * --seed 1 *",
            "test_conformance.py:*: NotConforming",
        ]
    )
    result.stdout.no_fnmatch_line(f"*{KEY}*")
