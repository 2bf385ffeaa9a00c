"""The curl line that the start prints, run as it stands."""

from __future__ import annotations

import re
import shlex
import subprocess


def printed_call(said: str) -> list[str]:
    """The words of the last curl line in what was said."""
    lines = re.findall(r"\bcurl .+", said)
    assert lines, f"no curl line was printed:\n{said}"
    return shlex.split(lines[-1])


def address_of(call: list[str]) -> str:
    """The address that a curl line calls."""
    return next(word for word in call if word.startswith("http"))


def redirected(call: list[str], path: str, *words: str) -> list[str]:
    """The same call, with its key, to another path of the same server; `words` are further ones of curl's."""
    address = address_of(call)
    elsewhere = "/".join(address.split("/")[:3]) + path
    return [elsewhere if word == address else word for word in call] + list(words)


def answer_to(call: list[str]) -> tuple[int, str]:
    """Status and body of the answer to a curl line."""
    command = [*call, "--silent", "--write-out", "\n%{http_code}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body
