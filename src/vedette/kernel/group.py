"""The plots that may be of two targets at once, and what each says of either.

Koch & van Keuk (IEEE T-AES 33(3), 1997): an unresolved pair returns one plot between the two, and that it is
unresolved is a measurement too, of a distance Δ = H(x_i − x_k) that is zero to the resolution cell:

    z = ½ H(x_i + x_k) + v,   v ~ N(0, R_g),  R_g = R + E[Δ Δᵀ]/12 = R + (ddᵀ + H(P_i + P_k)Hᵀ)/12
    0 = Δ + n,                n ~ N(0, R_u)

The second part of R_g: the plot lies between the two by their powers, and the part that one of two equal
Swerling 1 targets has in their sum is uniform over (0, 1), of variance 1/12. Without the line of n two tracks
that met would run through each other and apart again, while the plots of both stay between them.

How likely z is, is not left to that variance: to a Gaussian a plot by one of the two is half as likely as it
is, and just such plots might be of that one alone. With ν the difference from the middle,
S₀ = ⅓ H(P_i + P_k)Hᵀ + R = L Lᵀ, a = L⁻¹d and s = aᵀL⁻¹ν / |a|:

    l = N(ν; 0, S₀) e^{s²/2} √(2π) (Φ(s + |a|/2) − Φ(s − |a|/2)) / |a|

Given k as N(x_k, P_k), both lines are measurements of H x_i, whose noises are correlated through x_k:

    2 z − H x_k = H x_i + ε + 2 v,     H x_k = H x_i + n − ε,     ε ~ N(0, H P_k Hᵀ)

and so together one plot z_i with covariance R_i: with N the covariance of both noises and G = [I, I]ᵀ,

    R_i = (Gᵀ N⁻¹ G)⁻¹,   z_i = R_i Gᵀ N⁻¹ [2 z − H x_k, H x_k]ᵀ
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.doppler import as_seen_at, fold
from vedette.kernel.gate import grid
from vedette.kernel.gauss import LOG_2PI, cholesky, log_density, log_determinant, whiten
from vedette.kernel.imm import combine
from vedette.kernel.kalman import innovation
from vedette.kernel.resolution import Pairs, merge_probability

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROOT_HALF = math.sqrt(0.5)


@compiled
def group_plots(
    pairs: Pairs, mu: Floats, x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, gamma: float
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats, Floats]:
    """The plots in the gate around the middle of each pair, and what each would say of either target.

    In z_i and R_i all modes of k are taken together; the likelihood is summed over the modes of both.

    Returns row (Q+1,), col (G,) ascending in a row, log l (G,); plots, and behind them z_i and R_i of first
    and second of each: z (M+2G, m), R (M+2G, m, m), tau (M+2G,); and the shares of their modes (2G, K).
    """
    first, second, _, R_u = pairs
    Q, K, M, m = first.shape[0], x.shape[1], z.shape[0], R.shape[1]
    row, col = _near_middles(pairs, x, P, z, R, tau, gamma)
    C = col.shape[0]
    log_l, share = np.empty(C), np.empty((2 * C, K))
    z_all, R_all, tau_all = (
        np.empty((M + 2 * C, z.shape[1])),
        np.empty((M + 2 * C, m, m)),
        np.empty(M + 2 * C),
    )
    for j in range(M):
        tau_all[j] = tau[j]
        for g in range(z.shape[1]):
            z_all[j, g] = z[j, g]
        for g in range(m):
            for h in range(m):
                R_all[j, g, h] = R[j, g, h]
    G = begun = 0
    for q in range(Q):
        i, k = first[q], second[q]
        mean, cov = combine(mu[i : i + 1], x[i : i + 1], P[i : i + 1])
        mean2, cov2 = combine(mu[k : k + 1], x[k : k + 1], P[k : k + 1])
        merge = _merge_by_modes(mu[i], x[i], P[i], mu[k], x[k], P[k], R_u[q])
        ended = row[q + 1]
        for c in range(begun, ended):
            j, at = col[c], M + 2 * G
            near, value = _group(
                merge, R_u[q], x[i], P[i], x[k], P[k], mean[0], cov[0], mean2[0], cov2[0],
                z[j], R[j], tau[j], gamma, z_all[at : at + 2], R_all[at : at + 2], share[2 * G : 2 * G + 2],
            )  # fmt: skip
            if near:
                col[G], log_l[G] = j, value
                tau_all[at] = tau_all[at + 1] = tau[j]
                G += 1
        begun, row[q + 1] = ended, G
    end = M + 2 * G
    return row, col[:G], log_l[:G], z_all[:end], R_all[:end], tau_all[:end], share[: 2 * G]


@compiled
def _near_middles(
    pairs: Pairs, x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, gamma: float
) -> tuple[Ints, Ints]:
    """The plots in the bounding box of each pair's gate: row (Q+1,), col ascending in a row."""
    first, second, _, _ = pairs
    Q, M = first.shape[0], z.shape[0]
    row, col = np.zeros(Q + 1, np.int64), np.empty(0, np.int64)
    if M == 0:
        return row, col
    r_max, t_max, box, width = 0.0, 0.0, np.empty((Q, 4)), 0.0
    for j in range(M):
        r_max, t_max = max(r_max, R[j, 0, 0], R[j, 1, 1]), max(t_max, abs(tau[j]))
    for q in range(Q):
        for a in range(2):
            low, high = _window(x[first[q]], P[first[q]], x[second[q]], P[second[q]], a, r_max, t_max, gamma)
            box[q, 2 * a], box[q, 2 * a + 1] = low, high
        width += box[q, 1] - box[q, 0]
    x0, y0, per, nx, ny, start, order = grid(z, 0.5 * width / Q)
    for filling in range(2):  # count, then fill
        C = 0
        for q in range(Q):
            cx0 = max(0, math.floor((box[q, 0] - x0) * per))
            cx1 = min(nx - 1, math.floor((box[q, 1] - x0) * per))
            cy0 = max(0, math.floor((box[q, 2] - y0) * per))
            cy1 = min(ny - 1, math.floor((box[q, 3] - y0) * per))
            for cx in range(cx0, cx1 + 1):
                for s in range(start[cx * ny + cy0], start[cx * ny + cy1 + 1]) if cy0 <= cy1 else range(0):
                    j = order[s]
                    if (
                        z[j, 0] < box[q, 0]
                        or z[j, 0] > box[q, 1]
                        or z[j, 1] < box[q, 2]
                        or z[j, 1] > box[q, 3]
                    ):
                        continue
                    if filling:
                        at = C
                        while at > row[q] and col[at - 1] > j:
                            col[at] = col[at - 1]
                            at -= 1
                        col[at] = j
                    C += 1
            row[q + 1] = C
        if not filling:
            col = np.empty(C, np.int64)
    return row, col


