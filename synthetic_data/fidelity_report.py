"""The fidelity report: a town's measure beside the profile, and what is assumed, as plain values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from synthetic_data.fidelity import (
    AGES_AND_SEXES,
    MARGINS,
    Measure,
    WardMeasure,
    differences,
    distance,
)
from synthetic_data.fidelity_words import (
    EXACT,
    EXACT_OF_BROUGHT,
    IN_BRIEF,
    IN_BRIEF_OF_BROUGHT,
    INVENTED,
    INVENTED_FOR_BROUGHT,
    NOT_COMPARED,
    TITLES,
    ages_label,
    category_label,
    figure_label,
)
from synthetic_data.profiles import Profile

_DIGITS = 6
"""Shares are rounded to a millionth, finer than one person in any town."""

_WHO = (("F", "women"), ("M", "men"))
_DEPRIVATION = "imd2025_avg_score"


def report(profile: Profile, measure: Measure, brought: str = "") -> dict[str, Any]:
    """All that can be said of how far to trust a town, ready to be written as JSON.

    ``brought`` says how people who were not generated but brought were let in, "" if none were: if so, the
    town does not keep to the profile, and less is promised of it.

    Shares, differences and total variations are from 0 to 1. ``summary`` names the margin that is
    furthest off, and how many of 10,000 would have to change for it to fit; ``filled`` holds each
    figure that was not published for the authority with where it was taken from; ``assumed`` each
    table of what no figure says; ``assumed_in_brief``, ``exact`` and ``invented`` are sentences.
    """
    margins = [_margin(name, profile, measure) for name in MARGINS]
    worst = max(margins, key=lambda margin: float(margin["total_variation"]))
    return {
        "shaped_like": profile.name,
        "brought": brought,
        "gss_code": profile.gss_code,
        "town": {"people": measure.residents, "households": measure.households, "homes": measure.homes},
        "authority": {
            "people": profile.population,
            "households": profile.households,
            "homes": profile.dwellings,
        },
        "summary": {
            "margins": len(margins),
            "worst": worst["name"],
            "worst_label": worst["label"],
            "counts": worst["counts"],
            "total_variation": worst["total_variation"],
            "in_10_000": round(worst["total_variation"] * 10_000, 1),
            "filled_margins": sum(bool(margin["filled"]) for margin in margins),
        },
        "margins": margins,
        "pyramid": _pyramid(profile, measure),
        "deprivation": _deprivation(profile, measure),
        "wards": [_ward(ward) for ward in measure.wards],
        "filled": [
            {"figure": column, "label": figure_label(column), "taken_from": place}
            for column, place in profile.assumed.items()
        ],
        "assumed": [
            {"tables": table.names, "module": table.module, "says": table.says}
            for table in assumption_tables()
        ],
        "assumed_in_brief": list(IN_BRIEF_OF_BROUGHT if brought else IN_BRIEF),
        "exact": list(EXACT_OF_BROUGHT if brought else EXACT),
        "invented": list(INVENTED_FOR_BROUGHT if brought else INVENTED),
        "not_compared": NOT_COMPARED,
    }


def _margin(name: str, profile: Profile, measure: Measure) -> dict[str, Any]:
    title, counted, published = TITLES[name], measure.margins[name], MARGINS[name][1](profile)
    off = differences(counted, published)
    here, there = max(sum(counted.values()), 1), sum(published[category] for category in counted)
    worst = max(off, key=lambda category: abs(off[category]))
    return {
        "name": name,
        "label": title.label,
        "counts": title.counts,
        "counted": sum(counted.values()),
        "published": there,
        "total_variation": round(distance(counted, published), _DIGITS),
        "worst_category": worst,
        "worst_label": category_label(name, worst),
        "worst_difference": round(off[worst], _DIGITS),
        "source": title.source,
        "year": title.year,
        "filled": [column for column in profile.assumed if column.startswith(title.columns)],
        "categories": [
            {
                "name": category,
                "label": category_label(name, category),
                "counted": count,
                "share": round(count / here, _DIGITS),
                "published": published[category],
                "published_share": round(published[category] / there, _DIGITS),
                "difference": round(off[category], _DIGITS),
            }
            for category, count in counted.items()
        ],
    }


def _pyramid(profile: Profile, measure: Measure) -> list[dict[str, Any]]:
    """Each band of age from the youngest: its share of all people, by sex, here and in the authority."""
    counted, published = measure.margins["age_and_sex"], MARGINS["age_and_sex"][1](profile)
    here, there = max(sum(counted.values()), 1), sum(published.values())
    bands = dict.fromkeys(category.split("_", 1)[1] for category in AGES_AND_SEXES)
    return [
        {
            "ages": ages_label(band),
            **{f"town_{who}": round(counted[f"{sex}_{band}"] / here, _DIGITS) for sex, who in _WHO},
            **{f"authority_{who}": round(published[f"{sex}_{band}"] / there, _DIGITS) for sex, who in _WHO},
        }
        for band in bands
    ]


def _deprivation(profile: Profile, measure: Measure) -> dict[str, Any]:
    """Whether the wards have scores, their mean, that of their people, and the authority's.

    The authority's is the average score of the Indices of Multiple Deprivation 2025, over its people. The
    town keeps to it over its wards, whatever their sizes.
    """
    known = any(ward.deprivation for ward in measure.wards)
    people = max(sum(ward.residents for ward in measure.wards), 1)
    mean = sum(ward.deprivation for ward in measure.wards) / max(len(measure.wards), 1)
    of_people = sum(ward.deprivation * ward.residents for ward in measure.wards) / people
    return {
        "known": known,
        "town": round(mean, 2) if known else None,
        "town_by_people": round(of_people, 2) if known else None,
        "authority": round(profile.service_volumes[_DEPRIVATION], 2),
        "taken_from": profile.assumed.get(_DEPRIVATION),
    }


def _ward(ward: WardMeasure) -> dict[str, Any]:
    return {
        "ward_code": ward.code,
        "name": ward.name,
        "people": ward.residents,
        "homes": ward.homes,
        "deprivation": round(ward.deprivation, 2),
        "social_rent": _share(ward.in_social_rent, ward.households),
        "no_car": _share(ward.without_car, ward.households),
        "bad_health": _share(ward.in_bad_health, ward.residents),
        "routine_or_never_worked": _share(ward.in_routine, ward.with_class),
        "outline": [list(corner) for corner in ward.outline],
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, _DIGITS) if whole else 0.0


@dataclass(frozen=True, slots=True)
class AssumptionTable:
    """One or more tables of assumptions that one docstring explains, and the module they stand in."""

    module: str
    names: list[str]
    says: str


@cache
def assumption_tables() -> tuple[AssumptionTable, ...]:
    """Every table of what the town assumes, as the modules called ``assumptions...`` explain them."""
    return tuple(
        table
        for file in sorted(Path(__file__).parent.glob("assumptions*.py"))
        for table in _tables(file.stem, ast.parse(file.read_text(encoding="utf-8")))
    )


def _tables(module: str, source: ast.Module) -> Iterator[AssumptionTable]:
    """A docstring explains the tables just above it; those that have none, the module's own."""
    names: list[str] = []
    about, last_line = " ".join((ast.get_docstring(source) or module).split()), 0
    for statement in source.body[1:]:
        if names and statement.lineno > last_line + 1:
            yield AssumptionTable(module, names, about)
            names = []
        last_line = statement.end_lineno or statement.lineno
        match statement:
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                names += [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]
            case ast.Expr(value=ast.Constant(value=str(said))) if names:
                yield AssumptionTable(module, names, " ".join(said.split()))
                names = []
    if names:
        yield AssumptionTable(module, names, about)
