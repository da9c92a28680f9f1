"""Interacting multiple models: one target, several ways of moving, and the probability of each.

Targets are x (N, K, n), P (N, K, n, n) with mode probabilities mu (N, K). All modes share the state [p, v].
Blom & Bar-Shalom 1988; Bar-Shalom, Li & Kirubarajan (2001), §11.6.6. With K = 1 everything here is a no-op.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import Size, compiled, inlined

Floats = NDArray[np.float64]


@compiled
def mix(mu: Floats, x: Floats, P: Floats, switch: Floats) -> None:
    """Interaction at the start of a step, in place; switch (K, K) is Π, Π_lk = P(mode k now | mode l before).

    c_k = Σ_l Π_lk μ_l,      μ_{l|k} = Π_lk μ_l / c_k
    x_k ← Σ_l μ_{l|k} x_l,   P_k ← Σ_l μ_{l|k} (P_l + (x_l − x_k)(x_l − x_k)ᵀ),   μ_k ← c_k
    """
    N, K, n = x.shape
    w, c = np.empty((K, K)), np.empty(K)
    d, P0, e = np.empty((K, n)), np.empty((K, n, n)), np.empty(n)
    for i in range(N):
        for k in range(K):
            c[k] = 0.0
            for old in range(K):
                c[k] += switch[old, k] * mu[i, old]
            for old in range(K):
                w[old, k] = switch[old, k] * mu[i, old] / c[k]
        for k in range(K):
            mu[i, k] = c[k]
        # What the compiler knows to be 6 it unrolls.
        if n == 6:
            _mix(x, P, i, w, d, P0, e, np.int64(6))
        else:
            _mix(x, P, i, w, d, P0, e, n)


@inlined
def _mix(x: Floats, P: Floats, i: int, w: Floats, d: Floats, P0: Floats, e: Floats, n: Size) -> None:
    """x_k and P_k of target i with w (K, K) = μ_{l|k}; x0 (K, n) and P0 (K, n, n) are scratch.

    With steps d_l = x_l − x_0 and e_k = Σ_l w_lk d_l from the first mode's mean, x_k = x_0 + e_k and
        P_k = Σ_l w_lk (P_l + d_l d_lᵀ) − e_k e_kᵀ
    so that each outer product is formed once, not once per pair of modes.
    """
    K = x.shape[1]
    for old in range(K):
        for a in range(n):
            d[old, a] = x[i, old, a] - x[i, 0, a]
        for a in range(n):
            for b in range(n):
                P0[old, a, b] = P[i, old, a, b] + d[old, a] * d[old, b]
    for k in range(K - 1, -1, -1):  # the first mode last: the others count from its old mean
        for a in range(n):
            e[a] = 0.0
            for old in range(K):
                e[a] += w[old, k] * d[old, a]
            x[i, k, a] = x[i, 0, a] + e[a]
        for a in range(n):
            for b in range(n):
                P[i, k, a, b] = -e[a] * e[b]
        for old in range(K):
            for a in range(n):
                for b in range(n):
                    P[i, k, a, b] += w[old, k] * P0[old, a, b]


@compiled
def combine(mu: Floats, x: Floats, P: Floats) -> tuple[Floats, Floats]:
    """The moment-matched single Gaussian of every target: x̄ (N, n), P̄ (N, n, n)."""
    N, K, n = x.shape
    mean, cov = np.zeros((N, n)), np.zeros((N, n, n))
    for i in range(N):
        for k in range(K):
            for a in range(n):
                mean[i, a] += mu[i, k] * x[i, k, a]
        for k in range(K):
            for a in range(n):
                for b in range(n):
                    spread = (x[i, k, a] - mean[i, a]) * (x[i, k, b] - mean[i, b])
                    cov[i, a, b] += mu[i, k] * (P[i, k, a, b] + spread)
    return mean, cov


def switching(sojourn: Floats, dt: float) -> Floats:
    """Π(dt) = exp(G dt) for modes with mean sojourn times (K,) in s, each leaving for the others alike.

    G_kk = −1/T_k, G_kl = 1/(T_k (K − 1)): exact for any dt, so irregular scans need no tuning per scan.
    """
    K = len(sojourn)
    if K == 1:
        return np.ones((1, 1))
    G = np.repeat((1.0 / (sojourn * (K - 1)))[:, None], K, axis=1)
    np.fill_diagonal(G, -1.0 / sojourn)
    values, vectors = np.linalg.eig(G)
    return np.asarray(np.real((vectors * np.exp(values * dt)) @ np.linalg.inv(vectors)).clip(0.0, 1.0))
