"""How often what is asked of a service, and by what calls: a pack's ``traffic.yaml``.

A pack without one has an even share of everything that its contract lets be read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sandbox.failure import Failure
from scenarios import packs
from scenarios.openapi import Operation
from scenarios.openapi import Service as Contract
from scenarios.problems import BrokenPacks, Mistake, suggestion
from scenarios.reading import read

FILE = "traffic.yaml"
NOISE = "noise.yaml"
Hours = Literal["residents", "office", "after-the-crews", "programs"]
"""By whom something is asked, and so at which hours of the day; see ``day``."""
POINTER = r"^(/([^/~]|~[01])*)*$"
FORM = "application/x-www-form-urlencoded"
READS_A_YEAR = 10.0
"""Of each thing that a contract without volumes lets be read, for a thousand residents: an assumption."""


class NoSuchErrand(Failure):
    """A run was to have an errand that the traffic of the service has not got."""


class Part(BaseModel):
    """Any object of the file; a field that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Call(Part):
    """One operation with what is sent to it, in the expressions of ``records.yaml``.

    ``$outputs.x`` is a field of the entry that was drawn from a pool. ``$inputs`` are ``key``, ``unique`` (a
    text that no other call has), ``words`` (what somebody writes, in any script), ``now``, ``today`` and some
    days around it: ``long_ago``, ``next_week``, ``in_a_year``, ``working_day``, ``later_working_day``,
    ``sunday`` and ``bank_holiday``.
    """

    operation: str
    path: dict[str, str] = Field(default_factory=dict)
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    content_type: Literal["application/json", "application/x-www-form-urlencoded"] = "application/json"


class Pool(Call):
    """Where values are found: the entries of a list, of this service or another, as they are at that moment.

    ``shows`` is how one entry is read by itself: the end state of every case that was touched is. Where
    ``unusual`` names a field, entries in which it has letters beyond ASCII are drawn before any other. Of a
    list in the order in which its entries came about, ``newest`` takes the end.
    """

    service: str | None = None
    items: str = Field(default="/items", pattern=POINTER)
    shows: Call | None = None
    unusual: str | None = None
    newest: bool = False


class Errand(Call):
    """What somebody wants of the service, and how often.

    ``often`` says how many times a year, ``each`` for whom: each home, each thousand residents, or the
    council as a whole; in place of that ``figure`` names a published figure of the authority, of which there
    are ``often`` for each one counted. ``basis`` says where the number is from. ``keeps`` is the pool whose
    kind of case the answer shows, and ``record`` where in it. ``again`` sends the same call once more, and
    ``after`` names an errand that each of these follows by half an hour. What is asked of another ``service``
    happens elsewhere in the council, and the slot may hear of it.
    """

    name: str
    service: str | None = None
    often: Annotated[float, Field(gt=0)]
    each: Literal["home", "thousand-residents", "council"] = "home"
    figure: str | None = None
    hours: Hours = "residents"
    basis: str
    draws: str | None = Field(default=None, description="The pool that its values are drawn from.")
    key: Literal["writer", "reader", "unknown", "none"] = "writer"
    keeps: str | None = None
    record: str = Field(default="", pattern=POINTER)
    again: bool = False
    after: str | None = None


