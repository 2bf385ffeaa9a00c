"""Mess: the faults that a service's copy of the town's people has, and what each clean value was.

The rates are those of ``assumptions_of_mess``, times a level from 0 (none) to 1. Each kind of fault draws
from a stream of its own, so that more of one kind redraws none of another; a value has one fault at most.
No fault makes an identifier that the town does not have: telephone numbers and homes are other people's, and
e-mail addresses go missing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synthetic_data.assumptions_of_mess import NICKNAMES, PHONE_OF_THE_HOUSEHOLD, RATES, RATES_OF_DUPLICATES
from synthetic_data.mess_of_dates import transposed
from synthetic_data.mess_of_names import misspelt
from synthetic_data.quotas import Flags, Integers
from synthetic_data.town import Dates, Text

if TYPE_CHECKING:
    from synthetic_data.town import Town

Streams = Callable[[str], np.random.Generator]
"""The random stream for a purpose, such as ``"nickname"``."""

PARTS = ("forename", "surname", "born", "email", "mobile", "property", "link")
"""What a service may know of a person. ``link`` is that it knows who they are in the citizen index."""


@dataclass(frozen=True, slots=True)
class Copy:
    """People as one service knows them, a row for each record.

    ``person`` is a row of the town's residents, ``property`` one of its properties; ``linked`` says whether
    the record bears the resident's id.
    """

    person: Integers
    forename: Text
    surname: Text
    born: Dates
    email: Text
    mobile: Text
    property: Integers
    linked: Flags


@dataclass(frozen=True, slots=True)
class Fault:
    """Faults of one kind in one part: the rows of the copy that bear it."""

    kind: str
    part: str
    rows: Integers


@dataclass(frozen=True, slots=True)
class Messy:
    """A copy with its faults.

    The first records are those that there are without mess, in their order; the last ``repeats`` are second
    entries of people who have one already, ``repeated`` the row of each one's first.
    """

    copy: Copy
    faults: tuple[Fault, ...]
    repeated: Integers

    @property
    def repeats(self) -> int:
        """How many second entries there are."""
        return int(self.repeated.size)


def clean_copy(town: Town, person: Integers) -> Copy:
    """The town's people of these rows, without a fault."""
    people = town.residents
    return Copy(
        person=person,
        forename=people.forename[person],
        surname=people.surname[person],
        born=people.born[person],
        email=people.email[person],
        mobile=people.mobile[person],
        property=people.property[person],
        linked=np.ones(person.size, dtype=np.bool_),
    )


def make_messy(
    town: Town,
    person: Integers,
    parts: Collection[str],
    level: float,
    streams: Streams,
    *,
    repeats: bool = False,
) -> Messy:
    """A copy of the town's people of these rows, with faults in ``parts`` at a level from 0 to 1.

    ``repeats`` lets some people have a second entry.

    Raises:
        ValueError: the level is not from 0 to 1, or a part is none of PARTS.
    """
    if not 0 <= level <= 1:
        raise ValueError(f"A level of mess lies between 0 and 1; {level} does not.")
    if unknown := sorted(set(parts) - set(PARTS)):
        raise ValueError(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}.")
    clean = clean_copy(town, person)
    none = np.zeros(0, dtype=np.int64)
    if level == 0:
        return Messy(clean, (), none)
    rates = {kind: rate * level for kind, rate in RATES.items()}
    first = _Entries(town, clean, rates, streams).faulted(parts)
    if not repeats:
        return Messy(*first, none)
    twice = np.flatnonzero(streams("duplicate").random(person.size) < rates["duplicate"])
    second = _Entries(
        town,
        clean_copy(town, person[twice]),
        RATES_OF_DUPLICATES,
        lambda kind: streams(f"duplicate.{kind}"),
        together=False,
    ).faulted(parts)
    return Messy(*_joined(first, second), twice)


Faulted = tuple[Copy, tuple[Fault, ...]]


def _joined(first: Faulted, second: Faulted) -> Faulted:
    one, other = first[0], second[0]
    columns = {
        name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in Copy.__dataclass_fields__
    }
    moved = (replace(fault, rows=fault.rows + one.person.size) for fault in second[1])
    return Copy(**columns), (*first[1], *moved)


