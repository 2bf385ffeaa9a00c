"""What is left out is made up by the generator's own rules, the same each time; what is given stands."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from synthetic_data.digest import digest
from synthetic_data.homes import is_social
from synthetic_data.own.placing import to_grid
from synthetic_data.profiles import find_profile
from synthetic_data.town import (
    COMPOSITIONS,
    DWELLING_TYPES,
    ECONOMIC_CLASSES,
    ETHNIC_GROUPS,
    PROPERTY_KINDS,
    ROLES,
    TENURES,
    Text,
)
from tests.synthetic_data.conftest import town_like
from tests.synthetic_data.own.arranging import Rows, exported, imported, template_in, write


def one_home(folder: Path, *people: str) -> Path:
    """One household of people, each written "Mary Archer F 1984-03-09", with only the columns needed."""
    names = ("forename", "surname", "sex", "born")
    residents: Rows = [
        {**dict(zip(names, person.split(), strict=True)), "household": "H1"} for person in people
    ]
    address = {"uprn": "999900000001", "line": "2 Alder Way", "street": "Alder Way", "postcode": "ZZ90 1AA"}
    return write(
        folder, addresses=[address], households=[{"id": "H1", "uprn": "999900000001"}], residents=residents
    )


def thinned(folder: Path, **kept: tuple[str, ...]) -> Path:
    """The sheets of a folder with these columns alone."""
    for name, columns in kept.items():
        with (folder / f"{name}.csv").open(newline="") as file:
            rows = [{column: row[column] for column in columns} for row in csv.DictReader(file)]
        write(folder, **{name: rows})
    return folder


NEEDED = {
    "addresses": ("uprn", "line", "street", "postcode", "kind"),
    "households": ("id", "uprn"),
    "residents": ("household", "uprn", "forename", "surname", "sex", "born"),
}


def bare(folder: Path, authority: str = "Leeds") -> Path:
    """Three thousand generated people of whom nothing is kept but what is needed."""
    return thinned(exported(town_like(authority, residents=3000), folder), **NEEDED)


def shares(codes: np.ndarray, words: int) -> np.ndarray:
    return np.bincount(codes[codes >= 0], minlength=words) / (codes >= 0).sum()


def test_what_is_left_out_follows_the_authority_s_shares(tmp_path: Path) -> None:
    town, profile = imported(bare(tmp_path)), find_profile("Leeds")
    for codes, vocabulary, published in (
        (town.residents.ethnic_group, ETHNIC_GROUPS, profile.residents_by_ethnic_group),
        (town.households.tenure, TENURES, profile.households_by_tenure),
        (town.residents.economic_class, ECONOMIC_CLASSES, profile.residents_by_economic_class),
    ):
        counts = np.array([published[word] for word in vocabulary])
        assert np.abs(shares(codes, len(vocabulary)) - counts / counts.sum()).sum() / 2 < 0.02
    assert {*np.unique(town.households.cars)} == {0, 1, 2, 3}
    assert 0.5 < np.mean(town.residents.email != None) < 0.9  # noqa: E711
    assert (town.properties.easting > 600_000).all()


def test_the_same_sheets_give_the_same_town_and_another_seed_another(tmp_path: Path) -> None:
    folder = bare(tmp_path)
    assert digest(imported(folder)) == digest(imported(folder))
    assert digest(imported(folder)) != digest(imported(folder, seed=8))


def test_the_order_of_columns_does_not_matter(tmp_path: Path) -> None:
    folder = bare(tmp_path)
    before = digest(imported(folder))
    thinned(folder, **{name: tuple(reversed(columns)) for name, columns in NEEDED.items()})
    assert digest(imported(folder)) == before


def test_what_is_given_stands_among_what_is_made_up(tmp_path: Path) -> None:
    town = imported(template_in(tmp_path))
    assert town.residents.forename.tolist() == ["Mary", "Tom", "Amir", "Edith"]
    assert town.households.id.tolist() == ["H1", "H2"]
    assert TENURES[town.households.tenure[0]] == "owned_mortgage"
    assert town.properties.line.tolist()[:2] == ["14 Alder Way", "Flat 2, Mill House, 16 Alder Way"]
    assert town.properties.number.tolist() == [14, 16, 18, 20]
    assert DWELLING_TYPES[town.properties.dwelling_type[1]] == "flat"
    assert str(town.properties.empty_since[2]) == "2024-01-15"
    assert PROPERTY_KINDS[town.properties.kind[3]] == "care_home"
    assert (town.residents.email[0], town.residents.mobile[2]) == ("mary.archer@example.org", "07700 900123")
    assert [town.residents.mobile[0], town.residents.email[1]] == [None, None]
    assert town.residents.household[3] == -1
    assert town.wards.name.tolist() == ["Hazelmere"]


@pytest.mark.parametrize("like", ["Leeds", "Isle of Anglesey", "City of London"])
@pytest.mark.parametrize(
    ("people", "roles", "composition"),
    [
        (["Mary Archer F 1984-03-09"], ["head"], "one_person"),
        (["Mary Archer F 1984-03-09", "Tom Lowe M 1981-05-01"], ["partner", "head"], "couple"),
        (
            ["Mary Archer F 1984-03-09", "Tom Archer M 1981-05-01", "Eve Archer F 2015-05-01"],
            ["partner", "head", "child"],
            "couple_with_children",
        ),
        (["Mary Archer F 1984-03-09", "Tom Archer M 2012-05-01"], ["head", "child"], "lone_parent"),
        (["Mary Archer F 1984-03-09", "Tom Archer M 2004-05-01"], ["head", "child"], "lone_parent"),
        (
            ["Mary Archer F 1984-03-09", "Jo Lowe F 1985-03-09", "Tom Khan M 1982-05-01"],
            ["sharer", "sharer", "head"],
            "sharers",
        ),
    ],
    ids=lambda part: "-".join(part) if isinstance(part, list) else part,
)
def test_roles_are_read_off_ages_sexes_and_surnames(
    people: list[str], roles: list[str], composition: str, like: str, tmp_path: Path
) -> None:
    town = imported(one_home(tmp_path, *people), like)
    by_name = dict(zip(_names(town.residents.forename), town.residents.role.tolist(), strict=True))
    assert [ROLES[by_name[person.split()[0]]] for person in people] == roles
    # Whether all three are students is drawn.
    assert COMPOSITIONS[town.households.composition[0]] in {composition, "students"} - (
        {"students"} if composition != "sharers" else set()
    )


def _names(names: Text) -> list[str]:
    return [str(name) for name in names]


def test_a_home_without_a_household_is_empty_or_a_second_home(tmp_path: Path) -> None:
    town = imported(bare(tmp_path, "Isle of Anglesey"), "Isle of Anglesey")
    homes = town.properties
    idle = (homes.household < 0) & (homes.kind == PROPERTY_KINDS.index("home"))
    assert idle.sum() > 20
    assert (np.isnat(homes.empty_since[idle]) == homes.second_home[idle]).all()
    assert homes.second_home[idle].any()
    assert not homes.second_home[~idle].any()
    assert np.isnat(homes.empty_since[~idle]).all()


def test_no_two_homes_stand_on_one_spot_of_the_map_that_is_made_up(tmp_path: Path) -> None:
    homes = imported(bare(tmp_path)).properties
    spots = set(zip(homes.easting.tolist(), homes.northing.tolist(), strict=True))
    assert len(spots) == homes.uprn.size


def test_degrees_alone_place_a_home_on_the_grid() -> None:
    homes = town_like("Leeds", residents=3000).properties
    east, north = to_grid(homes.latitude, homes.longitude)
    assert np.abs(east - homes.easting).max() < 1
    assert np.abs(north - homes.northing).max() < 1


def test_students_by_word_or_by_class_are_students(tmp_path: Path) -> None:
    folder = one_home(tmp_path, "Ann Lowe F 2006-01-01", "Eve Khan F 2005-01-01")
    people = (folder / "residents.csv").read_text().splitlines()
    (folder / "residents.csv").write_text(
        "\n".join([f"{people[0]},student,economic_class", f"{people[1]},yes,", f"{people[2]},,students"])
        + "\n"
    )
    town = imported(folder)
    assert town.residents.student.tolist() == [True, True]
    assert (town.residents.economic_class == ECONOMIC_CLASSES.index("students")).all()
    assert COMPOSITIONS[town.households.composition[0]] == "students"


def test_the_sheets_tenures_shape_what_is_made_up(tmp_path: Path) -> None:
    town = imported(bare(tmp_path))
    social = is_social(town.households.tenure)[town.residents.household] & (town.residents.household >= 0)
    limited = town.residents.disability == 0
    assert limited[social].mean() > limited[~social].mean()


@pytest.mark.parametrize("households", [1, 2, 3, 5, 8, 13, 40])
@pytest.mark.parametrize("authority", ["Leeds", "Isle of Anglesey", "Isles of Scilly"])
def test_a_town_may_be_as_small_as_one_household(authority: str, households: int, tmp_path: Path) -> None:
    folder = bare(tmp_path, authority)
    with (folder / "households.csv").open(newline="") as file:
        homes = list(csv.DictReader(file))[7 : 7 + households]
    kept = {home["id"] for home in homes}
    with (folder / "residents.csv").open(newline="") as file:
        people = [row for row in csv.DictReader(file) if row["household"] in kept]
    write(folder, households=homes, residents=people)
    town = imported(folder, authority)
    assert sorted(town.households.id) == sorted(kept)
    assert town.households.size.sum() == len(people)
