"""The skyline: how steeply one must look up, along radials and at each distance, to pass over the ground.

On an Earth of the effective radius a = k R_e rays are straight. Seen from an antenna at height z_a, ground
of height z at distance x along a radial stands at the slope

    s(x) = (z(x) − z_a) / x − x / 2a

and M_l = max over j ≤ l of s(x_j), x_j = j Δ, is the skyline. A point at distance d and height z is visible
iff (z − z_a)/d − d/2a ≥ M_l with the last l for which x_l < d; so the least visible height at d is

    h(d) = z_a + d (M_l + d / 2a)

(Skolnik, Radar Handbook, on the effective Earth; the running maximum along radials is the sweep R2 of
Franklin and Ray, "Higher isn't necessarily better: visibility algorithms and experiments", 1994.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Ints = NDArray[np.int64]

EDGE = 1e-6  # of a cell: a place on the very edge stays inside, whatever frame it was computed in


@compiled
def bilinear(z: Array, row: float, column: float) -> float:
    """z (n, m) between the four nodes around; NaN outside, and where a node that counts is NaN."""
    n, m = z.shape
    if not (row >= -EDGE and column >= -EDGE and row <= n - 1 + EDGE and column <= m - 1 + EDGE):
        return np.nan
    row, column = min(max(row, 0.0), n - 1.0), min(max(column, 0.0), m - 1.0)
    i, j = min(int(row), n - 2), min(int(column), m - 2)
    u, v = row - i, column - j
    found = 0.0
    for k in range(2):
        for c in range(2):
            weight = (u if k else 1.0 - u) * (v if c else 1.0 - v)
            if weight > 0.0:
                found += weight * z[i + k, j + c]
    return found


@compiled
def ground(z: Array, first: Array, step: float, east: Array, north: Array) -> Array:
    """(N,): z at positions (N,) m; node (i, j) stands at first[1] + i step north, first[0] + j step east."""
    found = np.empty(len(east))
    for i in range(len(east)):
        found[i] = bilinear(z, (north[i] - first[1]) / step, (east[i] - first[0]) / step)
    return found


@compiled
def sweep(
    z: Array, first: Array, step: float, R: Array, t: Array, antenna: float, smooth: float,
    radius: float, effective: float, delta: float, between: int, radials: int, samples: int,
) -> tuple[Single, Ints]:  # fmt: skip
    """M (radials, samples), and for each radial how many samples lie before the first without data.

    z, first, step  the ground in the grid's frame, as in `ground`
    R, t            from the antenna's tangent plane to the grid's: y = R x + t
    antenna, smooth heights z_a and that of smooth ground, which stands in where there are no data
    radius          of curvature of the Earth, m; effective is a = k R_e
    delta           Δ, m; radial i points to azimuth 2π i / radials, clockwise from north
    between         so many heights are looked at per Δ, evenly, the last at x_j; M_j is the largest so far
    """
    M = np.empty((radials, samples), np.float32)
    known = np.full(radials, samples, np.int64)
    for i in range(radials):
        azimuth = 2.0 * np.pi * i / radials
        sine, cosine = np.sin(azimuth), np.cos(azimuth)
        ae, an = R[0, 0] * sine + R[0, 1] * cosine, R[1, 0] * sine + R[1, 1] * cosine
        highest = -np.inf
        for j in range(between - 1, samples * between):  # from Δ on: what stands nearer hides nothing
            x = (j + 1) * delta / between
            down = x * x / (2.0 * radius)
            e, n = ae * x - R[0, 2] * down + t[0], an * x - R[1, 2] * down + t[1]
            height = bilinear(z, (n - first[1]) / step, (e - first[0]) / step)
            if np.isnan(height):
                known[i] = min(known[i], j // between)
                height = smooth
            highest = max(highest, (height - antenna) / x - x / (2.0 * effective))
            M[i, j // between] = highest
    return M, known


@compiled
def smooth_slope(above: float, near: float, far: float, effective: float) -> float:
    """The largest s over smooth ground `above` m below the antenna, between distances near and far.

    s(x) = −above/x − x/2a rises to −√(2 above/a) at x = √(2 a above) and falls after it.
    """
    x: float = min(max(np.sqrt(2.0 * effective * max(above, 0.0)), near), far)
    return -above / x - x / (2.0 * effective)


@compiled
def least_height(
    M: Single, known: Ints, azimuth: Array, distance: Array,
    antenna: float, smooth: float, effective: float, delta: float,
) -> tuple[Array, NDArray[np.bool_]]:  # fmt: skip
    """(N,) h(d) towards azimuths (rad) at distances (m), and whether all ground on the way is known,
    but for the last sample: a radial beside the point may leave the map a little before it.

    Between two radials M is interpolated; beyond the last sample the ground is smooth and not known. Nearer
    than the first sample nothing is hidden: −inf.
    """
    radials, samples = M.shape
    h, sure = np.empty(len(azimuth)), np.empty(len(azimuth), np.bool_)
    for k in range(len(azimuth)):
        d, turn = distance[k], azimuth[k] / (2.0 * np.pi) * radials
        i = int(np.floor(turn))
        w = turn - i
        a, b = i % radials, (i + 1) % radials
        before = int(np.ceil(d / delta)) - 1
        last = min(before, samples)
        sure[k] = before <= min(known[a], known[b]) + 1
        if last < 1:
            h[k] = -np.inf
            continue
        slope = (1.0 - w) * M[a, last - 1] + w * M[b, last - 1]
        if before > samples:
            slope = max(slope, smooth_slope(antenna - smooth, samples * delta, d, effective))
        h[k] = antenna + d * (slope + d / (2.0 * effective))
    return h, sure
