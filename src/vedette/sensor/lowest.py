"""How low each sensor sees, everywhere around the site: the lowest visible altitude, per sensor and fused.

Where nothing is seen there are three different reasons, and none of them looks like another: something hides
all heights up to the ceiling, the sensor does not reach there, or the ground on the way is not known.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vedette.geo import LocalFrame, Terrain
from vedette.sensor.base import Simulated
from vedette.types import Array

Bools = NDArray[np.bool_]
Single = NDArray[np.float32]
States = NDArray[np.uint8]
Ints = NDArray[np.int64]

# Kinds that hear only what transmits, or what another system tells, of whose coverage nothing is known. A
# silent drone flies past them, so they never count as cover.
HEAR_ONLY = frozenset({"adsb", "remote_id", "rf_bearing", "tracks"})
RUNGS = (0, 5, 10, 20, 30, 45, 60, 80, 100, 150, 200, 300, 450, 600, 800, 1000, 1500, 2000, 3000, 5000, 8000)
EXACT = 1.0  # m to which the lowest height is found
FARTHEST = 100_000.0  # m to each side, where no terrain ends the map before


class Cover(IntEnum):
    """What is known of a cell."""

    SEEN = 0  # from the cell's height upwards
    HIDDEN = 1  # in reach, but something stands before every height below the ceiling
    OUTSIDE = 2  # beyond range, sector or elevation
    NO_DATA = 3  # in reach, but the ground there or on the way is not known


@dataclass(frozen=True, eq=False)
class Layer:
    """`height` (n, n) above the ground in m, NaN unless SEEN; `state` (n, n) of Cover; south to north."""

    height: Single
    state: States


@dataclass(frozen=True, eq=False)
class Chart:
    """Cells (n, n) about the origin of `frame`, `step` m apart; `ground` is their height above the ellipsoid.

    Where the terrain has no data the ground is taken as smooth; the layers say that it is not known.
    """

    frame: LocalFrame
    step: float
    ground: Array

    @classmethod
    def about(cls, frame: LocalFrame, terrain: Terrain | None, extent: float, cells: int) -> Self:
        """`cells` per side over `extent` m to each side; an odd number has one on the reference point."""
        step = 2.0 * extent / (cells - 1)
        chart = cls(frame, step, np.full((cells, cells), frame.height))
        if terrain is None:
            return chart
        ground = terrain.ground(chart.places)
        return cls(frame, step, np.where(np.isnan(ground), frame.height, ground))

    @property
    def corners(self) -> Array:
        """(4, 2) east, north of the map's outer corners, from the north-west clockwise."""
        edge = len(self.ground) / 2.0 * self.step
        return np.array([[-edge, edge], [edge, edge], [edge, -edge], [-edge, -edge]])

    @cached_property
    def places(self) -> Array:
        """(n, n, 2) east, north."""
        axis = (np.arange(len(self.ground)) - (len(self.ground) - 1) / 2.0) * self.step
        return np.stack(np.meshgrid(axis, axis), axis=-1)

    def position(self, cells: Ints, height: Array | float) -> Array:
        """(K,) flat cells, (K,) heights above the ground → (K, 3) in the site's frame."""
        east, north = self.places.reshape(-1, 2)[cells].T
        M, N = self.frame.radii
        fall = north * north / (2.0 * M) + east * east / (2.0 * N)
        return np.column_stack([east, north, self.ground.ravel()[cells] - self.frame.height + height - fall])


def lowest(sensor: Simulated, chart: Chart, ceiling: float, probability: float) -> Layer:
    """Where, from the ground up to `ceiling` m above it, one look first reports the expected target.

    "Reports" means with at least `probability`, a target of the size that the site file expects; one that
    transmits, for sensors that hear.
    """
    rungs = [float(h) for h in RUNGS if h < ceiling] + [ceiling]
    height = _climb(sensor, chart, rungs, probability)
    state = np.full(height.shape, Cover.SEEN, np.uint8)
    dark = np.flatnonzero(np.isnan(height))
    state[dark] = Cover.OUTSIDE
    state[dark[_in_reach(sensor, chart, dark, rungs, probability)]] = Cover.HIDDEN
    reached = np.flatnonzero(state != Cover.OUTSIDE)
    known = sensor.station.knows_ground(sensor.station.local(chart.position(reached, 0.0)))
    state[reached[~known]] = Cover.NO_DATA
    height[state != Cover.SEEN] = np.nan
    return Layer(height.reshape(chart.ground.shape), state.reshape(chart.ground.shape))


def _sees(sensor: Simulated, chart: Chart, cells: Ints, height: Array | float, p: float) -> Bools:
    perceptible = getattr(sensor, "perceptible", 1.0)  # the part of targets that can be noticed at all
    found = sensor.detection_probability(chart.position(cells, height))
    return np.asarray(found >= p * perceptible)


