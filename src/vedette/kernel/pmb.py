"""One look of one sensor through the Poisson multi-Bernoulli filter (TOMB/P).

Williams 2015, "Marginal multi-Bernoulli filters: RFS derivation of MHT, JIPDA, and association-based MeMBer",
IEEE T-AES 51(3).

Targets that have been detected are Bernoullis: existence probability r and density N(x, P). Targets never yet
detected are a Poisson intensity λᵤ(x), met here only through what it predicts for each plot:

    β_j = ∫ P_D(x) l(z_j | x) λᵤ(x) dx        and the density (x_j, P_j) of such a target given z_j.

The recursion is JIPDA's with a Poisson birth; for one target and no birth it is IPDA (Mušicki 1994).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.cluster import components
from vedette.kernel.compiled import compiled
from vedette.kernel.doppler import first_speed, start_with_speed
from vedette.kernel.gate import gate
from vedette.kernel.gauss import ROOT_2PI, cholesky, log_density, log_determinant, whiten
from vedette.kernel.kalman import innovation, posterior, update_mixtures
from vedette.kernel.marginals import marginals
from vedette.kernel.motion import predict
from vedette.kernel.rows import Rows, Store, append, fields

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SURE = 1.0 - 1e-12  # no product r·P_D may reach 1: nothing is ever so sure that evidence cannot move it


@compiled
def survive(r: Floats, rate: Floats, survival: float, dt: float) -> None:
    """Existence over a time step of dt seconds, in place.

    r ← P_S r; then, where a target's own transmitter has been silent, the evidence of that silence:
    r ← r s / (1 − r + r s) with s = e^(−rate · dt); rate (N,) is 0 for targets that do not transmit.
    """
    for i in range(r.shape[0]):
        r[i] *= survival
        if rate[i] > 0.0:
            s = math.exp(-rate[i] * dt)
            r[i] = r[i] * s / (1.0 - r[i] + r[i] * s)


@compiled
def forward(store: Store, size: int, steps: Floats, survival: float, dt: float) -> None:
    """The first `size` rows dt seconds on, in place: each mode moves in its own way, and some targets die.

    steps (K, 5) as in kernel.motion.predict, survival as in `survive`.
    """
    r, _, rate, _, x, P, _, _, _, _, _, _, _, _, _ = fields(store)
    predict(x[:size], P[:size], steps)
    survive(r[:size], rate[:size], survival, dt)


@compiled
def weights(
    r: Floats,
    p_detect: Floats,
    looking: bool,
    row: Ints,
    col: Ints,
    likely: Floats,
    code: Ints,
    plot_code: Ints,
    trust: float,
) -> tuple[Floats, Floats]:
    """Association weights w (E,) relative to a miss, and existence given a miss r_miss (N,).

    A sensor that looks:            w_ij = r p l_ij / (1 − r p),     r_miss = r (1 − p) / (1 − r p)
    A sensor that only reports:     w_ij = r l_ij,                   r_miss = r
    (the second is the first with p → 0, everything divided by p: its silence is no evidence).

    Both names known: the weight is multiplied by `trust` when they agree and divided by it when they differ.
    """
    N = r.shape[0]
    w, r_miss = np.empty(likely.shape[0]), np.empty(N)
    for i in range(N):
        odds, r_miss[i] = r[i], r[i]
        if looking:
            rp = min(r[i] * p_detect[i], SURE)
            odds, r_miss[i] = rp / (1.0 - rp), min(r[i], SURE) * (1.0 - p_detect[i]) / (1.0 - rp)
        for e in range(row[i], row[i + 1]):
            w[e] = odds * likely[e]
            a, b = code[i], plot_code[col[e]]
            if a >= 0 and b >= 0:
                w[e] = w[e] * trust if a == b else w[e] / trust
    return w, r_miss


class Pairs(NamedTuple):
    """Which plot of one look may come from which target, and how probably.

    row (N+1,), col (E,): gated pairs as compressed rows; share (E, K): each mode's probability given it;
    start (C+1,), members: clusters (kernel.cluster.components); kappa (M,): intensity of plots from nobody
    known; r_miss (N,): existence given a miss; p (E,), p_miss (N,), p_new (M,): marginals;
    loopy: number of clusters solved by belief propagation.
    """

    row: Ints
    col: Ints
    share: Floats
    start: Ints
    members: Ints
    kappa: Floats
    r_miss: Floats
    p: Floats
    p_miss: Floats
    p_new: Floats
    loopy: int


@compiled
def associate(
    rows: Rows,
    size: int,
    p_detect: Floats,
    looking: bool,
    z: Floats,
    R: Floats,
    tau: Floats,
    plot_code: Ints,
    kappa: Floats,
    gamma: float,
    exact_plots: int,
    trust: float,
) -> Pairs:
    """The first half of a look: gate, weigh, cluster, marginals.

    The first `size` = N rows are in use; p_detect (N,); plots z (M, m), R (M, m, m), tau (M,) s before the
    state's time, plot_code (M,) identity or −1, kappa (M,); gamma: gate on d².
    """
    r, _, _, mu, x, P, _, _, _, _, _, _, _, code, _ = rows
    row, col, likely, share = gate(mu[:size], x[:size], P[:size], z, R, tau, gamma)
    w, r_miss = weights(r[:size], p_detect, looking, row, col, likely, code, plot_code, trust)
    start, members, _ = components(row, col, z.shape[0])
    p, p_miss, p_new, loopy = marginals(row, col, w, kappa, start, members, exact_plots)
    return Pairs(row, col, share, start, members, kappa, r_miss, p, p_miss, p_new, loopy)


@compiled
def credit(rows: Rows, size: int, plot_code: Ints, pairs: Pairs, apart: Bools) -> tuple[Ints, Floats, Floats]:
    """Existence and name of every Bernoulli after a look, in place, but for those not `apart` (N,).

    Returns the likeliest plot of each target of which the scan more probably than not holds one, else −1
    (N,); and the weights of its hypotheses: none of the plots (N,), each of them (E,). Such a target is
    called by its plot's name when that one plot is more probably its own than not.
    """
    N = size
    r, _, _, _, _, _, _, _, _, _, _, _, _, code, _ = rows
    row, col, p = pairs.row, pairs.col, pairs.p
    used = np.full(N, -1, np.int64)
    hit = np.empty(p.shape[0])
    omega0 = np.ones(N)
    for i in range(N):
        if not apart[i]:
            continue
        # r⁺ = p_i0 r_miss + Σ_j p_ij
        stay = pairs.p_miss[i] * pairs.r_miss[i]
        seen, best = 0.0, 0.0
        for e in range(row[i], row[i + 1]):
            seen += p[e]
            if p[e] > best:
                best, j = p[e], col[e]
        total = stay + seen
        if seen > 0.5:  # in a close formation each of several plots may be this target's, one surely is
            used[i] = j
            if best > 0.5 and plot_code[j] >= 0:
                code[i] = plot_code[j]
        r[i] = min(total, SURE)
        omega0[i] = stay / total if total > 0.0 else 1.0
        for e in range(row[i], row[i + 1]):
            hit[e] = p[e] / total if total > 0.0 else 0.0
    return used, omega0, hit


@compiled
def absorb(
    rows: Rows,
    size: int,
    z: Floats,
    R: Floats,
    tau: Floats,
    plot_code: Ints,
    pairs: Pairs,
    apart: Bools,
) -> Ints:
    """The second half: existence and density of every Bernoulli, in place, but for those not `apart` (N,).

    Returns the plot of each target (N,), as `credit` does.
    """
    N = size
    _, _, _, mu, x, P, _, _, _, _, _, _, _, _, _ = rows
    used, omega0, hit = credit(rows, N, plot_code, pairs, apart)
    update_mixtures(mu[:N], x[:N], P[:N], z, R, tau, pairs.row, pairs.col, omega0, hit, pairs.share)
    return used


@compiled
def begin(p_new: Floats, beta: Floats, kappa: Floats, unexplained: float) -> tuple[Floats, Ints]:
    """Existence r = p_new β/κ of the Bernoulli that each plot would start (M,), and the plots (·,) that start
    one, being new or clutter with at least the probability `unexplained`."""
    M = p_new.shape[0]
    r_new, new, count = np.empty(M), np.empty(M, np.int64), 0
    for j in range(M):
        r_new[j] = min(p_new[j] * beta[j] / kappa[j], SURE)
        if r_new[j] > 0.0 and p_new[j] >= unexplained:
            new[count] = j
            count += 1
    return r_new, new[:count]


@compiled
def look(
    rows: Rows,
    size: int,
    p_detect: Floats,
    looking: bool,
    z: Floats,
    R: Floats,
    tau: Floats,
    t: Ints,
    plot_code: Ints,
    clutter: Floats,
    beta: Floats,
    gamma: float,
    exact_plots: int,
    trust: float,
    unexplained: float,
    rate_of_sensor: float,
    sensor: int,
) -> tuple[Floats, Ints, Ints, int, int]:
    """One whole look: `associate`, `absorb` all, `keep_score`, `begin`; small scans are many, so in one call.

    t (M,) ns UTC; clutter and beta (M,): intensity of false plots and of first detections at each plot, per
    unit of measurement space; the rest as there. Returns what `begin` and `absorb` do, and the numbers of
    gated pairs and of loopy clusters.
    """
    kappa = clutter + beta
    pairs = associate(rows, size, p_detect, looking, z, R, tau, plot_code, kappa, gamma, exact_plots, trust)
    used = absorb(rows, size, z, R, tau, plot_code, pairs, np.ones(size, np.bool_))
    keep_score(rows, used, t, rate_of_sensor, sensor, looking, p_detect)
    r_new, new = begin(pairs.p_new, beta, kappa, unexplained)
    return r_new, new, used, pairs.col.shape[0], pairs.loopy


@compiled
def keep_score(
    rows: Rows,
    used: Ints,
    t: Ints,
    rate_of_sensor: float,
    sensor: int,
    looking: bool,
    p_detect: Floats,
) -> None:
    """Book-keeping of one look, in place: who used which plot, when, and from whom.

    used (N,) plot or −1; t (M,); looking and p_detect (N,): whether this look could have seen it.
    """
    _, _, rate, _, _, _, _, _, _, looks, hits, _, updated, _, seen = rows
    for i in range(used.shape[0]):
        if looking and p_detect[i] > 0.05:  # elsewhere a miss says nothing
            looks[i] += 1
        j = used[i]
        if j < 0:
            continue
        hits[i] += 1
        updated[i] = max(updated[i], t[j])
        seen[i, sensor] = t[j]
        if rate_of_sensor > 0.0:
            rate[i] = rate_of_sensor


@compiled
def first_anywhere(
    rate: float,
    start: float,
    loss: Floats,
    age: float,
    sigma_v: Floats,
    z: Floats,
    R: Floats,
    p_detect: Floats,
) -> Floats:
    """β_j (M,) for λᵤ locally uniform in position, and velocity N(0, V) with V = diag σ_v² before the plot.

    λᵤ = b/ℓ + (λ₀ − b/ℓ) e^{−ℓ t} at t = age: births at the rate b, λ₀ at the start, losses ℓ in 1/s.
    loss (M,), or (1,) where it is alike everywhere. β_j is
    A position plot:         β_j = P_D λᵤ
    with radial speed too:   β_j = P_D λᵤ N(ż; 0, uᵀVu + R_rr)
    with velocity too:       β_j = P_D λᵤ N(z_v; 0, V + R_vv)
    """
    M, m = z.shape[0], R.shape[1]
    D = sigma_v.shape[0]
    beta = np.empty(M)
    S, white = np.empty((D, D)), np.empty(D)
    last, unseen = -1.0, 0.0
    for j in range(M):
        here = loss[min(j, loss.shape[0] - 1)]
        if here != last:  # under one radar it mostly is as for the plot before
            last, steady = here, rate / here
            unseen = steady + (start - steady) * math.exp(-last * age)
        beta[j] = p_detect[j] * unseen
        if m == D:
            continue
        if m == D + 1:
            speed, spread = first_speed(z[j], float(R[j, D, D]), sigma_v)
            beta[j] *= math.exp(-0.5 * speed * speed / spread) / (ROOT_2PI * math.sqrt(spread))
            continue
        for a in range(D):
            for b in range(D):
                S[a, b] = R[j, D + a, D + b]
            S[a, a] += sigma_v[a] * sigma_v[a]
            white[a] = z[j, D + a]
        cholesky(S, S, D)
        d2 = whiten(S, white, D)
        beta[j] *= math.exp(log_density(d2, log_determinant(S, D), D))
    return beta


@compiled
def started_anywhere(new: Ints, sigma_v: Floats, z: Floats, R: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """The density of a target first seen by each of the plots `new` (C,), under the same λᵤ.

    A position plot gives p = z + τ v. A radial speed updates the velocity prior along the line of sight u:
    v = V u ż / S,  P_vv = V − V u uᵀ V / S,  S = uᵀVu + R_rr. A plot with velocity updates it all, and the
    position through their correlation:  S = V + R_vv,   W = V S⁻¹,   v = W z_v,   p = z_p − R_pv S⁻¹ z_v.
    Returns x (C, 2D), P (C, 2D, 2D).
    """
    C, m = new.shape[0], R.shape[1]
    D = sigma_v.shape[0]
    n = 2 * D
    x, P = np.zeros((C, n)), np.zeros((C, n, n))
    nu, PHt, S, L = np.empty(D), np.empty((n, D)), np.empty((D, D)), np.zeros((D, D))
    prior_x, prior_P = np.zeros(n), np.zeros((n, n))
    for c in range(C):
        j = new[c]
        t = tau[j]
        if m == D:
            # p = z + τ v:  P_pp = R + τ² V,  P_pv = τ V,  P_vv = V
            for a in range(D):
                v = sigma_v[a] * sigma_v[a]
                x[c, a] = z[j, a]
                for b in range(D):
                    P[c, a, b] = R[j, a, b]
                P[c, a, a] += t * t * v
                P[c, a, D + a], P[c, D + a, a], P[c, D + a, D + a] = t * v, t * v, v
            continue
        if m == D + 1:
            start_with_speed(z[j], R[j], sigma_v, x[c], P[c])
            _move(x[c], P[c], t)
            continue
        # A Kalman update of [p v] by the velocity, with p known to R_pp and v to V.
        for a in range(D):
            for b in range(D):
                S[a, b] = R[j, D + a, D + b]
            S[a, a] += sigma_v[a] * sigma_v[a]
            nu[a] = z[j, D + a]
        cholesky(S, L, D)
        for a in range(D):
            prior_x[a], prior_x[D + a] = z[j, a], 0.0
            for b in range(D):
                prior_P[a, b] = R[j, a, b]
                # cov(p, z_v − v) = R_pv, and v itself is independent of the position noise
                PHt[a, b] = -R[j, a, D + b]
                PHt[D + a, b] = sigma_v[a] * sigma_v[a] if a == b else 0.0
            prior_P[D + a, D + a] = sigma_v[a] * sigma_v[a]
        posterior(prior_x, prior_P, nu, PHt, L, x[c], P[c])
        _move(x[c], P[c], t)
    return x, P


@compiled
def _move(x: Floats, P: Floats, t: float) -> None:
    """From the plot's time to the state's, t s later:  p ← p + τ v."""
    n = x.shape[0]
    D = n // 2
    for a in range(D):
        x[a] += t * x[D + a]
    for a in range(D):
        for b in range(n):
            P[a, b] += t * P[D + a, b]
    for a in range(n):
        for b in range(D):
            P[a, b] += t * P[a, D + b]


@compiled
def first_detections(
    weight: Floats, x: Floats, P: Floats, z: Floats, R: Floats, tau: Floats, p_detect: float
) -> tuple[Floats, Floats, Floats]:
    """β_j and the moment-matched density of a target first seen by plot j, for λᵤ a Gaussian mixture.

    λᵤ(x) = Σ_k weight_k N(x; x_k, P_k), constant P_D:   β_j = P_D Σ_k weight_k N(z_j; H x_k, S_k).
    Returns beta (M,), x (M, n), P (M, n, n).
    """
    K, n = x.shape
    M, m = z.shape[0], R.shape[1]
    beta, mean, cov = np.zeros(M), np.zeros((M, n)), np.zeros((M, n, n))
    nu, PHt, S, L = np.empty(m), np.empty((n, m)), np.empty((m, m)), np.zeros((m, m))
    white, share, xk, Pk = np.empty(m), np.empty(K), np.empty((K, n)), np.empty((K, n, n))
    for j in range(M):
        total = 0.0
        for k in range(K):
            innovation(x[k], P[k], z[j], R[j], tau[j], nu, PHt, S)
            cholesky(S, L, m)
            for a in range(m):
                white[a] = nu[a]
            d2 = whiten(L, white, m)
            share[k] = p_detect * weight[k] * math.exp(log_density(d2, log_determinant(L, m), m))
            total += share[k]
            posterior(x[k], P[k], nu, PHt, L, xk[k], Pk[k])
        beta[j] = total
        if total <= 0.0:
            for a in range(n):
                cov[j, a, a] = 1.0
            continue
        for k in range(K):
            for a in range(n):
                mean[j, a] += share[k] / total * xk[k, a]
        for k in range(K):
            for a in range(n):
                for b in range(n):
                    spread = (xk[k, a] - mean[j, a]) * (xk[k, b] - mean[j, b])
                    cov[j, a, b] += share[k] / total * (Pk[k, a, b] + spread)
    return beta, mean, cov


@compiled
def look_anywhere(
    store: Store,
    size: int,
    p_detect: Floats,
    looking: bool,
    z: Floats,
    R: Floats,
    R_first: Floats,
    tau: Floats,
    t: Ints,
    plot_code: Ints,
    labels: Ints,
    first_label: int,
    clutter: Floats,
    plot_p: Floats,
    unknown: tuple[float, float, float],
    loss: Floats,
    sigma_v: Floats,
    mu_new: Floats,
    gamma: float,
    exact_plots: int,
    trust: float,
    unexplained: float,
    rate_of_sensor: float,
    sensor: int,
) -> tuple[int, Ints, int, int]:
    """`first_anywhere`, `look`, `started_anywhere` and `append`: at a site with a hundred targets, handing
    arrays to a compiled function takes as long as what it does with them, so that one call does it all.

    R_first (M, m, m): noise with which a plot starts a target; labels (M,), or none for running numbers from
    `first_label`; plot_p (M,): P_D at each plot;
    unknown = b, λ₀, age of `first_anywhere`; mu_new (K,): mode probabilities of a newborn; the rest as there.
    The arrays have room for M rows more. Returns the new size, the plot that each of the old rows used, and
    the numbers of gated pairs and of loopy clusters.
    """
    rows = fields(store)
    if len(labels) == 0:
        labels = np.arange(first_label, first_label + len(t))
    rate, start, age = unknown
    beta = first_anywhere(rate, start, loss, age, sigma_v, z, R_first, plot_p)
    r_new, new, used, gated, loopy = look(
        rows, size, p_detect, looking, z, R, tau, t, plot_code, clutter, beta, gamma, exact_plots, trust,
        unexplained, rate_of_sensor, sensor,
    )  # fmt: skip
    x, P = started_anywhere(new, sigma_v, z, R_first, tau)
    size = append(rows, size, labels, new, r_new, mu_new, x, P, t, plot_code, rate_of_sensor, sensor)
    return size, used, gated, loopy
