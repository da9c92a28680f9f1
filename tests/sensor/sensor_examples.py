"""One example of every registered kind of sensor, with truths it may meet. A new kind must be added here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.config import Table, parse_toml
from vedette.geo import LocalFrame
from vedette.sensor import SensorConfig, Simulated, Targets, build

Array = NDArray[np.float64]
SITE = LocalFrame("enu:test", math.radians(33.8), math.radians(42.4), 190.0)

RADAR = """
name = "r"
bearing = 40
distance = 1500
height = 12
range_min = 300
range_max = 30_000
reference_range = 20_000
reference_rcs = -10
reference_pd = 0.9
range_resolution = 60
azimuth_beamwidth = 2.5
elevation_min = 0.5
elevation_max = 30
period = 1
clutter = 3
"""
EXAMPLES = {
    "radar3d": 'kind = "radar3d"' + RADAR + "elevation_beamwidth = 3\n",
    "radar2d": 'kind = "radar2d"' + RADAR + "height_prior = 1200\nheight_sigma = 250\n",
    "adsb": 'kind = "adsb"\nname = "a"\nheight = 10\nrange_max = 50_000\nceiling = 5_000\n',
    "tracks": 'kind = "tracks"\nname = "t"\nheight = 10\nrange_max = 50_000\nceiling = 5_000\nperiod = 0.5\n',
}
REPORTERS = {"adsb", "tracks"}


class Holder(Table):
    sensor: SensorConfig


def config(kind: str, **changes: Any) -> SensorConfig:
    """The example's table with keys replaced, read as from a file."""
    lines = [line for line in EXAMPLES[kind].splitlines() if line.split(" = ")[0] not in changes]
    lines += [f"{key} = {value}" for key, value in changes.items() if value is not None]
    return parse_toml("[sensor]\n" + "\n".join(lines), Holder, "site.toml").sensor


def sensor(kind: str, **changes: Any) -> Simulated:
    return build(config(kind, **changes), SITE)


def truths(kind: str, n: int, rng: np.random.Generator) -> Targets:
    """Targets well inside the coverage; for a 2-D radar with heights from its own prior."""
    r, az = rng.uniform(6e3, 16e3, n), rng.uniform(0, 2 * math.pi, n)
    height = rng.normal(1200, 250, n) if kind == "radar2d" else rng.uniform(800, 2500, n)
    place = np.column_stack([r * np.sin(az), r * np.cos(az), np.zeros(n)])
    place[:, 2] = height - SITE.height_above(place)
    velocity = rng.uniform(-60, 60, (n, 3)) * [1, 1, 0.1]
    names = tuple(f"{i:06x}" for i in range(n))
    return Targets(position=place, velocity=velocity, rcs=np.full(n, 1.0), transponder=names)