def _climb(sensor: Simulated, chart: Chart, rungs: list[float], p: float) -> Single:
    """(K,) lowest height at which each cell is seen, up a ladder and then by bisection; NaN where none is."""
    found = np.full(chart.ground.size, np.nan, np.float32)
    dark = np.arange(chart.ground.size)
    below = 0.0
    for rung in rungs:
        if not len(dark):
            break
        seen = _sees(sensor, chart, dark, rung, p)
        found[dark[seen]] = _between(sensor, chart, dark[seen], below, rung, p)
        dark, below = dark[~seen], rung
    return found


def _between(sensor: Simulated, chart: Chart, cells: Ints, low: float, high: float, p: float) -> Array:
    """(K,) the height between `low`, not seen, and `high`, seen, from which each cell is seen."""
    lows, highs = np.full(len(cells), low), np.full(len(cells), high)
    gap = high - low
    while gap > EXACT and len(cells):
        middle = 0.5 * (lows + highs)
        seen = _sees(sensor, chart, cells, middle, p)
        highs, lows = np.where(seen, middle, highs), np.where(seen, lows, middle)
        gap *= 0.5
    return highs


def _in_reach(sensor: Simulated, chart: Chart, cells: Ints, rungs: list[float], p: float) -> Bools:
    """(K,): would the sensor see there at any height if nothing stood in the way?"""
    free = copy.copy(sensor)
    free.station = sensor.station.unobstructed()
    reached = np.zeros(len(cells), bool)
    for rung in rungs:
        rest = np.flatnonzero(~reached)
        reached[rest] = _sees(free, chart, cells[rest], rung, p)
    return reached


def fuse(layers: Iterable[Layer], shape: tuple[int, int]) -> Layer:
    """The lowest of all; where none sees: no data if one lacks it, else hidden if from one, else outside."""
    height, state = np.full(shape, np.nan, np.float32), np.full(shape, Cover.OUTSIDE, np.uint8)
    rank = np.array([3, 1, 0, 2])  # of SEEN, HIDDEN, OUTSIDE, NO_DATA
    for layer in layers:
        height = np.fmin(height, layer.height)
        state = np.where(rank[layer.state] > rank[state], layer.state, state)
    return Layer(height, state)


@dataclass(frozen=True, eq=False)
class Coverage:
    """The layers of all sensors of a site, by name, and what they were made for."""

    chart: Chart
    layers: Mapping[str, Layer]
    kinds: Mapping[str, str]
    ceiling: float
    probability: float
    terrain: bool

    def watching(self) -> frozenset[str]:
        """Sensors that count as cover: those that need no transmission from the target."""
        return frozenset(name for name, kind in self.kinds.items() if kind not in HEAR_ONLY)

    def hear_only(self) -> list[str]:
        """The others, by name."""
        return sorted(set(self.kinds) - self.watching())

    def fused(self, working: Iterable[str]) -> Layer:
        """The lowest altitude that any of the `working` sensors that watch sees."""
        names = self.watching() & set(working)
        return fuse((self.layers[name] for name in sorted(names)), self.chart.ground.shape)


def cover(
    sensors: Mapping[str, Simulated], frame: LocalFrame, terrain: Terrain | None = None, *,
    extent: float | None = None, cells: int = 201, ceiling: float = 3_000.0, probability: float = 0.5,
) -> Coverage:  # fmt: skip
    """How low each of `sensors` sees around the origin of `frame`, on `cells` × `cells`.

    extent       m to each side; unless given as far as any sensor that watches reaches, or the terrain goes
    ceiling      m above the ground, above which nothing is asked
    probability  that one look reports the expected target, from which on it counts as seen
    """
    chart = Chart.about(frame, terrain, extent or _extent(sensors, frame, terrain), cells)
    layers = {name: lowest(sensor, chart, ceiling, probability) for name, sensor in sensors.items()}
    kinds = {name: sensor.kind for name, sensor in sensors.items()}
    return Coverage(chart, layers, kinds, ceiling, probability, terrain is not None)


def _extent(sensors: Mapping[str, Simulated], frame: LocalFrame, terrain: Terrain | None) -> float:
    watch = [s for s in sensors.values() if s.kind not in HEAR_ONLY] or list(sensors.values())
    far = max(float(np.linalg.norm(frame.from_geodetic(s.geodetic)[:2])) + s.range_max for s in watch)
    return min(far, FARTHEST if terrain is None else terrain.extent)


def shares(layer: Layer, below: Iterable[float] = (60.0, 100.0, 300.0)) -> dict[str, float]:
    """Parts of the map's area: seen at or below each height, and every reason for not being seen."""
    known = {f"seen_below_{h:.0f}_m": float((layer.height <= h).mean()) for h in below}
    return known | {each.name.lower(): float((layer.state == each).mean()) for each in Cover}
