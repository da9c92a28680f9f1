"""The linear-Gaussian update of many targets with many plots, moment-matched per target.

A plot j measures position at its own time, τ_j before the time of the state, and may measure velocity too:

    z = H x + noise,   H = [I, −τ I]            (m = D,  position)
                       H = [[I, −τ I], [0, I]]  (m = 2D, position and velocity)

so a rotating radar's plots and a batch of ADS-B reports need no common time stamp. The process noise over τ
is below a tenth of any sensor's noise for τ of a few seconds and is left out.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from vedette.kernel.gauss import cholesky, whiten

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
def update_mixtures(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    row: Ints,
    col: Ints,
    miss: Floats,
    hit: Floats,
) -> None:
    """Replace every target's density by the moment-matched mixture over its association hypotheses, in place.

        x̂ = ω₀ x + Σ_j ω_j x_j,      P = ω₀ (P + δ₀δ₀ᵀ) + Σ_j ω_j (P_j + δ_jδ_jᵀ),      δ = x_· − x̂

    (Bar-Shalom & Li 1995, §3.4; Williams 2015, eq. 62.)
    x (N, n), P (N, n, n); plots z (M, m), R (M, m, m), tau (M,); edges of target i are
    row[i]:row[i+1] with plot col[e]; miss (N,) = ω₀ and hit (E,) = ω_j, normalised to 1 per target.
    """
    N, n = x.shape
    m = z.shape[1]
    nu = np.empty(m)
    PHt = np.empty((n, m))
    S = np.empty((m, m))
    L = np.empty((m, m))
    xj = np.empty(n)
    Pj = np.empty((n, n))
    mean = np.empty(n)
    second = np.empty((n, n))
    for i in range(N):
        if row[i] == row[i + 1] or miss[i] >= 1.0:
            continue
        # Deviations are taken from the predicted mean, where they are small: no cancellation of squares.
        for a in range(n):
            mean[a] = 0.0
            for b in range(n):
                second[a, b] = miss[i] * P[i, a, b]
        for e in range(row[i], row[i + 1]):
            w = hit[e]
            if w <= 0.0:
                continue
            j = col[e]
            innovation(x[i], P[i], z[j], R[j], tau[j], nu, PHt, S)
            cholesky(S, L, m)
            posterior(x[i], P[i], nu, PHt, L, xj, Pj)
            for a in range(n):
                xj[a] -= x[i, a]
                mean[a] += w * xj[a]
            for a in range(n):
                for b in range(n):
                    second[a, b] += w * (Pj[a, b] + xj[a] * xj[b])
        for a in range(n):
            x[i, a] += mean[a]
            for b in range(n):
                P[i, a, b] = second[a, b] - mean[a] * mean[b]
