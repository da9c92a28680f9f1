"""The linear-Gaussian update of many targets with many plots, moment-matched per target.

A plot j measures position at its own time, τ_j before the time of the state, and may measure velocity too:

    z = H x + noise,   H = [I, −τ I]            (m = D,  position)
                       H = [[I, −τ I], [0, I]]  (m = 2D, position and velocity)

so a rotating radar's plots and a batch of ADS-B reports need no common time stamp. The process noise over τ
is below a tenth of any sensor's noise for τ of a few seconds and is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, whiten

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MODE_FLOOR = 1e-6


@compiled
def innovation(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: float, nu: Floats, PHt: Floats, S: Floats
) -> None:
    """ν = z − H x, P Hᵀ and S = H P Hᵀ + R of one target and one plot.

    x (n,), P (n, n), z (m,), R (m, m), tau s; results into nu (m,), PHt (n, m), S (m, m).
    """
    n, m = x.shape[0], z.shape[0]
    D = n // 2
    # P Hᵀ: columns of P, position columns moved back by τ
    for a in range(n):
        for b in range(D):
            PHt[a, b] = P[a, b] - tau * P[a, D + b]
        for b in range(D, m):
            PHt[a, b] = P[a, b]
    # ν = z − H x
    for a in range(D):
        nu[a] = z[a] - (x[a] - tau * x[D + a])
    for a in range(D, m):
        nu[a] = z[a] - x[a]
    # S = H (P Hᵀ) + R
    for b in range(m):
        for a in range(D):
            S[a, b] = PHt[a, b] - tau * PHt[D + a, b] + R[a, b]
        for a in range(D, m):
            S[a, b] = PHt[a, b] + R[a, b]


@compiled
def posterior(x: Floats, P: Floats, nu: Floats, PHt: Floats, L: Floats, x_out: Floats, P_out: Floats) -> None:
    """Kalman update of one target, given the Cholesky factor L of S.

    With W = P Hᵀ L⁻ᵀ (so that K = W L⁻¹ and K S Kᵀ = W Wᵀ):  x + W L⁻¹ν,  P − W Wᵀ.
    P − W Wᵀ is symmetric by construction; `nu` and `PHt` are overwritten with L⁻¹ν and W.
    """
    n, m = x.shape[0], nu.shape[0]
    whiten(L, nu, m)
    for a in range(n):
        whiten(L, PHt[a], m)
    for a in range(n):
        s = x[a]
        for k in range(m):
            s += PHt[a, k] * nu[k]
        x_out[a] = s
        for b in range(a + 1):
            c = P[a, b]
            for k in range(m):
                c -= PHt[a, k] * PHt[b, k]
            P_out[a, b] = c
            P_out[b, a] = c


@compiled
def update_mixtures(
    mu: Floats,
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    row: Ints,
    col: Ints,
    miss: Floats,
    hit: Floats,
    share: Floats,
) -> None:
    """Replace every mode's density by the moment-matched mixture over its association hypotheses, in place.

    With w_0 = ω₀ μ_k (missed) and w_j = ω_j · share_jk (plot j, mode k), normalised by μ_k⁺ = w_0 + Σ_j w_j:

        x̂ = Σ w x_·,      P = Σ w (P_· + δ_·δ_·ᵀ),      δ = x_· − x̂

    (Bar-Shalom & Li 1995, §3.4; Williams 2015, eq. 62; per mode as in IMM-JPDA, Blom & Bloem 2000.)
    mu (N, K), x (N, K, n), P (N, K, n, n); plots z (M, m), R (M, m, m), tau (M,); edges of target i are
    row[i]:row[i+1] with plot col[e]; miss (N,) = ω₀ and hit (E,) = ω_j, normalised to 1 per target;
    share (E, K): probability of each mode given the pairing.
    """
    N, K, n = x.shape
    m = z.shape[1]
    nu, PHt = np.empty(m), np.empty((n, m))
    S, L = np.empty((m, m)), np.empty((m, m))
    xj, Pj = np.empty(n), np.empty((n, n))
    mean, second = np.empty(n), np.empty((n, n))
    for i in range(N):
        if row[i] == row[i + 1] or miss[i] >= 1.0:
            continue
        for k in range(K):
            total = miss[i] * mu[i, k]
            for e in range(row[i], row[i + 1]):
                total += hit[e] * share[e, k]
            if total < 1e-12:
                mu[i, k] = total
                continue
            # Deviations are taken from the predicted mean, where they are small: no cancellation of squares.
            w0 = miss[i] * mu[i, k] / total
            for a in range(n):
                mean[a] = 0.0
                for b in range(n):
                    second[a, b] = w0 * P[i, k, a, b]
            for e in range(row[i], row[i + 1]):
                w = hit[e] * share[e, k] / total
                if w <= 0.0:
                    continue
                j = col[e]
                innovation(x[i, k], P[i, k], z[j], R[j], tau[j], nu, PHt, S)
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
            mu[i, k] = total
        _normalise(mu[i])


@compiled
def _normalise(mu: Floats) -> None:
    """Mode probabilities sum to one, and none falls below the floor: manoeuvres begin without notice."""
    total = 0.0
    for k in range(mu.shape[0]):
        mu[k] = max(mu[k], MODE_FLOOR)
        total += mu[k]
    for k in range(mu.shape[0]):
        mu[k] /= total
