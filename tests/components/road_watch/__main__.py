"""Road Watch, an imaginary supplier's component: a council's street reports over Open311.

Run as ``python road_watch --port 9000 --data FOLDER``, on Python's standard library alone. It shows what it
takes to join a council: ``door.py`` is all that is said to the council, the rest is any supplier's.
"""

import argparse
import logging
import os
import sys
import time
from pathlib import Path

import defects
from clerk import Clerk
from door import NEEDED, Council
from refusals import CouncilSilent
from server import Server
from store import Store

PATIENCE_SECONDS = 20


def main() -> None:
    """Join the council that the environment names, and answer calls until the program is ended."""
    parser = argparse.ArgumentParser(
        prog="road_watch", description="Street reports over Open311, for one council."
    )
    known = defects.DEFECTS | defects.ON_LEAVING
    parser.add_argument("--port", type=int, default=9000, help="where to answer; 0 for any free port")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 in a container")
    parser.add_argument("--data", type=Path, default=Path("road-watch-data"), help="the folder for its file")
    parser.add_argument("--defect", choices=known, default=os.environ.get("DEFECT"), metavar="NAME",
                        help="a fault to have: " + ", ".join(known))  # fmt: skip
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="road_watch: %(message)s")
    if missing := [name for name in NEEDED if name not in os.environ]:
        parser.error(
            f"{', '.join(missing)} not set; the council gives them when the component is added to it"
        )
    if options.defect and options.defect not in known:
        parser.error(f"DEFECT {options.defect} is none; there are: {', '.join(known)}")
    defects.choose(options.defect)
    council, store = Council(os.environ), Store(options.data)
    _join(council, store)
    clerk = Clerk(council, store)
    server = Server((options.host, options.port), council, store, clerk)
    clerk.start()
    logging.info("answers at http://%s:%d", *server.server_address[:2])
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


def _join(council: Council, store: Store) -> None:
    """Take over what the council has. It need not answer yet: the two may have been started at once."""
    if store.has_joined:
        return  # Whether the records still stand is asked before the first answer.
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            store.present(council)
            return
        except CouncilSilent as silence:
            if time.monotonic() > give_up:
                sys.exit(f"road_watch: {silence}")
            time.sleep(0.2)


if __name__ == "__main__":
    main()
