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


@dataclass(frozen=True, eq=False)
class Corridor:
    """Everything within half of `width` m of a line through `points` (K, 2) east, north in m: round ends."""

    points: Array
    width: float

    @property
    def center(self) -> Array:
        """(2,): middle of the box about the points."""
        return np.asarray((self.points.min(axis=0) + self.points.max(axis=0)) / 2.0)

    def contains(self, position: Array) -> NDArray[np.bool_]:
        """(…, ≥2) → (…,)."""
        return np.asarray(self.distance(position) <= 0.0)

    def distance(self, position: Array) -> Array:
        """(…, ≥2) → (…,): horizontal distance to the edge in m, negative inside (then to the line's side)."""
        p = position[..., None, :2]
        v, edge = self.points[:-1], np.diff(self.points, axis=0)
        along = ((p - v) * edge).sum(axis=-1) / np.maximum((edge * edge).sum(axis=-1), 1e-300)
        foot = v + np.clip(along, 0.0, 1.0)[..., None] * edge
        return np.asarray(np.hypot(*np.moveaxis(p - foot, -1, 0)).min(axis=-1) - self.width / 2.0)

    def corners(self, count: int = 12) -> Array:
        """(C, 2): its outline to draw, with `count` corners to each round end; bends are mitred to twice the
        half width at the most, so that the outline of a sharp bend is a little off the edge."""
        line = self.points[np.r_[True, np.hypot(*np.diff(self.points, axis=0).T) > 0.0]]
        along = np.diff(line, axis=0) / np.hypot(*np.diff(line, axis=0).T)[:, None]
        left, right = _beside(line, along, self.width / 2.0)
        turn: Array = np.arange(1.0, count, dtype=np.float64) * (math.pi / count)
        head = _round_end(line[-1], along[-1], self.width / 2.0, turn)
        tail = _round_end(line[0], -along[0], self.width / 2.0, turn)
        return np.concatenate([left, head, right[::-1], tail])


def _beside(line: Array, along: Array, half: float) -> tuple[Array, Array]:
    """Points (K, 2) to the left and to the right of each point of a line with unit directions (K − 1, 2)."""
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    before, after = np.concatenate([normal[:1], normal]), np.concatenate([normal, normal[-1:]])
    mitre = before + after
    mitre /= np.maximum((mitre * after).sum(axis=-1), 0.5)[:, None]
    return line + half * mitre, line - half * mitre


def _round_end(end: Array, along: Array, half: float, turn: Array) -> Array:
    """From the left side round the end to the right one."""
    left = np.array([-along[1], along[0]])
    return np.asarray(end + half * (np.cos(turn)[:, None] * left + np.sin(turn)[:, None] * along))


Area = Circle | Polygon | Corridor
