"""Height of the mean sea level (EGM96 geoid) above the WGS84 ellipsoid.

The 15′ grid of the US National Geospatial-Intelligence Agency (public domain) is made into package data by
`tools/make_geoid.py`. Without it the undulation is unavailable, and says so; it is never taken as zero.
"""

from __future__ import annotations

import math
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.errors import ConfigError

Array = NDArray[np.float64]

FILE = "egm96.npz"
STEP = math.radians(0.25)
ROWS, COLUMNS = 721, 1440  # from 90° north to 90° south; from 0° eastward
KNOWN = (0.0, 0.0, 17.16)  # NGA's own value at latitude 0, longitude 0, in m


def undulation(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Geoid above ellipsoid in m at positions in rad: height above ellipsoid = height above sea + undulation.

    Raises ConfigError, with the remedy, when the grid was not built in.
    """
    return interpolate(grid(), latitude, longitude)


@cache
def grid() -> Array:
    """(721, 1440) undulation in m, checked at a known point."""
    resource = files("vedette.geo") / FILE
    if not resource.is_file():
        raise ConfigError(
            "The geoid grid is not built in, so heights above sea level cannot be converted; "
            "run `python tools/make_geoid.py` (it needs the npm registry once) "
            "or give heights above the ellipsoid.",
            where=FILE,
        )
    with resource.open("rb") as file, np.load(file) as stored:
        return check(stored["centimetres"].astype(np.float64) / 100.0)


def check(values: Array) -> Array:
    """The same grid; raises ConfigError if it is not EGM96."""
    latitude, longitude, expected = KNOWN
    if values.shape == (ROWS, COLUMNS):
        found = float(interpolate(values, latitude, longitude))
        if abs(found - expected) < 0.005:
            return values
    raise ConfigError(
        f"The geoid grid is damaged: it should give {expected} m at latitude 0, longitude 0; "
        "delete it and run `python tools/make_geoid.py` again.",
        where=FILE,
    )


def interpolate(values: Array, latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Bilinear between the four nodes around each position (rad)."""
    y = (math.pi / 2 - np.asarray(latitude, float)) / STEP
    x = np.mod(np.asarray(longitude, float), 2.0 * math.pi) / STEP
    row = np.clip(np.floor(y).astype(int), 0, ROWS - 2)
    column = np.floor(x).astype(int) % COLUMNS
    east = (column + 1) % COLUMNS
    dy, dx = y - row, x - np.floor(x)
    north_edge = (1 - dx) * values[row, column] + dx * values[row, east]
    south_edge = (1 - dx) * values[row + 1, column] + dx * values[row + 1, east]
    return np.asarray((1 - dy) * north_edge + dy * south_edge)
