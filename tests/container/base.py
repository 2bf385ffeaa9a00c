"""The image that the Dockerfile builds on: the public one where it can be had, else Debian from its mirror.

Without a way to the public registry, `debootstrap` makes a plain Debian 12 with Python, certificates and
make. The tree is kept as a tar file between runs, in COUNCIL_CACHE or the user's
cache folder.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import docker
from docker.errors import APIError, ImageNotFound

REPOSITORY = Path(__file__).parents[2]
CACHE = Path(os.environ.get("COUNCIL_CACHE", Path.home() / ".cache" / "virtual-council"))
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
NOT_NEEDED = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale")


def name_of_base() -> str:
    """The name in the Dockerfile's `ARG BASE=`."""
    found = re.search(r"^ARG BASE=(\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE)
    assert found, "the Dockerfile names no base"
    return found[1]


def provide_base(client: docker.DockerClient) -> None:
    """Sees to it that the engine has the Dockerfile's base under its name; one it has is left alone."""
    name = name_of_base()
    try:
        client.images.get(name)
    except ImageNotFound:
        repository, _, tag = name.partition(":")
        try:
            client.images.pull(repository, tag=tag)
        except APIError:
            client.api.import_image_from_file(str(_debian_tar()), repository=repository, tag=tag)
        _trust_what_this_machine_trusts(client, name)


def _debian_tar() -> Path:
    kept = CACHE / "debian-bookworm-python-make.tar"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="debian-") as folder:
            packages = "python3,python3-venv,ca-certificates,make"
            command = ["debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", folder]
            subprocess.run([*command, *_mirror()], check=True, stdout=subprocess.DEVNULL)
            for part in NOT_NEEDED:
                shutil.rmtree(Path(folder, part))
                Path(folder, part).mkdir()
            unfinished = kept.with_suffix(".unfinished")
            subprocess.run(["tar", "-c", "-f", str(unfinished), "-C", folder, "."], check=True)
        unfinished.rename(kept)
    return kept


def _mirror() -> list[str]:
    """The mirror that this machine's apt uses for Debian 12; empty leaves debootstrap its own choice."""
    question = ["apt-get", "indextargets", "--format", "$(REPO_URI)"]
    answer = subprocess.run(
        [*question, "Created-By: Packages", "Codename: bookworm", "Component: main"],
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout.split()[:1]


def _trust_what_this_machine_trusts(client: docker.DockerClient, name: str) -> None:
    # A network with a package index or certificate authority of its own has told this machine's pip of
    # them; pip in the build must know the same, and the Dockerfile must not.
    files = {"Dockerfile": f"FROM {name}\nCOPY pip.conf /etc/\n", "pip.conf": _settings_of_pip()}
    if AUTHORITIES.exists():
        files["Dockerfile"] += f"COPY authorities {AUTHORITIES}\n"
        files["authorities"] = AUTHORITIES.read_text()
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.mode = 0o644
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    context.seek(0)
    client.images.build(fileobj=context, custom_context=True, tag=name, rm=True)


def _settings_of_pip() -> str:
    """This machine's pip settings as a pip.conf, without those that point into its own folders."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    kept = {"cert": str(AUTHORITIES)} if AUTHORITIES.exists() else {}
    for name, value in re.findall(r"^\S+?\.([a-z-]+)='(.*)'$", answer.stdout, re.MULTILINE):
        addresses = [word for word in value.split() if word.startswith("http")]
        if name in ("index-url", "extra-index-url") and addresses:
            kept[name] = " ".join(addresses)
        elif name in ("trusted-host", "default-timeout"):
            kept[name] = value
    return "[global]\n" + "".join(f"{name} = {value}\n" for name, value in kept.items())
