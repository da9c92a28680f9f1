"""Protected zones and assets in the site's frame, and the level coordinates in which heights are heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from vedette.assess.approach import Array, Volumes
from vedette.assess.config import AssetConfig, ZoneConfig
from vedette.geo import Area, Circle, Corridor, LocalFrame, Polygon, Terrain
from vedette.types import Severity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Zone:
    """Airspace over `area` between `floor` and `ceiling` in m above the site's level."""

    name: str
    severity: Severity
    area: Area
    floor: float
    ceiling: float

    @classmethod
    def from_config(cls, config: ZoneConfig, frame: LocalFrame, terrain: Terrain | None = None) -> Self:
        """The zone of a `[[zone]]` table, in the site's frame; AGL counts from `terrain`."""
        return cls(
            name=config.name,
            severity=config.severity,
            area=config.area(frame),
            floor=config.floor,
            ceiling=config.ceiling,
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
        height = position[..., 2]
        return np.asarray(self.area.contains(position) & (height >= self.floor) & (height <= self.ceiling))

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


def volumes(zones: Sequence[Zone]) -> Volumes:
    """Zones as the arrays that `approach.entries` works on."""
    corners = [zone.area.vertices if isinstance(zone.area, Polygon) else np.empty((0, 2)) for zone in zones]
    return Volumes(
        center=np.array([zone.area.center for zone in zones]).reshape(-1, 2),
        reach=np.array([zone.reach for zone in zones]),
        floor=np.array([zone.floor for zone in zones]),
        ceiling=np.array([zone.ceiling for zone in zones]),
        vertices=np.concatenate([np.empty((0, 2)), *corners]),
        first=np.cumsum([0, *map(len, corners)]),
    )


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
