"""Smoothing: what the whole flight says about each of its moments, from what the filter believed at them.

Rauch, Tung & Striebel 1965; Bar-Shalom, Li & Kirubarajan (2001), §8.6. One track, filtered at T times that
need no common spacing: x (T, n), P (T, n, n) with x = [p, v]. From time k to k+1 it moves by
F = [[I, α I], [0, β I]] and Q (see kernel.motion): alpha (T−1,), beta (T−1,), Q (T−1, n, n).

A tracker with several ways of moving is smoothed with their moment-matched average; which way it was at each
time is smoothed first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]


def smooth_modes(mu: Floats, switch: Floats) -> Floats:
    """P(mode at k | whole flight) (T, K) from the filtered mu (T, K) and switch (T−1, K, K), k to k+1.

    μˢ_l(k) = μ_l(k) Σ_m Π_lm μˢ_m(k+1) / Σ_l Π_lm μ_l(k)      (Kim 1994, eq. 3.11')
    """
    smoothed = mu.copy()
    for k in range(len(mu) - 2, -1, -1):
        ahead = smoothed[k + 1] / np.maximum(mu[k] @ switch[k], 1e-300)
        smoothed[k] = mu[k] * (switch[k] @ ahead)
        smoothed[k] /= smoothed[k].sum()
    return smoothed


def averaged(weight: Floats, x: Floats, P: Floats, steps: Floats) -> tuple[Floats, Floats, Floats]:
    """One linear model with the mean and covariance of K models' predictions from x (T, n), P (T, n, n).

    weight (T, K) sums to 1 over K; steps (T, K, 5): a motion.Step per mode.
    With F̄ = Σ w F_k:  Q = Σ w Q_k + Σ w (F_k − F̄)(P + x xᵀ)(F_k − F̄)ᵀ.
    Returns alpha (T,), beta (T,), Q (T, n, n).
    """
    D = x.shape[1] // 2
    mean = np.einsum("tk,tkc->tc", weight, steps)
    off = steps[:, :, :2] - mean[:, None, :2]
    spread = np.einsum("tk,tka,tkb->tab", weight, off, off)
    v, eye = x[:, D:], np.eye(D)
    second = P[:, D:, D:] + v[:, :, None] * v[:, None, :]
    Q = np.einsum("tab,tij->taibj", spread, second)
    noise = mean[:, [[2, 3], [3, 4]]]
    Q += np.einsum("tab,ij->taibj", noise, eye)
    return mean[:, 0], mean[:, 1], Q.reshape(len(x), 2 * D, 2 * D)


@compiled
def _back(
    x: Floats, P: Floats, xs: Floats, Ps: Floats, alpha: float, beta: float, Q: Floats
) -> tuple[Floats, Floats]:
    """Smoothed at k from filtered x (n,), P (n, n) at k and smoothed xs, Ps at k+1.

    P⁻ = F P Fᵀ + Q,   G = P Fᵀ P⁻⁻¹,   x + G (xs − F x),   P + G (Ps − P⁻) Gᵀ
    """
    n = x.shape[0]
    D = n // 2
    F = np.zeros((n, n))
    for a in range(D):
        F[a, a], F[a, D + a], F[D + a, D + a] = 1.0, alpha, beta
    FP = F @ P
    ahead = FP @ F.T + Q
    G = np.ascontiguousarray(np.linalg.solve(ahead, FP).T)
    cov = P + G @ (Ps - ahead) @ G.T
    return x + G @ (xs - F @ x), 0.5 * (cov + cov.T)


@compiled
def smooth(x: Floats, P: Floats, alpha: Floats, beta: Floats, Q: Floats) -> tuple[Floats, Floats]:
    """x (T, n), P (T, n, n) given the whole flight."""
    xs, Ps = x.copy(), P.copy()
    for k in range(len(x) - 2, -1, -1):
        xs[k], Ps[k] = _back(x[k], P[k], xs[k + 1], Ps[k + 1], alpha[k], beta[k], Q[k])
    return xs, Ps


@compiled
def smooth_lagged(
    x: Floats, P: Floats, alpha: Floats, beta: Floats, Q: Floats, t: Floats, lag: float
) -> tuple[Floats, Floats]:
    """x (T, n), P (T, n, n) at each t (T,) s given what is known `lag` s later: for a live smoother."""
    xs, Ps = x.copy(), P.copy()
    last = 0
    for k in range(len(x)):
        while last + 1 < len(x) and t[last + 1] <= t[k] + lag:
            last += 1
        best, cov = x[last], P[last]
        for j in range(last - 1, k - 1, -1):
            best, cov = _back(x[j], P[j], best, cov, alpha[j], beta[j], Q[j])
        xs[k], Ps[k] = best, cov
    return xs, Ps
