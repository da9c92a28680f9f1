"""Protected zones and assets in the site's frame, and the level coordinates in which heights are heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from vedette.assess.approach import NO_GROUND, Array, Ground, Volumes
from vedette.assess.config import AssetConfig, Datum, ZoneConfig
from vedette.geo import Area, Circle, Corridor, LocalFrame, Terrain, undulation
from vedette.types import Severity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Zone:
    """Airspace over `area` between `floor` and `ceiling`, in m above the site's level; or above `terrain`
    where that is given, with the site's level `datum` m above the ellipsoid."""

    name: str
    severity: Severity
    area: Area
    floor: float
    ceiling: float
    terrain: Terrain | None = None
    datum: float = 0.0

    @classmethod
    def from_config(cls, config: ZoneConfig, frame: LocalFrame, terrain: Terrain | None = None) -> Self:
        """The zone of a `[[zone]]` table, in the site's frame; AGL counts from `terrain`."""
        area = config.area(frame)
        raised = sea_level(area, frame) if config.datum is Datum.MSL else 0.0
        return cls(
            name=config.name,
            severity=config.severity,
            area=area,
            floor=config.floor + raised,
            ceiling=config.ceiling + raised,
            terrain=terrain if config.datum is Datum.AGL else None,
            datum=frame.height,
        )

    @property
    def reach(self) -> float:
        """Radius in m of the circle about the area's centre that holds the area."""
        if isinstance(self.area, Circle):
            return self.area.radius
        if isinstance(self.area, Corridor):
            return float(np.hypot(*(self.area.points - self.area.center).T).max()) + self.area.width / 2.0
        return float(np.hypot(*(self.area.vertices - self.area.center).T).max())

    def contains(self, position: Array) -> Array:
        """(…, 3) level coordinates → (…,): whether the point is in the zone, floor and ceiling included."""
        height = position[..., 2] - self.ground(position)
        return np.asarray(self.area.contains(position) & (height >= self.floor) & (height <= self.ceiling))

    def ground(self, position: Array) -> Array:
        """(…, ≥2) → (…,): what its heights count from there, m above the site's level."""
        if self.terrain is None:
            return np.zeros(position.shape[:-1])
        return np.nan_to_num(self.terrain.ground(position) - self.datum, nan=0.0)

    def span(self) -> tuple[float, float]:
        """The lowest and the highest that it reaches anywhere, in m above the site's level."""
        if self.terrain is None:
            return self.floor, self.ceiling
        low, high = _relief(self.terrain, self.area.center, self.reach, self.datum)
        return self.floor + low, self.ceiling + high

    def distance(self, position: Array) -> Array:
        """(…, ≥2) → (…,): horizontal distance to the edge in m, negative inside."""
        return self.area.distance(position)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asset:
    """Something worth protecting at `position` (3,) in the site's frame; a hit within `radius` m counts."""

    name: str
    position: Array
    radius: float
    value: float

    @classmethod
    def from_config(cls, config: AssetConfig, frame: LocalFrame) -> Self:
        """The asset of an `[[asset]]` table, in the site's frame."""
        return cls(
            name=config.name, position=config.position(frame), radius=config.radius, value=config.value
        )


def sea_level(area: Area, frame: LocalFrame) -> float:
    """Sea level (EGM96) under the middle of an area, m above the site's level; taken as flat across it."""
    latitude, longitude, _ = frame.to_geodetic(np.array([*area.center, 0.0]))
    return float(undulation(latitude, longitude)) - frame.height


def _relief(terrain: Terrain, center: Array, reach: float, datum: float) -> tuple[float, float]:
    """Lowest and highest ground within the square about a circle, m above the datum, which holds beyond."""
    first, count = terrain.first[0], len(terrain.height)
    low = np.clip(np.floor((center - reach - first) / terrain.step).astype(int), 0, count - 1)
    high = np.clip(np.ceil((center + reach - first) / terrain.step).astype(int), 0, count - 1)
    some = terrain.height[low[1] : high[1] + 1, low[0] : high[0] + 1] - datum
    known = np.append(some[np.isfinite(some)], 0.0)
    return float(known.min()), float(known.max())


def ground_of(terrain: Terrain | None, frame: LocalFrame) -> Ground:
    """The terrain as `approach.entries` takes it."""
    if terrain is None:
        return NO_GROUND
    return Ground(terrain.height, terrain.first, terrain.step, frame.height)


def volumes(zones: Sequence[Zone], within: Sequence[float] | None = None) -> Volumes:
    """Zones as the arrays that `approach.entries` works on; `within` s ahead for each, or without limit."""
    corners = [_corners(zone.area) for zone in zones]
    spans = np.array([zone.span() for zone in zones]).reshape(-1, 2)
    return Volumes(
        center=np.array([zone.area.center for zone in zones]).reshape(-1, 2),
        reach=np.array([zone.reach for zone in zones]),
        floor=spans[:, 0].copy(),
        ceiling=spans[:, 1].copy(),
        vertices=np.concatenate([np.empty((0, 2)), *corners]),
        first=np.cumsum([0, *map(len, corners)]),
        half=np.array([z.area.width / 2.0 if isinstance(z.area, Corridor) else 0.0 for z in zones]),
        within=np.full(len(zones), np.inf) if within is None else np.array(within, float),
        agl=np.array([zone.terrain is not None for zone in zones], bool),
        above=np.array([(zone.floor, zone.ceiling) for zone in zones]).reshape(-1, 2),
    )


def _corners(area: Area) -> Array:
    """(K, 2) corners of a polygon, points of a corridor's line; none of a circle."""
    if isinstance(area, Circle):
        return np.empty((0, 2))
    return area.points if isinstance(area, Corridor) else area.vertices


def level(frame: LocalFrame, x: Array) -> Array:
    """States (N, 6) with up and its rate replaced by height above the site's level and its rate.

    The tangent plane leaves the ground: what flies level 30 km away climbs, in it, by 70 m until it is here.
    h = u + n²/2M + e²/2N,   ḣ = u̇ + n ṅ/M + e ė/N
    """
    M, N = frame.radii
    flat = x.copy()
    flat[:, 2] = frame.height_above(x[:, :3])
    flat[:, 5] += x[:, 1] * x[:, 4] / M + x[:, 0] * x[:, 3] / N
    return flat
