"""What cannot be tested is refused before anything runs: a wrong address, a wrong key, a misnamed folder."""

from __future__ import annotations

from scenarios.conformance.checks import Skipped, Unjudged
from scenarios.conformance.keys import Keys
from scenarios.conformance.target import Described, Target, try_key
from scenarios.council import Council
from scenarios.packs import ACROSS, Packs
from scenarios.problems import CouldNotRun, nearest


def expect_known_packs(packs: Packs, council: Council) -> None:
    """Refuse a folder of journeys that is nearly named for a service: its journeys would never be walked."""
    for name in {journey.pack for journey in packs.journeys} - {ACROSS, *council.offered}:
        near = nearest(name, council.offered)
        if near:
            raise CouldNotRun(
                f"there is no service `{name}` for the journeys in that folder; is it `{near}`?"
            )


def expect_some_claimed(target: Target, council: Council, told: Described) -> None:
    """Refuse a target that has nothing of the slot, which is a wrong address rather than many failures."""
    contract = council.services[target.service]
    if not told.claimed:
        raise CouldNotRun(
            f"{contract.server} ({told.title or 'no title'}) claims none of the {len(contract.operations)} "
            f"operations of the slot for {target.service}: is it the right address? `council component check "
            f"--for {target.service} --url {contract.server}` compares the two"
        )


def try_its_key(target: Target, council: Council, told: Described) -> None:
    """Make sure that a target elsewhere takes the key that it will be asked with; raises CouldNotRun."""
    keys = Keys(council, target)
    try:
        key = keys.key("everything")
    except Skipped:
        key = None
    except Unjudged as refused:
        raise CouldNotRun(str(refused)) from refused
    try_key(target, council.services[target.service], told, key)
