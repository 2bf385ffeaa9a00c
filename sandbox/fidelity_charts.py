"""The charts of a fidelity report, as Vega-Lite specifications, and drawn as SVG without a network.

Each is as wide as a phone, so that it is read there at its own size and larger elsewhere. What is
the town's is a bar, what is the authority's a dark line across it: neither is told by colour alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from threading import Lock
from typing import Any

from sandbox.failure import Failure

Report = Mapping[str, Any]
Spec = dict[str, Any]

CHARTS = ("pyramid", "household_size", "tenure", "wards")

_INK, _SOFT, _LINE = "#16232b", "#4c5a63", "#dfe5e4"
_WOMEN, _MEN = "#5b9a9b", "#8a86c0"
_BAR = _WOMEN
_MAP_STEPS = ("#e9f1f0", "#b9d4d2", "#7fb0af", "#3f8183", "#17494d")
"""From the least deprived fifth of the wards to the most."""
_UNKNOWN = "#e9f1f0"
_LIGHT_FROM = 3
"""The step of the map from which a ward's number is written in white."""
_WIDTH = 360
_FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
_LETTER = 6.6
"""Points to a letter of a label: enough for whichever of the fonts a reader's machine has."""
_MOST_NUMBERED = 45
"""Wards that can bear their numbers on the map without covering one another."""
_MOST_SECONDS = 60
_MOST_KEPT = 40


class CouldNotDraw(Failure):
    """The charts could not be drawn."""


def specifications(report: Report) -> dict[str, Spec]:
    """Each chart of a report as a Vega-Lite specification, by the names of CHARTS."""
    margins = {margin["name"]: margin for margin in report["margins"]}
    return {
        "pyramid": _pyramid(report["pyramid"]),
        "household_size": _across(margins["household_size"], "Share of households"),
        "tenure": _across(margins["tenure"], "Share of households"),
        "wards": _map(report["wards"], known=report["deprivation"]["known"]),
    }


_drawn: dict[str, dict[str, str]] = {}
_turn = Lock()


def draw(report: Report) -> dict[str, str]:
    """Each chart as an SVG document, by name. Drawn once; it takes most of a second, so never on the loop.

    A process of its own draws, and ends: the engine would keep some 70 MB for as long as the sandbox runs.

    Raises:
        CouldNotDraw: the engine failed or took too long.
    """
    asked = json.dumps(specifications(report))
    with _turn:
        if asked not in _drawn:
            if len(_drawn) >= _MOST_KEPT:
                _drawn.clear()
            _drawn[asked] = _draw_aside(asked)
        return _drawn[asked]


