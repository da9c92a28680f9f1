"""Registration: the constant errors of radars, from pairs of plots of two sensors on the same target.

A sensor's bias is β = [Δr, Δa, Δe, Δt]: what it reports is too far, too far clockwise, too high and stamped
too late by. With J the derivative of a plot's place by range, azimuth and elevation, and v the velocity,

    z = p(t) + J [Δr, Δa, Δe]ᵀ − v Δt + n

so that two plots of one target differ by

    y = z₁ − z₂ − v (t₁ − t₂) = G₁ β₁ − G₂ β₂ + noise,      G = [J, −v]

which is linear in the biases and free of where the target is. A Kalman filter over the biases of all sensors
takes one y after the other (after Lin, Bar-Shalom & Kirubarajan, "Multisensor-multitarget bias estimation for
general asynchronous sensors", IEEE T-AES 41(3), 2005). Only differences are seen: what all sensors have in
common stays as unknown as it was.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, whiten
from vedette.kernel.imm import combine

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Places = tuple[Floats, Floats, Bools]
Plot = tuple[Ints, Ints, Floats, Floats, Floats, Floats]
Memory = tuple[Ints, Bools, Floats, Floats, Floats, Floats]

NS = 1e9
STATES = 4  # of one sensor's bias
OTHER_MOTION = 16.0  # gate on the squared difference of two tracks' velocities: 1 in 1,000 with three axes


@compiled
def jacobian(y: Floats, T: Floats, t: Floats, flat: bool, J: Floats) -> None:
    """J (3, ≥3) ← ∂y / ∂[range, azimuth, elevation] of a plot at y (3,) in the site's frame.

    T (3, 3), t (3,) lead from the sensor's plane to the site's; azimuth is clockwise. With l = Tᵀ (y − t) =
    [e, n, u], r = |l| and d = √(e² + n²) the columns are
        l / r,      [n, −e, 0],      [−u e / d, −u n / d, d]
    and for a sensor without elevation (flat), whose heights do not come from it,
        [e, n, 0] r / d²,      [n, −e, 0],      0.
    """
    l0 = T[0, 0] * (y[0] - t[0]) + T[1, 0] * (y[1] - t[1]) + T[2, 0] * (y[2] - t[2])
    l1 = T[0, 1] * (y[0] - t[0]) + T[1, 1] * (y[1] - t[1]) + T[2, 1] * (y[2] - t[2])
    l2 = T[0, 2] * (y[0] - t[0]) + T[1, 2] * (y[1] - t[1]) + T[2, 2] * (y[2] - t[2])
    d = max(math.hypot(l0, l1), 1.0)
    r = max(math.hypot(d, l2), 1.0)
    f = r / (d * d) if flat else 1.0 / r
    up = 0.0 if flat else 1.0
    for a in range(3):
        J[a, 0] = f * (T[a, 0] * l0 + T[a, 1] * l1 + up * T[a, 2] * l2)
        J[a, 1] = T[a, 0] * l1 - T[a, 1] * l0
        J[a, 2] = up * (T[a, 2] * d - l2 / d * (T[a, 0] * l0 + T[a, 1] * l1))


@compiled
def consider(
    y: Floats, S: Floats, usable: Bools, T: Floats, t: Floats, flat: bool, B: Floats, v2: Floats
) -> None:
    """S ← S + J B Jᵀ + B_tt diag(v²) in place: what is not known of the bias, in every plot's covariance.

    y (M, ≥3), S (M, k, k), B (4, 4) covariance of the bias. The velocity of a plot's target is not known yet:
    it is taken as zero-mean with variances v2 (3,) (Schmidt 1966: a bias considered, not solved for).
    """
    J = np.empty((3, 3))
    for j in range(y.shape[0]):
        if not usable[j]:
            continue
        jacobian(y[j], T, t, flat, J)
        for a in range(3):
            for b in range(a + 1):
                s = 0.0
                for c in range(3):
                    for d in range(3):
                        s += J[a, c] * B[c, d] * J[b, d]
                S[j, a, b] += s
                if a != b:
                    S[j, b, a] += s
            S[j, a, a] += B[3, 3] * v2[a]


@compiled
def know(A: Floats, k: int) -> None:
    """A ← A − A_·k A_k· / A_kk, in place: a covariance once its component k is known."""
    n, column = A.shape[0], A[:, k].copy()
    for a in range(n):
        for b in range(n):
            A[a, b] -= column[a] * column[b] / column[k]


@compiled
def given(B: Floats, sensor: int, datum: int) -> Floats:
    """(4, 4): covariance of one sensor's bias if that of `datum` were known, from B (4 S, 4 S).

    B_ss − B_sd B_dd⁻¹ B_ds, one component of the datum after the other, so that B_dd may be singular.
    """
    A = B.copy()
    for k in range(STATES * datum, STATES * (datum + 1)):
        if A[k, k] <= 0.0:
            continue
        know(A, k)
    return A[STATES * sensor : STATES * (sensor + 1), STATES * sensor : STATES * (sensor + 1)].copy()


@compiled
def taken_off(b: Floats, B: Floats, datum: Ints, sure: float) -> Floats:
    """(S, 4): what to take off each sensor's reports, from the biases b (4 S,), B (4 S, 4 S).

    `datum` (S,) names for each sensor the one that is taken as right where both see the same targets. A
    component of the datum's own bias is taken as zero unless it surely is not, |b_k| ≥ sure · √B_kk: two
    radars that agree with each other tell little of what they have in common, and turning the whole picture
    by half a standard deviation of that helps nobody. The others' are then those under that condition:
        b ← b − B_·k b_k / B_kk,      B ← B − B_·k B_k· / B_kk.
    """
    S = datum.shape[0]
    off = np.zeros((S, STATES))
    for d in range(S):
        if not (datum == d).any():
            continue
        mean, A = b.copy(), B.copy()
        for k in range(STATES * d, STATES * (d + 1)):
            if A[k, k] <= 0.0 or b[k] * b[k] >= sure * sure * B[k, k]:
                continue
            own, variance = mean[k], A[k, k]
            for a in range(b.shape[0]):
                mean[a] -= A[a, k] * own / variance
            know(A, k)
        for s in range(S):
            if datum[s] == d:
                for k in range(STATES):
                    off[s, k] = mean[STATES * s + k]
    return off


@compiled
def update(
    b: Floats, B: Floats, s1: int, G1: Floats, s2: int, G2: Floats, nu: Floats, R: Floats, gamma: float
) -> float:
    """b (4 S,), B (4 S, 4 S) with one pair of plots in place, unless d² ≥ γ; returns d².

    ν (3,) innovation, R (3, 3) covariance of the pair's noise, G (3, 4) of sensors s1 and s2:
        H = [… G₁ … −G₂ …],   S = H B Hᵀ + R,   b ← b + B Hᵀ S⁻¹ ν,   B ← B − B Hᵀ S⁻¹ H B.
    """
    n = b.shape[0]
    W, S, L, e = np.zeros((n, 3)), np.empty((3, 3)), np.empty((3, 3)), nu.copy()
    for a in range(n):
        for c in range(3):
            for k in range(STATES):
                W[a, c] += B[a, STATES * s1 + k] * G1[c, k] - B[a, STATES * s2 + k] * G2[c, k]
    for c in range(3):
        for d in range(3):
            S[c, d] = R[c, d]
            for k in range(STATES):
                S[c, d] += G1[c, k] * W[STATES * s1 + k, d] - G2[c, k] * W[STATES * s2 + k, d]
    if not cholesky(S, L, 3):
        return math.inf
    d2 = whiten(L, e, 3)
    if d2 >= gamma:
        return d2
    for a in range(n):
        whiten(L, W[a], 3)
        for c in range(3):
            b[a] += W[a, c] * e[c]
    for a in range(n):
        for c in range(a + 1):
            for k in range(3):
                B[a, c] -= W[a, k] * W[c, k]
            B[c, a] = B[a, c]
    return d2


@compiled
def walk(B: Floats, prior: Floats, rate: Floats, dt: float) -> None:
    """Biases drift: B_kk ← min(B_kk + rate_k dt, prior_k), in place; rate (4 S,) variance per second,
    prior (4 S, 4 S)."""
    for k in range(B.shape[0]):
        B[k, k] += min(rate[k] * dt, max(prior[k, k] - B[k, k], 0.0))


@compiled
def plots_of_tracks(
    sensor: int, places: Places, b: Floats, used: Ints, sure: Ints, mu: Floats, x: Floats, P: Floats,
    q: Floats, y: Floats, S: Floats, tau: Floats, t: Ints, usable: Bools,
) -> Plot:  # fmt: skip
    """The plots that one confirmed track used alone, with that track's velocity.

    used (N,) plot or −1; sure (N,) 1 if confirmed; mu (N, K), x (N, K, 6), P (N, K, 6, 6) after the update;
    q (K,) acceleration density of each mode; y (M, ≥3) places with the bias b taken off, S (M, k, k),
    tau (M,) s before the state's time, t (M,) ns.

    Returns row (m,) of the track, t (m,), z (m, 6) = [place with the bias, velocity], C (m, 6, 6) its
    covariance, J (m, 3, 3), q (m,). A velocity that came from this very plot shares its noise:
    cov(n, v̂) = P_pv, because P⁺Hᵀ = K R.
    """
    T, origin, flat = places
    takers = np.zeros(y.shape[0], np.int64)
    for i in range(used.shape[0]):
        if used[i] >= 0:
            takers[used[i]] += 1
    rows = np.empty(used.shape[0], np.int64)
    m = 0
    for i in range(used.shape[0]):
        if used[i] >= 0 and sure[i] == 1 and takers[used[i]] == 1 and usable[used[i]]:
            rows[m] = i
            m += 1
    rows = rows[:m]
    mean, cov = combine(mu[rows], x[rows], P[rows])
    when, z, C = np.empty(m, np.int64), np.empty((m, 6)), np.empty((m, 6, 6))
    J, density = np.empty((m, 3, 3)), np.zeros(m)
    beta = b[STATES * sensor : STATES * (sensor + 1)]
    for k in range(m):
        j = used[rows[k]]
        when[k] = t[j]
        jacobian(y[j], T[sensor], origin[sensor], flat[sensor], J[k])
        for mode in range(q.shape[0]):
            density[k] += mu[rows[k], mode] * q[mode]
        for a in range(3):
            z[k, a], z[k, 3 + a] = y[j, a], mean[k, 3 + a]
            for c in range(3):
                z[k, a] += J[k, a, c] * beta[c]
                C[k, a, c] = S[j, a, c]
                C[k, a, 3 + c] = cov[k, a, 3 + c] - tau[j] * cov[k, 3 + a, 3 + c]
                C[k, 3 + c, a] = C[k, a, 3 + c]
                C[k, 3 + a, 3 + c] = cov[k, 3 + a, 3 + c]
    return rows, when, z, C, J, density


@compiled
def observed(y: Floats, v: Floats, T: Floats, t: Floats, flat: bool, G: Floats) -> None:
    """G (3, 4) ← [J, −v] of a plot at y with velocity v."""
    jacobian(y, T, t, flat, G)
    for a in range(3):
        G[a, 3] = -v[a]


@compiled
def distance(nu: Floats, R: Floats, B: Floats, s1: int, G1: Floats, s2: int, G2: Floats) -> float:
    """d² of a pair with the biases' covariance B considered: νᵀ (R + H B Hᵀ)⁻¹ ν."""
    S, L, e = R.copy(), np.empty((3, 3)), nu.copy()
    o1, o2 = STATES * s1, STATES * s2
    for a in range(3):
        for c in range(3):
            for k in range(STATES):
                for h in range(STATES):
                    S[a, c] += G1[a, k] * (B[o1 + k, o1 + h] * G1[c, h] - B[o1 + k, o2 + h] * G2[c, h])
                    S[a, c] -= G2[a, k] * (B[o2 + k, o1 + h] * G1[c, h] - B[o2 + k, o2 + h] * G2[c, h])
    return whiten(L, e, 3) if cholesky(S, L, 3) else math.inf


@compiled
def same_motion(z1: Floats, C1: Floats, z2: Floats, C2: Floats) -> bool:
    """Whether the velocities of two tracks agree: d² of their difference below OTHER_MOTION."""
    S, L, e = C1[3:, 3:] + C2[3:, 3:], np.empty((3, 3)), z1[3:] - z2[3:]
    return cholesky(S, L, 3) and whiten(L, e, 3) < OTHER_MOTION


@compiled
def reach(B: Floats, sensor: int, J: Floats, v: Floats) -> float:
    """A bound on tr(G B Gᵀ) from the variances alone: how far a bias can move a plot, squared."""
    o = STATES * sensor
    s = 0.0
    for a in range(3):
        s += B[o + 3, o + 3] * v[a] * v[a]
        for c in range(3):
            s += B[o + c, o + c] * J[a, c] * J[a, c]
    return 4.0 * s  # four components, fully correlated at worst
