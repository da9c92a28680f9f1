"""Areas on the ground in a local frame, with exact distances to their edge."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Circle:
    """`center` (2,) east, north in m; `radius` in m."""

    center: Array
    radius: float

    def contains(self, position: Array) -> NDArray[np.bool_]:
        """(…, ≥2) → (…,)."""
        return np.asarray(self.distance(position) <= 0.0)

    def distance(self, position: Array) -> Array:
        """(…, ≥2) → (…,): horizontal distance to the edge in m, negative inside."""
        return np.asarray(np.hypot(*np.moveaxis(position[..., :2] - self.center, -1, 0)) - self.radius)

    def corners(self, count: int = 72) -> Array:
        """(count, 2): the circle as a polygon, clockwise from north."""
        angle = np.arange(count) * (2.0 * math.pi / count)
        return np.asarray(self.center + self.radius * np.stack([np.sin(angle), np.cos(angle)], axis=-1))


@dataclass(frozen=True, eq=False)
class Polygon:
    """`vertices` (K, 2) east, north in m, in either order; the last one joins the first."""

    vertices: Array

    @property
    def center(self) -> Array:
        """(2,): centre of area (Bourke's formula)."""
        v, w = self.vertices, np.roll(self.vertices, -1, axis=0)
        cross = v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1]
        return np.asarray(((v + w) * cross[:, None]).sum(axis=0) / (3.0 * cross.sum()))

    def contains(self, position: Array) -> NDArray[np.bool_]:
        """(…, ≥2) → (…,): even-odd rule; a ray to the east crosses the edges an odd number of times."""
        p = position[..., None, :2]
        v, w = self.vertices, np.roll(self.vertices, -1, axis=0)
        spans = (v[:, 1] > p[..., 1]) != (w[:, 1] > p[..., 1])
        rise = np.where(w[:, 1] == v[:, 1], 1.0, w[:, 1] - v[:, 1])
        east = v[:, 0] + (p[..., 1] - v[:, 1]) * (w[:, 0] - v[:, 0]) / rise
        return np.asarray((spans & (p[..., 0] < east)).sum(axis=-1) % 2 == 1)

    def distance(self, position: Array) -> Array:
        """(…, ≥2) → (…,): horizontal distance to the nearest edge in m, negative inside."""
        p = position[..., None, :2]
        v, w = self.vertices, np.roll(self.vertices, -1, axis=0)
        edge = w - v
        along = ((p - v) * edge).sum(axis=-1) / np.maximum((edge * edge).sum(axis=-1), 1e-300)
        foot = v + np.clip(along, 0.0, 1.0)[..., None] * edge
        gap = np.hypot(*np.moveaxis(p - foot, -1, 0)).min(axis=-1)
        return np.asarray(np.where(self.contains(position), -gap, gap))

    def corners(self) -> Array:
        """(K, 2)."""
        return self.vertices
