"""Small dense Gaussians inside compiled loops: Cholesky, whitening, log density.

Matrices here are 2 × 2 to 6 × 6, where plain loops beat any library call. The two sizes met most have a form
in plain numbers besides: those stay in registers, an array's elements go through memory.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled, inlined

Floats = NDArray[np.float64]
LOG_2PI = math.log(2.0 * math.pi)
ROOT_2PI = math.sqrt(2.0 * math.pi)


@compiled
def cholesky(A: Floats, L: Floats, m: int) -> bool:
    """L Lᵀ = A for the leading m × m block, L lower triangular; False when A is not positive definite.

    The diagonal of L holds 1 / L_ii: all that follows divides by it, and a division costs ten products.
    """
    for i in range(m):
        for j in range(i):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            L[i, j] = s * L[j, j]
        s = A[i, i]
        for k in range(i):
            s -= L[i, k] * L[i, k]
        if not s > 0.0:
            return False
        L[i, i] = 1.0 / math.sqrt(s)
    return True


@inlined
def cholesky_2(a00: float, a10: float, a11: float) -> tuple[bool, float, float, float]:
    """`cholesky` of a 2 × 2 matrix, lower halves by rows: whether positive definite, 1/L₀₀, L₁₀, 1/L₁₁."""
    l00 = 1.0 / math.sqrt(a00)
    l10 = a10 * l00
    l11 = 1.0 / math.sqrt(a11 - l10 * l10)
    return 0.0 < l11 < math.inf, l00, l10, l11  # a root of a negative number is NaN, and all after it


@inlined
def cholesky_3(
    a00: float, a10: float, a11: float, a20: float, a21: float, a22: float
) -> tuple[bool, float, float, float, float, float, float]:
    """The same of a 3 × 3 matrix: whether positive definite, 1/L₀₀, L₁₀, 1/L₁₁, L₂₀, L₂₁, 1/L₂₂."""
    _, l00, l10, l11 = cholesky_2(a00, a10, a11)
    l20 = a20 * l00
    l21 = (a21 - l20 * l10) * l11
    l22 = 1.0 / math.sqrt(a22 - l20 * l20 - l21 * l21)
    return 0.0 < l22 < math.inf, l00, l10, l11, l20, l21, l22


@inlined
def whiten(L: Floats, b: Floats, m: int) -> float:
    """b ← L⁻¹ b in place (L from `cholesky`); returns |L⁻¹ b|², the squared Mahalanobis length of b."""
    d2 = 0.0
    for i in range(m):
        s = b[i]
        for k in range(i):
            s -= L[i, k] * b[k]
        b[i] = s * L[i, i]
        d2 += b[i] * b[i]
    return d2


@inlined
def log_determinant(L: Floats, m: int) -> float:
    """log |L Lᵀ| = −2 log Π (1 / L_ii), one logarithm for the few factors there are."""
    s = 1.0
    for i in range(m):
        s *= L[i, i]
    return -2.0 * math.log(s)


@compiled
def normalise_logs(share: Floats) -> float:
    """share ← e^share / Σ e^share in place; returns log Σ e^share. At least one entry is finite."""
    best, total = -math.inf, 0.0
    for k in range(share.shape[0]):
        best = max(best, share[k])
    for k in range(share.shape[0]):
        share[k] = math.exp(share[k] - best)
        total += share[k]
    for k in range(share.shape[0]):
        share[k] /= total
    return best + math.log(total)


@inlined
def log_density(d2: float, log_det: float, m: int) -> float:
    """log N(ν; 0, S) = −½ (d² + log |S| + m log 2π)."""
    return -0.5 * (d2 + log_det + m * LOG_2PI)
