"""Components that the command line starts from images, on a real engine."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox.containers.adding import HasContainer, NoContainer
from sandbox.containers.engine import NoSuchImage, NotPulled, WhichPort
from sandbox.containers.running import DidNotComeUp
from sandbox.failure import Failure
from tests.conftest import KEY
from tests.container.test_compose import own_address
from tests.container.trying import Ground, forwarders

pytestmark = pytest.mark.container

PATIENCE_SECONDS = 30
BINS = "bins-r-us"
PYTHON = 'CMD ["python3", "-c", "{}"]'
IDLE = PYTHON.format("import time; time.sleep(99)")
SERVES = "import http.server as h; h.HTTPServer(({host!r}, 9000), h.SimpleHTTPRequestHandler).serve_forever()"

REACHING = f"""
import json, socket
def fault(host, port):
    try:
        socket.create_connection((host, port), 2).close()
    except OSError as error:
        return type(error).__name__
    return "reached"
def name(host):
    try:
        return socket.gethostbyname(host)
    except OSError:
        return "not known"
council = socket.gethostbyname("council")
places = [("1.1.1.1", 53), ({own_address()!r}, PORT), (council, PORT)]
print(json.dumps([*(fault(*place) for place in places), name("example.org")]))
"""
WRITING = """
import json
def written(path):
    try:
        open(path, "w").close()
    except OSError as error:
        return type(error).__name__
    return "written"
told = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
folders = ("", "/etc", "/opt/bins_r_us", "/usr", "/data", "/tmp")
places = {folder + "/x": written(folder + "/x") for folder in folders}
print(json.dumps([places, {name: told[name] for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")}]))
"""
ASKING = """
import json, os, urllib.error, urllib.request as web
sandbox = os.environ["COUNCIL_URL"].partition("/councils")[0]
answers = {}
for path in %r:
    call = web.Request(sandbox + path, headers={"Authorization": "Bearer " + os.environ["COUNCIL_KEY"]})
    try:
        answers[path] = [web.urlopen(call).status, ""]
    except urllib.error.HTTPError as refusal:
        answers[path] = [refusal.code, json.load(refusal)["detail"]]
print(json.dumps(answers))
"""
DOOR = f"/sandbox/councils/fairwater/components/{BINS}"


@pytest.fixture(scope="module")
def bins(ground: Ground, component_images: dict[str, str]) -> Iterator[Ground]:
    """Bins R Us, which runs from its image and has joined the council."""
    ground.typed("add", BINS, "--for", "waste", "--image", component_images["bins_r_us"])
    yield ground
    ground.typed("remove", BINS)
    assert ground.traces(BINS) == []


@pytest.fixture
def fork(ground: Ground) -> Iterator[str]:
    """Another council of the same sandbox."""
    forks = "/sandbox/councils/fairwater/forks"
    name: str = ground.client.post(forks, json={}).raise_for_status().json()["name"]
    yield name
    ground.client.delete(f"/sandbox/councils/{name}")


def asked(ground: Ground, path: str) -> Any:
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = httpx.get(ground.url_of(BINS) + path, headers=headers, trust_env=False)
    return answer.raise_for_status().json()


def wait_until(true: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, f"not within {PATIENCE_SECONDS} seconds: {what}"
        time.sleep(0.1)


def test_it_answers_with_the_records_that_it_took_over(bins: Ground) -> None:
    ours = bins.client.get("/councils/fairwater/waste/rounds").json()
    assert asked(bins, "/rounds") == ours
    assert ours["total"] > 0
    assert "runs" in bins.typed("list").stdout


def test_it_has_no_privilege_no_mounts_and_bounds_to_everything(bins: Ground) -> None:
    host = bins.container(BINS).attrs["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["ReadonlyRootfs"]
    assert not host["Binds"]
    assert [each["Type"] for each in bins.container(BINS).attrs["Mounts"]] == ["volume"]
    assert not host["Devices"]
    assert not host["PortBindings"]
    assert host["Memory"] == host["MemorySwap"] == 512 * 1024 * 1024
    assert host["NanoCpus"] == 1_000_000_000
    assert host["PidsLimit"] == 256
    assert host["RestartPolicy"]["Name"] in ("", "no")
    assert host["LogConfig"]["Config"] == {"max-size": "5m", "max-file": "2"}
    (name,) = bins.container(BINS).attrs["NetworkSettings"]["Networks"]
    (network,) = bins.engine.client.networks.list(names=[name])
    network.reload()
    assert network.attrs["Internal"]
    assert len(network.attrs["Containers"]) == 1


def test_its_key_is_in_its_environment_alone(bins: Ground, component_images: dict[str, str]) -> None:
    config = bins.container(BINS).attrs["Config"]
    environment = dict(each.partition("=")[::2] for each in config["Env"])
    key, secret = environment["COUNCIL_KEY"], environment["COUNCIL_EVENTS_SECRET"]
    assert key.startswith("vc_")
    image = bins.engine.client.images.get(component_images["bins_r_us"])
    (forwarder,) = forwarders(bins.data, BINS)
    elsewhere = f"{image.attrs} {image.history()} {forwarder} {config['Cmd']} {config['Labels']}"
    notes = "".join(file.read_text() for file in bins.data.glob("containers/*"))
    assert [each for each in (key, secret) if each in elsewhere + notes] == []


def test_it_reaches_no_address_but_the_forwarders(bins: Ground) -> None:
    port = bins.client.base_url.port
    out, address, council, name = bins.inside(BINS, REACHING.replace("PORT", str(port)))
    assert "reached" not in (out, address, council)
    assert name == "not known"


def test_it_writes_to_its_own_folders_alone_and_has_no_capability(bins: Ground) -> None:
    places, status = bins.inside(BINS, WRITING)
    assert {path for path, what in places.items() if what == "written"} == {"/data/x", "/tmp/x"}
    none = "0" * 16
    assert status == {"CapEff": none, "CapBnd": none, "NoNewPrivs": "1", "Seccomp": "2"}


def test_it_reaches_its_own_council_and_door_and_what_else_it_asks_for_is_refused_and_noted(
    bins: Ground, fork: str
) -> None:
    refused = [
        f"/councils/{fork}/waste/rounds",
        "/sandbox/councils",
        f"/sandbox/councils/{fork}/components",
        f"/councils/fairwater/../{fork}/waste/rounds",
        f"/councils/fairwater/%2e%2e/{fork}/waste/rounds",
        f"{DOOR}x",
        f"{DOOR}/../../clock",
        "/",
    ]
    allowed = ["/councils/fairwater/waste/rounds", DOOR, f"{DOOR}/feed?after=0"]
    answers = bins.inside(BINS, ASKING % [*refused, *allowed])
    # Nor does its key open what the forwarder would not pass.
    environment = bins.container(BINS).attrs["Config"]["Env"]
    (key,) = [each.partition("=")[2] for each in environment if each.startswith("COUNCIL_KEY=")]
    headers = {"Authorization": f"Bearer {key}"}
    assert (
        httpx.get(f"{bins.client.base_url}/councils/{fork}/waste/rounds", headers=headers).status_code == 403
    )
    assert {path for path, (status, _) in answers.items() if status == 200} == set(allowed)
    assert {answers[path][0] for path in refused} == {403}
    assert "joined fairwater" in answers[refused[0]][1]
    log = bins.typed("log", BINS, "--council", "fairwater").stdout
    assert "took over" in log
    assert f"refused GET b'/councils/{fork}/waste/rounds'" in log


def test_what_it_acknowledged_outlasts_a_kill_and_a_stop(bins: Ground) -> None:
    found = asked(bins, "/collections?reportable=true&missed=false&per_page=1")["items"][0]
    missed = {name: found[name] for name in ("uprn", "stream", "collection_date")}
    headers = {"Authorization": f"Bearer {KEY}"}
    url = bins.url_of(BINS)
    made = httpx.post(f"{url}/missed-collections", json=missed, headers=headers, trust_env=False)
    reference = made.raise_for_status().json()["reference"]
    bins.container(BINS).kill()
    wait_until(lambda: "stopped" in bins.typed("list").stdout, "that it is told to be stopped")
    bins.typed("start", BINS)
    assert asked(bins, f"/missed-collections/{reference}")["uprn"] == missed["uprn"]
    bins.typed("stop", BINS)
    assert forwarders(bins.data, BINS) == []
    bins.typed("start", BINS)
    assert asked(bins, f"/missed-collections/{reference}")["uprn"] == missed["uprn"]
    # A restart by the engine alone is no end to the forwarder, as a check of its conformance needs it.
    bins.container(BINS).restart(timeout=0)
    wait_until(lambda: _answers(bins), "that it answers again")
    assert len(forwarders(bins.data, BINS)) == 1


def _answers(bins: Ground) -> bool:
    try:
        return bool(asked(bins, "/rounds"))
    except httpx.HTTPError:
        return False


def test_a_component_with_a_health_check_is_waited_for_and_removed_without_a_trace(
    ground: Ground, component_images: dict[str, str]
) -> None:
    image = component_images["road_watch"]
    ground.typed("add", "road-watch", "--for", "street_reports", "--image", image)
    assert ground.container("road-watch").health == "healthy"
    with pytest.raises(HasContainer):
        ground.typed("add", "road-watch", "--for", "street_reports", "--image", image)
    ground.typed("remove", "road-watch")
    assert ground.traces("road-watch") == []


FAILING = {
    "ends-at-once": (
        ("EXPOSE 9000", PYTHON.format("print('no licence'); exit(3)")),
        DidNotComeUp,
        r"code 3.*no licence.*Nothing of it is left",
    ),
    "cannot-start": (
        ("EXPOSE 9000", 'CMD ["/no/such/program"]'),
        DidNotComeUp,
        r"ended by itself.*/no/such/program",
    ),
    "not-there": (
        ("EXPOSE 9000", IDLE),
        DidNotComeUp,
        "nothing answered",
    ),
    "on-loopback": (
        ("EXPOSE 9000", PYTHON.format(SERVES.format(host="127.0.0.1"))),
        DidNotComeUp,
        r"nothing answered.*0\.0\.0\.0",
    ),
    "unhealthy": (
        (
            "EXPOSE 9000",
            PYTHON.format(SERVES.format(host="0.0.0.0")),
            "HEALTHCHECK --interval=1s --retries=1 CMD echo out of paper; exit 1",
        ),
        DidNotComeUp,
        "unhealthy.*out of paper",
    ),
    "root-by-another-name": (
        (
            "RUN echo toor:x:0:0::/:/bin/sh >> /etc/passwd",
            "USER toor",
            "EXPOSE 9000",
            IDLE,
        ),
        DidNotComeUp,
        "root by another name",
    ),
    "no-port": (('CMD ["true"]',), WhichPort, "--port"),
    "two-ports": (("EXPOSE 9000 9001",), WhichPort, "9000, 9001"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_does_not_come_up_says_why_and_leaves_nothing(ground: Ground, name: str) -> None:
    lines, failure, said = FAILING[name]
    image = ground.image(f"test-{name}", *lines)
    with pytest.raises(failure) as raised:
        ground.typed("add", name, "--for", "waste", "--image", image, "--wait", "2.5")
    assert re.search(said, str(raised.value), re.DOTALL), str(raised.value)
    assert ground.traces(name) == []


@pytest.mark.parametrize(
    ("words", "failure", "said"),
    [
        (("--image", "bins-r-uss"), NoSuchImage, "Did you mean bins-r-us"),
        (("--image", "Not An Image"), NoSuchImage, "no image"),
        (("--image", "registry.invalid/nothing", "--pull"), NotPulled, "could not be pulled"),
        (("--image", "bins-r-us", "--url", "http://127.0.0.1:9000"), Failure, "one of the two"),
        (("--image", "bins-r-us", "--env-file", "bins.env"), Failure, "leave out"),
    ],
)
def test_what_cannot_be_started_is_refused_before_anything_is_made(
    ground: Ground,
    component_images: dict[str, str],
    words: tuple[str, ...],
    failure: type[Failure],
    said: str,
) -> None:
    with pytest.raises(failure, match=said):
        ground.typed("add", "nobody", "--for", "waste", *words)
    assert ground.traces("nobody") == []


def test_an_image_is_given_no_more_than_any_whatever_it_asks_for(ground: Ground) -> None:
    image = ground.image(
        "test-demanding",
        "USER root",
        'LABEL RUN="docker run --privileged -v /:/host IMAGE" io.containers.capabilities="SYS_ADMIN"',
        "VOLUME /var/run/docker.sock /etc",
        "EXPOSE 9000",
        PYTHON.format(SERVES.format(host="0.0.0.0")),
    )
    ground.typed("add", "demanding", "--for", "waste", "--image", image)
    container = ground.container("demanding")
    assert container.exec_run(["id", "-u"]).output == b"65534\n"
    assert {each["Type"] for each in container.attrs["Mounts"]} == {"volume"}
    assert not container.attrs["HostConfig"]["Privileged"]
    assert not container.attrs["HostConfig"]["CapAdd"]
    ground.typed("remove", "demanding")
    assert ground.traces("demanding") == []


def test_what_a_killed_command_leaves_is_found_and_cleared_away(ground: Ground) -> None:
    image = ground.image("test-slow", "EXPOSE 9000", IDLE)
    adding = ground.begun("add", "slow", "--for", "waste", "--image", image)
    try:
        wait_until(lambda: forwarders(ground.data, "slow"), "that the container and its forwarder run")
        assert "being added" in ground.typed("list").stdout
        # Somebody else's tidying leaves what is being added alone.
        assert "Nothing was left" in ground.typed("tidy").stdout
    finally:
        adding.kill()
        adding.wait()
    assert ground.traces("slow") != []
    assert "slow" in ground.typed("tidy").stdout
    wait_until(lambda: not ground.traces("slow"), "that all of it is gone")
    assert "Nothing was left" in ground.typed("tidy").stdout


def test_a_component_that_was_registered_with_an_address_has_no_container(ground: Ground) -> None:
    ground.typed("add", "elsewhere", "--for", "waste", "--url", "http://127.0.0.1:9")
    with pytest.raises(NoContainer, match="not added with --image"):
        ground.typed("stop", "elsewhere")
    # Whoever uses no container needs no engine.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCKER_HOST", f"unix://{os.devnull}")
        ground.typed("remove", "elsewhere")