@compiled
def _window(
    x: Floats, P: Floats, x2: Floats, P2: Floats, axis: int, r_max: float, t_max: float, gamma: float
) -> tuple[float, float]:
    """Where along an axis a plot of both may lie, in any pairing of their modes."""
    v = x.shape[1] // 2 + axis
    low, high = math.inf, -math.inf
    for a in range(x.shape[0]):
        for b in range(x2.shape[0]):
            middle = 0.5 * (x[a, axis] + x2[b, axis])
            moved = 0.5 * t_max * (abs(x[a, v]) + abs(x2[b, v]))
            apart = abs(x[a, axis] - x2[b, axis]) + 2.0 * moved
            # (σ + τ σ_v)² is at least the variance of p − τ v
            S = (math.sqrt(P[a, axis, axis]) + t_max * math.sqrt(P[a, v, v])) ** 2
            S += (math.sqrt(P2[b, axis, axis]) + t_max * math.sqrt(P2[b, v, v])) ** 2
            half = math.sqrt(gamma * (S / 3.0 + r_max)) + 0.5 * apart + moved
            low, high = min(low, middle - half), max(high, middle + half)
    return low, high


@compiled
def _group(
    merge: Floats,
    R_u: Floats,
    x: Floats,
    P: Floats,
    x2: Floats,
    P2: Floats,
    mean: Floats,
    cov: Floats,
    mean2: Floats,
    cov2: Floats,
    z: Floats,
    R: Floats,
    tau: float,
    gamma: float,
    z_of: Floats,
    R_of: Floats,
    share: Floats,
) -> tuple[bool, float]:
    """Whether the plot is in the pair's gate, and log l; z_i, R_i and shares of both into the last three."""
    K, n, m, D = x.shape[0], x.shape[1], R.shape[0], R_u.shape[0]
    none, PHt = np.zeros((m, m)), np.empty((n, m))
    nu, S = np.empty((K, m)), np.empty((K, m, m))
    nu2, T = np.empty((K, m)), np.empty((K, m, m))
    for a in range(K):
        innovation(x[a], P[a], z, none, tau, nu[a], PHt, S[a])
        innovation(x2[a], P2[a], z, none, tau, nu2[a], PHt, T[a])
    e, e2, A, B = np.empty(m), np.empty(m), np.empty((m, m)), np.empty((m, m))
    innovation(mean, cov, z, none, tau, e, PHt, A)
    innovation(mean2, cov2, z, none, tau, e2, PHt, B)
    both, L, white, near, best = np.full((K, K), -math.inf), np.zeros((m, m)), np.empty(m), False, -math.inf
    V, apart = np.empty((m, m)), np.empty(m)
    for a in range(K):
        for b in range(K):
            for g in range(m):
                white[g], apart[g] = 0.5 * (nu[a, g] + nu2[b, g]), nu[a, g] - nu2[b, g]
                for h in range(m):
                    V[g, h] = (S[a, g, h] + T[b, g, h]) / 3.0 + R[g, h]
            if m == D + 1 and not fold(white, V, z[2 * D + 1]):
                apart[D] = 0.0
            if merge[a, b] <= 0.0 or not cholesky(V, L, m):
                continue
            d2, log_between = between(L, white, apart, m)
            near = near or d2 < gamma
            both[a, b] = log_between + math.log(merge[a, b])
            best = max(best, both[a, b])
    if not near:
        return False, best
    total = 0.0
    for a in range(K):
        share[0, a], share[1, a] = 0.0, 0.0
    for a in range(K):
        for b in range(K):
            v = math.exp(both[a, b] - best)
            share[0, a] += v
            share[1, b] += v
            total += v
    for a in range(K):
        share[0, a] /= total
        share[1, a] /= total
    noise = np.empty((m, m))
    for g in range(m):
        for h in range(m):
            noise[g, h] = R[g, h] + ((e[g] - e2[g]) * (e[h] - e2[h]) + A[g, h] + B[g, h]) / 12.0
    _as_plot(z, e2, noise, B, R_u, mean, z_of[0], R_of[0])
    _as_plot(z, e, noise, A, R_u, mean2, z_of[1], R_of[1])
    return True, best + math.log(total)


