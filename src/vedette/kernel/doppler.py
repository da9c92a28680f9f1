"""Plots that measure a radial speed ż beside the place: m = D + 1, H as in kernel.kalman.

The radial speed is linearised where the plot was measured, z_p, and at the target's own velocity v:

    ν_r = ż − (u·v + g·(p − τv − z_p)),      u = s / r,   g = (v − (u·v) u) / r,   s = z_p − sensor, r = |s|

(extended Kalman filter; Bar-Shalom, Li & Kirubarajan 2001, §10.3). A plot with it carries s and the sensor's
unambiguous interval B behind its m numbers: z is [z_p, ż, s, B] (2D + 2). ż is known but for multiples of B,
so ν_r is folded to ±B/2. Where that says nothing, its spread being above B/4, or for a plot that has no ż
(R_rr beyond B²), it is taken as uniform over B: density 1/B, and nothing learnt. So plots with and without ż
share one scan.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

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
            S[a, b] = PHt[a, b] - tau * PHt[D + a, b] + R[a, b]
            S[D, b] += g * PHt[a, b] + (u - tau * g) * PHt[D + a, b]
    if not fold(nu, S, z[2 * D + 1]):
        for b in range(n):
            PHt[b, D] = 0.0


@compiled
def as_seen_at(place: Floats, z: Floats, v: Floats) -> float:
    """ż of z, which is linearised at the plot z, for a linearisation at `place` (D,): − g·(place − z)."""
    D = v.shape[0]
    r, along = line_of_sight(z, v)
    speed = 0.0
    for a in range(D):
        speed -= (v[a] - along * z[D + 1 + a] / r) / r * (place[a] - z[a])
    return speed


@compiled
def fold(nu: Floats, S: Floats, B: float) -> bool:
    """The last of ν (m,) into ±B/2. False: by S (m, m) it is anywhere in B; then uniform, and independent."""
    m = nu.shape[0]
    nu[m - 1] -= B * math.floor(nu[m - 1] / B + 0.5)
    if S[m - 1, m - 1] <= (0.25 * B) ** 2:
        return True
    nu[m - 1] = 0.0
    for a in range(m):
        S[a, m - 1] = S[m - 1, a] = 0.0
    S[m - 1, m - 1] = B * B / (2.0 * math.pi)  # whose density at 0 is 1/B
    return False


@compiled
def first_speed(z: Floats, R_rr: float, sigma_v: Floats) -> tuple[float, float]:
    """ż folded and S = uᵀVu + R_rr, for velocity N(0, diag σ_v²); 0 and B²/2π where ż says nothing."""
    D = sigma_v.shape[0]
    nu, S, r = np.empty(1), np.empty((1, 1)), 0.0
    nu[0], S[0, 0] = z[D], 0.0
    for a in range(D):
        r += z[D + 1 + a] ** 2
        S[0, 0] += (sigma_v[a] * z[D + 1 + a]) ** 2
    S[0, 0] = S[0, 0] / max(r, 1.0) + R_rr
    fold(nu, S, z[2 * D + 1])
    return nu[0], S[0, 0]


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
