"""Where tracks will be: closest approach, and the probability and time of entering a zone.

A track is a Gaussian about [east, north, height] and its rate. It moves by white-noise acceleration: after t
seconds its covariance is F P Fᵀ + Q(t), Q per axis q [[t³/3, t²/2], [t²/2, t]] (Bar-Shalom, Li, Kirubarajan,
Estimation with Applications to Tracking and Navigation, 2001, §6.2.2).

Entering is a first passage and has no closed form. Each track stands for `RAYS` straight rays, spread over
its Gaussian by a fixed set of nodes with exact mean and covariance, and each ray meets the zone exactly
(passage.py). The wandering is put into the rays' velocities: to have the variance q τ³/3 when it comes to the
zone at τ, a ray has q τ/3 added to its velocity's. The result is the share of rays that enter within the
horizon, and the quantiles of their times. Against sampled paths the probability errs by 0.01 on average; the
worst case is a target that hovers beside the edge, which is told up to 0.2 too low
(tests/assess/test_approach.py).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.assess.passage import above_ground, band, over_circle, over_corridor, over_polygon
from vedette.kernel.compiled import compiled

Array = NDArray[np.float64]

RAYS = 128
SIGMAS = 4.0  # a zone this many standard deviations off every point of the way is not reached
STEPS = 12  # intervals in which that is checked
QUANTILES = np.array([0.1, 0.5, 0.9])


class Ground(NamedTuple):
    """Terrain under the rays: `height` (n, n) m above the ellipsoid, NaN where nothing is known, `step` m
    apart from `first` (2,) on. Rays count their heights from `datum`, m above the ellipsoid."""

    height: Array
    first: Array
    step: float
    datum: float


NO_GROUND = Ground(np.full((2, 2), np.nan), np.zeros(2), 1.0, 0.0)


class Volumes(NamedTuple):
    """Z zones as arrays. `reach` is the radius of a circle, or of the circle about any other shape.

    vertices[first[z]:first[z + 1]] are the corners of zone z, or the points of a corridor's line, which
    reaches `half` to either side; none for a circle.
    """

    center: Array  # (Z, 2) east, north
    reach: Array  # (Z,)
    floor: Array  # (Z,) m above the site's level, at the least where the zone follows the ground
    ceiling: Array  # (Z,) the same at the most
    vertices: Array  # (K, 2)
    first: NDArray[np.int64]  # (Z + 1,)
    half: Array  # (Z,) half the width of a corridor; 0 for other shapes
    within: Array  # (Z,) s ahead that count, if the horizon is not nearer
    agl: NDArray[np.bool_]  # (Z,) whether the heights count from the ground
    above: Array  # (Z, 2) floor and ceiling above the ground, where they do


class Entries(NamedTuple):
    """Per track and zone: the probability of entering, and the 10, 50 and 90 % quantiles of the time (s).

    The times are those of the rays that enter; NaN where none does. 0 means inside now, which a part `inside`
    of the rays is.
    """

    probability: Array  # (N, Z)
    time: Array  # (N, Z, 3)
    inside: Array  # (N, Z)


def closest_approach(position: Array, velocity: Array, horizon: float = math.inf) -> tuple[Array, Array]:
    """Time (…,) s and distance (…,) m of the closest approach to the origin, within [0, horizon].

    position (…, d) m and velocity (…, d) m/s. t = −p·v / v·v, d = |p + v t|; t = 0 where nothing moves.
    """
    vv = (velocity * velocity).sum(axis=-1)
    pv = (position * velocity).sum(axis=-1)
    t = np.clip(np.where(vv > 0.0, -pv / np.where(vv > 0.0, vv, 1.0), 0.0), 0.0, horizon)
    return t, np.linalg.norm(position + velocity * t[..., None], axis=-1)


def predict(x: Array, P: Array, dt: Array, q: Array) -> tuple[Array, Array]:
    """x (N, 6), P (N, 6, 6) after dt (N,) s of white-noise acceleration q (3,) m²/s³."""
    F = np.broadcast_to(np.eye(6), P.shape).copy()
    F[:, [0, 1, 2], [3, 4, 5]] = dt[:, None]
    Q = np.zeros_like(P)
    for axis in range(3):
        # Q = q [[Δ³/3, Δ²/2], [Δ²/2, Δ]]
        Q[:, axis, axis] = q[axis] * dt**3 / 3.0
        Q[:, axis, axis + 3] = Q[:, axis + 3, axis] = q[axis] * dt**2 / 2.0
        Q[:, axis + 3, axis + 3] = q[axis] * dt
    return (F @ x[:, :, None])[:, :, 0], F @ P @ F.mT + Q


def nodes(count: int = RAYS, d: int = 6) -> Array:
    """(count, d) points with the mean and covariance of a standard normal, evenly spread; count is even.

    The additive sequence of Roberts (2018), α_j = φ⁻ʲ with φ the root of φᵈ⁺¹ = φ + 1, mapped by Φ⁻¹,
    joined by its mirror image so that the mean is exactly 0, and whitened: the covariance is exactly I.
    """
    phi = 1.0
    for _ in range(60):
        phi = (1.0 + phi) ** (1.0 / (d + 1))
    u = np.mod(0.5 + np.arange(1, count // 2 + 1)[:, None] * phi ** -np.arange(1.0, d + 1.0), 1.0)
    half = np.vectorize(NormalDist().inv_cdf)(u)
    points = np.concatenate([half, -half])
    return np.linalg.solve(np.linalg.cholesky(points.T @ points / count), points.T).T


NODES = nodes()
NODES.flags.writeable = False


def entries(
    x: Array, P: Array, volumes: Volumes, q: Array, horizon: float, ground: Ground = NO_GROUND
) -> Entries:
    """Probability and time of entering, for x (N, 6) and P (N, 6, 6) now, q (3,) m²/s³, horizon s."""
    probability = np.zeros((len(x), len(volumes.reach)))
    time = np.full((*probability.shape, len(QUANTILES)), np.nan)
    inside = np.zeros_like(probability)
    fill(
        np.ascontiguousarray(x), np.ascontiguousarray(P), *volumes, q, horizon, NODES, *ground,
        probability, time, inside,
    )  # fmt: skip
    return Entries(probability, time, inside)


@compiled
def fill(
    x: Array,
    P: Array,
    center: Array,
    reach: Array,
    floor: Array,
    ceiling: Array,
    vertices: Array,
    first: NDArray[np.int64],
    half: Array,
    within: Array,
    agl: NDArray[np.bool_],
    above: Array,
    q: Array,
    horizon: float,
    nodes: Array,
    ground: Array,
    corner: Array,
    step: float,
    datum: float,
    probability: Array,
    time: Array,
    inside: Array,
) -> None:
    """Fill probability (N, Z), time (N, Z, 3) and inside (N, Z)."""
    found = np.empty(len(nodes))
    spans = np.empty(2 * len(vertices) + 2)
    relative, ray = np.empty(6), np.empty(6)
    L = np.empty((6, 6))
    for n in range(len(x)):
        for z in range(len(reach)):
            relative[:] = x[n]
            relative[0] -= center[z, 0]
            relative[1] -= center[z, 1]
            limit = min(horizon, within[z])
            if not _reaches(relative, P[n], reach[z], floor[z], ceiling[z], q, limit):
                continue
            spread(P[n], q, passage(relative, reach[z], limit) / 3.0, L)
            corners = vertices[first[z] : first[z + 1]]
            count = now = 0
            for k in range(len(nodes)):
                ray_of(relative, L, nodes, k, ray)
                # what follows the ground is looked at between the lowest and the highest it can be
                low, high = band(ray[5], ray[2], floor[z], ceiling[z], limit)
                if low > high:
                    continue
                t = _first(
                    ray, low, high, center[z], reach[z], corners, half[z], agl[z], above[z],
                    ground, corner, step, datum, spans,
                )  # fmt: skip
                if t <= limit:
                    found[count] = t
                    count += 1
                    now += t == 0.0
            probability[n, z] = count / len(nodes)
            inside[n, z] = now / len(nodes)
            if count > 0:
                quantiles(np.sort(found[:count]), time[n, z])


@compiled
def _first(
    ray: Array, low: float, high: float, center: Array, reach: float, corners: Array, half: float, agl: bool,
    above: Array, ground: Array, corner: Array, step: float, datum: float, spans: Array,
) -> float:  # fmt: skip
    """First t in [low, high], where its height will do, at which the ray is inside; infinite: never."""
    begin, end = over_circle(ray, reach)
    if max(begin, low) > min(end, high):
        return math.inf
    spans[0], spans[1], parts = begin, end, 1
    if half > 0.0:
        parts = over_corridor(ray, center[0], center[1], corners, half, spans)
    elif len(corners) > 0:
        parts = over_polygon(ray, center[0], center[1], corners, spans)
    t: float = math.inf
    for part in range(parts):
        begin, end = max(spans[2 * part], low), min(spans[2 * part + 1], high)
        if begin > end or begin >= t:
            continue
        if agl:
            begin = above_ground(
                ray, center[0], center[1], begin, end, above[0], above[1], ground, corner, step, datum
            )
        t = min(t, begin)
    return t


def first_entries(x: Array, volumes: Volumes, z: int, horizon: float, ground: Ground = NO_GROUND) -> Array:
    """When each of the straight ways x (N, 6) enters zone z, (N,) s; infinite where it does not in time."""
    time = np.full(len(x), np.inf)
    _fill_first(np.ascontiguousarray(x), *volumes, z, horizon, *ground, time)
    return time


@compiled
def _fill_first(
    x: Array,
    center: Array,
    reach: Array,
    floor: Array,
    ceiling: Array,
    vertices: Array,
    first: NDArray[np.int64],
    half: Array,
    within: Array,
    agl: NDArray[np.bool_],
    above: Array,
    z: int,
    horizon: float,
    ground: Array,
    corner: Array,
    step: float,
    datum: float,
    time: Array,
) -> None:
    """Fill time (N,)."""
    ray, spans = np.empty(6), np.empty(2 * len(vertices) + 2)
    limit = min(horizon, within[z])
    corners = vertices[first[z] : first[z + 1]]
    for n in range(len(x)):
        ray[:3], ray[3:] = x[n, 3:], x[n, :3]
        ray[3] -= center[z, 0]
        ray[4] -= center[z, 1]
        low, high = band(ray[5], ray[2], floor[z], ceiling[z], limit)
        if low <= high:
            time[n] = _first(
                ray, low, high, center[z], reach[z], corners, half[z], agl[z], above[z],
                ground, corner, step, datum, spans,
            )  # fmt: skip


@compiled
def _reaches(
    x: Array, P: Array, reach: float, floor: float, ceiling: float, q: Array, horizon: float
) -> bool:
    """Whether the mean path, with SIGMAS standard deviations to every side, meets the zone's cylinder.

    In each interval: the least distance of the straight way, and the largest deviation at either end.
    """
    step = horizon / STEPS
    vv = x[3] * x[3] + x[4] * x[4]
    closest = -(x[0] * x[3] + x[1] * x[4]) / vv if vv > 0.0 else 0.0
    wide, high = _deviations(P, q, 0.0)
    for k in range(STEPS):
        t0, t1 = k * step, (k + 1) * step
        wide_next, high_next = _deviations(P, q, t1)
        h0, h1 = x[2] + x[5] * t0, x[2] + x[5] * t1
        up = SIGMAS * max(high, high_next)
        if min(h0, h1) - up <= ceiling and max(h0, h1) + up >= floor:
            t = min(max(closest, t0), t1)
            if math.hypot(x[0] + x[3] * t, x[1] + x[4] * t) <= reach + SIGMAS * max(wide, wide_next):
                return True
        wide, high = wide_next, high_next
    return False


@compiled
def _deviations(P: Array, q: Array, t: float) -> tuple[float, float]:
    """Standard deviations of position after t seconds: the larger horizontal one, and the vertical one."""
    wander = t * t * t / 3.0
    a = P[0, 0] + t * (P[0, 3] + P[3, 0]) + t * t * P[3, 3] + q[0] * wander
    b = P[1, 1] + t * (P[1, 4] + P[4, 1]) + t * t * P[4, 4] + q[1] * wander
    c = P[0, 1] + t * (P[0, 4] + P[3, 1]) + t * t * P[3, 4]
    h = P[2, 2] + t * (P[2, 5] + P[5, 2]) + t * t * P[5, 5] + q[2] * wander
    # larger eigenvalue of [[a, c], [c, b]]
    wide = (a + b) / 2.0 + math.hypot((a - b) / 2.0, c)
    return math.sqrt(max(wide, 0.0)), math.sqrt(max(h, 0.0))


@compiled
def passage(x: Array, reach: float, horizon: float) -> float:
    """When the mean comes to the zone: into its circle, else nearest to it; the horizon where it recedes."""
    vv: float = x[3] * x[3] + x[4] * x[4]
    pv: float = x[0] * x[3] + x[1] * x[4]
    if vv == 0.0 or pv >= 0.0:
        return horizon
    inside = pv * pv - vv * (x[0] * x[0] + x[1] * x[1] - reach * reach)
    t = (-pv - math.sqrt(max(inside, 0.0))) / vv
    return min(max(t, 0.0), horizon)


@compiled
def spread(P: Array, q: Array, third: float, L: Array) -> None:
    """Cholesky factor of P in the order velocity, position, with q τ/3 added to the velocity's variance.

    Velocity comes first because it decides most, and the first nodes' coordinates are spread best.
    """
    for i in range(6):
        for j in range(i + 1):
            total = (P[(i + 3) % 6, (j + 3) % 6] + P[(j + 3) % 6, (i + 3) % 6]) / 2.0
            if i == j and i < 3:
                total += q[i] * third
            for k in range(j):
                total -= L[i, k] * L[j, k]
            if i == j:
                L[i, i] = math.sqrt(max(total, 0.0))
            else:
                L[i, j] = total / L[j, j] if L[j, j] > 0.0 else 0.0


@compiled
def ray_of(x: Array, L: Array, nodes: Array, node: int, ray: Array) -> None:
    """ray (6,) ← x + L nodes[node], in the order velocity, position."""
    for i in range(6):
        total = x[(i + 3) % 6]
        for k in range(i + 1):
            total += L[i, k] * nodes[node, k]
        ray[i] = total


@compiled
def quantiles(sorted_times: Array, out: Array) -> None:
    """QUANTILES of a sorted sample, linear between its order statistics (Hyndman and Fan 1996, type 7)."""
    for k in range(len(QUANTILES)):
        at = QUANTILES[k] * (len(sorted_times) - 1)
        low = int(at)
        high = min(low + 1, len(sorted_times) - 1)
        out[k] = sorted_times[low] + (at - low) * (sorted_times[high] - sorted_times[low])
