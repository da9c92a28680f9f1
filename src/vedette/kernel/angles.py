"""Directions and targets: gating and update where the measurement is an angle and not a place.

The extended Kalman filter (Bar-Shalom, Li & Kirubarajan 2001, §10.3): whoever knows the sensor gives, for
every target and mode, what it should see, h(x), and the slope H = ∂h/∂x there; here ν = z − h and
S = H P Hᵀ + R as ever. Angles are compared modulo a turn. A look's reports may be of several moments: h and H
are given for each of T moments, the look's own among them, and when (M,) says which is whose.

A target nobody knows within `VAGUE` of a turn is left alone: a slope says nothing over such a width.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.cluster import components
from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, log_density, log_determinant, normalise_logs, whiten
from vedette.kernel.kalman import MODE_FLOOR, posterior
from vedette.kernel.marginals import marginals
from vedette.kernel.pmb import SURE, Pairs, credit, keep_score, weights
from vedette.kernel.rows import Rows
from vedette.kernel.triangulate import wrapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

VAGUE = 0.7  # rad, standard deviation of an expected angle


@compiled
def innovation(
    P: Floats, h: Floats, H: Floats, z: Floats, R: Floats, nu: Floats, PHt: Floats, S: Floats
) -> None:
    """ν = z − h modulo a turn, P Hᵀ and S = H P Hᵀ + R, into nu (m,), PHt (n, m), S (m, m)."""
    n, m = PHt.shape
    for a in range(m):
        nu[a] = wrapped(z[a] - h[a])
        for i in range(n):
            s = 0.0
            for c in range(n):
                s += P[i, c] * H[a, c]
            PHt[i, a] = s
    for a in range(m):
        for c in range(m):
            s = R[a, c]
            for i in range(n):
                s += H[a, i] * PHt[i, c]
            S[a, c] = s


@compiled
def widths(P: Floats, H: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Variance of the first expected angle, (T, N, K), and which targets (N,) it is small enough for."""
    T, N, K, _, n = H.shape
    wide, clear = np.zeros((T, N, K)), np.ones(N, np.bool_)
    for t in range(T):
        for i in range(N):
            for k in range(K):
                for a in range(n):
                    for b in range(n):
                        wide[t, i, k] += H[t, i, k, 0, a] * P[i, k, a, b] * H[t, i, k, 0, b]
                if not wide[t, i, k] < VAGUE**2:
                    clear[i] = False
    return wide, clear


@compiled
def gate(
    mu: Floats, P: Floats, h: Floats, H: Floats, when: Ints, z: Floats, R: Floats, gamma: float
) -> tuple[Ints, Ints, Floats, Floats, NDArray[np.bool_]]:
    """Pairs with d² < γ in at least one mode, as `kernel.gate.gate` returns them; and who is `clear` (N,).

    mu (N, K), P (N, K, n, n), h (T, N, K, m), H (T, N, K, m, n); directions z (M, m), R (M, m, m), when (M,).
    """
    N, K, n = P.shape[:3]
    M, m = z.shape
    wide, clear = widths(P, H)
    row, col, likely = np.zeros(N + 1, np.int64), np.empty(4 * (N + M), np.int64), np.empty(4 * (N + M))
    share = np.empty((4 * (N + M), K))
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    E = 0
    for i in range(N):
        for j in range(M if clear[i] else 0):
            t, near = when[j], False
            for k in range(K):  # d² ≥ ν₀² / S₀₀: most are dismissed by that
                near = near or wrapped(z[j, 0] - h[t, i, k, 0]) ** 2 < gamma * (wide[t, i, k] + R[j, 0, 0])
            if not near:
                continue
            if len(col) <= E:
                col, likely, share = _longer(col, likely, share)
            near = False
            for k in range(K):
                share[E, k] = -math.inf
                innovation(P[i, k], h[t, i, k], H[t, i, k], z[j], R[j], nu, PHt, S)
                if mu[i, k] <= 0.0 or not cholesky(S, L, m):
                    continue
                d2 = whiten(L, nu, m)
                near = near or d2 < gamma
                share[E, k] = math.log(mu[i, k]) + log_density(d2, log_determinant(L, m), m)
            if not near:
                continue
            col[E], likely[E] = j, math.exp(normalise_logs(share[E]))
            E += 1
        row[i + 1] = E
    return row, col[:E].copy(), likely[:E].copy(), share[:E].copy(), clear


