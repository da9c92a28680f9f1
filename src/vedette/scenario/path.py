"""The way a platform flies: straight legs between waypoints, joined by arcs that begin before the waypoint.

Everything is along the distance s flown over ground, at constant ground speed. Heights follow a smooth step
between waypoints, so velocity never jumps. Coordinates are [east, north] and the height above the ellipsoid
through the site's reference point, all in m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.config import TableError
from vedette.types import Array

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FlightPath:
    """Segments: start (S,) in s, place (S, 2), heading (S,) from north, curvature (S,) 1/m, right positive.

    Heights: node (K,) in s and height (K,) there. `length` is where it ends.
    """

    start: Array
    place: Array
    heading: Array
    curvature: Array
    node: Array
    height: Array
    length: float


def fly_by(corners: Array, height: Array, radius: float) -> FlightPath:
    """A path past `corners` (K, 2) with turns of `radius` m; passes each at its height (K,).

    Raises TableError at the waypoint where a leg is too short for its turns.
    """
    step = np.diff(corners, axis=0)
    leg = np.hypot(step[:, 0], step[:, 1])
    for k in np.flatnonzero(leg < 1.0):
        raise TableError("two waypoints lie on the same spot; remove one.", "waypoints", int(k) + 1)
    course = np.arctan2(step[:, 0], step[:, 1])
    turn = np.remainder(np.diff(course) + math.pi, 2 * math.pi) - math.pi
    # a turn by θ leaves the leg r tan(θ/2) before the waypoint
    lead = radius * np.tan(np.minimum(np.abs(turn), 3.1) / 2)
    before, after = np.append(0.0, lead), np.append(lead, 0.0)
    for k in np.flatnonzero(before + after > leg):
        raise TableError(
            f"the leg to this waypoint is {leg[k]:.0f} m, but its turns of {radius:.0f} m radius need "
            f"{before[k] + after[k]:.0f} m; move it, fly slower or turn less.",
            "waypoints", int(k) + 1,
        )  # fmt: skip
    return _join(corners, height, radius, course, turn, leg - before - after, before)


def _join(
    corners: Array, height: Array, radius: float, course: Array, turn: Array, straight: Array, before: Array
) -> FlightPath:
    """Legs and arcs in turn, with the distance at which each begins."""
    segments: list[tuple[float, ...]] = []
    node, s = [0.0], 0.0
    for k in range(len(course)):
        along = np.array([math.sin(course[k]), math.cos(course[k])])
        begin = corners[k] + before[k] * along
        segments.append((s, *begin, course[k], 0.0))
        s += straight[k]
        arc = radius * abs(turn[k]) if k < len(turn) else 0.0
        if arc > 0.0:
            bend = math.copysign(1.0 / radius, turn[k])
            segments.append((s, *(begin + straight[k] * along), course[k], bend))
        node.append(s + arc / 2)
        s += arc
    columns = np.array(segments)
    return FlightPath(
        start=columns[:, 0], place=columns[:, 1:3], heading=columns[:, 3], curvature=columns[:, 4],
        node=np.array(node), height=height, length=s,
    )  # fmt: skip


def turned(path: FlightPath, s: float, turn: float, radius: float, length: float) -> FlightPath:
    """The path up to s; there it turns by `turn` rad, right positive, with `radius` m, and flies straight on.

    `length` is where it ends now. It levels off at the height of the waypoint that it was flying to.
    """
    row = np.zeros(1, np.int64)
    (place,), (heading,), _, _ = Paths.of([path]).at(row, np.array([s]))
    bend = math.copysign(1.0 / radius, turn)
    arc, along = radius * abs(turn), heading + 0.5 * turn
    # chord of the arc: 2 r sin(θ/2), in the direction of its middle
    out = place + 2.0 * radius * math.sin(0.5 * abs(turn)) * np.array([math.sin(along), math.cos(along)])
    kept = path.start < s
    goal = int((path.node <= s).sum()) + 1
    return FlightPath(
        start=np.concatenate([path.start[kept], [s, s + arc]]),
        place=np.concatenate([path.place[kept], [place, out]]),
        heading=np.concatenate([path.heading[kept], [heading, heading + turn]]),
        curvature=np.concatenate([path.curvature[kept], [bend, 0.0]]),
        node=np.append(path.node[:goal], max(length, path.length) + 1.0),
        height=np.append(path.height[:goal], path.height[:goal][-1]), length=length,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """N paths as padded arrays, to be evaluated together: leading axis N, then segments or height nodes."""

    start: Array
    place: Array
    heading: Array
    curvature: Array
    node: Array
    height: Array

    @classmethod
    def of(cls, paths: list[FlightPath]) -> Paths:
        """Padding begins at infinity, where nobody flies; heights stay at their last value."""
        n, S = len(paths), max((len(p.start) for p in paths), default=1)
        K = max((len(p.node) for p in paths), default=2)
        packed = cls(
            np.full((n, S), np.inf), np.zeros((n, S, 2)), np.zeros((n, S)), np.zeros((n, S)),
            np.full((n, K), np.inf), np.zeros((n, K)),
        )  # fmt: skip
        for i, p in enumerate(paths):
            for name in ("start", "place", "heading", "curvature", "node", "height"):
                values = getattr(p, name)
                getattr(packed, name)[i, : len(values)] = values
            packed.height[i, len(p.height) :] = p.height[-1]
        return packed

    def at(self, rows: Ints, s: Array) -> tuple[Array, Array, Array, Array]:
        """Paths `rows` (M,) at distances s (M,): place (M, 2), heading (M,), height (M,), dheight/ds (M,)."""
        k = (self.start[rows] <= s[:, None]).sum(axis=1) - 1
        ds = s - self.start[rows, k]
        bend = self.curvature[rows, k]
        # chord of an arc of length ds and curvature c: ds sinc(c ds / 2), in the direction of its middle
        middle = self.heading[rows, k] + 0.5 * bend * ds
        chord = ds * np.sinc(bend * ds / (2.0 * math.pi))
        place = self.place[rows, k] + chord[:, None] * np.stack([np.sin(middle), np.cos(middle)], axis=1)
        height, slope = self._height(rows, s)
        return place, self.heading[rows, k] + bend * ds, height, slope

    def _height(self, rows: Ints, s: Array) -> tuple[Array, Array]:
        """Smooth step h = h₀ + (h₁ − h₀) u² (3 − 2u) between nodes, level at each of them."""
        k = np.clip((self.node[rows] <= s[:, None]).sum(axis=1) - 1, 0, self.node.shape[1] - 2)
        a, b = self.node[rows, k], self.node[rows, k + 1]
        span = np.where(np.isfinite(b), b - a, np.inf)
        u = np.where(np.isfinite(span), (s - a) / np.maximum(span, 1e-9), 0.0)
        rise = self.height[rows, k + 1] - self.height[rows, k]
        return self.height[rows, k] + rise * u * u * (3 - 2 * u), rise * 6 * u * (1 - u) / span
