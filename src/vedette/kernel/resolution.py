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
    reach = 0.0
    for i in range(N):
        if r[i] >= LIKELY:
            # |d|² ≤ −2 ln NEAR · (R_u + C) in each axis, with C of two such as the widest
            reach = max(reach, math.sqrt(-2.0 * math.log(NEAR) * (R_u[i, 0, 0] + 2.0 * P[i, 0, 0])))
    order = np.argsort(x[:, 0], kind="mergesort")
    one, two, value, merge = np.empty(N, np.int64), np.empty(N, np.int64), np.empty(N), np.empty(N)
    d, C, cell, count = np.empty(D), np.empty((D, D)), np.empty((D, D)), 0
    for s in range(N):
        a = order[s]
        if r[a] < LIKELY:
            continue
        for t in range(s + 1, N):
            b = order[t]
            if x[b, 0] - x[a, 0] > reach:
                break
            if r[b] < LIKELY:
                continue
            i, k = min(a, b), max(a, b)
            for g in range(D):
                d[g] = x[i, g] - x[k, g]
                for h in range(D):
                    C[g, h] = P[i, g, h] + P[k, g, h]
                    cell[g, h] = 0.5 * (R_u[i, g, h] + R_u[k, g, h])
            p = merge_probability(d, C, cell)
            if p < NEAR:
                continue
            if count == one.shape[0]:
                one, two = _twice(one), _twice(two)
                value, merge = np.append(value, value), np.append(merge, merge)
            one[count], two[count], value[count], merge[count] = i, k, r[i] * r[k] * p, p
            count += 1
    first, second, p_merge = _disjoint(one[:count], two[:count], value[:count], merge[:count], N)
    return first, second, p_merge, 0.5 * (R_u[first] + R_u[second])


@compiled
def _twice(a: Ints) -> Ints:
    return np.append(a, a)


@compiled
def _disjoint(one: Ints, two: Ints, value: Floats, merge: Floats, N: int) -> tuple[Ints, Ints, Floats]:
    """The greedy matching, ordered by the first target."""
    partner, p = np.full(N, -1, np.int64), np.zeros(N)
    # Equal values are taken in the order of the targets: sort by target first, then stably by value.
    rank = np.argsort(one * N + two, kind="mergesort")
    rank = rank[np.argsort(-value[rank], kind="mergesort")]
    taken = np.zeros(N, np.bool_)
    Q = 0
    for s in rank:
        i, k = one[s], two[s]
        if not taken[i] and not taken[k]:
            taken[i], taken[k] = True, True
            partner[i], p[i] = k, merge[s]
            Q += 1
    first, second, p_merge, q = np.empty(Q, np.int64), np.empty(Q, np.int64), np.empty(Q), 0
    for i in range(N):
        if partner[i] >= 0:
            first[q], second[q], p_merge[q] = i, partner[i], p[i]
            q += 1
    return first, second, p_merge


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