class Traffic(Part):
    """What a year brings to a service; ``sources`` says where figures are from, and under which licence."""

    sources: str
    pools: dict[str, Pool] = Field(default_factory=dict)
    errands: Annotated[tuple[Errand, ...], Field(min_length=1)]

    @property
    def elsewhere(self) -> frozenset[str]:
        """The other services that values are found in, or where something happens."""
        named = (*(one.service for one in self.errands), *(one.service for one in self.pools.values()))
        return frozenset(each for each in named if each)

    def only(self, names: Collection[str]) -> Traffic:
        """With these errands alone; with all, where none is named. Raises NoSuchErrand."""
        known = [errand.name for errand in self.errands]
        for name in names:
            if name not in known:
                raise NoSuchErrand(f"There is no errand {name}; {suggestion(name, known)}")
        kept = tuple(errand for errand in self.errands if errand.name in names)
        return self.model_copy(update={"errands": kept}) if names else self

    @model_validator(mode="after")
    def _hangs_together(self) -> Traffic:
        names = [each.name for each in self.errands]
        for errand in self.errands:
            if names.count(errand.name) > 1:
                raise ValueError(f"there are two errands {errand.name}")
            if errand.after is not None and errand.after not in names[: names.index(errand.name)]:
                raise ValueError(f"{errand.name}: {errand.after} is no errand that stands before it")
            for pool in (errand.draws, errand.keeps):
                if pool is not None and pool not in self.pools:
                    raise ValueError(f"{errand.name}: there is no pool {pool}; {_known(pool, self.pools)}")
        return self


def traffic_of(service: str, contract: Contract, folder: Path = packs.FOLDER) -> Traffic:
    """What a year brings to a service, by its pack or, without a word there, evenly.

    Raises BrokenPacks where the file has a mistake, an operation that the contract lacks among them.
    """
    file = folder / service / FILE
    if not file.exists():
        return evenly(contract)
    traffic = read(file, f"{service}/{FILE}", Traffic, _VOCABULARY)
    own = [pool for pool in traffic.pools.values() if pool.service is None]
    asked: list[Call] = [
        *(one for one in traffic.errands if one.service is None),
        *own,
        *(pool.shows for pool in own if pool.shows),
    ]
    for call in asked:
        if call.operation not in contract.operations:
            named = suggestion(call.operation, contract.operations)
            raise BrokenPacks(
                [Mistake(f"{service}/{FILE}", "$", f"{service} has no operation `{call.operation}`; {named}")]
            )
    return traffic


def noise_of(service: str, folder: Path = packs.FOLDER) -> list[Path]:
    """The file in which a pack says what may differ in its service's answers and means nothing, if any."""
    file = folder / service / NOISE
    return [file] if file.exists() else []


def evenly(contract: Contract) -> Traffic:
    """The traffic of a service of which nothing is known but its contract: all that can be read, alike."""
    pools: dict[str, Pool] = {}
    errands: list[Errand] = []
    lists = {one.path: one for one in contract.operations.values() if _is_plain_list(one)}
    for one in contract.operations.values():
        if one.method != "GET":
            continue
        names = sorted(one.names("path"))
        if one.path in lists:
            errands.append(_evenly(one.id, one))
        elif len(names) == 1 and (owner := lists.get(one.path.partition("/{")[0])):
            pools.setdefault(owner.id, Pool(operation=owner.id))
            field = f"$outputs.{_field(names[0])}"
            errands.append(_evenly(one.id, one, draws=owner.id, path={names[0]: field}))
            errands.append(_evenly(f"{one.id}-unknown", one, path={names[0]: "not-there-0"}))
    if not errands:
        errands = [_evenly(one.id, one) for one in list(contract.operations.values())[:1]]
    said = "Nothing is published or assumed of this service: whatever can be read is read equally often."
    return Traffic(sources=said, pools=pools, errands=tuple(errands))


def _evenly(name: str, one: Operation, **more: Any) -> Errand:
    return Errand(
        name=name,
        operation=one.id,
        often=READS_A_YEAR,
        each="thousand-residents",
        basis="evenly, for want of anything known",
        **more,
    )


def _is_plain_list(one: Operation) -> bool:
    return one.method == "GET" and not one.names("path") and not one.required


def _field(name: str) -> str:
    """The field of a list's entry that fills a name in a path: the name itself is ours to rely on."""
    return name


def _known(name: str, pools: Mapping[str, Pool]) -> str:
    return suggestion(name, pools)


_VOCABULARY = {name for model in (Traffic, Errand, Pool) for name in model.model_fields}
