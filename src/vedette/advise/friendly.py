"""Own and cooperative aircraft: what must not be shot past, or not be in the envelope at all.

At each time such an aircraft is somewhere within a ball: about the middle of its ways, as wide as they are
spread, and as much wider as it moves until the next time that is looked at.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.envelope import FULL, Envelope, above_ground
from vedette.advise.paths import Paths
from vedette.kernel.compiled import inlined

Array = NDArray[np.float64]


class Friends(NamedTuple):
    """center (F, T, 3) and radius (F, T), m; kept clear of by `margin` m of the line of fire or, where
    `whole`, of the envelope."""

    center: Array
    radius: Array
    margin: float
    whole: bool


def friends_of(paths: Paths | None, margin: float, whole: bool) -> Friends:
    """The balls of every own or cooperative aircraft, in the order of `paths`."""
    if paths is None or not paths.tracks:
        return Friends(np.empty((0, 1, 3)), np.empty((0, 1)), margin, whole)
    center = paths.X.mean(axis=1)
    radius = np.sqrt(((paths.X - center[:, None]) ** 2).sum(axis=-1)).max(axis=1)
    # between two times the middle is at most half a step from the nearer, and the spread at most the larger's
    half = np.sqrt((np.diff(center, axis=1) ** 2).sum(axis=-1)) / 2.0
    beside = np.maximum(radius[:, :-1], radius[:, 1:])
    wide = np.maximum(np.pad(beside, ((0, 0), (0, 1))), np.pad(beside, ((0, 0), (1, 0))))
    wide += np.maximum(np.pad(half, ((0, 0), (0, 1))), np.pad(half, ((0, 0), (1, 0))))
    return Friends(np.ascontiguousarray(center), wide, margin, whole)


@inlined
def in_the_way(
    f: Friends, e: Envelope, times: Array, begin: float, end: float, x: float, y: float, z: float,
    beyond: float, wide: float,
) -> int:  # fmt: skip
    """Which of them comes in the way of a shot that flies, or dwells, from begin to end; −1: none.

    wide  the place where they meet may be so many m off
    """
    dt = times[1] - times[0]
    first = max(math.floor(begin / dt) - 1, 0)  # a start beside this one is a step earlier or later
    last = min(math.ceil(end / dt) + 1, len(times) - 1)
    for i in range(len(f.radius)):
        for j in range(first, last + 1):
            if f.whole:
                if _within(e, f.center, i, j, f.radius[i, j] + f.margin):
                    return i
            elif _beside(e.position, x, y, z, beyond, f.center, i, j, f.radius[i, j] + f.margin, wide):
                return i
    return -1


@inlined
def _within(e: Envelope, c: Array, i: int, j: int, r: float) -> bool:
    """Whether a ball touches the envelope, ground and sight left out."""
    x, y, z = c[i, j, 0], c[i, j, 1], c[i, j, 2]
    dx, dy, dz = x - e.position[0], y - e.position[1], z - e.position[2]
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    if distance - r > e.range_max:
        return False
    height = above_ground(e, x, y, z)
    if height + r < e.height_min or height - r > e.height_max:
        return False
    flat = math.hypot(dx, dy)
    if flat <= r or e.sector[1] >= FULL:
        return True
    turn = (math.atan2(dx, dy) - e.sector[0]) % FULL
    aside = min(turn - e.sector[1], FULL - turn) if turn > e.sector[1] else 0.0
    return bool(aside <= math.asin(r / flat))


@inlined
def _beside(
    a: tuple[float, float, float], x: float, y: float, z: float, beyond: float, c: Array, i: int, j: int,
    r: float, wide: float,
) -> bool:  # fmt: skip
    """Whether a ball touches the line from `a` through a place and on for `beyond`."""
    ux, uy, uz = x - a[0], y - a[1], z - a[2]
    length = math.sqrt(ux * ux + uy * uy + uz * uz)
    grown = 1.0 + (beyond / length if length > 0.0 else 0.0)
    ux, uy, uz = ux * grown, uy * grown, uz * grown
    px, py, pz = c[i, j, 0] - a[0], c[i, j, 1] - a[1], c[i, j, 2] - a[2]
    uu = ux * ux + uy * uy + uz * uz
    along = (px * ux + py * uy + pz * uz) / uu if uu > 0.0 else 0.0
    along = min(max(along, 0.0), 1.0)
    dx, dy, dz = px - along * ux, py - along * uy, pz - along * uz
    return bool(math.sqrt(dx * dx + dy * dy + dz * dz) <= r + wide * grown)
