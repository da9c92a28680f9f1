"""Which plots can belong to which target: sparse gating over a grid of plots.

A plot j is in the gate of target i when d² = νᵀ S⁻¹ ν < γ in one of its modes. Plots are counting-sorted
into square cells in the first two axes; a target visits only the cells under its gate's bounding box, so the
cost is O(N · k), not O(N · M).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled, inlined
from vedette.kernel.doppler import sights, whitened_4
from vedette.kernel.gauss import ROOT_2PI
from vedette.kernel.kalman import whitened
from vedette.kernel.position import whitened_2, whitened_3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def grid(z: Floats, cell: float) -> tuple[float, float, float, int, int, Ints, Ints]:
    """Counting-sort plots z (M, ≥2) into square cells of about `cell` metres.

    Returns x0, y0, cells per metre, nx, ny, start (nx·ny + 1,), order (M,): plots of cell c are
    order[start[c]:start[c+1]], in ascending plot index. The cell is widened until the grid has at most
    4 M + 16 cells, so that memory never depends on the size of the area.
    """
    M = z.shape[0]
    x0, y0, x1, y1 = z[0, 0], z[0, 1], z[0, 0], z[0, 1]
    for j in range(M):
        x0, x1 = min(x0, z[j, 0]), max(x1, z[j, 0])
        y0, y1 = min(y0, z[j, 1]), max(y1, z[j, 1])
    while (math.floor((x1 - x0) / cell) + 1.0) * (math.floor((y1 - y0) / cell) + 1.0) > 4.0 * M + 16.0:
        cell *= 1.5
    per = 1.0 / cell
    nx, ny = int((x1 - x0) * per) + 1, int((y1 - y0) * per) + 1
    start = np.zeros(nx * ny + 1, np.int64)
    place = np.empty(M, np.int64)
    for j in range(M):
        c = int((z[j, 0] - x0) * per) * ny + int((z[j, 1] - y0) * per)
        place[j] = c
        start[c + 1] += 1
    for c in range(nx * ny):
        start[c + 1] += start[c]
    order = np.empty(M, np.int64)
    fill = np.zeros(nx * ny, np.int64)
    for j in range(M):
        c = place[j]
        order[start[c] + fill[c]] = j
        fill[c] += 1
    return x0, y0, per, nx, ny, start, order


@inlined
def _box(
    x: Floats, P: Floats, i: int, t_min: float, t_max: float, r_max: float, gamma: float, box: Floats
) -> None:
    """box[i] = (low x, high x, low y, high y): where a plot of target i can be, in any of its modes."""
    K, D = x.shape[1], x.shape[2] // 2
    for a in range(2):
        low, high = math.inf, -math.inf
        for k in range(K):
            pv, vv = P[i, k, a, D + a], P[i, k, D + a, D + a]
            half = math.sqrt(gamma * (P[i, k, a, a] + 2.0 * t_max * abs(pv) + t_max * t_max * vv + r_max))
            first, last = x[i, k, a] - t_max * x[i, k, D + a], x[i, k, a] - t_min * x[i, k, D + a]
            low, high = min(low, first - half, last - half), max(high, first + half, last + half)
        box[i, 2 * a], box[i, 2 * a + 1] = low, high


@compiled
def gate(
    mu: Floats, x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, gamma: float
) -> tuple[Ints, Ints, Floats, Floats]:
    """All pairs with d² < γ in at least one mode, as compressed rows, with their likelihood.

    Targets mu (N, K), x (N, K, n), P (N, K, n, n); plots z (M, m), R (M, m, m), tau (M,) in s. A gate around
    the combined density would be as narrow as the cruise mode's, and lose every target that starts to turn.

    Returns row (N+1,), col (E,) ascending within a row, Σ_k μ_k N(ν_k; 0, S_k) (E,), and each mode's
    share of that sum (E, K): the probability of the mode given that the pairing is right.
    """
    K, n, m = x.shape[1], x.shape[2], R.shape[1]
    row, col = _candidates(x, P, z, R, tau, gamma)
    d2, root = np.empty((col.shape[0], K)), np.empty((col.shape[0], K))
    if n == 4 and m == 2:
        _distances_2(x, P, z, R, tau, row, col, d2, root)
    elif n == 6 and m == 3:
        _distances_3(x, P, z, R, tau, row, col, d2, root)
    else:
        _distances(x, P, z, R, tau, gamma, row, col, d2, root)
    return _within(mu, row, col, d2, root, gamma, m)


@compiled
def _candidates(x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, gamma: float) -> tuple[Ints, Ints]:
    """Pairs whose plot lies in the bounding box of the target's gates: row (N+1,), col ascending in a row."""
    N, M = x.shape[0], z.shape[0]
    row, col = np.zeros(N + 1, np.int64), np.empty(2 * (N + M) + 64, np.int64)
    if N == 0 or M == 0:
        return row, col[:0]
    r_max, t_max, t_min = 0.0, 0.0, math.inf
    for j in range(M):
        r_max = max(r_max, R[j, 0, 0], R[j, 1, 1])
        t_max, t_min = max(t_max, abs(tau[j])), min(t_min, tau[j])
    boxes, per_width = np.empty((N, 4)), 0.0
    for i in range(N):
        _box(x, P, i, t_min, t_max, r_max, gamma, boxes)
        per_width += 1.0 / (boxes[i, 1] - boxes[i, 0])
    # Half the harmonic mean: a few enormous gates of coasting targets must not coarsen the grid for all.
    x0, y0, per, nx, ny, start, order = grid(z, 0.5 * N / per_width)
    C = 0
    for i in range(N):
        west, east, south, north = boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
        cx0, cx1 = max(0, math.floor((west - x0) * per)), min(nx - 1, math.floor((east - x0) * per))
        cy0, cy1 = max(0, math.floor((south - y0) * per)), min(ny - 1, math.floor((north - y0) * per))
        for cx in range(cx0, cx1 + 1):
            for k in range(start[cx * ny + cy0], start[cx * ny + cy1 + 1]) if cy0 <= cy1 else range(0):
                j = order[k]
                if z[j, 0] < west or z[j, 0] > east or z[j, 1] < south or z[j, 1] > north:
                    continue
                if col.shape[0] <= C:
                    col = _twice(col)
                # Insertion sort by plot index: rows are short, and one order means one result.
                at = C
                while at > row[i] and col[at - 1] > j:
                    col[at] = col[at - 1]
                    at -= 1
                col[at] = j
                C += 1
        row[i + 1] = C
    return row, col[:C]


