"""The linear-Gaussian update of many targets with many plots, moment-matched per target.

A plot j measures position at its own time, τ_j before the time of the state, and may measure velocity too,
all of it or the part along the line of sight u from a sensor r away:

    z = H x + noise,   H = [I, −τ I]                     (m = D,     position)
                       H = [[I, −τ I], [g, u − τ g]]     (m = D + 1, position and radial speed)
                       H = [[I, −τ I], [0, I]]           (m = 2D,    position and velocity)

so a rotating radar's plots and a batch of ADS-B reports need no common time stamp. The process noise over τ
is below a tenth of any sensor's noise for τ of a few seconds and is left out. Radial speeds: kernel.doppler.

Every kind of plot goes through `innovation`. The commonest have it written out in numbers instead of arrays:
positions in kernel.position, and with a radial speed in space in kernel.doppler.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import Size, compiled, inlined
from vedette.kernel.doppler import gain_4, radial_innovation, sights
from vedette.kernel.gauss import cholesky, whiten
from vedette.kernel.position import gain_2, gain_3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MODE_FLOOR = 1e-6


@compiled
def innovation(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: float, nu: Floats, PHt: Floats, S: Floats
) -> None:
    """ν = z − H x, P Hᵀ and S = H P Hᵀ + R of one target and one plot.

    x (n,), P (n, n), z (m,) or more, R (m, m), tau s; results into nu (m,), PHt (n, m), S (m, m).
    """
    n, m = x.shape[0], R.shape[0]
    D = n // 2
    if m == D + 1:
        radial_innovation(x, P, z, R, tau, nu, PHt, S)
        return
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
def whitened(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    i: int,
    k: int,
    j: int,
    nu: Floats,
    PHt: Floats,
    L: Floats,
) -> bool:
    """Any plot: whether S is positive definite; L (`cholesky`), L⁻¹ν and P Hᵀ into L (m, m), nu and PHt."""
    m = nu.shape[0]
    innovation(x[i, k], P[i, k], z[j], R[j], tau[j], nu, PHt, L)
    sure = cholesky(L, L, m)  # of S, in its place
    whiten(L, nu, m)
    return sure


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


@inlined
def _gain(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    i: int,
    k: int,
    j: int,
    W: Floats,
    step: Floats,
    nu: Floats,
    S: Floats,
) -> None:
    """W = P Hᵀ L⁻ᵀ (n, m) and the step of the mean, W L⁻¹ν (n,), for any plot; nu, S (m, m) are scratch."""
    n, m = W.shape
    whitened(x, P, z, R, tau, i, k, j, nu, W, S)
    for a in range(n):
        step[a] = 0.0
        for b in range(m):
            for c in range(b):
                W[a, b] -= S[b, c] * W[a, c]
            W[a, b] *= S[b, b]
            step[a] += W[a, b] * nu[b]


@inlined
def _gather(w: float, W: Floats, step: Floats, mean: Floats, second: Floats, n: Size, m: Size) -> None:
    """mean += w δ and second += w (δ δᵀ − W Wᵀ), lower half."""
    for a in range(n):
        mean[a] += w * step[a]
        for b in range(a + 1):
            s = step[a] * step[b]
            for c in range(m):
                s -= W[a, c] * W[b, c]
            second[a, b] += w * s


@inlined
def _apply(x: Floats, P: Floats, i: int, k: int, mean: Floats, second: Floats, n: Size) -> None:
    """x + mean and P + second − mean meanᵀ; scratch is left at zero, for the next."""
    for a in range(n):
        x[i, k, a] += mean[a]
        for b in range(a + 1):
            s = P[i, k, a, b] + (second[a, b] - mean[a] * mean[b])
            P[i, k, a, b], P[i, k, b, a], second[a, b] = s, s, 0.0
    for a in range(n):
        mean[a] = 0.0


@inlined
def _normalise(mu: Floats, i: int) -> None:
    """Mode probabilities sum to one, and none falls below the floor: manoeuvres begin without notice."""
    total = 0.0
    for k in range(mu.shape[1]):
        mu[i, k] = max(mu[i, k], MODE_FLOOR)
        total += mu[i, k]
    for k in range(mu.shape[1]):
        mu[i, k] /= total


@inlined
def _update(
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
    form: Size,
) -> None:
    """`update_mixtures` for plots of `form` numbers: 2 or 3, a position; 4, in space with a radial speed; 0:
    of any kind."""
    N, K = mu.shape
    if form > 0:
        n, m = 2 * min(form, 3), form
    else:
        n, m = x.shape[2], R.shape[1]
    sight = sights(z if form == 4 else z[:0])
    nu, S = np.empty(m), np.empty((m, m))
    W, step = np.empty((n, m)), np.empty(n)
    mean, second = np.zeros(n), np.zeros((n, n))
    for i in range(N):
        if row[i] == row[i + 1] or miss[i] >= 1.0:
            continue
        for k in range(K):
            total = miss[i] * mu[i, k]
            for e in range(row[i], row[i + 1]):
                total += hit[e] * share[e, k]
            mu[i, k] = total
            if total < 1e-12:
                continue
            for e in range(row[i], row[i + 1]):
                w = hit[e] * share[e, k] / total
                if w <= 0.0:
                    continue
                if form == 2:
                    gain_2(x, P, z, R, tau, i, k, col[e], W, step)
                elif form == 3:
                    gain_3(x, P, z, R, tau, i, k, col[e], W, step)
                elif form == 4:
                    gain_4(x, P, z, R, tau, sight, i, k, col[e], W, step)
                else:
                    _gain(x, P, z, R, tau, i, k, col[e], W, step, nu, S)
                _gather(w, W, step, mean, second, n, m)
            _apply(x, P, i, k, mean, second, n)
        _normalise(mu, i)


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

    As the weights sum to one, P = P_0 + Σ_j w_j (δ_j δ_jᵀ − W_j W_jᵀ) − (Σ w_j δ_j)(Σ w_j δ_j)ᵀ with the step
    δ_j of the mean from the prediction, and W_j = P Hᵀ L⁻ᵀ (`posterior`): no large squares cancel.
    (Bar-Shalom & Li 1995, §3.4; Williams 2015, eq. 62; per mode as in IMM-JPDA, Blom & Bloem 2000.)
    mu (N, K), x (N, K, n), P (N, K, n, n); plots z (M, m), R (M, m, m), tau (M,); edges of target i are
    row[i]:row[i+1] with plot col[e]; miss (N,) = ω₀ and hit (E,) = ω_j, normalised to 1 per target;
    share (E, K): probability of each mode given the pairing.
    """
    n, m = x.shape[2], R.shape[1]
    # A loop per kind of plot: unrolled for simple ones, whose time the mere possibility of a call doubles.
    if n == 4 and m == 2:
        _update(mu, x, P, z, R, tau, row, col, miss, hit, share, np.int64(2))
    elif n == 6 and m == 3:
        _update(mu, x, P, z, R, tau, row, col, miss, hit, share, np.int64(3))
    elif n == 6 and m == 4:
        _update(mu, x, P, z, R, tau, row, col, miss, hit, share, np.int64(4))
    else:
        _update(mu, x, P, z, R, tau, row, col, miss, hit, share, np.int64(0))
