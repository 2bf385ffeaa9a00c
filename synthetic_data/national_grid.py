"""From metres on the British National Grid to latitude and longitude (WGS84), in columns.

Transverse Mercator on the Airy 1830 ellipsoid, then the seven-parameter Helmert shift
from OSGB36; good to about five metres. Formulas and constants: Ordnance Survey, "A guide
to coordinate systems in Great Britain", annexes B and C.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

_AIRY = (6377563.396, 6356256.909)
_WGS84 = (6378137.0, 6356752.314245)
_SCALE = 0.9996012717
_TRUE_ORIGIN = (np.radians(49.0), np.radians(-2.0))
_FALSE_ORIGIN = (400_000.0, -100_000.0)
_SHIFT = (446.448, -125.157, 542.060)
_TURN = tuple(np.radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
_STRETCH = -20.4894e-6


def to_latitude_longitude(
    easting: npt.NDArray[np.number[Any]], northing: npt.NDArray[np.number[Any]]
) -> tuple[Reals, Reals]:
    """Degrees of latitude and longitude (WGS84) of points on the grid, in metres."""
    latitude, longitude = _unproject(easting.astype(np.float64), northing.astype(np.float64))
    return _shift_datum(latitude, longitude)


def _meridian_arc(latitude: Reals) -> Reals:
    a, b = _AIRY
    n = (a - b) / (a + b)
    less, more = latitude - _TRUE_ORIGIN[0], latitude + _TRUE_ORIGIN[0]
    return np.asarray(
        b
        * _SCALE
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
            - (3 * n + 3 * n**2 + 2.625 * n**3) * np.sin(less) * np.cos(more)
            + (1.875 * n**2 + 1.875 * n**3) * np.sin(2 * less) * np.cos(2 * more)
            - 35 / 24 * n**3 * np.sin(3 * less) * np.cos(3 * more)
        )
    )


def _unproject(easting: Reals, northing: Reals) -> tuple[Reals, Reals]:
    a, b = _AIRY
    squared = (a * a - b * b) / (a * a)
    up = northing - _FALSE_ORIGIN[1]
    latitude = up / (a * _SCALE) + _TRUE_ORIGIN[0]
    for _ in range(5):
        latitude = latitude + (up - _meridian_arc(latitude)) / (a * _SCALE)
    sine, cosine, tangent = np.sin(latitude), np.cos(latitude), np.tan(latitude)
    nu = a * _SCALE / np.sqrt(1 - squared * sine**2)
    rho = a * _SCALE * (1 - squared) / (1 - squared * sine**2) ** 1.5
    eta2 = nu / rho - 1
    t2 = tangent**2
    east = (easting - _FALSE_ORIGIN[0]) / nu
    seventh = tangent / 2 * nu / rho
    eighth = tangent / 24 * nu / rho * (5 + 3 * t2 + eta2 - 9 * t2 * eta2)
    ninth = tangent / 720 * nu / rho * (61 + 90 * t2 + 45 * t2**2)
    tenth = 1 / cosine
    eleventh = (nu / rho + 2 * t2) / (6 * cosine)
    twelfth = (5 + 28 * t2 + 24 * t2**2) / (120 * cosine)
    thirteenth = (61 + 662 * t2 + 1320 * t2**2 + 720 * t2**3) / (5040 * cosine)
    e2 = east**2
    latitude = latitude - e2 * (seventh - e2 * (eighth - e2 * ninth))
    longitude = _TRUE_ORIGIN[1] + east * (tenth - e2 * (eleventh - e2 * (twelfth - e2 * thirteenth)))
    return latitude, longitude


def _shift_datum(latitude: Reals, longitude: Reals) -> tuple[Reals, Reals]:
    a, b = _AIRY
    squared = (a * a - b * b) / (a * a)
    nu = a / np.sqrt(1 - squared * np.sin(latitude) ** 2)
    x = nu * np.cos(latitude) * np.cos(longitude)
    y = nu * np.cos(latitude) * np.sin(longitude)
    z = nu * (1 - squared) * np.sin(latitude)
    (dx, dy, dz), (rx, ry, rz), scale = _SHIFT, _TURN, 1 + _STRETCH
    x, y, z = (
        dx + scale * x - rz * y + ry * z,
        dy + rz * x + scale * y - rx * z,
        dz - ry * x + rx * y + scale * z,
    )
    a, b = _WGS84
    squared = (a * a - b * b) / (a * a)
    level = np.hypot(x, y)
    phi = np.arctan2(z, level * (1 - squared))
    for _ in range(4):
        nu = a / np.sqrt(1 - squared * np.sin(phi) ** 2)
        phi = np.arctan2(z + squared * nu * np.sin(phi), level)
    return np.degrees(phi), np.degrees(np.arctan2(y, x))
