"""Local tangent planes: [east, north, up] in m about a point of WGS84, and the ways between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pymap3d
from numpy.typing import ArrayLike, NDArray
from pymap3d.vincenty import vreckon

from vedette.units import DEGREE

Array = NDArray[np.float64]

# WGS84 (NIMA TR8350.2): semi-major axis in m and first eccentricity squared
SEMI_MAJOR = 6_378_137.0
FLATTENING = 1.0 / 298.257223563
ECCENTRICITY2 = FLATTENING * (2.0 - FLATTENING)


@dataclass(frozen=True)
class LocalFrame:
    """[east, north, up] about a point: `latitude` and `longitude` in rad, `height` above the ellipsoid in m.

    `name` labels estimates, e.g. "enu:base". Positions are arrays (…, 3).
    """

    name: str
    latitude: float
    longitude: float
    height: float

    @cached_property
    def origin(self) -> Array:
        """The origin in Earth-centred, Earth-fixed coordinates, (3,) m."""
        return np.array(pymap3d.geodetic2ecef(self.latitude, self.longitude, self.height, deg=False))

    @cached_property
    def axes(self) -> Array:
        """(3, 3): rows are the east, north and up unit vectors in ECEF."""
        return axes(self.latitude, self.longitude)

    @cached_property
    def radii(self) -> tuple[float, float]:
        """Radii of curvature at the origin, along the meridian and across it, in m (Torge, Geodesy)."""
        w2 = 1.0 - ECCENTRICITY2 * math.sin(self.latitude) ** 2
        return SEMI_MAJOR * (1.0 - ECCENTRICITY2) / w2**1.5, SEMI_MAJOR / math.sqrt(w2)

    def from_geodetic(self, geodetic: ArrayLike) -> Array:
        """(…, 3) latitude rad, longitude rad, height m → (…, 3) east, north, up in m."""
        lat, lon, height = np.moveaxis(np.asarray(geodetic, float), -1, 0)
        enu = pymap3d.geodetic2enu(lat, lon, height, self.latitude, self.longitude, self.height, deg=False)
        return np.stack(enu, axis=-1)

    def to_geodetic(self, position: ArrayLike) -> Array:
        """(…, 3) east, north, up in m → (…, 3) latitude rad, longitude rad, height above the ellipsoid m."""
        e, n, u = np.moveaxis(np.asarray(position, float), -1, 0)
        geodetic = pymap3d.enu2geodetic(e, n, u, self.latitude, self.longitude, self.height, deg=False)
        # pymap3d makes the height of a single point a scalar, whatever the shape it was given.
        return np.stack([np.reshape(part, e.shape) for part in geodetic], axis=-1)

    def to_frame(self, other: LocalFrame) -> tuple[Array, Array]:
        """(R (3, 3), t (3,)) with `y = R @ x + t` for the same point, x in this frame and y in the other."""
        return other.axes @ self.axes.T, other.axes @ (self.origin - other.origin)

    def height_above(self, position: Array) -> Array:
        """(…, 3) → (…,): height in m above the ellipsoid raised to this frame's origin.

        The tangent plane leaves the ellipsoid by n²/2M + e²/2N; the next terms are below 0.3 m at 50 km and
        3 m at 100 km.
        """
        M, N = self.radii
        e, n, u = position[..., 0], position[..., 1], position[..., 2]
        return np.asarray(u + n * n / (2.0 * M) + e * e / (2.0 * N))

    def reckon(self, distance: float, bearing: float) -> tuple[float, float]:
        """Latitude and longitude (rad) at `distance` m along the geodesic that leaves at `bearing` rad."""
        lat, lon = vreckon(self.latitude / DEGREE, self.longitude / DEGREE, distance, bearing / DEGREE)
        return float(lat) * DEGREE, math.remainder(float(lon) * DEGREE, 2.0 * math.pi)


def axes(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """(…) rad → (…, 3, 3): rows are east, north and up in ECEF (Torge, Geodesy)."""
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    zero = np.zeros_like(lat)
    rows = [
        [-sin_lon, cos_lon, zero],
        [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
        [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def to_polar(position: Array) -> Array:
    """(…, 3) east, north, up → (…, 3) slant range m, azimuth 0 to 2π clockwise from north, elevation."""
    e, n, u = position[..., 0], position[..., 1], position[..., 2]
    ground = np.hypot(e, n)
    return np.stack(
        [np.hypot(ground, u), np.mod(np.arctan2(e, n), 2.0 * math.pi), np.arctan2(u, ground)], axis=-1
    )


def to_cartesian(polar: Array) -> Array:
    """(…, 3) slant range, azimuth clockwise from north, elevation → (…, 3) east, north, up."""
    r, azimuth, elevation = polar[..., 0], polar[..., 1], polar[..., 2]
    ground = r * np.cos(elevation)
    return np.stack([ground * np.sin(azimuth), ground * np.cos(azimuth), r * np.sin(elevation)], axis=-1)