@compiled
def _longer(col: Ints, likely: Floats, share: Floats) -> tuple[Ints, Floats, Floats]:
    """The same with twice the room."""
    E, K = share.shape
    more, more_l, more_share = np.empty(2 * E, np.int64), np.empty(2 * E), np.empty((2 * E, K))
    more[:E], more_l[:E], more_share[:E] = col, likely, share
    return more, more_l, more_share


@compiled
def update(
    mu: Floats, x: Floats, P: Floats, h: Floats, H: Floats, when: Ints, z: Floats, R: Floats, row: Ints,
    col: Ints, miss: Floats, hit: Floats, share: Floats,
) -> None:  # fmt: skip
    """Every mode's moment-matched mixture over its directions, in place, as `kernel.kalman.update_mixtures`.

    miss (N,) and hit (E,): normalised weights of the target's hypotheses; no mode falls below MODE_FLOOR.
    """
    N, K, n = x.shape
    m = z.shape[1]
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    xj, Pj, mean, second = np.empty(n), np.empty((n, n)), np.empty(n), np.empty((n, n))
    for i in range(N):
        if row[i] == row[i + 1] or miss[i] >= 1.0:
            continue
        everything = 0.0
        for k in range(K):
            total = miss[i] * mu[i, k]
            for e in range(row[i], row[i + 1]):
                total += hit[e] * share[e, k]
            if total > 1e-12:
                mean[:] = 0.0
                second[:] = miss[i] * mu[i, k] / total * P[i, k]
                for e in range(row[i], row[i + 1]):
                    w, j = hit[e] * share[e, k] / total, col[e]
                    if w <= 0.0:
                        continue
                    innovation(P[i, k], h[when[j], i, k], H[when[j], i, k], z[j], R[j], nu, PHt, S)
                    cholesky(S, L, m)
                    posterior(x[i, k], P[i, k], nu, PHt, L, xj, Pj)
                    for a in range(n):
                        xj[a] -= x[i, k, a]
                        mean[a] += w * xj[a]
                    for a in range(n):
                        for b in range(n):
                            second[a, b] += w * (Pj[a, b] + xj[a] * xj[b])
                for a in range(n):
                    x[i, k, a] += mean[a]
                    for b in range(n):
                        P[i, k, a, b] = second[a, b] - mean[a] * mean[b]
            mu[i, k] = max(total, MODE_FLOOR)
            everything += mu[i, k]
        for k in range(K):
            mu[i, k] /= everything


@compiled
def look(
    rows: Rows, size: int, h: Floats, H: Floats, when: Ints, z: Floats, R: Floats, t: Ints, plot_code: Ints,
    kappa: Floats, p_detect: Floats, heard: NDArray[np.bool_], looking: bool, gamma: float, exact_plots: int,
    trust: float, sensor: int,
) -> tuple[Pairs, Ints]:  # fmt: skip
    """One whole look of a sensor of directions, all in place: gate, weigh, marginals, update.

    The first `size` = N rows are in use; t (M,) ns UTC; kappa (M,): intensity of reports from nobody known
    per unit of z; p_detect (N,): probability of a report; heard (N,): of whom a miss is evidence. A drone
    that sends nothing never will, so who was never heard is not doubted for silence:

        w_ij = r p l_ij instead of r p l_ij / (1 − r p),      r_miss = r

    Returns the pairs with their marginals, and the report that each target used (N,), −1 for none.
    """
    r, _, _, mu, x, P, _, _, _, _, _, _, _, code, _ = rows
    N = size
    row, col, likely, share, clear = gate(mu[:N], P[:N], h, H, when, z, R, gamma)
    p = np.where(clear, p_detect, 0.0)
    w, r_miss = weights(r[:N], p, looking, row, col, likely, code, plot_code, trust)
    counts = heard & clear
    for i in range(N):
        if looking and not heard[i]:
            r_miss[i] = r[i]
            for e in range(row[i], row[i + 1]):
                w[e] *= 1.0 - min(r[i] * p[i], SURE)
    start, members, _ = components(row, col, z.shape[0])
    p_j, p_miss, p_new, loopy = marginals(row, col, w, kappa, start, members, exact_plots)
    pairs = Pairs(row, col, share, start, members, kappa, r_miss, p_j, p_miss, p_new, loopy)
    used, omega0, hit = credit(rows, N, plot_code, pairs, np.ones(N, np.bool_))
    update(mu[:N], x[:N], P[:N], h, H, when, z, R, row, col, omega0, hit, share)
    keep_score(rows, used, t, 0.0, sensor, looking, np.where(counts, p, 0.0))
    return pairs, used
