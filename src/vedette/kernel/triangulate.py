"""Where bearings of several sensors meet.

Azimuth is clockwise from north, elevation up; positions are [east, north, up] in m. A bearing has an azimuth
and may have an elevation, NaN where it is not measured. What bearings leave open (the height above two
direction finders) is held by a prior.

Least squares on the angles by Gauss–Newton from the point closest to all lines of sight (Bar-Shalom, Li &
Kirubarajan 2001, §3.7; Stansfield 1947, "Statistical theory of D.F. fixing", for two bearings). The
covariance is the inverse of Fisher's information there: the Cramér–Rao bound where errors are small.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, whiten

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = 12
ENOUGH = 1e-3  # m, step below which the search ends


@compiled
def wrapped(angle: float) -> float:
    """The same angle in (−π, π]."""
    return angle - 2.0 * math.pi * math.ceil((angle - math.pi) / (2.0 * math.pi))


@compiled
def _line(origin: Floats, az: float, el: float, A: Floats, b: Floats, k: int, weight: float) -> int:
    """Planes that hold the line of sight, as rows A p = b from row k on; returns the next row.

    The azimuth's plane is upright, with normal (cos az, −sin az, 0); the elevation's leans, with normal
    (−sin el sin az, −sin el cos az, cos el).
    """
    if az == az:
        A[k, 0], A[k, 1], A[k, 2] = weight * math.cos(az), -weight * math.sin(az), 0.0
        b[k] = A[k, 0] * origin[0] + A[k, 1] * origin[1]
        k += 1
    if az == az and el == el:
        A[k, 0], A[k, 1] = -weight * math.sin(el) * math.sin(az), -weight * math.sin(el) * math.cos(az)
        A[k, 2] = weight * math.cos(el)
        b[k] = A[k, 0] * origin[0] + A[k, 1] * origin[1] + A[k, 2] * origin[2]
        k += 1
    return k


@compiled
def _solve(N: Floats, g: Floats, out: Floats) -> bool:
    """out = N⁻¹ g for N (3, 3) positive definite; False where it is not."""
    L = np.zeros((3, 3))
    if not cholesky(N, L, 3):
        return False
    y = g.copy()
    whiten(L, y, 3)
    for a in range(2, -1, -1):
        s = y[a]
        for c in range(a + 1, 3):
            s -= L[c, a] * out[c]
        out[a] = s * L[a, a]
    return True


@compiled
def _information(
    p: Floats, origin: Floats, angle: Floats, variance: Floats, height: float, height_variance: float,
    N: Floats, g: Floats,
) -> float:  # fmt: skip
    """Fisher's information N = Jᵀ R⁻¹ J at p, the gradient g = Jᵀ R⁻¹ ν, and χ² = νᵀ R⁻¹ ν of all angles.

    ∂az/∂p = (n, −e, 0) / ρ²,   ∂el/∂p = (−e u/ρ, −n u/ρ, ρ) / r²,   (e, n, u) = p − origin, ρ² = e² + n².
    The height's prior is one measurement more, and counts in N and g but not in χ².
    """
    N[:] = 0.0
    N[2, 2] = 1.0 / height_variance
    g[0], g[1], g[2] = 0.0, 0.0, (height - p[2]) / height_variance
    chi2, J = 0.0, np.zeros(3)
    for k in range(origin.shape[0]):
        e, n, u = p[0] - origin[k, 0], p[1] - origin[k, 1], p[2] - origin[k, 2]
        rho2 = max(e * e + n * n, 1.0)
        rho, r2 = math.sqrt(rho2), rho2 + u * u
        for m in range(2):
            if angle[k, m] != angle[k, m]:
                continue
            if m == 0:
                J[0], J[1], J[2] = n / rho2, -e / rho2, 0.0
                nu = wrapped(angle[k, 0] - math.atan2(e, n))
            else:
                J[0], J[1], J[2] = -e * u / (rho * r2), -n * u / (rho * r2), rho / r2
                nu = angle[k, 1] - math.atan2(u, rho)
            chi2 += nu * nu / variance[k, m]
            for a in range(3):
                g[a] += J[a] * nu / variance[k, m]
                for c in range(3):
                    N[a, c] += J[a] * J[c] / variance[k, m]
    return chi2


@compiled
def triangulate(
    origin: Floats, angle: Floats, variance: Floats, height: float, height_variance: float
) -> tuple[bool, Floats, Floats, float]:
    """The place p (3,) that bearings meet in, its covariance (3, 3), and χ² of the angles there.

    origin (k, 3) m; angle (k, 2): azimuth and elevation, NaN where not measured; variance (k, 2) rad²;
    height (m) and its variance (m²): what is known of the target's height beforehand.

    False where the bearings do not meet: parallel, or meeting behind a sensor.
    """
    K = origin.shape[0]
    p, P = np.zeros(3), np.zeros((3, 3))
    A, b = np.zeros((2 * K + 1, 3)), np.zeros(2 * K + 1)
    rows = 0
    for k in range(K):
        rows = _line(origin[k], angle[k, 0], angle[k, 1], A, b, rows, 1.0)
    # Beside lines of sight to targets kilometres away, a prior height matters little: enough to be unique.
    A[rows, 2], b[rows] = 0.01, 0.01 * height
    rows += 1
    N, g = np.zeros((3, 3)), np.zeros(3)
    for a in range(3):
        for k in range(rows):
            g[a] += A[k, a] * b[k]
            for c in range(3):
                N[a, c] += A[k, a] * A[k, c]
    if not _solve(N, g, p):
        return False, p, P, math.inf
    step = np.zeros(3)
    for _ in range(STEPS):
        _information(p, origin, angle, variance, height, height_variance, N, g)
        if not _solve(N, g, step):
            return False, p, P, math.inf
        for a in range(3):
            p[a] += step[a]
        if step[0] ** 2 + step[1] ** 2 + step[2] ** 2 < ENOUGH**2:
            break
    chi2 = _information(p, origin, angle, variance, height, height_variance, N, g)
    for a in range(3):
        unit = np.zeros(3)
        unit[a] = 1.0
        if not _solve(N, unit, P[a]):
            return False, p, P, math.inf
    for k in range(K):
        ahead = math.sin(angle[k, 0]) * (p[0] - origin[k, 0]) + math.cos(angle[k, 0]) * (p[1] - origin[k, 1])
        if not ahead > 0.0 or not math.isfinite(chi2):
            return False, p, P, math.inf
    return True, p, P, chi2
