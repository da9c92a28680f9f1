"""Directions and targets: gating and update where the measurement is an angle and not a place.

The extended Kalman filter (Bar-Shalom, Li & Kirubarajan 2001, §10.3): whoever knows the sensor gives, for
every target and mode, what it should see, h(x), and the slope H = ∂h/∂x there; here ν = z − h and
S = H P Hᵀ + R as ever. Directions are few, so every pair is looked at.
Angles are compared modulo a turn.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, log_density, log_determinant, normalise_logs, whiten
from vedette.kernel.kalman import posterior
from vedette.kernel.triangulate import wrapped

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
def gate(
    mu: Floats, P: Floats, h: Floats, H: Floats, z: Floats, R: Floats, gamma: float
) -> tuple[Ints, Ints, Floats, Floats]:
    """Pairs with d² < γ in at least one mode, as `kernel.gate.gate` returns them.

    mu (N, K), P (N, K, n, n), h (N, K, m), H (N, K, m, n); directions z (M, m), R (M, m, m).
    """
    N, K, n = P.shape[:3]
    M, m = z.shape
    row, col, log_l = np.zeros(N + 1, np.int64), np.empty(N * M, np.int64), np.empty(N * M)
    share = np.empty((N * M, K))
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    E = 0
    for i in range(N):
        for j in range(M):
            near = False
            for k in range(K):
                share[E, k] = -math.inf
                innovation(P[i, k], h[i, k], H[i, k], z[j], R[j], nu, PHt, S)
                if mu[i, k] <= 0.0 or not cholesky(S, L, m):
                    continue
                d2 = whiten(L, nu, m)
                near = near or d2 < gamma
                share[E, k] = math.log(mu[i, k]) + log_density(d2, log_determinant(L, m), m)
            if not near:
                continue
            col[E], log_l[E] = j, normalise_logs(share[E])
            E += 1
        row[i + 1] = E
    return row, col[:E].copy(), log_l[:E].copy(), share[:E].copy()


@compiled
def update(
    mu: Floats, x: Floats, P: Floats, h: Floats, H: Floats, z: Floats, R: Floats, row: Ints, col: Ints,
    miss: Floats, hit: Floats, share: Floats, floor: float,
) -> None:  # fmt: skip
    """Every mode's moment-matched mixture over its directions, in place, as `kernel.kalman.update_mixtures`.

    miss (N,) and hit (E,): normalised weights of the target's hypotheses; no mode falls below `floor`.
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
                    innovation(P[i, k], h[i, k], H[i, k], z[j], R[j], nu, PHt, S)
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
            mu[i, k] = max(total, floor)
            everything += mu[i, k]
        for k in range(K):
            mu[i, k] /= everything
