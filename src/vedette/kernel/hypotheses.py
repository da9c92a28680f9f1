"""Several joint hypotheses about a few targets that compete for plots, through one look.

The Poisson multi-Bernoulli mixture (Williams 2015, IEEE T-AES 51(3); García-Fernández et al. 2018, IEEE T-AES
54(4)) keeps, instead of one Bernoulli per target, one per target and global hypothesis: w (H,), r (H, N),
mu (H, N, K), x (H, N, K, n), P (H, N, K, n, n). The N slots mean the same targets in every hypothesis; a slot
that a hypothesis does not hold has r = 0 there.

One look is `gains`, then `ranking.rank`, then `descend`; `variational.project` and `moments` are the way back
to one Bernoulli per target.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, log_density, log_determinant, normalise_logs, whiten
from vedette.kernel.kalman import innovation, posterior
from vedette.kernel.pmb import SURE
from vedette.kernel.ranking import MISS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def gains(
    w: Floats,
    r: Floats,
    mu: Floats,
    x: Floats,
    P: Floats,
    p_detect: Floats,
    looking: bool,
    z: Floats,
    R: Floats,
    tau: Floats,
    kappa: Floats,
    names: Floats,
    gamma: float,
) -> tuple[Floats, Floats, Floats]:
    """What `ranking.rank` ranks: gain (H, N, M), base (H,); and the modes' shares of a pairing (H, N, M, K).

        gain_hij = log( r p l_ij / ((1 − r p) κ_j) ) + names_ij,     base_h = log w_h + Σ_i log(1 − r_hi p_i)

    for a sensor that looks; for one that only reports log(r l_ij / κ_j) and log w_h (see kernel.pmb.weights).
    p_detect (N,); plots z (M, m), R, tau; kappa (M,) intensity of plots from nobody known; names (N, M): log
    of the factor for names that agree or differ.
    """
    H, N, K, n = x.shape
    M, m = z.shape[0], R.shape[1]
    gain, base, share = np.full((H, N, M), -math.inf), np.empty(H), np.zeros((H, N, M, K))
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    for h in range(H):
        base[h] = math.log(w[h])
        for i in range(N):
            if r[h, i] <= 0.0:
                continue
            odds = r[h, i]
            if looking:
                rp = min(r[h, i] * p_detect[i], SURE)
                base[h] += math.log(1.0 - rp)
                odds = rp / (1.0 - rp)
            if odds <= 0.0:
                continue
            for j in range(M):
                near = False
                for k in range(K):
                    share[h, i, j, k] = -math.inf
                    innovation(x[h, i, k], P[h, i, k], z[j], R[j], tau[j], nu, PHt, S)
                    if mu[h, i, k] <= 0.0 or not cholesky(S, L, m):
                        continue
                    d2 = whiten(L, nu, m)
                    near = near or d2 < gamma
                    share[h, i, j, k] = math.log(mu[h, i, k]) + log_density(d2, log_determinant(L, m), m)
                if not near:
                    continue
                gain[h, i, j] = math.log(odds / kappa[j]) + normalise_logs(share[h, i, j]) + names[i, j]
    return gain, base, share


@compiled
def descend(
    parent: Ints,
    choice: Ints,
    r: Floats,
    mu: Floats,
    x: Floats,
    P: Floats,
    p_detect: Floats,
    looking: bool,
    z: Floats,
    R: Floats,
    tau: Floats,
    share: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """The densities under each new hypothesis: r (C, N), mu (C, N, K), x (C, N, K, n), P (C, N, K, n, n).

    parent (C,) is the hypothesis that each descends from, choice (C, N) its slots' plots or MISS. A slot with
    a plot exists for sure and is updated with it, mode by mode; one without has r (1 − p) / (1 − r p) left.
    """
    C, N = choice.shape
    K, n, m = x.shape[2], x.shape[3], R.shape[1]
    r2, mu2 = np.zeros((C, N)), np.empty((C, N, K))
    x2, P2 = np.empty((C, N, K, n)), np.empty((C, N, K, n, n))
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    for c in range(C):
        h = parent[c]
        for i in range(N):
            j = choice[c, i]
            if j == MISS:
                q = p_detect[i] if looking else 0.0
                r2[c, i] = min(r[h, i], SURE) * (1.0 - q) / (1.0 - min(r[h, i], SURE) * q)
                for k in range(K):
                    mu2[c, i, k] = mu[h, i, k]
                    for a in range(n):
                        x2[c, i, k, a] = x[h, i, k, a]
                        for b in range(n):
                            P2[c, i, k, a, b] = P[h, i, k, a, b]
                continue
            r2[c, i] = SURE
            for k in range(K):
                mu2[c, i, k] = share[h, i, j, k]
                innovation(x[h, i, k], P[h, i, k], z[j], R[j], tau[j], nu, PHt, S)
                cholesky(S, L, m)
                posterior(x[h, i, k], P[h, i, k], nu, PHt, L, x2[c, i, k], P2[c, i, k])
    return r2, mu2, x2, P2


@compiled
def moments(w: Floats, r: Floats, mu: Floats, x: Floats, P: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The multi-Bernoulli with each slot's moments over all hypotheses: r (N,), mu (N, K), x (N, K, n), P.

    r_i = Σ_h w_h r_hi,      μ_ik = Σ_h w_h r_hi μ_hik / r_i,      x, P: moment-matched per mode
    """
    H, N, K, n = x.shape
    r1, mu1, x1, P1 = np.zeros(N), np.zeros((N, K)), np.zeros((N, K, n)), np.zeros((N, K, n, n))
    for i in range(N):
        for h in range(H):
            r1[i] += w[h] * r[h, i]
        for k in range(K):
            total = 0.0
            for h in range(H):
                total += w[h] * r[h, i] * mu[h, i, k]
            if total <= 0.0:
                for a in range(n):
                    P1[i, k, a, a] = 1.0
                continue
            mu1[i, k] = total / r1[i]
            for h in range(H):
                s = w[h] * r[h, i] * mu[h, i, k] / total
                for a in range(n):
                    x1[i, k, a] += s * x[h, i, k, a]
            for h in range(H):
                s = w[h] * r[h, i] * mu[h, i, k] / total
                if s <= 0.0:
                    continue
                for a in range(n):
                    for b in range(n):
                        spread = (x[h, i, k, a] - x1[i, k, a]) * (x[h, i, k, b] - x1[i, k, b])
                        P1[i, k, a, b] += s * (P[h, i, k, a, b] + spread)
    return r1, mu1, x1, P1
