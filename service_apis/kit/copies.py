"""Copies: the town's people as one service knows them, faults and all, and the truth beside them.

A seed asks for its people with :func:`people_of`, makes its records of them, and tells with
:meth:`People.enter` which record stands for whom. The faults are those of ``synthetic_data.mess``; their
streams are named for the service, so that a new service changes no other's mess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_apis.kit.records import Truth, TruthFault
from service_apis.kit.seeding import Seeding, columns
from synthetic_data.mess import Fault, Messy, clean_copy, make_messy
from synthetic_data.quotas import Integers
from synthetic_data.town import Dates, Flags, Text, Town

if TYPE_CHECKING:
    from collections.abc import Iterator

Fields = Mapping[str, str]
"""For each part of a person that a service keeps (see ``synthetic_data.mess.PARTS``) the field of it."""


def named(name: str, resident_id: str) -> Fields:
    """The fields of a service that keeps a whole name in one field and the resident's id in another."""
    return {"forename": name, "surname": name, "link": resident_id}


@dataclass(frozen=True, slots=True)
class People:
    """People as the service knows them, a row for each record; second entries are the last."""

    town: Town
    seeding: Seeding
    fields: Fields
    messy: Messy

    @property
    def rows(self) -> Integers:
        """The row of the town's residents that each record stands for."""
        return self.messy.copy.person

    @property
    def repeats(self) -> int:
        """How many second entries there are."""
        return self.messy.repeats

    @property
    def forename(self) -> Text:
        """Forenames."""
        return self.messy.copy.forename

    @property
    def surname(self) -> Text:
        """Surnames."""
        return self.messy.copy.surname

    @property
    def name(self) -> Text:
        """Whole names, such as "Mary Smith"."""
        return np.asarray(self.messy.copy.forename + " " + self.messy.copy.surname)

    @property
    def born(self) -> Dates:
        """Dates of birth."""
        return self.messy.copy.born

    @property
    def email(self) -> Text:
        """E-mail addresses, None where none is known."""
        return self.messy.copy.email

    @property
    def mobile(self) -> Text:
        """Telephone numbers, None where none is known."""
        return self.messy.copy.mobile

    @property
    def home(self) -> Integers:
        """The row of the town's properties where each is said to live."""
        return self.messy.copy.property

    @property
    def resident_id(self) -> Text:
        """Ids in the citizen index; None where the service does not know who it is there."""
        ids = self.town.residents.id[self.rows]
        ids[~self.messy.copy.linked] = None
        return ids

    @property
    def at_old_address(self) -> Flags:
        """Whose address is one that they have left."""
        return np.asarray(self.messy.copy.property != self.town.residents.property[self.rows])

    def enter(self, records: Sequence[str]) -> None:
        """Tell which record stands for whom: a key for each row, unique among the service's."""
        persons = self.town.residents.id[self.rows]
        self.seeding.truth.append(
            columns(Truth, service=self.seeding.url_name, record=list(records), person=persons)
        )
        keys = np.array(records, dtype=object)
        for kind, field, rows, clean in self._faults(keys):
            if rows.size:
                self.seeding.truth.append(
                    columns(
                        TruthFault,
                        service=self.seeding.url_name,
                        record=keys[rows],
                        field=field,
                        kind=kind,
                        clean=clean,
                    )
                )

    def _faults(self, keys: Text) -> Iterator[tuple[str, str, Integers, Text]]:
        for fault in self.messy.faults:
            yield fault.kind, self.fields[fault.part], fault.rows, self._clean(fault)
        seconds = np.arange(len(keys) - self.repeats, len(keys))
        yield "duplicate", "id", seconds, keys[self.messy.repeated]

    def _clean(self, fault: Fault) -> Text:
        """What the faulty values would be without the fault, as text."""
        clean = clean_copy(self.town, self.rows[fault.rows])
        if fault.part == "born":
            return clean.born.astype(str).astype(object)
        if fault.part == "property":
            return self.town.properties.uprn[clean.property].astype(str).astype(object)
        if fault.part == "link":
            ids: Text = self.town.residents.id[clean.person]
            return ids
        if fault.part in ("forename", "surname") and self.fields["forename"] == self.fields["surname"]:
            return np.asarray(clean.forename + " " + clean.surname)
        plain: Text = getattr(clean, fault.part)
        return plain


def people_of(
    town: Town, seeding: Seeding, rows: Integers, fields: Fields, *, repeats: bool = False
) -> People:
    """These rows of the town's residents as the service knows them.

    ``repeats`` lets some have a second entry, which follow the others. Whoever asks makes the records and
    tells the truth with :meth:`People.enter`.
    """
    messy = make_messy(
        town,
        rows,
        fields,
        seeding.mess,
        lambda kind: town.stream(f"{seeding.service}.mess.{kind}"),
        repeats=repeats,
    )
    return People(town, seeding, fields, messy)


def enter_outsiders(seeding: Seeding, records: Sequence[str]) -> None:
    """Tell of records that stand for somebody who is no resident, such as an owner who lives elsewhere."""
    if len(records):
        seeding.truth.append(columns(Truth, service=seeding.url_name, record=list(records), person=None))
