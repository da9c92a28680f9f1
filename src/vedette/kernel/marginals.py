"""Which plot came from which target: marginal association probabilities of one scan.

Given weights w_ij of "plot j came from target i" relative to "target i was missed" (= 1), and κ_j of "plot j
is clutter or a target never seen before", the joint weight of an association a (at most one plot per target
and one target per plot) is Π_{i: a_i=j} w_ij Π_{j unassigned} κ_j. Wanted: p_ij, p_i0 (missed) and p_new_j
(unassigned).

Two ways, per cluster of competing targets:
  exact   dynamic programming over subsets of plots, O(N · 2^M · degree); for clusters of few plots
  belief  loopy belief propagation (Williams & Lau 2014, "Approximate evaluation of marginal association
          probabilities with belief propagation", IEEE T-AES 50(4)), O(E) per sweep; exact on trees, and its
          error on dense random problems is below 0.04 (median 6e-4)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOLERANCE = 1e-6  # of a sweep's largest relative change of a message
SWEEPS = 1000


@compiled
def marginals(
    row: Ints, col: Ints, w: Floats, kappa: Floats, start: Ints, members: Ints, exact_plots: int
) -> tuple[Floats, Floats, Floats, int]:
    """Marginals of all clusters.

    row (N+1,), col (E,): gated pairs as compressed rows; w (E,) weights; kappa (M,) > 0;
    start (C+1,), members: clusters of targets (kernel.cluster.components).
    exact_plots: a cluster with at most so many plots is solved exactly, a larger one by belief propagation.

    Returns p (E,), p_miss (N,), p_new (M,) and the number of clusters solved by belief propagation.
    """
    N, M, E = row.shape[0] - 1, kappa.shape[0], col.shape[0]
    p, p_miss, p_new = np.zeros(E), np.ones(N), np.ones(M)
    local = np.full(M, -1, np.int64)  # plot → its number within the cluster at hand
    plots = np.empty(M, np.int64)
    room, loopy = np.empty(0), 0
    for c in range(start.shape[0] - 1):
        a, b = start[c], start[c + 1]
        if b - a == 1:
            _single(members[a], row, col, w, kappa, p, p_miss, p_new)
            continue
        count = 0
        for k in range(a, b):
            for e in range(row[members[k]], row[members[k] + 1]):
                j = col[e]
                if local[j] < 0:
                    local[j] = count
                    plots[count] = j
                    count += 1
        if count <= exact_plots:
            if room.shape[0] < (b - a + 3) << count:
                room = np.empty((b - a + 3) << (count + 1))
            _exact(members[a:b], row, col, w, kappa, local, plots[:count], p, p_miss, p_new, room)
        else:
            loopy += 1
            _belief(members[a:b], row, col, w, kappa, local, plots[:count], p, p_miss, p_new)
        for k in range(count):
            local[plots[k]] = -1
    return p, p_miss, p_new, loopy


@compiled
def _single(
    i: int, row: Ints, col: Ints, w: Floats, kappa: Floats, p: Floats, p_miss: Floats, p_new: Floats
) -> None:
    """One target alone: p_ij = (w_ij/κ_j) / (1 + Σ_k w_ik/κ_k)."""
    total = 1.0
    for e in range(row[i], row[i + 1]):
        total += w[e] / kappa[col[e]]
    p_miss[i] = 1.0 / total
    for e in range(row[i], row[i + 1]):
        p[e] = w[e] / kappa[col[e]] / total
        p_new[col[e]] = 1.0 - p[e]


@compiled
def _exact(
    who: Ints,
    row: Ints,
    col: Ints,
    w: Floats,
    kappa: Floats,
    local: Ints,
    plots: Ints,
    p: Floats,
    p_miss: Floats,
    p_new: Floats,
    room: Floats,
) -> None:
    """Forward–backward over targets; the state is the set of plots already taken, as a bit mask.

        α_0(∅) = 1,      α_{i+1}(s) = u_i0 α_i(s) + Σ_{j∈s} u_ij α_i(s∖j)
        β_n(s) = 1,      β_i(s)     = u_i0 β_{i+1}(s) + Σ_{j∉s} u_ij β_{i+1}(s∪j)
        p_ij ∝ Σ_{s∌j} α_i(s) u_ij β_{i+1}(s∪j),      p_i0 ∝ Σ_s α_i(s) u_i0 β_{i+1}(s)

    with u_ij = w_ij/κ_j and u_i0 = 1. α and β are divided by their largest entry at every step, so that no
    crowd of targets underflows; each target's probabilities are then normalised by their own sum.
    room: scratch for (n + 3) 2^M numbers.
    """
    n, states = who.shape[0], 1 << plots.shape[0]
    beta = room[: (n + 1) * states].reshape((n + 1, states))
    alpha, after = room[(n + 1) * states : (n + 2) * states], room[(n + 2) * states : (n + 3) * states]
    for s in range(states):
        beta[n, s] = 1.0
    for k in range(n - 1, -1, -1):
        i = who[k]
        largest = 0.0
        for s in range(states):
            v = beta[k + 1, s]
            for e in range(row[i], row[i + 1]):
                bit = 1 << local[col[e]]
                if not s & bit:
                    v += w[e] / kappa[col[e]] * beta[k + 1, s | bit]
            beta[k, s] = v
            largest = max(largest, v)
        for s in range(states):
            beta[k, s] /= largest
    alpha[:] = 0.0
    alpha[0] = 1.0
    for k in range(n):
        i = who[k]
        miss = 0.0
        for s in range(states):
            after[s] = alpha[s]
            miss += alpha[s] * beta[k + 1, s]
        norm = miss
        for e in range(row[i], row[i + 1]):
            bit, u = 1 << local[col[e]], w[e] / kappa[col[e]]
            v = 0.0
            for s in range(states):
                if alpha[s] > 0.0 and not s & bit:
                    after[s | bit] += u * alpha[s]
                    v += u * alpha[s] * beta[k + 1, s | bit]
            p[e] = v
            norm += v
        p_miss[i] = miss / norm
        for e in range(row[i], row[i + 1]):
            p[e] /= norm
            p_new[col[e]] -= p[e]
        largest = 0.0
        for s in range(states):
            largest = max(largest, after[s])
        for s in range(states):
            alpha[s] = after[s] / largest
    for j in plots:
        p_new[j] = max(p_new[j], 0.0)


@compiled
def _belief(
    who: Ints,
    row: Ints,
    col: Ints,
    w: Floats,
    kappa: Floats,
    local: Ints,
    plots: Ints,
    p: Floats,
    p_miss: Floats,
    p_new: Floats,
) -> None:
    """Loopy belief propagation; messages μ (target → plot) and ν (plot → target) on every edge.

        μ_ij = w_ij / (1 + Σ_{k≠j} w_ik ν_ik),      ν_ij = 1 / (κ_j + Σ_{k≠i} μ_kj)

    until no ν changes by more than TOLERANCE relatively. Row and column sums are kept and the own term
    subtracted, so one sweep costs O(E). The iteration is a contraction (Williams & Lau, theorem 1).
    """
    edges = 0
    for i in who:
        edges += row[i + 1] - row[i]
    mu, nu = np.empty(edges), np.empty(edges)
    into = np.zeros(plots.shape[0])
    k = 0
    for i in who:
        for e in range(row[i], row[i + 1]):
            nu[k] = 1.0 / kappa[col[e]]
            k += 1
    for _ in range(SWEEPS):
        for j in range(into.shape[0]):
            into[j] = 0.0
        k = 0
        for i in who:
            first, total = k, 1.0
            for e in range(row[i], row[i + 1]):
                total += w[e] * nu[k]
                k += 1
            k = first
            for e in range(row[i], row[i + 1]):
                mu[k] = w[e] / max(total - w[e] * nu[k], 1.0)
                into[local[col[e]]] += mu[k]
                k += 1
        change = 0.0
        k = 0
        for i in who:
            for e in range(row[i], row[i + 1]):
                new = 1.0 / (kappa[col[e]] + max(into[local[col[e]]] - mu[k], 0.0))
                change = max(change, abs(new / nu[k] - 1.0))
                nu[k] = new
                k += 1
        if change < TOLERANCE:
            break
    k = 0
    for i in who:
        first, total = k, 1.0
        for e in range(row[i], row[i + 1]):
            total += w[e] * nu[k]
            k += 1
        k = first
        p_miss[i] = 1.0 / total
        for e in range(row[i], row[i + 1]):
            p[e] = w[e] * nu[k] / total
            k += 1
    for j in plots:
        p_new[j] = kappa[j] / (kappa[j] + into[local[j]])
