"""What the page on fidelity shows: a verdict, the charts with their figures, and every margin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.console import words
from sandbox.console.assets import OWN
from sandbox.console.rendering import filled

Report = Mapping[str, Any]
Row = tuple[str, ...]

_WARD_COLUMNS = ("Number", "Ward", "People", "Homes", "Deprivation", "Social rent", "No car or van",
                 "Bad health", "Routine work or never worked")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its name, title, the words for those who cannot see it, and its figures as a table.

    ``key`` says how to read it, in sentences.
    """

    name: str
    title: str
    said: str
    key: str
    columns: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A place that figures were taken from where the authority published none, and those figures."""

    taken_from: str
    labels: tuple[str, ...]


def shown(report: Report) -> dict[str, Any]:
    """All that the template of the page asks for, of one report."""
    margins = {margin["name"]: margin for margin in report["margins"]}
    place, worst = report["shaped_like"], report["summary"]["worst_label"]
    return {
        "report": report,
        "place": place,
        "charts": [
            _pyramid(report, place),
            _categories(margins["household_size"], place, "household_size", "Household sizes"),
            _categories(margins["tenure"], place, "tenure", "Tenure"),
            _wards(report, place),
        ],
        "margins": sorted(report["margins"], key=lambda margin: -float(margin["total_variation"])),
        "worst": worst[:1].lower() + worst[1:],
        "would_change": would_change(report),
        "filled": _by_place(report),
    }


def page_alone(report: Report, title: str, svgs: Mapping[str, str]) -> str:
    """The page as one HTML document that needs nothing beside it. ``title`` is the council's."""
    from markupsafe import Markup

    style = (OWN / "console.css").read_text(encoding="utf-8")
    charts = {name: Markup(svg) for name, svg in svgs.items()}
    return filled(
        "fidelity.html", base="alone.html", style=Markup(style), svgs=charts, title=title, name=None,
        **shown(report),
    )  # fmt: skip


def would_change(report: Report) -> str:
    """How many of 10,000 would have to change for the margin that is furthest off: "7", "fewer than 1"."""
    number = report["summary"]["in_10_000"]
    if number == 0:
        return "none"
    return "fewer than 1" if number < 1 else f"about {round(number):,}"


def _pyramid(report: Report, place: str) -> Chart:
    bands = report["pyramid"]
    off = next(margin for margin in report["margins"] if margin["name"] == "age_and_sex")
    return Chart(
        "pyramid",
        "Age and sex",
        f"Population pyramid of the town and of {place}. They differ by "
        f"{words.percent(off['total_variation'])} of people. The figures are in the table that follows.",
        f"Bars: this town. Dark lines: {place}, census 2021.",
        ("Age", "Women: town", f"Women: {place}", "Men: town", f"Men: {place}"),
        tuple(
            (
                band["ages"],
                *(
                    words.percent(band[f"{whose}_{who}"])
                    for who in ("women", "men")
                    for whose in ("town", "authority")
                ),
            )
            for band in reversed(bands)
        ),
    )


def _categories(margin: dict[str, Any], place: str, name: str, title: str) -> Chart:
    return Chart(
        name,
        title,
        f"Bar chart of {title.lower()} in the town and in {place}. They differ by "
        f"{words.percent(margin['total_variation'])} of {margin['counts']}. "
        "The figures are in the table that follows.",
        f"Bars: this town. Dark lines: {place}, census 2021.",
        (margin["label"], "Town", place),
        tuple(
            (each["label"], words.percent(each["share"]), words.percent(each["published_share"]))
            for each in margin["categories"]
        ),
    )


def _wards(report: Report, place: str) -> Chart:
    known, wards = report["deprivation"]["known"], report["wards"]
    if known:
        key = (
            "Each shape is an invented ward, drawn around its homes; its number is that of the table. The "
            f"darker, the more deprived, in fifths of the wards. {_scores(report['deprivation'], place)}"
        )
    else:
        key = (
            "Each shape is an invented ward, drawn around its homes; its number is that of the table. This "
            "town has no scores of deprivation, so that no ward is darker than another."
        )
    return Chart(
        "wards",
        "Wards by deprivation" if known else "Wards",
        f"Map of the town's {len(wards)} wards. Their figures are in the table that follows.",
        key,
        _WARD_COLUMNS,
        tuple(
            (
                str(number),
                ward["name"],
                words.count(ward["people"]),
                words.count(ward["homes"]),
                f"{ward['deprivation']:.1f}" if known else "none",
                *(
                    words.percent(ward[share], 0)
                    for share in ("social_rent", "no_car", "bad_health", "routine_or_never_worked")
                ),
            )
            for number, ward in enumerate(wards, start=1)
        ),
    )


def _scores(score: Mapping[str, Any], place: str) -> str:
    town = f"the wards' mean is {score['town']:.1f} (their people's {score['town_by_people']:.1f})"
    if score["taken_from"]:
        return (
            f"No score on the scale of England's Indices of Multiple Deprivation is published for {place}, "
            f"so that {score['taken_from']}, {score['authority']:.1f}, stands for it; {town}."
        )
    return f"{place}'s score in the Indices of Multiple Deprivation 2025 is {score['authority']:.1f}; {town}."


def _by_place(report: Report) -> list[Filled]:
    places = dict.fromkeys(each["taken_from"] for each in report["filled"])
    return [
        Filled(place, tuple(each["label"] for each in report["filled"] if each["taken_from"] == place))
        for place in places
    ]
