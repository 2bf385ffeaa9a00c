"""Bins R Us: a supplier's collection service, which takes a council's slot for waste.

Start it with the environment that the council gave at the registration:
``python bins_r_us --port 9000 --data FOLDER``.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import defects
import uvicorn
from council import Membership, NotJoined
from server import application
from store import Store


def main() -> int:
    """Take over the slot's records if this is the first start, and answer until told to stop."""
    parser = argparse.ArgumentParser(prog="bins_r_us", description="A collection service for a council.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 in a container")
    parser.add_argument("--data", type=Path, required=True, help="the folder of this program's own file")
    parser.add_argument("--defect", default=os.environ.get("DEFECT"), help="a mistake to make: defects.py")
    asked = parser.parse_args()
    try:
        defects.choose(asked.defect)
        membership = Membership.of_environment()
        store = Store(asked.data)
        # Where there are some already, whether they still stand is asked before the first answer.
        taken_over = 0 if store.state else store.take_over(membership)
    except (defects.NoSuchDefect, NotJoined) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(f"Bins R Us fills {membership.slot}; took over {taken_over} records", flush=True)
    app = application(membership, store)
    uvicorn.run(app, host=asked.host, port=asked.port, log_level="warning", access_log=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
