"""When a straight ray is inside a zone: exactly, for circles, polygons, corridors and bands of height.

A ray is (6,) velocity, then position, east, north and height, relative to the zone's centre. The area gives
spans of time in which the ray is over it; within them the band of heights gives the first moment inside. Over
terrain the ground under a ray is straight between samples that are one step of the terrain's grid apart.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.skyline import bilinear

Array = NDArray[np.float64]

MOST_SAMPLES = 2000  # of the ground under one ray; a longer way is sampled less densely


@compiled
def band(h: float, vh: float, floor: float, ceiling: float, horizon: float) -> tuple[float, float]:
    """When within [0, horizon] the height h + vh t lies in the band: (from, to); never where from > to."""
    if vh == 0.0:
        return (0.0, horizon) if floor <= h <= ceiling else (1.0, 0.0)
    a, b = (floor - h) / vh, (ceiling - h) / vh
    return max(min(a, b), 0.0), min(max(a, b), horizon)


@compiled
def over_circle(ray: Array, radius: float) -> tuple[float, float]:
    """When |p + v t| ≤ radius: roots of v·v t² + 2 p·v t + p·p − r² = 0; never where from > to."""
    vx, vy, px, py = ray[0], ray[1], ray[3], ray[4]
    vv, pv, c = vx * vx + vy * vy, px * vx + py * vy, px * px + py * py - radius * radius
    if vv == 0.0:
        return (-math.inf, math.inf) if c <= 0.0 else (1.0, 0.0)
    discriminant = pv * pv - vv * c
    if discriminant < 0.0:
        return 1.0, 0.0
    root = math.sqrt(discriminant)
    return (-pv - root) / vv, (-pv + root) / vv


@compiled
def into_disc(px: float, py: float, wx: float, wy: float, radius: float) -> float:
    """Least λ ≥ 0 with |p + λ w| ≤ radius, infinite where there is none.

    The smaller root of λ² w·w + 2 λ w·p + p·p − r² = 0, without cancellation: c / (√(w·p² − w·w c) − w·p).
    """
    ww, wp, c = wx * wx + wy * wy, wx * px + wy * py, px * px + py * py - radius * radius
    if c <= 0.0:
        return 0.0
    discriminant = wp * wp - ww * c
    if wp >= 0.0 or discriminant < 0.0:
        return math.inf
    return c / (math.sqrt(discriminant) - wp)


@compiled
def over_polygon(ray: Array, east: float, north: float, corners: Array, spans: Array) -> int:
    """Fill spans (2 n,) with the times at which the ray enters and leaves the polygon, in order; returns n.

    The whole line is inside between its 1st and 2nd crossing of an edge, its 3rd and 4th, and so on. The ray
    is relative to (east, north), the corners (K, 2) are not.
    """
    vx, vy, px, py = ray[0], ray[1], ray[3] + east, ray[4] + north
    if vx == 0.0 and vy == 0.0:
        return _still_in(px, py, corners, spans)
    count = 0
    for k in range(len(corners)):
        ax, ay = corners[k - 1, 0] - px, corners[k - 1, 1] - py
        bx, by = corners[k, 0] - px, corners[k, 1] - py
        side_a, side_b = vx * ay - vy * ax, vx * by - vy * bx
        if (side_a > 0.0) != (side_b > 0.0):
            # v t = a + s (b − a)  →  t = a × (b − a) / v × (b − a)
            _insert(spans, count, (ax * by - ay * bx) / (side_b - side_a))
            count += 1
    return count // 2


@compiled
def _still_in(px: float, py: float, corners: Array, spans: Array) -> int:
    """The same for what stands still: always or never; an even-odd count to the east."""
    inside = False
    for k in range(len(corners)):
        ax, ay, bx, by = corners[k - 1, 0], corners[k - 1, 1], corners[k, 0], corners[k, 1]
        if (ay > py) != (by > py) and px < ax + (py - ay) * (bx - ax) / (by - ay):
            inside = not inside
    spans[0], spans[1] = -math.inf, math.inf
    return 1 if inside else 0


@compiled
def over_corridor(ray: Array, east: float, north: float, line: Array, half: float, spans: Array) -> int:
    """Fill spans (2 n,) with the times at which the ray is within `half` m of each leg of a line (K, 2).

    Everything within r of a leg is a capsule: a rectangle and two discs. It is convex, so that the ray is in
    it from the first of the three to the last. The spans may overlap and are in the order of the legs.
    """
    vx, vy, px, py = ray[0], ray[1], ray[3] + east, ray[4] + north
    piece = np.empty(6)
    piece[0], piece[1] = vx, vy
    count = 0
    for k in range(len(line) - 1):
        begin, end = math.inf, -math.inf
        for at in range(k, k + 2):
            piece[3], piece[4] = px - line[at, 0], py - line[at, 1]
            a, b = over_circle(piece, half)
            if a <= b:
                begin, end = min(begin, a), max(end, b)
        ux, uy = line[k + 1, 0] - line[k, 0], line[k + 1, 1] - line[k, 1]
        length = math.hypot(ux, uy)
        if length > 0.0:
            ux, uy = ux / length, uy / length
            dx, dy = px - line[k, 0], py - line[k, 1]
            a, b = _between(dx * ux + dy * uy, vx * ux + vy * uy, 0.0, length)
            c, d = _between(ux * dy - uy * dx, ux * vy - uy * vx, -half, half)
            a, b = max(a, c), min(b, d)
            if a <= b:
                begin, end = min(begin, a), max(end, b)
        if begin <= end:
            spans[2 * count], spans[2 * count + 1] = begin, end
            count += 1
    return count


@compiled
def _between(x: float, v: float, low: float, high: float) -> tuple[float, float]:
    """When x + v t lies in [low, high], whatever t; never where from > to."""
    if v == 0.0:
        return (-math.inf, math.inf) if low <= x <= high else (1.0, 0.0)
    a, b = (low - x) / v, (high - x) / v
    return min(a, b), max(a, b)


@compiled
def above_ground(
    ray: Array, east: float, north: float, begin: float, end: float, floor: float, ceiling: float,
    ground: Array, first: Array, step: float, datum: float,
) -> float:  # fmt: skip
    """First t in [begin, end] with floor ≤ height above the ground ≤ ceiling; infinite where there is none.

    ground   (n, n) m above the ellipsoid, on a grid that begins at `first` (2,); `datum`: what the ray's
             heights count from, m above the ellipsoid, and the ground where nothing is known of it
    """
    way = math.hypot(ray[0], ray[1]) * (end - begin)
    count = max(1, min(MOST_SAMPLES, math.ceil(way / step)))
    before = _clearance(ray, east, north, begin, ground, first, step, datum)
    if floor <= before <= ceiling:
        return begin
    for k in range(1, count + 1):
        t = begin + (end - begin) * k / count
        after = _clearance(ray, east, north, t, ground, first, step, datum)
        edge = ceiling if before > ceiling else floor
        if (before > ceiling and after <= ceiling) or (before < floor and after >= floor):
            return t - (end - begin) / count * (after - edge) / (after - before)
        before = after
    return math.inf


@compiled
def _clearance(
    ray: Array, east: float, north: float, t: float, ground: Array, first: Array, step: float, datum: float
) -> float:
    """Height above the ground at t, m."""
    x, y = ray[3] + ray[0] * t + east, ray[4] + ray[1] * t + north
    under = bilinear(ground, (y - first[1]) / step, (x - first[0]) / step)
    height: float = ray[5] + ray[2] * t
    return height if math.isnan(under) else height - (under - datum)


@compiled
def _insert(ordered: Array, count: int, value: float) -> None:
    """Put a value into the first `count` of an ordered array, keeping the order."""
    k = count
    while k > 0 and ordered[k - 1] > value:
        ordered[k] = ordered[k - 1]
        k -= 1
    ordered[k] = value
