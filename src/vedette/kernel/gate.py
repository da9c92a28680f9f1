"""Which plots can belong to which target: sparse gating over a grid of plots.

A plot j is in the gate of target i when d² = νᵀ S⁻¹ ν < γ. Plots are counting-sorted into square cells in
the first two axes; a target visits only the cells under its gate's bounding box, so the cost is O(N · k), not
O(N · M).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vedette.kernel.gauss import cholesky, log_density, log_determinant, whiten
from vedette.kernel.kalman import innovation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
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
    fill = start[:-1].copy()
    for j in range(M):
        order[fill[place[j]]] = j
        fill[place[j]] += 1
    return x0, y0, cell, nx, ny, start, order


@njit(cache=True)
def _grow(a: Ints, b: Floats, size: int) -> tuple[Ints, Floats]:
    a2, b2 = np.empty(size, np.int64), np.empty(size)
    a2[: a.shape[0]] = a
    b2[: b.shape[0]] = b
    return a2, b2


@njit(cache=True)
def _gate_width(P: Floats, tau_max: float, D: int) -> float:
    """Variance (m²) of the predicted position along its wider horizontal axis, at worst over the scan."""
    s = 0.0
    for a in range(2):
        v = P[a, a] + 2.0 * tau_max * abs(P[a, D + a]) + tau_max * tau_max * P[D + a, D + a]
        s = max(s, v)
    return s


@njit(cache=True)
def gate(x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, gamma: float) -> tuple[Ints, Ints, Floats]:
    """All pairs with d² < γ, as compressed rows, with their log likelihood.

    Targets x (N, n), P (N, n, n); plots z (M, m), R (M, m, m), tau (M,) in s. Returns
    row (N+1,), col (E,) ascending within a row, and log N(ν; 0, S) (E,).
    """
    N, n = x.shape
    M, m = z.shape
    D = n // 2
    row = np.zeros(N + 1, np.int64)
    capacity = 4 * (N + M) + 64
    col = np.empty(capacity, np.int64)
    log_l = np.empty(capacity)
    if N == 0 or M == 0:
        return row, col[:0], log_l[:0]
    r_max, t_max, t_min = 0.0, 0.0, math.inf
    for j in range(M):
        r_max = max(r_max, R[j, 0, 0], R[j, 1, 1])
        t_max, t_min = max(t_max, tau[j]), min(t_min, tau[j])
    width = np.empty(N)
    for i in range(N):
        width[i] = math.sqrt(gamma * (_gate_width(P[i], t_max, D) + r_max))
    x0, y0, cell, nx, ny, start, order = grid(z, max(np.median(width), 1e-6))
    nu, PHt = np.empty(m), np.empty((n, m))
    S, L = np.empty((m, m)), np.empty((m, m))
    E = 0
    for i in range(N):
        # Box of the target's positions between the first and the last plot of the scan, plus its gate.
        xa, xb = x[i, 0] - t_max * x[i, D], x[i, 0] - t_min * x[i, D]
        ya, yb = x[i, 1] - t_max * x[i, D + 1], x[i, 1] - t_min * x[i, D + 1]
        cx0 = max(0, math.floor((min(xa, xb) - width[i] - x0) / cell))
        cx1 = min(nx - 1, math.floor((max(xa, xb) + width[i] - x0) / cell))
        cy0 = max(0, math.floor((min(ya, yb) - width[i] - y0) / cell))
        cy1 = min(ny - 1, math.floor((max(ya, yb) + width[i] - y0) / cell))
        first = E
        for cx in range(cx0, cx1 + 1):
            for k in range(start[cx * ny + cy0], start[cx * ny + cy1 + 1]) if cy0 <= cy1 else range(0):
                j = order[k]
                dx = abs(z[j, 0] - x[i, 0] + tau[j] * x[i, D])
                dy = abs(z[j, 1] - x[i, 1] + tau[j] * x[i, D + 1])
                if dx > width[i] or dy > width[i]:
                    continue
                innovation(x[i], P[i], z[j], R[j], tau[j], nu, PHt, S)
                if not cholesky(S, L, m):
                    continue
                d2 = whiten(L, nu, m)
                if d2 < gamma:
                    if col.shape[0] <= E:
                        col, log_l = _grow(col, log_l, 2 * E)
                    col[E] = j
                    log_l[E] = log_density(d2, log_determinant(L, m), m)
                    E += 1
        _sort_row(col, log_l, first, E)
        row[i + 1] = E
    return row, col[:E].copy(), log_l[:E].copy()


@njit(cache=True)
def _sort_row(col: Ints, log_l: Floats, first: int, last: int) -> None:
    """Insertion sort of one row by plot index: rows are short, and one order means one result."""
    for a in range(first + 1, last):
        c, w = col[a], log_l[a]
        b = a - 1
        while b >= first and col[b] > c:
            col[b + 1], log_l[b + 1] = col[b], log_l[b]
            b -= 1
        col[b + 1], log_l[b + 1] = c, w
