from __future__ import annotations

import subprocess
import sys
import time

import pytest

from synthetic_data.profiles import UnknownAuthority, find_profile, profile_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("hartlepool", "Hartlepool"),
        ("  HARTLEPOOL Borough Council ", "Hartlepool"),
        ("E06000001", "Hartlepool"),
        ("e06000001", "Hartlepool"),
        ("London Borough of Camden", "Camden"),
        ("The Royal Borough of Kensington & Chelsea", "Kensington and Chelsea"),
        ("City of Bristol", "Bristol, City of"),
        ("Bristol City Council", "Bristol, City of"),
        ("Merthyr Tydfil County Borough Council", "Merthyr Tydfil"),
        ("kings lynn and west norfolk", "King's Lynn and West Norfolk"),
        ("St Helens", "St. Helens"),
        ("Stockton on Tees", "Stockton-on-Tees"),
        ("County Durham", "County Durham"),
        ("Durham", "County Durham"),
        ("Hull", "Kingston upon Hull, City of"),
        ("Ynys M\u00f4n", "Isle of Anglesey"),
        ("City of London Corporation", "City of London"),
        ("isle of wight", "Isle of Wight"),
    ],
)
def test_an_authority_is_found_however_people_write_it(written: str, name: str) -> None:
    assert find_profile(written).name == name


def test_every_authority_is_found_by_its_own_name_and_code() -> None:
    names = profile_names()
    assert len(names) == 318
    for code, name in names:
        assert find_profile(name).gss_code == code
        assert find_profile(code).name == name


@pytest.mark.parametrize(
    ("written", "suggested"),
    [("Hartlepol", "Hartlepool"), ("Newcastle", "Newcastle upon Tyne"), ("Cheshire", "Cheshire East")],
)
def test_a_near_miss_names_the_nearest(written: str, suggested: str) -> None:
    with pytest.raises(UnknownAuthority, match=suggested) as caught:
        find_profile(written)
    assert suggested in caught.value.suggestions


def test_nonsense_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnknownAuthority, match="Use the name or GSS code"):
        find_profile("zzzz")
    with pytest.raises(UnknownAuthority):
        find_profile("")


def test_published_figures_arrive_unchanged() -> None:
    profile = find_profile("Hartlepool")
    assert profile.population == 92_337
    assert profile.residents_by_age["F"][0] == 2_393
    assert profile.residents_by_age["M"][-1] == 806
    assert profile.households_by_size == (13_616, 13_841, 6_781, 4_526, 1_520, 449, 119, 68)
    assert profile.band_d_pence == 256_020
    assert profile.dwellings_by_band["H"] == 110
    assert profile.service_volumes["fly_tipping_incidents_2022_23"] == 1_995
    assert not profile.assumed


def test_what_was_not_published_is_filled_and_said_so() -> None:
    profile = find_profile("Isle of Anglesey")
    assert "ctb22_empty_total" in profile.assumed
    assert profile.assumed["ctb22_empty_total"] == "England and Wales, in proportion to population"
    assert profile.assumed["ct_collection_rate_est_2023_24"] == "the median of England and Wales"
    assert 0.9 < profile.collection_rate < 1
    # England: about 480,000 empty homes on 56 million people, here on 69,000.
    assert 450 < profile.empty_homes < 750


def test_a_neighbour_in_the_region_is_asked_before_the_nation() -> None:
    profile = find_profile("Isles of Scilly")
    assert profile.assumed["employment_rate_pct"] == "the median of South West"
    assert 60 < profile.service_volumes["employment_rate_pct"] < 90


def test_no_authority_is_left_with_a_gap() -> None:
    for code, _ in profile_names():
        profile = find_profile(code)
        assert profile.band_d_pence > 50_000
        assert sum(profile.dwellings_by_band.values()) > 0
        assert all(figure >= 0 for figure in profile.service_volumes.values())


def test_a_profile_cannot_be_changed() -> None:
    profile = find_profile("Hartlepool")
    with pytest.raises(TypeError):
        profile.dwellings_by_band["A"] = 0  # type: ignore[index]


def test_reading_a_profile_is_quick_and_light() -> None:
    code = "import sys; from synthetic_data.profiles import find_profile; find_profile('Hull');"
    code += "print('numpy' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
    started = time.perf_counter()
    find_profile("Ynys Mon")
    assert time.perf_counter() - started < 0.2
