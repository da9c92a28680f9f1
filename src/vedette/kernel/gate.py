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
from vedette.kernel.gauss import cholesky, log_density, whiten
from vedette.kernel.kalman import innovation, whitened_2, whitened_3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def grid(z: Floats, cell: float) -> tuple[float, float, float, int, int, Ints, Ints]:
    """Counting-sort plots z (M, ≥2) into square cells of about `cell` metres.

    Returns x0, y0, cell, nx, ny, start (nx·ny + 1,), order (M,): plots of cell c are
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
    nx, ny = int((x1 - x0) / cell) + 1, int((y1 - y0) / cell) + 1
    start = np.zeros(nx * ny + 1, np.int64)
    place = np.empty(M, np.int64)
    for j in range(M):
        c = int((z[j, 0] - x0) / cell) * ny + int((z[j, 1] - y0) / cell)
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
    return x0, y0, cell, nx, ny, start, order


@compiled
def _grow(col: Ints, log_l: Floats, share: Floats) -> tuple[Ints, Floats, Floats]:
    """The three edge arrays with twice the room."""
    size = 2 * col.shape[0]
    col2, log_l2, share2 = np.empty(size, np.int64), np.empty(size), np.empty((size, share.shape[1]))
    for e in range(col.shape[0]):
        col2[e], log_l2[e] = col[e], log_l[e]
        for k in range(share.shape[1]):
            share2[e, k] = share[e, k]
    return col2, log_l2, share2


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

    Returns row (N+1,), col (E,) ascending within a row, log Σ_k μ_k N(ν_k; 0, S_k) (E,), and each mode's
    share of that sum (E, K): the probability of the mode given that the pairing is right.
    """
    N, K, n = x.shape
    M, m = z.shape
    row = np.zeros(N + 1, np.int64)
    capacity = 4 * (N + M) + 64
    col, log_l, share = np.empty(capacity, np.int64), np.empty(capacity), np.empty((capacity, K))
    if N == 0 or M == 0:
        return row, col[:0], log_l[:0], share[:0]
    r_max, t_max, t_min = 0.0, 0.0, math.inf
    for j in range(M):
        r_max = max(r_max, R[j, 0, 0], R[j, 1, 1])
        t_max, t_min = max(t_max, abs(tau[j])), min(t_min, tau[j])
    boxes, log_width = np.empty((N, 4)), 0.0
    for i in range(N):
        _box(x, P, i, t_min, t_max, r_max, gamma, boxes)
        log_width += math.log(boxes[i, 1] - boxes[i, 0])
    # Half the geometric mean: a few enormous gates of coasting targets must not coarsen the grid for all.
    x0, y0, cell, nx, ny, start, order = grid(z, 0.5 * math.exp(log_width / N))
    share_of, work = np.empty(K), (np.empty(m), np.empty((n, m)), np.empty((m, m)))
    E = 0
    for i in range(N):
        first, west, east, south, north = E, boxes[i, 0], boxes[i, 1], boxes[i, 2], boxes[i, 3]
        cx0, cx1 = max(0, math.floor((west - x0) / cell)), min(nx - 1, math.floor((east - x0) / cell))
        cy0, cy1 = max(0, math.floor((south - y0) / cell)), min(ny - 1, math.floor((north - y0) / cell))
        for cx in range(cx0, cx1 + 1):
            for k in range(start[cx * ny + cy0], start[cx * ny + cy1 + 1]) if cy0 <= cy1 else range(0):
                j = order[k]
                if z[j, 0] < west or z[j, 0] > east or z[j, 1] < south or z[j, 1] > north:
                    continue
                near, value = _pair(mu, x, P, z, R, tau, i, j, gamma, share_of, work)
                if near:
                    if col.shape[0] <= E:
                        col, log_l, share = _grow(col, log_l, share)
                    col[E], log_l[E] = j, value
                    for mode in range(K):
                        share[E, mode] = share_of[mode]
                    E += 1
        _sort_row(col, log_l, share, first, E)
        row[i + 1] = E
    return row, col[:E], log_l[:E], share[:E]


@inlined
def _pair(
    mu: Floats,
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    i: int,
    j: int,
    gamma: float,
    share: Floats,
    work: tuple[Floats, Floats, Floats],
) -> tuple[bool, float]:
    """Whether any mode's gate holds the plot, and log Σ_k μ_k N_k; the modes' shares into share (K,)."""
    K, n, m = x.shape[1], x.shape[2], z.shape[1]
    near, best = False, -math.inf
    for k in range(K):
        # d² and −½ log |S|: position plots in registers, others through arrays
        if n == 4 and m == 2:
            sure, l00, _, l11, v0, v1 = whitened_2(x, P, z, R, tau, i, k, j)
            d2, root = v0 * v0 + v1 * v1, l00 * l11
        elif n == 6 and m == 3:
            sure, l00, _, l11, _, _, l22, v0, v1, v2 = whitened_3(x, P, z, R, tau, i, k, j)
            d2, root = v0 * v0 + v1 * v1 + v2 * v2, l00 * l11 * l22
        else:
            sure, d2, root = _distance(x[i, k], P[i, k], z[j], R[j], tau[j], work)
        share[k] = -math.inf
        if not sure:
            continue
        near = near or d2 < gamma
        share[k] = log_density(d2, -2.0 * math.log(root), m)
        if K > 1:
            share[k] += math.log(mu[i, k])
        best = max(best, share[k])
    if not near:
        return False, best
    if K == 1:
        share[0] = 1.0
        return True, best
    total = 0.0
    for k in range(K):
        share[k] = math.exp(share[k] - best)
        total += share[k]
    for k in range(K):
        share[k] /= total
    return True, best + math.log(total)


@compiled
def _distance(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: float, work: tuple[Floats, Floats, Floats]
) -> tuple[bool, float, float]:
    """Whether S is positive definite, d² and |S|^−½ of one mode and any plot."""
    nu, PHt, S = work
    m = z.shape[0]
    innovation(x, P, z, R, tau, nu, PHt, S)
    if not cholesky(S, S, m):
        return False, 0.0, 1.0
    root = 1.0
    for a in range(m):
        root *= S[a, a]
    return True, whiten(S, nu, m), root


@compiled
def _sort_row(col: Ints, log_l: Floats, share: Floats, first: int, last: int) -> None:
    """Insertion sort of one row by plot index: rows are short, and one order means one result."""
    for a in range(first + 1, last):
        b = a
        while b > first and col[b - 1] > col[b]:
            col[b - 1], col[b] = col[b], col[b - 1]
            log_l[b - 1], log_l[b] = log_l[b], log_l[b - 1]
            for k in range(share.shape[1]):
                share[b - 1, k], share[b, k] = share[b, k], share[b - 1, k]
            b -= 1
