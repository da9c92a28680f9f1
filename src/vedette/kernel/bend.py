"""Densities in the coordinates of a radar that measures no height, in which its plots are straight.

A slant range and an azimuth leave a curve: with h the height above some h₀ along u = `up`, to second order

    p(h) = p(0) + t h + ½ c h²,      t = ∂p/∂h,  c = ∂²p/∂h².

So the density of a target whose height is known to σ² = uᵀPu only is bent, and where it is along c hangs on
a height that the next plot shows no better: ½ c h² is one error, the same in every plot. A filter that took
it for noise of each would grow ever surer of a place that is off by σ²/r for good. With h = h̄ + η, ḣ = w̄ + ω,

    p = p′ + ½ c (h̄² + 2 h̄ η + η² − σ₀²),      v = v′ + c η ω,

the plots of all heights lie on straight lines in p′, which moves as v′ says. (Of v the part with h̄ is left
as it is, because a radial speed is a matter of the place in space.) If p′, v′ ~ N(m′, P′), the moments of p
and v are, with the fourth moments of a Gaussian (Bar-Shalom, Li & Kirubarajan 2001, §1.4.15), exactly

    m_p = m_p′ + ½ c (h̄² + σ² − σ₀²),   m_v = m_v′ + c ρ,      σ² = var η,  ρ = cov(η, ω),  s² = var ω
    P = J P′ Jᵀ + [[½ σ⁴, σ² ρ], [σ² ρ, σ² s² + ρ²]] ⊗ c cᵀ,     J = I + h̄ c uᵀ of the position

`straighten` takes the moments m, P to m′, P′, an update is made there, and `bend` takes them back.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, whiten

Floats = NDArray[np.float64]

SHARE = 0.99  # of what is not known along c, the most that can be from bending


@compiled
def straighten(x: Floats, P: Floats, up: Floats, c: Floats, h0: Floats, variance: float) -> None:
    """(m, P) → (m′, P′), in place: x (N, K, n), P (N, K, n, n); up (3,), c (N, 3), h0 (N,), variance σ₀².

    n is 6, or 3 for places alone. Where c is zero nothing changes. A density that holds less than such
    bending never was bent so much: then nearly all that it holds along c is taken off.
    """
    N, K, n = x.shape
    L, M, moved = np.zeros((n, n)), np.empty((2, 2)), np.empty(2)
    for i in range(N):
        if c[i, 0] == 0.0 and c[i, 1] == 0.0 and c[i, 2] == 0.0:
            continue
        for k in range(K):
            h = _bending(x[i, k], P[i, k], up, h0[i], variance, M, moved)
            share = _held(P[i, k], c[i], M, L)
            if share < 0.0:
                continue
            _add(x[i, k], P[i, k], c[i], M, moved, -1.0, -min(1.0, SHARE / max(share, 1e-9)))
            _shear(P[i, k], up, c[i], -h)


@compiled
def bend(x: Floats, P: Floats, up: Floats, c: Floats, h0: Floats, variance: float) -> None:
    """(m′, P′) → (m, P), in place; arguments as in `straighten`."""
    N, K, _ = x.shape
    M, moved = np.empty((2, 2)), np.empty(2)
    for i in range(N):
        if c[i, 0] == 0.0 and c[i, 1] == 0.0 and c[i, 2] == 0.0:
            continue
        for k in range(K):
            h = _bending(x[i, k], P[i, k], up, h0[i], variance, M, moved)
            _shear(P[i, k], up, c[i], h)
            _add(x[i, k], P[i, k], c[i], M, moved, 1.0, 1.0)


@compiled
def _bending(x: Floats, P: Floats, up: Floats, h0: float, variance: float, M: Floats, moved: Floats) -> float:
    """h̄; into M (2, 2) what stands before c cᵀ, and into `moved` (2,) what stands before c in m_p and m_v."""
    velocity = x.shape[0] == 6
    h, s2, rho, w2 = -h0, 0.0, 0.0, 0.0
    for a in range(3):
        h += up[a] * x[a]
        for b in range(3):
            s2 += up[a] * P[a, b] * up[b]
            if velocity:
                rho += up[a] * P[a, 3 + b] * up[b]
                w2 += up[a] * P[3 + a, 3 + b] * up[b]
    M[0, 0], M[0, 1], M[1, 0], M[1, 1] = 0.5 * s2 * s2, s2 * rho, s2 * rho, s2 * w2 + rho * rho
    moved[0], moved[1] = 0.5 * (h * h + s2 - variance), rho
    return h


@compiled
def _held(P: Floats, c: Floats, M: Floats, L: Floats) -> float:
    """The largest λ with a v ≠ 0 for which vᵀ(M ⊗ c cᵀ)v = λ vᵀPv; −1 where P is not positive definite.

    With C = I ⊗ c it is the larger eigenvalue of M G, G = CᵀP⁻¹C.
    """
    n = P.shape[0]
    if not cholesky(P, L, n):
        return -1.0
    D, G = n // 3, np.zeros((2, 2))
    white = np.zeros((D, n))
    for d in range(D):
        for a in range(3):
            white[d, 3 * d + a] = c[a]
        whiten(L, white[d], n)
    for d in range(D):
        for e in range(D):
            for a in range(n):
                G[d, e] += white[d, a] * white[e, a]
    half: float = 0.5 * (M[0, 0] * G[0, 0] + 2.0 * M[0, 1] * G[0, 1] + M[1, 1] * G[1, 1])
    det: float = (M[0, 0] * M[1, 1] - M[0, 1] ** 2) * (G[0, 0] * G[1, 1] - G[0, 1] ** 2)
    return half + math.sqrt(max(half * half - det, 0.0))


@compiled
def _add(x: Floats, P: Floats, c: Floats, M: Floats, moved: Floats, times: float, share: float) -> None:
    """x + times × moved ⊗ c and P + share × M ⊗ c cᵀ, in place."""
    for d in range(x.shape[0] // 3):
        for a in range(3):
            x[3 * d + a] += times * moved[d] * c[a]
            for e in range(x.shape[0] // 3):
                for b in range(3):
                    P[3 * d + a, 3 * e + b] += share * M[d, e] * c[a] * c[b]


@compiled
def _shear(P: Floats, up: Floats, c: Floats, h: float) -> None:
    """P ← J P Jᵀ with J = I + h c uᵀ of the position, in place."""
    n = P.shape[0]
    for b in range(n):
        s = 0.0
        for a in range(3):
            s += up[a] * P[a, b]
        for a in range(3):
            P[a, b] += h * c[a] * s
    for a in range(n):
        s = 0.0
        for b in range(3):
            s += P[a, b] * up[b]
        for b in range(3):
            P[a, b] += h * c[b] * s