@dataclass(slots=True)
class _Entries:
    """Entries that faults are being put into, each part of an entry at most one."""

    town: Town
    clean: Copy
    rates: dict[str, float]
    streams: Streams
    together: bool = True
    """Whether an old address is that of a whole household."""

    def faulted(self, parts: Collection[str]) -> Faulted:
        """The copy with faults in these parts."""
        makers = {
            "forename": (self._nickname, self._misspelt),
            "surname": (self._maiden_name, self._misspelt),
            "born": (self._transposed,),
            "email": (self._missing,),
            "mobile": (self._missing, self._shared_phone),
            "property": (self._old_address,),
            "link": (self._unlinked,),
        }
        columns: dict[str, np.ndarray] = {}
        faults: list[Fault] = []
        for part in PARTS:
            if part not in parts:
                continue
            name = "linked" if part == "link" else part
            column, borne = getattr(self.clean, name).copy(), np.zeros(self.clean.person.size, dtype=np.bool_)
            for make in makers[part]:
                kind, values, possible = make(part)
                rows = np.flatnonzero(possible & ~borne & self._drawn(kind, part))
                column[rows], borne[rows] = values(rows), True
                faults.append(Fault(kind, part, rows))
            columns[name] = column
        return replace(self.clean, **columns), tuple(fault for fault in faults if fault.rows.size)

    def _drawn(self, kind: str, part: str) -> Flags:
        """Which entries a kind of fault falls on, if they can bear it."""
        rate = self.rates.get(kind, 0.0)
        rng = self.streams(kind)
        if part == "property" and self.together:
            by_household: Flags = rng.random(self.town.households.size.size) < rate
            return np.asarray(by_household[self.town.residents.household[self.clean.person]])
        return np.asarray(rng.random(self.clean.person.size) < rate)

    def _nickname(self, _part: str) -> _Making:
        known = np.array([name in NICKNAMES for name in self.clean.forename.tolist()], dtype=np.bool_)
        rng = self.streams("nickname.which")

        def values(rows: Integers) -> Text:
            lists = [NICKNAMES[name] for name in self.clean.forename[rows].tolist()]
            picks = zip(lists, rng.random(rows.size).tolist(), strict=True)
            return np.array([listed[int(chance * len(listed))] for listed, chance in picks], dtype=object)

        return "nickname", values, known

    def _misspelt(self, part: str) -> _Making:
        names: Text = getattr(self.clean, part)
        long_enough = np.array([len(name) >= 3 for name in names.tolist()], dtype=np.bool_)
        rng = self.streams(f"misspelt_{part}.how")
        return f"misspelt_{part}", lambda rows: misspelt(names[rows], rng), long_enough

    def _maiden_name(self, _part: str) -> _Making:
        born_as = self.town.residents.surname_at_birth[self.clean.person]
        return "maiden_name", lambda rows: born_as[rows], np.asarray(born_as != self.clean.surname)

    def _transposed(self, _part: str) -> _Making:
        other = transposed(self.clean.born, self.town.as_of)
        return "transposed_date", lambda rows: other[rows], ~np.isnat(other)

    def _missing(self, part: str) -> _Making:
        given = np.asarray(getattr(self.clean, part) != None)  # noqa: E711 - element by element
        return f"missing_{part}", lambda rows: np.full(rows.size, None, dtype=object), given

    def _shared_phone(self, _part: str) -> _Making:
        """Another's number: of the first of the household, or of anybody."""
        people, rng, size = self.town.residents, self.streams("shared_phone.whose"), self.clean.person.size
        have = np.flatnonzero(people.mobile != None)  # noqa: E711 - element by element
        if not have.size:
            return "shared_phone", lambda rows: self.clean.mobile[rows], np.zeros(size, dtype=np.bool_)
        household = people.household[self.clean.person]
        first = np.full(self.town.households.size.size + 1, -1, dtype=np.int64)
        first[people.household[::-1]] = np.arange(people.household.size)[::-1]
        at_home = (household >= 0) & (rng.random(size) < PHONE_OF_THE_HOUSEHOLD)
        anybody = have[rng.integers(0, have.size, size)]
        lender = np.where(at_home, first[household], anybody)
        lender = np.where(people.mobile[lender] == None, anybody, lender)  # noqa: E711
        number = people.mobile[lender]
        return "shared_phone", lambda rows: number[rows], np.asarray(number != self.clean.mobile)

    def _old_address(self, _part: str) -> _Making:
        """Another home, in which others live by now."""
        homes = self.town.properties
        lived_in = np.flatnonzero(homes.household >= 0)
        rng, people = self.streams("old_address.where"), self.town.residents
        household = people.household[self.clean.person]
        if self.together:
            former = lived_in[rng.integers(0, lived_in.size, self.town.households.size.size)][household]
        else:
            former = lived_in[rng.integers(0, lived_in.size, household.size)]
        moved = (household >= 0) & (former != self.clean.property)
        return "old_address", lambda rows: former[rows], moved

    def _unlinked(self, _part: str) -> _Making:
        every = np.ones(self.clean.person.size, dtype=np.bool_)
        return "unlinked", lambda rows: np.zeros(rows.size, dtype=np.bool_), every


_Making = tuple[str, Callable[[Integers], "np.ndarray"], Flags]
"""A kind of fault, the values that rows get, and which entries can bear it."""