@compiled
def _twice(col: Ints) -> Ints:
    """The same with twice the room."""
    longer = np.empty(2 * col.shape[0], np.int64)
    for e in range(col.shape[0]):
        longer[e] = col[e]
    return longer


@compiled
def _distances_2(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, row: Ints, col: Ints, d2: Floats, root: Floats
) -> None:
    """d² = νᵀ S⁻¹ ν and |S|^−½ of every pair and mode, into d2 and root (E, K): position plots in a plane.

    d² is infinite where S is not positive definite. A loop per kind of plot, because the mere possibility of
    a call in it doubles the time of this one.
    """
    for i in range(x.shape[0]):
        for e in range(row[i], row[i + 1]):
            for k in range(x.shape[1]):
                sure, l00, _, l11, v0, v1 = whitened_2(x, P, z, R, tau, i, k, col[e])
                d2[e, k] = v0 * v0 + v1 * v1 if sure else math.inf
                root[e, k] = l00 * l11 if sure else 1.0


@compiled
def _distances_3(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, row: Ints, col: Ints, d2: Floats, root: Floats
) -> None:
    """The same in space."""
    for i in range(x.shape[0]):
        for e in range(row[i], row[i + 1]):
            for k in range(x.shape[1]):
                sure, l00, _, l11, _, _, l22, v0, v1, v2 = whitened_3(x, P, z, R, tau, i, k, col[e])
                d2[e, k] = v0 * v0 + v1 * v1 + v2 * v2 if sure else math.inf
                root[e, k] = l00 * l11 * l22 if sure else 1.0


