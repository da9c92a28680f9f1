"""Which two targets a sensor may fail to tell apart, and how probably.

Koch & van Keuk, "Multiple hypothesis track maintenance with possibly unresolved measurements", IEEE T-AES
33(3), 1997: two targets apart by Δ are reported as one with probability P_u(Δ) = exp(−½ Δᵀ R_u⁻¹ Δ), R_u from
the sensor's resolution cell. Here Δ is not known but N(d, C), so the expectation is taken, in closed form:

    E[P_u] = |R_u|^½ |R_u + C|^−½ exp(−½ dᵀ (R_u + C)⁻¹ d),        d = H(x_i − x_k),  C = H(P_i + P_k)Hᵀ
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gate import grid
from vedette.kernel.gauss import cholesky, log_determinant, whiten

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Of every pair: its first and its second target (Q,), first < second, E[P_u] (Q,), R_u (Q, D, D)
Pairs = tuple[Ints, Ints, Floats, Floats]

LIKELY = 0.1  # existence from which a target may be half of a pair: what hardly exists hides nothing
NEAR = 0.02  # E[P_u] below which two targets are taken to be always resolved


@compiled
def merge_probability(d: Floats, C: Floats, R_u: Floats) -> float:
    """E[P_u] for d (D,), C and R_u (D, D)."""
    D = d.shape[0]
    S, L, white = np.empty((D, D)), np.zeros((D, D)), np.empty(D)
    if not cholesky(R_u, L, D):
        return 0.0
    log_cell = log_determinant(L, D)
    for a in range(D):
        white[a] = d[a]
        for b in range(D):
            S[a, b] = R_u[a, b] + C[a, b]
    if not cholesky(S, L, D):
        return 0.0
    d2 = whiten(L, white, D)
    return math.exp(0.5 * (log_cell - log_determinant(L, D) - d2))


@compiled
def pairs(r: Floats, x: Floats, P: Floats, R_u: Floats) -> Pairs:
    """Pairs that may be reported as one, each target in at most one.

    r (N,), x (N, 2D), P (N, 2D, 2D), R_u (N, D, D). Of all pairs with E[P_u] ≥ NEAR that are likely to exist,
    the one with the largest r_i r_k E[P_u] is taken first, then the largest of those still free, and so on:
    three on one spot are a pair and a third.
    """
    N, D = R_u.shape[0], R_u.shape[1]
    one, two = _neighbours(r, x, P, R_u)
    E = one.shape[0]
    merge, value = np.empty(E), np.empty(E)
    d, C, cell = np.empty(D), np.empty((D, D)), np.empty((D, D))
    for e in range(E):
        i, k = one[e], two[e]
        for g in range(D):
            d[g] = x[i, g] - x[k, g]
            for h in range(D):
                C[g, h] = P[i, g, h] + P[k, g, h]
                cell[g, h] = 0.5 * (R_u[i, g, h] + R_u[k, g, h])
        merge[e] = merge_probability(d, C, cell)
        value[e] = r[i] * r[k] * merge[e] if merge[e] >= NEAR else 0.0
    of = matching(one, two, value, N)
    Q = 0
    for i in range(N):
        Q += of[i] >= 0
    first, second, p_merge, R_pair, q = (
        np.empty(Q, np.int64), np.empty(Q, np.int64), np.empty(Q), np.empty((Q, D, D)), 0,
    )  # fmt: skip
    for i in range(N):
        if of[i] < 0:
            continue
        k = two[of[i]]
        first[q], second[q], p_merge[q] = i, k, merge[of[i]]
        for g in range(D):
            for h in range(D):
                R_pair[q, g, h] = 0.5 * (R_u[i, g, h] + R_u[k, g, h])
        q += 1
    return first, second, p_merge, R_pair


@compiled
def _neighbours(r: Floats, x: Floats, P: Floats, R_u: Floats) -> tuple[Ints, Ints]:
    """All i < k that are likely to exist and near enough in the first two axes for E[P_u] ≥ NEAR."""
    N, likely = r.shape[0], 0
    who, reach = np.empty(N, np.int64), 0.0
    for i in range(N):
        if r[i] >= LIKELY:
            who[likely] = i
            likely += 1
            for a in range(2):
                # d² ≤ −2 ln NEAR · (R_u + C) in each axis, with C of two such as the widest
                reach = max(reach, math.sqrt(-2.0 * math.log(NEAR) * (R_u[i, a, a] + 2.0 * P[i, a, a])))
    if likely < 2:
        return who[:0], who[:0]
    place = np.empty((likely, 2))
    for s in range(likely):
        place[s, 0], place[s, 1] = x[who[s], 0], x[who[s], 1]
    x0, y0, per, nx, ny, start, order = grid(place, reach)
    one = two = who[:0]
    for filling in range(2):  # count, then fill
        E = 0
        for s in range(likely):
            cx, cy = int((place[s, 0] - x0) * per), int((place[s, 1] - y0) * per)
            for gx in range(max(cx - 1, 0), min(cx + 2, nx)):
                for c in range(start[gx * ny + max(cy - 1, 0)], start[gx * ny + min(cy + 2, ny)]):
                    t = order[c]
                    if (
                        t <= s
                        or abs(place[s, 0] - place[t, 0]) > reach
                        or abs(place[s, 1] - place[t, 1]) > reach
                    ):
                        continue
                    if filling:
                        one[E], two[E] = who[s], who[t]
                    E += 1
        if not filling:
            one, two = np.empty(E, np.int64), np.empty(E, np.int64)
    return one, two


@compiled
def matching(one: Ints, two: Ints, value: Floats, N: int) -> Ints:
    """The greedy matching over edges one–two: (N,) the edge that each first target is matched by, else −1.

    An edge that is the best of both its ends is the greedy choice, whatever else there is, so no sorting is
    needed (Preis 1999). Of equal values the smaller targets come first. Edges of value 0 are never chosen.
    """
    of, free, best = np.full(N, -1, np.int64), np.ones(N, np.bool_), np.empty(N, np.int64)
    found = True
    while found:
        found = False
        for i in range(N):
            best[i] = -1
        for e in range(one.shape[0]):
            if value[e] > 0.0 and free[one[e]] and free[two[e]]:
                for i in (one[e], two[e]):
                    b = best[i]
                    if b < 0 or value[e] > value[b] or (
                        value[e] == value[b] and (one[e], two[e]) < (one[b], two[b])
                    ):  # fmt: skip
                        best[i] = e
        for e in range(one.shape[0]):
            if best[one[e]] == e and best[two[e]] == e:
                of[one[e]], free[one[e]], free[two[e]] = e, False, False
                found = True
    return of


@compiled
def group_detection(p: float, q: float) -> float:
    """P_D of two targets reported as one whose powers add, from what each would have alone.

    A Swerling 1 target exceeds T with P = e^{−T/a}; the sum of two such powers with
        P_u = (a P_i − b P_k) / (a − b) = (α_k P_i − α_i P_k) / (α_k − α_i),      α = −ln P = T/a,
    and (1 + α) P for two alike. T is gone: the two probabilities say it all.
    """
    p, q = min(max(p, 1e-12), 1.0 - 1e-12), min(max(q, 1e-12), 1.0 - 1e-12)
    a, b = -math.log(p), -math.log(q)
    if abs(a - b) < 1e-6 * (a + b):
        return min((1.0 + 0.5 * (a + b)) * math.exp(-0.5 * (a + b)), 1.0)
    return min((b * p - a * q) / (b - a), 1.0)
