"""Small dense Gaussians inside compiled loops: Cholesky, whitening, log density.

Matrices here are 2 × 2 to 6 × 6, where plain loops beat any library call.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LOG_2PI = math.log(2.0 * math.pi)


@njit(cache=True)
def cholesky(A: Floats, L: Floats, m: int) -> bool:
    """L Lᵀ = A for the leading m × m block, L lower triangular; False when A is not positive definite."""
    for i in range(m):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                if not s > 0.0:
                    return False
                L[i, i] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return True


@njit(cache=True)
def whiten(L: Floats, b: Floats, m: int) -> float:
    """b ← L⁻¹ b in place; returns |L⁻¹ b|², the squared Mahalanobis length of b under L Lᵀ."""
    d2 = 0.0
    for i in range(m):
        s = b[i]
        for k in range(i):
            s -= L[i, k] * b[k]
        b[i] = s / L[i, i]
        d2 += b[i] * b[i]
    return d2


@njit(cache=True)
def log_determinant(L: Floats, m: int) -> float:
    """log |L Lᵀ| = 2 Σ log L_ii."""
    s = 0.0
    for i in range(m):
        s += math.log(L[i, i])
    return 2.0 * s


@njit(cache=True)
def log_density(d2: float, log_det: float, m: int) -> float:
    """log N(ν; 0, S) = −½ (d² + log |S| + m log 2π)."""
    return -0.5 * (d2 + log_det + m * LOG_2PI)
