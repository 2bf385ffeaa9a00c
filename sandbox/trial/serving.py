"""The process behind ``started``: serves a data folder until its standard input ends, then deletes it.

It is told the folder and the name of the council, and says where it answers as one line of JSON.
Its input ends when the test run that started it is over, however that ended; so nothing is left.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from sandbox.failure import Failure

COULD_NOT = 2


def main(path: str, name: str) -> int:
    """Serve until the input ends; the exit code."""
    from sandbox.app import Sandbox
    from sandbox.folder import DataFolder
    from sandbox.serving import served_aside
    from service_apis.kit.discovery import BrokenService, discover

    try:
        sandbox = Sandbox(DataFolder(Path(path)), discover(), name)
    except (Failure, BrokenService) as failure:
        print(failure, file=sys.stderr)  # noqa: T201 - a process of its own, whose only reader is `started`
        return COULD_NOT
    try:
        with served_aside(sandbox.gateway) as url:
            print(json.dumps({"url": url, "key": sandbox.keyring.first.secret}), flush=True)  # noqa: T201
            sys.stdin.read()
    finally:
        sandbox.close()
        shutil.rmtree(path, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
