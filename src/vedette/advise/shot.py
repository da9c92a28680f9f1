"""One start of one effector against all ways of one track: when it meets each, where, and what stops it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.clearance import Clearance
from vedette.advise.envelope import HOLDS, RANGE, Envelope, where
from vedette.advise.meeting import at, meets_way
from vedette.kernel.compiled import compiled, inlined

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

LATER, NEVER = 5, 6  # codes beside those of envelope: the way ends before; they do not meet


class Shooter(NamedTuple):
    """speed 0: it dwells, for dwell · exp(haze · R) s. delay s from the start to the first shot."""

    envelope: Envelope
    clearance: Clearance
    speed: float
    dwell: float
    haze: float
    delay: float


class Stops(NamedTuple):
    """Probabilities of stopping at ranges (G,): as expected of each track (N, G), already lowered by its
    quality; and of each part of the classes (C, G), with weights (N, C), to be lowered by `factor` (N,)."""

    ranges: Array
    expected: Array
    parts: Array
    weights: Array
    factor: Array


class Way(NamedTuple):
    """Of one track: X (K, T, 3), times (T,), until (K,); g (K, T), near (K, 2), faster of `launches`."""

    X: Array
    times: Array
    until: Array
    g: Array
    near: Ints
    faster: bool


class Trial(NamedTuple):
    """K meetings of one start: time, place (K, 3), distance, kill, leg and code."""

    time: Array
    place: Array
    distance: Array
    kill: Array
    leg: Ints
    code: Ints


@compiled
def shoot(a: Shooter, w: Way, stops: Stops, n: int, start: float, leg: Ints, out: Trial) -> float:
    """Fill the K meetings of one start; returns the kill that is expected over all ways."""
    total = 0.0
    t_d = start + a.delay
    e, X, times, until, g, near, faster = a.envelope, w.X, w.times, w.until, w.g, w.near, w.faster
    kill, legs, distances, met, codes, place = out.kill, out.leg, out.distance, out.time, out.code, out.place
    ranges, p = stops.ranges, stops.expected[n]
    speed, position = a.speed, e.position
    for k in range(len(X)):
        kill[k], legs[k], distances[k], met[k], codes[k] = 0.0, leg[k], math.inf, math.inf, RANGE
        if outside(near[k, 0], near[k, 1], g, k, times, faster, t_d):
            continue
        if speed > 0.0:
            t, legs[k], x, y, z = meets_way(X, k, times, position, speed, t_d, g, faster, leg[k])
            code, distance = NEVER, math.inf
            if t < math.inf:
                code, distance = where(e, x, y, z), distance_of(position, x, y, z)
        else:
            t, code, distance, x, y, z = dwell(a, X, k, times, t_d)
        if t < math.inf and t > until[k]:
            code = LATER
        if code == HOLDS:
            kill[k] = between(ranges, p, distance)
            total += kill[k]
        met[k], codes[k], distances[k] = t, code, distance
        place[k, 0], place[k, 1], place[k, 2] = x, y, z
    return total / len(X)


@inlined
def outside(first: int, last: int, g: Array, k: int, times: Array, faster: bool, t_d: float) -> bool:
    """Whether a shot meets way k surely before point `first`, where it comes within range, or after `last`;
    for what dwells, whether it would begin then."""
    if first > last:
        return True
    if math.isinf(g[k, first]):
        return bool(t_d < times[first] or (t_d > times[last] and last < len(times) - 1)) and not (
            first == 0 and t_d < times[0]
        )
    if not faster:
        return False
    return bool(t_d < g[k, first] or (t_d > g[k, last] and last < len(times) - 1))


@compiled
def in_range(w: Way) -> tuple[float, float]:
    """From when until when a shot has to leave, or a dwell to begin, that comes within range on any way."""
    first: float = math.inf
    last: float = -math.inf
    if not w.faster and not math.isinf(w.g[0, 0]) and (w.near[:, 0] <= w.near[:, 1]).any():
        return -math.inf, math.inf  # g of a slow one does not rise: it tells nothing
    for k in range(len(w.near)):
        i, j = w.near[k, 0], w.near[k, 1]
        if i <= j:
            first = min(first, w.g[k, i] if w.faster else w.times[i])
            last = max(last, w.g[k, j] if w.faster else w.times[j])
            if j == len(w.times) - 1:
                last = math.inf
            if i == 0:
                first = -math.inf
    return first, last


@inlined
def dwell(
    a: Shooter, X: Array, k: int, times: Array, t_d: float
) -> tuple[float, int, float, float, float, float]:  # fmt: skip
    """When it has dwelt long enough on way k, what keeps it out meanwhile, the greatest distance, the place.

    It is looked at where it begins and ends, and at every point of the way between.
    """
    e = a.envelope
    begin = max(t_d, times[0])
    if begin > times[-1]:
        return math.inf, NEVER, math.inf, 0.0, 0.0, 0.0
    x, y, z = at(X, k, times, begin)
    farthest = distance_of(e.position, x, y, z)
    if farthest > e.range_max:
        return begin, RANGE, farthest, x, y, z
    code = where(e, x, y, z)
    end = t_d + a.dwell * math.exp(a.haze * farthest)
    if end > times[-1]:
        return begin, LATER, farthest, x, y, z
    if end < times[0]:
        return math.inf, NEVER, math.inf, 0.0, 0.0, 0.0
    for j in range(int(begin / (times[1] - times[0])), len(times)):
        if code != HOLDS or times[j] >= end:
            break
        if times[j] > begin:
            code = where(e, X[k, j, 0], X[k, j, 1], X[k, j, 2])
            farthest = max(farthest, distance_of(e.position, X[k, j, 0], X[k, j, 1], X[k, j, 2]))
    x, y, z = at(X, k, times, end)
    if code == HOLDS:
        code = where(e, x, y, z)
        farthest = max(farthest, distance_of(e.position, x, y, z))
    return end, code, farthest, x, y, z


@inlined
def distance_of(e: tuple[float, float, float], x: float, y: float, z: float) -> float:
    dx, dy, dz = x - e[0], y - e[1], z - e[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@inlined
def between(x: Array, y: Array, at_x: float) -> float:
    """Linear between points, level beyond them."""
    if at_x <= x[0]:
        return float(y[0])
    for i in range(1, len(x)):
        if at_x <= x[i]:
            return float(y[i - 1] + (at_x - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]))
    return float(y[-1])


@compiled
def enters(e: Envelope, w: Way) -> bool:
    """Whether any point of any way, before it ends, is within the envelope."""
    for k in range(len(w.X)):
        for j in range(max(w.near[k, 0], 0), w.near[k, 1] + 1):
            if w.times[j] <= w.until[k] and where(e, w.X[k, j, 0], w.X[k, j, 1], w.X[k, j, 2]) == HOLDS:
                return True
    return False


@compiled
def too_late(a: Shooter, w: Way, stops: Stops, n: int, starts: Array, least: float, out: Trial) -> float:
    """The last start before the first possible one that would have been useful; NaN where none would."""
    none = np.zeros(len(w.X), np.int64)
    step = starts[1] - starts[0]
    first = w.g[:, 0].min() if a.speed > 0.0 else -a.dwell * math.exp(a.haze * a.envelope.range_max)
    first = max(first, -w.times[-1])  # a shot before that has met before now
    start = starts[0] - step
    while start + a.delay >= first:
        if shoot(a, w, stops, n, start, none, out) >= least:
            return float(start)
        start -= step
    return math.nan
