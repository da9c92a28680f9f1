"""Plots that measure a radial speed ż beside the place: m = D + 1, H as in kernel.kalman.

The radial speed is linearised where the plot was measured, z_p, and at the target's own velocity v:

    ν_r = ż − (u·v + g·(p − τv − z_p)),      u = s / r,   g = (v − (u·v) u) / r,   s = z_p − sensor, r = |s|

(extended Kalman filter; Bar-Shalom, Li & Kirubarajan 2001, §10.3). A plot with it carries s and the sensor's
unambiguous interval B behind its m numbers: z is [z_p, ż, s, B] (2D + 2). ż is known but for multiples of B,
so ν_r is folded to ±B/2. Where that says nothing, its spread being above B/4, or for a plot that has no ż
(R_rr beyond B²), it is taken as uniform over B: density 1/B, and nothing learnt. So plots with and without ż
share one scan.

In space, as radars report it, the update is written out in numbers: that of the position (kernel.position)
and one row more of its Cholesky factor, which is ż given the position.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import Size, compiled, inlined
from vedette.kernel.position import whitened_3

Floats = NDArray[np.float64]


@compiled
def line_of_sight(z: Floats, v: Floats) -> tuple[float, float]:
    """r = |s|, at least 1 m, and u·v, for a plot z and a velocity v (D,)."""
    D = v.shape[0]
    r, along = 0.0, 0.0
    for a in range(D):
        r += z[D + 1 + a] * z[D + 1 + a]
    r = max(math.sqrt(r), 1.0)
    for a in range(D):
        along += z[D + 1 + a] / r * v[a]
    return r, along


@compiled
def radial_innovation(
    x: Floats, P: Floats, z: Floats, R: Floats, tau: float, nu: Floats, PHt: Floats, S: Floats
) -> None:
    """kernel.kalman.innovation of a plot with a radial speed, m = D + 1."""
    n, D = x.shape[0], R.shape[0] - 1
    r, along = line_of_sight(z, x[D:])
    h = along
    for b in range(n):
        PHt[b, D] = 0.0
    for a in range(D):
        u = z[D + 1 + a] / r
        g = (x[D + a] - along * u) / r
        nu[a] = z[a] - (x[a] - tau * x[D + a])
        h -= g * nu[a]
        for b in range(n):
            PHt[b, a] = P[b, a] - tau * P[b, D + a]
            PHt[b, D] += P[b, a] * g + P[b, D + a] * (u - tau * g)
    nu[D] = z[D] - h
    for b in range(D + 1):
        S[D, b] = R[D, b]
    for a in range(D):
        u = z[D + 1 + a] / r
        g = (x[D + a] - along * u) / r
        for b in range(D + 1):
            S[a, b] = PHt[a, b] - tau * PHt[D + a, b] + R[a, b]
            S[D, b] += g * PHt[a, b] + (u - tau * g) * PHt[D + a, b]
    if not fold(nu, S, z[2 * D + 1]):
        for b in range(n):
            PHt[b, D] = 0.0


@compiled
def sights(z: Floats) -> Floats:
    """(M, 4): u and 1/r of plots z (M, 8) in space; all that depends on the plot alone."""
    sight = np.empty((z.shape[0], 4))
    for j in range(z.shape[0]):
        per_r = 1.0 / max(math.sqrt(z[j, 4] * z[j, 4] + z[j, 5] * z[j, 5] + z[j, 6] * z[j, 6]), 1.0)
        for a in range(3):
            sight[j, a] = z[j, 4 + a] * per_r
        sight[j, 3] = per_r
    return sight


@inlined
def whitened_4(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    sight: Floats,
    i: int,
    k: int,
    j: int,
    l00: float,
    l10: float,
    l11: float,
    l20: float,
    l21: float,
    l22: float,
    v0: float,
    v1: float,
    v2: float,
) -> tuple[float, float, float, float, float, float, float, float, float, float, float]:
    """What ż of plot j adds to `whitened_3`, there given: L₃₀, L₃₁, L₃₂, 1/L₃₃, the last of L⁻¹ν, P hᵀ.

    h = [g, u − τg] is the last row of H, so that that of S, h P Hᵀ + R₃, costs one product with P.
    """
    t, u0, u1, u2, per_r = tau[j], sight[j, 0], sight[j, 1], sight[j, 2], sight[j, 3]
    along = u0 * x[i, k, 3] + u1 * x[i, k, 4] + u2 * x[i, k, 5]
    g0 = (x[i, k, 3] - along * u0) * per_r
    g1 = (x[i, k, 4] - along * u1) * per_r
    g2 = (x[i, k, 5] - along * u2) * per_r
    h3, h4, h5 = u0 - t * g0, u1 - t * g1, u2 - t * g2
    c0 = _row(P, i, k, np.int64(0), g0, g1, g2, h3, h4, h5)
    c1 = _row(P, i, k, np.int64(1), g0, g1, g2, h3, h4, h5)
    c2 = _row(P, i, k, np.int64(2), g0, g1, g2, h3, h4, h5)
    c3 = _row(P, i, k, np.int64(3), g0, g1, g2, h3, h4, h5)
    c4 = _row(P, i, k, np.int64(4), g0, g1, g2, h3, h4, h5)
    c5 = _row(P, i, k, np.int64(5), g0, g1, g2, h3, h4, h5)
    nu = z[j, 3] - along
    nu += g0 * (z[j, 0] - (x[i, k, 0] - t * x[i, k, 3]))
    nu += g1 * (z[j, 1] - (x[i, k, 1] - t * x[i, k, 4]))
    nu += g2 * (z[j, 2] - (x[i, k, 2] - t * x[i, k, 5]))
    s33 = R[j, 3, 3] + g0 * c0 + g1 * c1 + g2 * c2 + h3 * c3 + h4 * c4 + h5 * c5
    said, nu, s33 = folded(nu, s33, z[j, 7])
    if not said:
        return 0.0, 0.0, 0.0, 1.0 / math.sqrt(s33), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    l30 = (R[j, 3, 0] + c0 - t * c3) * l00
    l31 = (R[j, 3, 1] + c1 - t * c4 - l30 * l10) * l11
    l32 = (R[j, 3, 2] + c2 - t * c5 - l30 * l20 - l31 * l21) * l22
    l33 = 1.0 / math.sqrt(s33 - l30 * l30 - l31 * l31 - l32 * l32)
    v3 = (nu - l30 * v0 - l31 * v1 - l32 * v2) * l33
    return l30, l31, l32, l33, v3, c0, c1, c2, c3, c4, c5


@inlined
def _row(
    P: Floats, i: int, k: int, a: Size, h0: float, h1: float, h2: float, h3: float, h4: float, h5: float
) -> float:
    """Row a of P hᵀ."""
    place: float = P[i, k, a, 0] * h0 + P[i, k, a, 1] * h1 + P[i, k, a, 2] * h2
    speed: float = P[i, k, a, 3] * h3 + P[i, k, a, 4] * h4 + P[i, k, a, 5] * h5
    return place + speed


@inlined
def gain_4(
    x: Floats,
    P: Floats,
    z: Floats,
    R: Floats,
    tau: Floats,
    sight: Floats,
    i: int,
    k: int,
    j: int,
    W: Floats,
    step: Floats,
) -> None:
    """kernel.position.gain_3 with ż: W (6, 4), step (6,)."""
    _, l00, l10, l11, l20, l21, l22, v0, v1, v2 = whitened_3(x, P, z, R, tau, i, k, j)
    l30, l31, l32, l33, v3, W[0, 3], W[1, 3], W[2, 3], W[3, 3], W[4, 3], W[5, 3] = whitened_4(
        x, P, z, R, tau, sight, i, k, j, l00, l10, l11, l20, l21, l22, v0, v1, v2
    )
    t = tau[j]
    for a in range(6):
        w0 = (P[i, k, a, 0] - t * P[i, k, a, 3]) * l00
        w1 = ((P[i, k, a, 1] - t * P[i, k, a, 4]) - l10 * w0) * l11
        w2 = ((P[i, k, a, 2] - t * P[i, k, a, 5]) - l20 * w0 - l21 * w1) * l22
        w3 = (W[a, 3] - l30 * w0 - l31 * w1 - l32 * w2) * l33
        W[a, 0], W[a, 1], W[a, 2], W[a, 3] = w0, w1, w2, w3
        step[a] = w0 * v0 + w1 * v1 + w2 * v2 + w3 * v3


@compiled
def as_seen_at(place: Floats, z: Floats, v: Floats) -> float:
    """ż of z, which is linearised at the plot z, for a linearisation at `place` (D,): − g·(place − z)."""
    D = v.shape[0]
    r, along = line_of_sight(z, v)
    speed = 0.0
    for a in range(D):
        speed -= (v[a] - along * z[D + 1 + a] / r) / r * (place[a] - z[a])
    return speed


@inlined
def folded(nu: float, S: float, B: float) -> tuple[bool, float, float]:
    """ν into ±B/2, and its variance S. False: by S it is anywhere in B; then 0, and uniform."""
    if S <= (0.25 * B) ** 2:
        return True, nu - B * math.floor(nu / B + 0.5), S
    return False, 0.0, B * B / (2.0 * math.pi)  # whose density at 0 is 1/B


@compiled
def fold(nu: Floats, S: Floats, B: float) -> bool:
    """The last of ν (m,), with S (m, m), as `folded`; where it says nothing, independent of the rest."""
    m = nu.shape[0]
    said, nu[m - 1], S[m - 1, m - 1] = folded(nu[m - 1], S[m - 1, m - 1], B)
    for a in range(0 if said else m - 1):
        S[a, m - 1] = S[m - 1, a] = 0.0
    return said


@compiled
def first_speed(z: Floats, R_rr: float, sigma_v: Floats) -> tuple[float, float]:
    """ż folded and S = uᵀVu + R_rr, for velocity N(0, diag σ_v²); 0 and B²/2π where ż says nothing."""
    D = sigma_v.shape[0]
    S, r = 0.0, 0.0
    for a in range(D):
        r += z[D + 1 + a] ** 2
        S += (sigma_v[a] * z[D + 1 + a]) ** 2
    _, speed, S = folded(float(z[D]), S / max(r, 1.0) + R_rr, z[2 * D + 1])
    return speed, S


@compiled
def start_with_speed(z: Floats, R: Floats, sigma_v: Floats, x: Floats, P: Floats) -> None:
    """x (2D,) and P (2D, 2D), zero before, of a target first seen by a plot with ż, at its time."""
    D = sigma_v.shape[0]
    speed, S = first_speed(z, float(R[D, D]), sigma_v)
    said = (0.25 * z[2 * D + 1]) ** 2 >= S
    r, _ = line_of_sight(z, sigma_v)
    for a in range(D):
        x[a] = z[a]
        Vu = sigma_v[a] ** 2 * z[D + 1 + a] / r
        x[D + a] = Vu * speed / S if said else 0.0
        P[D + a, D + a] = sigma_v[a] ** 2
        for b in range(D):
            P[a, b] = R[a, b]
            if said:
                P[D + a, D + b] -= Vu * sigma_v[b] ** 2 * z[D + 1 + b] / r / S