@compiled
def between(L: Floats, nu: Floats, apart: Floats, m: int) -> tuple[float, float]:
    """The least d² of ν (m,) from where a plot of both may be, and log l of the module's head; ν and
    d = apart (m,), both overwritten, and L of S₀ (kernel.gauss.cholesky)."""
    length = math.sqrt(whiten(L, apart, m))
    d2, s = whiten(L, nu, m), 0.0
    log_l = log_density(d2, log_determinant(L, m), m)
    if length < 1e-4:
        return d2, log_l
    for a in range(m):
        s += apart[a] * nu[a] / length
    near, far = abs(s) - 0.5 * length, abs(s) + 0.5 * length
    part = 0.5 * (math.erfc(near * ROOT_HALF) - math.erfc(far * ROOT_HALF))
    least = d2 - s * s + max(near, 0.0) ** 2
    if part <= 0.0:
        return least, -math.inf
    return least, log_l + 0.5 * (s * s + LOG_2PI) + math.log(part / length)


@compiled
def _merge_by_modes(
    mu: Floats, x: Floats, P: Floats, mu2: Floats, x2: Floats, P2: Floats, R_u: Floats
) -> Floats:
    """(K, K): the probability of each pairing of modes, given that the two were not resolved."""
    K, D = x.shape[0], R_u.shape[0]
    merge, total, d, C = np.empty((K, K)), 1e-300, np.empty(D), np.empty((D, D))
    for a in range(K):
        for b in range(K):
            for g in range(D):
                d[g] = x[a, g] - x2[b, g]
                for h in range(D):
                    C[g, h] = P[a, g, h] + P2[b, g, h]
            merge[a, b] = mu[a] * mu2[b] * merge_probability(d, C, R_u)
            total += merge[a, b]
    for a in range(K):
        for b in range(K):
            merge[a, b] /= total
    return merge


@compiled
def _as_plot(
    z: Floats, nu: Floats, R_g: Floats, B: Floats, R_u: Floats, x: Floats, z_i: Floats, R_i: Floats
) -> None:
    """z_i and R_i of the module's head; nu = z − H x_k and B = H P_k Hᵀ of the other target, x = x_i."""
    m, D = R_i.shape[0], R_u.shape[0]
    n = m + D
    N, L, y, W = np.empty((n, n)), np.zeros((n, n)), np.empty(n), np.zeros((m, n))
    for a in range(m):
        y[a], W[a, a] = z[a] + nu[a], 1.0
        for b in range(m):
            N[a, b] = B[a, b] + 4.0 * R_g[a, b]
        for b in range(D):
            N[a, m + b] = N[m + b, a] = -B[a, b]
    for a in range(D):
        y[m + a], W[a, m + a] = z[a] - nu[a], 1.0
        for b in range(D):
            N[m + a, m + b] = B[a, b] + R_u[a, b]
    if m == D + 1 and N[D, D] > (0.5 * z[2 * D + 1]) ** 2:  # a radial speed that says nothing
        for a in range(n):
            N[a, D] = N[D, a] = 0.0
        N[D, D] = 1e12
    cholesky(N, L, n)
    whiten(L, y, n)
    for a in range(m):
        whiten(L, W[a], n)
    # Λ = W Wᵀ, and its inverse column by column
    L, c = np.zeros((m, m)), np.empty(m)
    for a in range(m):
        for b in range(m):
            L[a, b] = 0.0
            for k in range(n):
                L[a, b] += W[a, k] * W[b, k]
    cholesky(L, L, m)
    for b in range(m):
        for a in range(m):
            c[a] = 1.0 if a == b else 0.0
        whiten(L, c, m)
        for a in range(m):
            N[a, b] = c[a]  # N ← L⁻¹
    for a in range(m):
        z_i[a] = 0.0
        for b in range(m):
            s = 0.0
            for k in range(m):
                s += N[k, a] * N[k, b]
            R_i[a, b] = s
    for a in range(m):
        for b in range(m):
            s = 0.0
            for k in range(n):
                s += W[b, k] * y[k]
            z_i[a] += R_i[a, b] * s
    for a in range(m, z.shape[0]):
        z_i[a] = z[a]
    if m == D + 1:
        z_i[D] += as_seen_at(z_i[:D], z, x[D:])
