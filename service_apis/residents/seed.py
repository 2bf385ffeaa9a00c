"""The town's people as the citizen index keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from service_apis.kit.copies import people_of
from service_apis.kit.seeding import Columns, Seeding, columns
from service_apis.residents.models import Address, Resident
from service_apis.residents.rules import key
from synthetic_data.town import ETHNIC_GROUPS, SEXES, Town, last_number

FIELDS = {"forename": "forename", "surname": "surname", "born": "born", "email": "email", "mobile": "mobile"}
FIELDS |= {"property": "uprn"}


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Every address that can be lived at, and every resident."""
    homes, people, households = town.properties, town.residents, town.households
    uprn = homes.uprn.astype(str)
    whole = [
        f"{line}, {town.name}, {code}"
        for line, code in zip(homes.line.tolist(), homes.postcode.tolist(), strict=True)
    ]
    yield columns(Address, uprn=uprn, address=whole, postcode=homes.postcode)

    entries = people_of(town, seeding, np.arange(people.born.size), FIELDS, repeats=True)
    seeding.counters["residents.resident"] = max(
        seeding.numbers_before + people.born.size, last_number("R", people.id)
    )
    ids = people.id.tolist() + seeding.references("residents.resident", "R{:08d}", entries.repeats)
    entries.enter(ids)
    seeding.counters["residents.household"] = max(
        seeding.numbers_before + len(households.size), last_number("H", households.id)
    )
    # The last entry is what -1, "no household", points at; a second entry of somebody belongs to none.
    household_ids = np.array([*households.id, None], dtype=object)
    household = people.household[entries.rows]
    household[len(household) - entries.repeats :] = -1
    # Nobody lives anywhere before they are born, and nobody knows since when at an address they have left.
    since = np.maximum(households.moved_in[household], entries.born)
    unknown = (household < 0) | entries.at_old_address
    yield columns(
        Resident,
        id=ids,
        forename=entries.forename,
        surname=entries.surname,
        forename_key=_keys(entries.forename.tolist()),
        surname_key=_keys(entries.surname.tolist()),
        sex=np.take(SEXES, people.sex[entries.rows]),
        born=entries.born,
        ethnic_group=np.take(ETHNIC_GROUPS, people.ethnic_group[entries.rows]),
        email=entries.email,
        mobile=entries.mobile,
        uprn=uprn[entries.home],
        household=household_ids[household],
        moved_in=np.where(unknown, np.datetime64("NaT", "D"), since),
    )


def _keys(names: list[str]) -> list[str]:
    """The compared form of each name; a name that many share is worked out once."""
    forms = {name: key(name) for name in set(names)}
    return [forms[name] for name in names]