def _draw_aside(asked: str) -> dict[str, str]:
    command = [sys.executable, "-m", "sandbox.fidelity_drawing"]
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, text=True, timeout=_MOST_SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise CouldNotDraw(f"The charts were not drawn within {_MOST_SECONDS} s; try again") from error
    except (subprocess.CalledProcessError, OSError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise CouldNotDraw(
            f"The charts could not be drawn ({said[-1] if said else error}); the figures are with --json"
        ) from error
    drawn: dict[str, str] = json.loads(done.stdout)
    return drawn


def _pyramid(bands: list[dict[str, Any]]) -> Spec:
    """Women to the left and men to the right, the youngest at the foot."""
    sides = (("women", -1, "Women and girls"), ("men", 1, "Men and boys"))
    rows = [
        {"ages": band["ages"], "side": said, "town": sign * band[f"town_{who}"],
         "authority": sign * band[f"authority_{who}"]}
        for band in bands
        for who, sign, said in sides
    ]  # fmt: skip
    ages = [band["ages"] for band in reversed(bands)]
    most = max(abs(row[whose]) for row in rows for whose in ("town", "authority")) * 1.08
    y = {"field": "ages", "type": "ordinal", "sort": ages, "axis": {"title": "Age", **_room_for(ages)}}
    step = next(each for each in (0.01, 0.02, 0.05, 0.1) if most / each < 4)
    marks = [sign * step * number for number in range(int(most / step) + 1) for sign in (-1, 1)]
    axis = {
        "title": "Share of all people",
        "labelExpr": "format(abs(datum.value), '.0%')",
        "values": sorted(set(marks)),
        "labelFlush": False,
    }
    scale = {"domain": [-most, most]}
    label = {
        "mark": {"type": "text", "fontWeight": "bold", "fontSize": 13, "color": _INK, "align": "center"},
        "data": {"values": [{"at": -most / 2, "said": sides[0][2]}, {"at": most / 2, "said": sides[1][2]}]},
        "encoding": {
            "x": {"field": "at", "type": "quantitative"},
            "y": {"value": -10},
            "text": {"field": "said"},
        },
    }
    bar = {
        "mark": {"type": "bar", "height": 14},
        "encoding": {
            "x": {"field": "town", "type": "quantitative", "axis": axis, "scale": scale},
            "color": {
                "field": "side",
                "scale": {"domain": [said for *_, said in sides], "range": [_WOMEN, _MEN]},
                "legend": None,
            },
        },
    }
    line = {
        "mark": {"type": "tick", "thickness": 2.5, "size": 18, "color": _INK, "opacity": 1},
        "encoding": {"x": {"field": "authority", "type": "quantitative"}},
    }
    return _chart(rows, [_with(bar, y=y), _with(line, y=y), label], height=18 * len(ages))


def _across(margin: dict[str, Any], title: str) -> Spec:
    """A bar for each category, in the margin's own order."""
    rows = [
        {"said": each["label"], "town": each["share"], "authority": each["published_share"]}
        for each in margin["categories"]
    ]
    said = [row["said"] for row in rows]
    axis = {"title": title, "format": ".0%", "tickCount": 4, "labelFlush": False}
    y = {"field": "said", "type": "nominal", "sort": said, "axis": {"title": None, **_room_for(said)}}
    bar = {
        "mark": {"type": "bar", "height": 18, "color": _BAR},
        "encoding": {"x": {"field": "town", "type": "quantitative", "axis": axis}},
    }
    line = {
        "mark": {"type": "tick", "thickness": 2.5, "size": 24, "color": _INK, "opacity": 1},
        "encoding": {"x": {"field": "authority", "type": "quantitative"}},
    }
    return _chart(rows, [_with(bar, y=y), _with(line, y=y)], height=30 * len(rows))


def _map(wards: list[dict[str, Any]], *, known: bool) -> Spec:
    """The wards as they lie, darker where people are worse off, each with its number in the table."""
    step = _steps(wards) if known else dict.fromkeys((ward["ward_code"] for ward in wards), 0)
    shapes = [
        {
            "type": "Feature",
            "properties": {"step": step[ward["ward_code"]]},
            "geometry": {"type": "Polygon", "coordinates": [_closed(ward["outline"])]},
        }
        for ward in wards
        if len(ward["outline"]) > 2
    ]
    numbers = [
        {"number": str(number), "east": east, "north": north, "step": step[ward["ward_code"]]}
        for number, ward in enumerate(wards, start=1)
        if ward["outline"]
        for east, north in [_middle(ward["outline"])]
    ]
    colour = {
        "field": "properties.step", "type": "ordinal", "legend": None,
        "scale": {"domain": list(range(len(_MAP_STEPS))), "range": list(_MAP_STEPS)},
    }  # fmt: skip
    shape = {
        "data": {"values": shapes},
        "mark": {"type": "geoshape", "stroke": _SOFT, "strokeWidth": 1},
        "encoding": {"fill": colour if known else {"value": _UNKNOWN}},
    }
    written = {
        "data": {"values": numbers},
        "mark": {"type": "text", "fontSize": 12, "fontWeight": "bold"},
        "encoding": {
            "longitude": {"field": "east", "type": "quantitative"},
            "latitude": {"field": "north", "type": "quantitative"},
            "text": {"field": "number"},
            "color": {"condition": {"test": f"datum.step >= {_LIGHT_FROM}", "value": "#fff"}, "value": _INK},
        },
    }
    layers = [shape, written] if len(wards) <= _MOST_NUMBERED else [shape]
    return {**_chart([], layers, height=_WIDTH), "projection": {"type": "identity", "reflectY": True}}


def _steps(wards: list[dict[str, Any]]) -> dict[str, int]:
    """Each ward's shade by its code: in fifths, or as far apart as can be where there are fewer than five."""
    order = sorted(wards, key=lambda ward: float(ward["deprivation"]))
    darkest, last = len(_MAP_STEPS) - 1, max(len(order) - 1, 1)
    return {
        ward["ward_code"]: rank * darkest // last if last < darkest else rank * (darkest + 1) // len(order)
        for rank, ward in enumerate(order)
    }


def _room_for(labels: list[str]) -> Spec:
    return {"labelLimit": 0, "minExtent": _LETTER * max(len(label) for label in labels)}


def _closed(corners: list[list[int]]) -> list[list[int]]:
    # A ring that runs clockwise on a globe encloses the rest of it; the plane does not care.
    return [*reversed(corners), corners[-1]]


def _middle(corners: list[list[int]]) -> tuple[float, float]:
    return sum(east for east, _ in corners) / len(corners), sum(north for _, north in corners) / len(corners)


def _with(layer: Spec, **encoding: Any) -> Spec:
    return {**layer, "encoding": {**layer["encoding"], **encoding}}


def _chart(rows: list[dict[str, Any]], layers: list[Spec], *, height: int) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": _WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "right": 14, "top": 4, "bottom": 4},
        "data": {"values": rows},
        "layer": layers,
        "config": {
            "font": _FONT,
            "axis": {"labelFontSize": 12, "titleFontSize": 13, "labelColor": _INK, "titleColor": _INK,
                     "titleFontWeight": "normal", "gridColor": _LINE, "domainColor": _SOFT,
                     "tickColor": _SOFT},
            "view": {"stroke": None},
        },
    }  # fmt: skip
