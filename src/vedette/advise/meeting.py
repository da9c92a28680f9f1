"""When and where a shot meets a way that is straight from point to point: exactly.

A shot leaves E at t_d with speed s; the target is at p + v t on a leg, E the origin. They meet at the least
t > t_d with

    (v·v − s²) t² + 2 (p·v + s² t_d) t + (p·p − s² t_d²) = 0        (|p + v t| = s (t − t_d))

Head-on from R at t_d = 0: t = R/(s + v) at R s/(s + v). What has to dwell acts from t_d on for
τ(R) = τ_0 e^{aR}, R being the distance at t_d.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled, inlined

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Place = tuple[float, float, float]


@compiled
def meets(
    px: float, py: float, pz: float, vx: float, vy: float, vz: float, s: float, t_d: float, above: float
) -> float:  # fmt: skip
    """Least t > t_d, and not below `above`, at which they meet; infinite where there is none."""
    a = vx * vx + vy * vy + vz * vz - s * s
    b = px * vx + py * vy + pz * vz + s * s * t_d
    c = px * px + py * py + pz * pz - s * s * t_d * t_d
    return float(_least_root(a, b, c, max(t_d, above)))


@inlined
def _least_root(a: float, b: float, c: float, above: float) -> float:
    """Least t ≥ above with a t² + 2 b t + c = 0, without cancellation; infinite where there is none."""
    if a == 0.0:
        t = -c / (2.0 * b) if b != 0.0 else math.inf
        return t if t >= above else math.inf
    discriminant = b * b - a * c
    if discriminant < 0.0:
        return math.inf
    root = -(b + math.copysign(math.sqrt(discriminant), b))
    one = root / a
    other = c / root if root != 0.0 else one
    least: float = math.inf
    for t in (one, other):
        if above <= t < least:
            least = t
    return least


@compiled
def launches(X: Array, times: Array, e: Place, s: float, reach: float, g: Array, near: Ints) -> bool:
    """Fill g (T,): when a shot must leave e to be where a way (T, 3) is at each time.

    near (2,) from which point until which point the way may be within `reach`; the first after the second
    where it never is. Returns whether the shot is always faster than the target: then g rises.
    """
    near[0], near[1] = len(times), -1
    faster = True
    before = 0.0
    for j in range(len(times)):
        d = _distance(X[j], e)
        g[j] = times[j] - d / s
        if j > 0:
            leg = _length(X, j)
            faster = faster and leg < s * (times[j] - times[j - 1])
            if min(d, before) - leg <= reach:  # no point of a leg is nearer than this
                near[0] = min(near[0], j - 1)
                near[1] = j
        before = d
    return faster


@compiled
def least_distance(X: Array, e: Place) -> float:
    """Between e and the points of a way (T, 3)."""
    nearest: float = math.inf
    for j in range(len(X)):
        nearest = min(nearest, _distance(X[j], e))
    return nearest


@inlined
def _distance(x: Array, e: Place) -> float:
    dx, dy, dz = x[0] - e[0], x[1] - e[1], x[2] - e[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@inlined
def _length(X: Array, j: int) -> float:
    """Of the leg that ends at point j."""
    dx, dy, dz = X[j, 0] - X[j - 1, 0], X[j, 1] - X[j - 1, 1], X[j, 2] - X[j - 1, 2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@inlined
def meets_way(
    X: Array, k: int, times: Array, e: Place, s: float, t_d: float, g: Array, faster: bool, leg: int
) -> tuple[float, int, float, float, float]:  # fmt: skip
    """When a shot that leaves e at t_d meets way k of X (K, T, 3), on which leg, and where; infinite: never.

    g, faster  of `launches`: a faster shot passes a leg that ends with g < t_d
    leg  no earlier one is looked at: for a later t_d no earlier leg meets
    """
    for j in range(leg, len(times) - 1):
        if faster and g[k, j + 1] < t_d:
            continue
        dt = times[j + 1] - times[j]
        px, py, pz = X[k, j, 0] - e[0], X[k, j, 1] - e[1], X[k, j, 2] - e[2]
        vx, vy = (X[k, j + 1, 0] - X[k, j, 0]) / dt, (X[k, j + 1, 1] - X[k, j, 1]) / dt
        vz = (X[k, j + 1, 2] - X[k, j, 2]) / dt
        t = meets(px, py, pz, vx, vy, vz, s, t_d - times[j], -1e-9 * dt)
        if t <= dt * (1.0 + 1e-9):
            t = min(max(t, 0.0), dt)
            return times[j] + t, j, X[k, j, 0] + vx * t, X[k, j, 1] + vy * t, X[k, j, 2] + vz * t
    return math.inf, len(times) - 1, 0.0, 0.0, 0.0


@inlined
def at(X: Array, k: int, times: Array, t: float) -> Place:
    """Place of way k at a time within its times, which are evenly spaced."""
    dt = times[1] - times[0]
    j = min(max(int((t - times[0]) / dt), 0), len(times) - 2)
    u = (t - times[j]) / (times[j + 1] - times[j])
    return (
        X[k, j, 0] + u * (X[k, j + 1, 0] - X[k, j, 0]),
        X[k, j, 1] + u * (X[k, j + 1, 1] - X[k, j, 1]),
        X[k, j, 2] + u * (X[k, j + 1, 2] - X[k, j, 2]),
    )
