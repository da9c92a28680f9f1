"""What a line of fire, and what falls, must keep clear of: no-fire polygons and protected assets.

All of it is seen from above. The line of fire runs from the effector through the place where they meet, and
on for `beyond`; what falls lies within `fall` of that place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.effector_config import EffectorConfig
from vedette.assess.config import on_plane
from vedette.assess.zone import Asset
from vedette.geo import LocalFrame
from vedette.kernel.compiled import compiled, inlined

Array = NDArray[np.float64]


class Clearance(NamedTuple):
    """vertices[first[i]:first[i + 1]] are the corners of no-fire polygon i, rounds (·, 3) the
    circles about them, and assets (A, 3) those of what nothing may fall on: e, n, radius."""

    vertices: Array
    first: NDArray[np.int64]
    rounds: Array
    assets: Array
    fall: float
    beyond: float


def clearance(config: EffectorConfig, site: LocalFrame, assets: Sequence[Asset]) -> Clearance:
    """What an `[[effector]]` table asks to be kept clear of, in the site's frame."""
    polygons = [on_plane(corners, site) for corners in config.no_fire]
    kept = () if config.fall_ok or config.fall == 0.0 else assets
    return Clearance(
        vertices=np.concatenate([np.empty((0, 2)), *polygons]),
        first=np.cumsum([0, *map(len, polygons)]),
        rounds=np.array([_circle(polygon) for polygon in polygons]).reshape(-1, 3),
        assets=np.array([[*asset.position[:2], asset.radius] for asset in kept]).reshape(-1, 3),
        fall=config.fall,
        beyond=config.beyond,
    )


def _circle(corners: Array) -> Array:
    """About the middle of the box that holds them."""
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2.0
    return np.array([*middle, np.hypot(*(corners - middle).T).max()])


@inlined
def is_clear(c: Clearance, x: float, y: float, east: float, north: float, margin: float) -> bool:
    """Whether an effector at (x, y) may act at (east, north) and everywhere within `margin` of it.

    Within that, the line of fire moves by no more than its length and `beyond` turn it by.
    """
    dx, dy = east - x, north - y
    length = math.hypot(dx, dy)
    grown = 1.0 + (c.beyond / length if length > 0.0 else 0.0)
    end_x, end_y = x + dx * grown, y + dy * grown
    for i in range(len(c.first) - 1):
        near = _to_segment(c.rounds[i, 0], c.rounds[i, 1], x, y, end_x, end_y)
        if near > c.rounds[i, 2] + c.fall + margin * grown:
            continue
        corners = c.vertices[c.first[i] : c.first[i + 1]]
        if distance_to_segment(corners, x, y, end_x, end_y) <= margin * grown:
            return False
        if distance_to_segment(corners, east, north, east, north) <= c.fall + margin:
            return False
    for a in range(len(c.assets)):
        apart = math.hypot(east - c.assets[a, 0], north - c.assets[a, 1])
        if apart <= c.assets[a, 2] + c.fall + margin:
            return False
    return True


@compiled
def distance_to_segment(corners: Array, ax: float, ay: float, bx: float, by: float) -> float:
    """Between a polygon, its inside included, and a segment; 0 where they touch."""
    if _inside(corners, ax, ay) or _inside(corners, bx, by):
        return 0.0
    nearest = math.inf
    for k in range(len(corners)):
        cx, cy, dx, dy = corners[k - 1, 0], corners[k - 1, 1], corners[k, 0], corners[k, 1]
        if _cross(ax, ay, bx, by, cx, cy, dx, dy):
            return 0.0
        nearest = min(
            nearest,
            _to_segment(ax, ay, cx, cy, dx, dy),
            _to_segment(bx, by, cx, cy, dx, dy),
            _to_segment(cx, cy, ax, ay, bx, by),
        )
    return nearest


@compiled
def _inside(corners: Array, x: float, y: float) -> bool:
    """Even-odd: a ray to the east crosses the edges an odd number of times."""
    inside = False
    for k in range(len(corners)):
        ax, ay, bx, by = corners[k - 1, 0], corners[k - 1, 1], corners[k, 0], corners[k, 1]
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


@compiled
def _cross(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> bool:  # fmt: skip
    """Whether ab and cd cross: the ends of each lie on different sides of the other."""
    abx, aby, cdx, cdy = bx - ax, by - ay, dx - cx, dy - cy
    one = (abx * (cy - ay) - aby * (cx - ax)) * (abx * (dy - ay) - aby * (dx - ax))
    other = (cdx * (ay - cy) - cdy * (ax - cx)) * (cdx * (by - cy) - cdy * (bx - cx))
    return one < 0.0 and other < 0.0


@inlined
def _to_segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> float:
    """From a point to its foot on a segment."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = ((px - ax) * dx + (py - ay) * dy) / length2 if length2 > 0.0 else 0.0
    along = min(max(along, 0.0), 1.0)
    ex, ey = px - ax - along * dx, py - ay - along * dy
    return math.sqrt(ex * ex + ey * ey)


@compiled
def fill_clear(c: Clearance, x: float, y: float, position: Array, clear: NDArray[np.bool_]) -> None:
    """Fill clear (M,) for positions (M, 3)."""
    for m in range(len(position)):
        clear[m] = is_clear(c, x, y, position[m, 0], position[m, 1], 0.0)
