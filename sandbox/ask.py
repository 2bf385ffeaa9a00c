"""What a user asks a council to be, from options given or left out, and what there is already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sandbox import machine
from sandbox.failure import Failure
from sandbox.folder import DataFolder, HalfBuilt, read_facts
from synthetic_data.assumptions_of_mess import A_LITTLE
from synthetic_data.profiles import find_profile
from synthetic_data.profiles.finder import UnknownAuthority

if TYPE_CHECKING:
    from sandbox.build import Plan
    from synthetic_data.identifiers import Mode
    from synthetic_data.profiles import Profile

DEMO_NAME = "fairwater"
DEMO_LIKE = "Hartlepool"
DEMO_RESIDENTS = 10_000
DEMO_SEED = 7
FEWEST_RESIDENTS, MOST_RESIDENTS = 100, 2_000_000
_SAID_OF = {
    "shaped_like": "is shaped like",
    "seed": "has seed",
    "identifiers": "has identifiers that are",
    "mess": "has a level of mess of",
    "as_of": "begins on",
    "asked_residents": "has a population of",
}
DEFAULT_IDENTIFIERS: Mode = "unallocatable"


class CannotBe(Failure):
    """What was asked of a council cannot be built."""


class ThereAlready(Failure):
    """A council of that name is there, and is not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The options as they were given; None where one was left out.

    ``residents`` is a number or ``full`` for the authority's whole population.
    """

    like: str | None = None
    residents: str | None = None
    seed: int | None = None
    as_of: date | None = None
    name: str | None = None
    identifiers: Mode | None = None
    mess: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether any council would do."""
        return self == Ask()


def plan_of(ask: Ask) -> Plan:
    """The council that was asked for, with what was left out filled in. Raises CannotBe."""
    from sandbox.build import Plan
    from synthetic_data.place_names import invent_name
    from synthetic_data.real_places import RealPlaceName, UnusableName, check_invented_name

    seed = DEMO_SEED if ask.seed is None else ask.seed
    try:
        profile = _profile(ask.like or DEMO_LIKE)
        name = ask.name or (DEMO_NAME if ask.like is None else invent_name(seed))
        check_invented_name(name)
    except (RealPlaceName, UnusableName) as refusal:
        raise CannotBe(str(refusal)) from refusal
    return Plan(
        name=name,
        profile=profile,
        residents=_residents(ask.residents, profile.population),
        seed=seed,
        as_of=ask.as_of or machine.today(),
        identifiers=ask.identifiers or DEFAULT_IDENTIFIERS,
        mess=A_LITTLE if ask.mess is None else ask.mess,
    )


def _profile(like: str) -> Profile:
    try:
        return find_profile(like)
    except UnknownAuthority as refusal:
        raise CannotBe(str(refusal)) from refusal


def _residents(asked: str | None, population: int) -> int:
    if asked is None:
        return min(DEMO_RESIDENTS, population)
    if asked == "full":
        return population
    digits = asked.replace(",", "").replace("_", "")
    if not digits.isdigit() or int(digits) < FEWEST_RESIDENTS:
        raise CannotBe(
            f"--residents takes a number of {FEWEST_RESIDENTS} or more, or the word full; not {asked!r}"
        )
    if int(digits) > MOST_RESIDENTS:
        raise CannotBe(
            f"--residents takes {MOST_RESIDENTS:,} at most, more than any authority has; not {asked}"
        )
    return int(digits)


def already_there(folder: DataFolder, ask: Ask) -> str | None:
    """The name of the council that the ask is about, if it has been built; None if it has to be.

    Raises ThereAlready if the one of that name differs from what was asked, HalfBuilt if its
    building was interrupted.
    """
    names = folder.names()
    if ask.is_open and names:
        return DEMO_NAME if DEMO_NAME in names else names[0]
    name = ask.name or plan_of(ask).name
    folder.file(name)
    if name not in names:
        if name in folder.half_built():
            raise HalfBuilt.of(name)
        return None
    _refuse_if_different(read_facts(folder.file(name)), ask, name)
    return name


def _refuse_if_different(facts: dict[str, object], ask: Ask, name: str) -> None:
    # A council built before there were modes or mess says nothing of its own.
    facts = {"identifiers": DEFAULT_IDENTIFIERS, "mess": 0.0, **facts}
    given = {
        "shaped_like": _profile(ask.like).name if ask.like else None,
        "seed": ask.seed,
        "identifiers": ask.identifiers,
        "mess": ask.mess,
        "as_of": ask.as_of.isoformat() if ask.as_of else None,
    }
    if ask.residents is not None:
        given["asked_residents"] = plan_of(ask).residents
    differing = [
        f"it {_SAID_OF[what]} {facts[what]}, not {wanted}".replace("_", "-")
        for what, wanted in given.items()
        if wanted is not None and facts[what] != wanted
    ]
    if differing:
        raise ThereAlready(
            f"{name} is there already, and {'; '.join(differing)}. Build another with --name, or replace "
            f"it: `council delete {name}`, then build it again."
        )
