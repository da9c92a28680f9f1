"""Measurements to Cartesian coordinates without bias, batched over reports (m, k).

Textbook convention: angles b, a from the x-axis towards the y-axis, e up from the plane. Errors are taken
as independent: only the diagonal of R is read for polar reports. Reference for all polar forms: Longbin,
Xiaoquan, Yiyu, Kang, Bar-Shalom, "Unbiased converted measurements for tracking", IEEE T-AES 34(3), 1998.
With λ = e^{−σ²/2} a Gaussian angle's cosine has the mean λ cos b and its square ½ (1 + λ⁴ cos 2b). The
covariance is E[(y − t)(y − t)ᵀ | z] over the true t given the report z, hence positive definite. Valid for σ
below 0.6 rad.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]

# WGS84 (NIMA TR8350.2)
SEMI_MAJOR = 6_378_137.0
ECCENTRICITY2 = (2.0 - 1.0 / 298.257223563) / 298.257223563

# Gauss–Hermite, 7 nodes, for a standard normal: ∫ f(u) N(u; 0, 1) du ≈ Σ w f(u), exact to degree 13
_nodes, _weights = np.polynomial.hermite_e.hermegauss(7)
NODES: Floats = _nodes
WEIGHTS: Floats = _weights / math.sqrt(2.0 * math.pi)


@compiled
def unbiased_2d(z: Floats, R: Floats) -> tuple[Floats, Floats]:
    """Range and bearing z (m, 2), R (m, 2, 2) → y (m, 2), S (m, 2, 2)."""
    m = z.shape[0]
    y, S = np.empty((m, 2)), np.empty((m, 2, 2))
    for j in range(m):
        r, b = z[j, 0], z[j, 1]
        s2, lam = R[j, 0, 0], math.exp(-0.5 * R[j, 1, 1])
        c, s = math.cos(b), math.sin(b)
        # y = r [cos b, sin b] / λ
        y[j, 0], y[j, 1] = r * c / lam, r * s / lam
        # R_xx = (λ⁻² − 2) r² cos² b + ½ (r² + σ_r²)(1 + λ⁴ cos 2b); R_yy with sin² and 1 − λ⁴ cos 2b
        q, w, l4 = (lam**-2 - 2.0) * r * r, 0.5 * (r * r + s2), lam**4
        S[j, 0, 0] = q * c * c + w * (1.0 + l4 * math.cos(2.0 * b))
        S[j, 1, 1] = q * s * s + w * (1.0 - l4 * math.cos(2.0 * b))
        # R_xy = (λ⁻² − 2) r² sin b cos b + ½ (r² + σ_r²) λ⁴ sin 2b
        S[j, 0, 1] = S[j, 1, 0] = q * s * c + w * l4 * math.sin(2.0 * b)
    return y, S


@compiled
def unbiased_3d(z: Floats, R: Floats) -> tuple[Floats, Floats]:
    """Range, azimuth, elevation z (m, 3), R (m, 3, 3) → y (m, 3), S (m, 3, 3)."""
    m = z.shape[0]
    y, S = np.empty((m, 3)), np.empty((m, 3, 3))
    for j in range(m):
        r, a, e = z[j, 0], z[j, 1], z[j, 2]
        la, le = math.exp(-0.5 * R[j, 1, 1]), math.exp(-0.5 * R[j, 2, 2])
        ca, sa, ce, se = math.cos(a), math.sin(a), math.cos(e), math.sin(e)
        c2a, s2a, c2e, s2e = math.cos(2 * a), math.sin(2 * a), math.cos(2 * e), math.sin(2 * e)
        # y = [r cos e cos a / λ_a λ_e, r cos e sin a / λ_a λ_e, r sin e / λ_e]
        y[j, 0], y[j, 1], y[j, 2] = r * ce * ca / (la * le), r * ce * sa / (la * le), r * se / le
        r2, w = r * r, r * r + R[j, 0, 0]
        la4, le4 = la**4, le**4
        # R_xx = (λ_a⁻² λ_e⁻² − 2) r² cos² a cos² e + ¼ (r² + σ_r²)(1 + λ_a⁴ cos 2a)(1 + λ_e⁴ cos 2e)
        # R_yy with sin² a and 1 − λ_a⁴ cos 2a, R_xy with sin a cos a and λ_a⁴ sin 2a
        q = ((la * le) ** -2 - 2.0) * r2 * ce * ce
        v = 0.25 * w * (1.0 + le4 * c2e)
        S[j, 0, 0] = q * ca * ca + v * (1.0 + la4 * c2a)
        S[j, 1, 1] = q * sa * sa + v * (1.0 - la4 * c2a)
        S[j, 0, 1] = S[j, 1, 0] = q * sa * ca + v * la4 * s2a
        # R_zz = (λ_e⁻² − 2) r² sin² e + ½ (r² + σ_r²)(1 − λ_e⁴ cos 2e)
        S[j, 2, 2] = (le**-2 - 2.0) * r2 * se * se + 0.5 * w * (1.0 - le4 * c2e)
        # R_xz = (λ_a⁻¹ λ_e⁻² − λ_a⁻¹ − λ_a) r² cos a sin e cos e + ½ (r² + σ_r²) λ_a λ_e⁴ cos a sin 2e
        # R_yz with sin a
        p = (1.0 / (la * le * le) - 1.0 / la - la) * r2 * se * ce + 0.5 * w * la * le4 * s2e
        S[j, 0, 2] = S[j, 2, 0] = p * ca
        S[j, 1, 2] = S[j, 2, 1] = p * sa
    return y, S


@compiled
def unbiased_slant(z: Floats, R: Floats) -> tuple[Floats, Floats]:
    """Slant range, bearing, height u above the sensor's plane z (m, 3), R (m, 3, 3) → y (m, 3), S (m, 3, 3).

    The ground distance d = √(r² − u²) and u have moments over u ~ N(z_u, σ_u²), taken by Gauss–Hermite with
    |u| held below r; range noise adds (r/d)² σ_r². Then d and b convert as in `unbiased_2d`, and with u
    R_xu = cov(d, u) λ cos b, R_yu = cov(d, u) λ sin b.
    """
    m = z.shape[0]
    y, S = np.empty((m, 3)), np.empty((m, 3, 3))
    ground, spread = np.empty((1, 2)), np.zeros((1, 2, 2))
    for j in range(m):
        r, sigma = z[j, 0], math.sqrt(R[j, 2, 2])
        d1 = d2 = u1 = u2 = du = 0.0
        for k in range(NODES.shape[0]):
            u = min(max(z[j, 2] + sigma * NODES[k], -0.999 * r), 0.999 * r)
            d = math.sqrt(r * r - u * u)
            w = WEIGHTS[k]
            d1, d2, u1, u2, du = d1 + w * d, d2 + w * d * d, u1 + w * u, u2 + w * u * u, du + w * d * u
        ground[0, 0], ground[0, 1] = d1, z[j, 1]
        spread[0, 0, 0] = max(d2 - d1 * d1, 0.0) + (r / d1) ** 2 * R[j, 0, 0]
        spread[0, 1, 1] = R[j, 1, 1]
        y2, S2 = unbiased_2d(ground, spread)
        y[j, 0], y[j, 1], y[j, 2] = y2[0, 0], y2[0, 1], u1
        for a in range(2):
            for b in range(2):
                S[j, a, b] = S2[0, a, b]
        lam, cov = math.exp(-0.5 * R[j, 1, 1]), du - d1 * u1
        S[j, 0, 2] = S[j, 2, 0] = cov * lam * math.cos(z[j, 1])
        S[j, 1, 2] = S[j, 2, 1] = cov * lam * math.sin(z[j, 1])
        S[j, 2, 2] = max(u2 - u1 * u1, 1e-6 * R[j, 2, 2])
    return y, S


@compiled
def geodetic_to_local(z: Floats, R: Floats, origin: Floats, axes: Floats) -> tuple[Floats, Floats]:
    """Latitude, longitude, height (and velocity along east, north, up there) → the plane at `origin`.

    z (m, 3 or 6), R (m, k, k) along east, north, up at the report; origin (3,) in ECEF; axes (3, 3) with the
    plane's unit vectors as rows. y (m, k), S (m, k, k). Torge, Geodesy: with N = a / √(1 − e² sin² φ)
    p = [(N + h) cos φ cos λ, (N + h) cos φ sin λ, (N (1 − e²) + h) sin φ],  y = A (p − origin),  S = T R Tᵀ.
    """
    m, k = z.shape
    y, S = np.empty((m, k)), np.empty((m, k, k))
    there, T, p = np.empty((3, 3)), np.empty((3, 3)), np.empty(3)
    for j in range(m):
        sin, cos, h = math.sin(z[j, 0]), math.cos(z[j, 0]), z[j, 2]
        sl, cl = math.sin(z[j, 1]), math.cos(z[j, 1])
        N = SEMI_MAJOR / math.sqrt(1.0 - ECCENTRICITY2 * sin * sin)
        p[0], p[1] = (N + h) * cos * cl, (N + h) * cos * sl
        p[2] = (N * (1.0 - ECCENTRICITY2) + h) * sin
        there[0, 0], there[0, 1], there[0, 2] = -sl, cl, 0.0
        there[1, 0], there[1, 1], there[1, 2] = -sin * cl, -sin * sl, cos
        there[2, 0], there[2, 1], there[2, 2] = cos * cl, cos * sl, sin
        for a in range(3):
            y[j, a] = 0.0
            for c in range(3):
                y[j, a] += axes[a, c] * (p[c] - origin[c])
                # T = A Bᵀ: from the report's axes B to the plane's axes A
                T[a, c] = axes[a, 0] * there[c, 0] + axes[a, 1] * there[c, 1] + axes[a, 2] * there[c, 2]
        for a in range(3, k):
            y[j, a] = T[a - 3, 0] * z[j, 3] + T[a - 3, 1] * z[j, 4] + T[a - 3, 2] * z[j, 5]
        _turn(T, R[j], S[j])
    return y, S


@compiled
def local_to_local(y: Floats, S: Floats, T: Floats, t: Floats) -> None:
    """In place: y (m, 3) ← T y + t and S (m, 3, 3) ← T S Tᵀ, from one plane to another."""
    x, Q = np.empty(3), np.empty((3, 3))
    for j in range(y.shape[0]):
        for a in range(3):
            x[a] = t[a] + T[a, 0] * y[j, 0] + T[a, 1] * y[j, 1] + T[a, 2] * y[j, 2]
        _turn(T, S[j], Q)
        for a in range(3):
            y[j, a] = x[a]
            for b in range(3):
                S[j, a, b] = Q[a, b]


@compiled
def _turn(T: Floats, R: Floats, S: Floats) -> None:
    """S ← B R Bᵀ with B block-diagonal of T (3, 3), for R of size 3 or 6; symmetric to the last bit."""
    k = R.shape[0]
    for a in range(k):
        for b in range(a + 1):
            s = 0.0
            for c in range(3):
                for d in range(3):
                    s += T[a % 3, c] * R[a - a % 3 + c, b - b % 3 + d] * T[b % 3, d]
            S[a, b] = S[b, a] = s