@compiled
def _distances_4(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    gamma: float,
    row: Ints,
    col: Ints,
    d2: Floats,
    root: Floats,
) -> None:
    """The same in space with a radial speed, which only makes d² larger: where the position alone is beyond
    γ in every mode, d² is that of the position."""
    K = x.shape[1]
    sight, place = sights(z), np.empty((K, 9))
    for i in range(x.shape[0]):
        for e in range(row[i], row[i + 1]):
            near = False
            for k in range(K):
                sure, l00, l10, l11, l20, l21, l22, v0, v1, v2 = whitened_3(x, P, z, R, tau, i, k, col[e])
                d2[e, k] = v0 * v0 + v1 * v1 + v2 * v2 if sure else math.inf
                root[e, k] = l00 * l11 * l22 if sure else 1.0
                place[k, 0], place[k, 1], place[k, 2], place[k, 3] = l00, l10, l11, l20
                place[k, 4], place[k, 5], place[k, 6], place[k, 7], place[k, 8] = l21, l22, v0, v1, v2
                near = near or d2[e, k] < gamma
            for k in range(K if near else 0):
                l00, l10, l11, l20 = place[k, 0], place[k, 1], place[k, 2], place[k, 3]
                l21, l22, v0, v1, v2 = place[k, 4], place[k, 5], place[k, 6], place[k, 7], place[k, 8]
                _, _, _, l33, v3, _, _, _, _, _, _ = whitened_4(
                    x, P, z, R, tau, sight, i, k, col[e], l00, l10, l11, l20, l21, l22, v0, v1, v2
                )
                sure = 0.0 < l33 < math.inf
                d2[e, k] = d2[e, k] + v3 * v3 if sure else math.inf
                root[e, k] = root[e, k] * l33 if sure else 1.0


@compiled
def _distances(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    gamma: float,
    row: Ints,
    col: Ints,
    d2: Floats,
    root: Floats,
) -> None:
    """The same for plots of any kind."""
    N, K, n = x.shape
    m = R.shape[1]
    if n == 6 and m == 4:  # asked here because one branch more in `gate` makes its others slower
        _distances_4(x, P, z, R, tau, gamma, row, col, d2, root)
        return
    nu, PHt, L = np.empty(m), np.empty((n, m)), np.empty((m, m))
    for i in range(N):
        for e in range(row[i], row[i + 1]):
            for k in range(K):
                d2[e, k], root[e, k] = math.inf, 1.0
                if whitened(x, P, z, R, tau, i, k, col[e], nu, PHt, L):
                    d2[e, k] = 0.0
                    for a in range(m):
                        d2[e, k] += nu[a] * nu[a]
                        root[e, k] *= L[a, a]


@compiled
def _within(
    mu: Floats, row: Ints, col: Ints, d2: Floats, root: Floats, gamma: float, m: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """The pairs with d² < γ in some mode, as `gate` returns them; col and root are overwritten."""
    N, K = mu.shape
    kept, likely, share, E = np.zeros(N + 1, np.int64), np.empty(col.shape[0]), root, 0
    unit = ROOT_2PI**-m
    for i in range(N):
        for e in range(row[i], row[i + 1]):
            near = False
            for k in range(K):
                near = near or d2[e, k] < gamma
            if not near:
                continue
            # No logarithms: within the gate e^(−d²/2) is far from nothing in the mode that is near.
            total = 0.0
            for k in range(K):
                share[E, k] = mu[i, k] * root[e, k] * math.exp(-0.5 * d2[e, k])
                total += share[E, k]
            for k in range(K):
                share[E, k] /= total
            col[E], likely[E] = col[e], unit * total
            E += 1
        kept[i + 1] = E
    return kept, col[:E], likely[:E], share[:E]
