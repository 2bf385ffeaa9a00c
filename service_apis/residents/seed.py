"""The town's people as the citizen index keeps them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from service_apis.kit.seeding import Columns, Seeding, columns
from service_apis.residents.models import Address, Resident
from service_apis.residents.rules import key
from synthetic_data.town import ETHNIC_GROUPS, SEXES, Town, last_number


def seed(town: Town, seeding: Seeding) -> Iterator[Columns]:
    """Every address that can be lived at, and every resident."""
    homes, people, households = town.properties, town.residents, town.households
    uprn = homes.uprn.astype(str)
    whole = [
        f"{line}, {town.name}, {code}"
        for line, code in zip(homes.line.tolist(), homes.postcode.tolist(), strict=True)
    ]
    yield columns(Address, uprn=uprn, address=whole, postcode=homes.postcode)

    housed = people.household >= 0
    # The last entry is what -1, "no household", points at.
    household_ids = np.array([*households.id, None], dtype=object)
    seeding.counters["residents.household"] = max(
        seeding.numbers_before + len(households.size), last_number("H", households.id)
    )
    yield columns(
        Resident,
        id=people.id,
        forename=people.forename,
        surname=people.surname,
        forename_key=_keys(people.forename.tolist()),
        surname_key=_keys(people.surname.tolist()),
        sex=np.take(SEXES, people.sex),
        born=people.born,
        ethnic_group=np.take(ETHNIC_GROUPS, people.ethnic_group),
        email=people.email,
        mobile=people.mobile,
        uprn=uprn[people.property],
        household=household_ids[people.household],
        # Nobody lives anywhere before they are born.
        moved_in=np.where(
            housed, np.maximum(households.moved_in[people.household], people.born), np.datetime64("NaT", "D")
        ),
    )


def _keys(names: list[str]) -> list[str]:
    """The compared form of each name; a name that many share is worked out once."""
    forms = {name: key(name) for name in set(names)}
    return [forms[name] for name in names]
