"""Fusing estimates whose errors hang together: another tracker's tracks beside our own.

Batched over tracks: means (N, n), covariances (N, n, n). Two estimates a, A and b, B of one state may share
measurements or process noise, to an extent that nobody stated: adding their information counts that twice.

- covariance intersection: consistent whatever the cross-correlation (Julier & Uhlmann 1997, ACC)
- inverse covariance intersection: tighter, where what both share is itself an estimate of the state
  (Noack, Sijs, Reinhardt & Hanebeck 2017, Automatica 79)
- tracklets: what one tracker learned since its last report, as an equivalent measurement that may be used
  as a plot (Drummond 1997, SPIE 3163; Bar-Shalom, Willett & Tian 2011, §9.4)
- decorrelation: the same with no more than standard deviations known, errors taken as first-order Markov
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
NEWS = 1e-3  # information gained over the prior, relative to it, below which a direction holds no news
NO_INFORMATION = 1e-6  # what such a direction says, relative to the prior: nothing that could add up


def golden_section(f: Callable[[Floats], Floats], N: int, evaluations: int = 40) -> Floats:
    """ω (N,) in [0, 1] where each of N unimodal functions is smallest, to 0.618^evaluations.

    f takes ω (N,) and gives the N values.
    """
    low, high = np.zeros(N), np.ones(N)
    left, right = 1.0 - GOLDEN * np.ones(N), GOLDEN * np.ones(N)
    f_left, f_right = f(left), f(right)
    for _ in range(evaluations - 2):
        down = f_left < f_right
        low, high = np.where(down, low, left), np.where(down, right, high)
        inner = np.where(down, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        f_inner = f(inner)
        left, right = np.where(down, inner, right), np.where(down, left, inner)
        f_left, f_right = np.where(down, f_inner, f_right), np.where(down, f_left, f_inner)
    return np.asarray(0.5 * (low + high))


def covariance_intersection(
    a: Floats, A: Floats, b: Floats, B: Floats, *, trace: bool = False, evaluations: int = 40
) -> tuple[Floats, Floats, Floats]:
    """ω (N,), x (N, n), P (N, n, n):  P⁻¹ = ω A⁻¹ + (1 − ω) B⁻¹,  x = P (ω A⁻¹ a + (1 − ω) B⁻¹ b).

    ω makes |P| smallest, or its trace: the determinant does not depend on units, the trace does.
    """
    Ai, Bi = _inverse(A), _inverse(B)

    def information(w: Floats) -> Floats:
        return np.asarray(w[:, None, None] * Ai + (1.0 - w)[:, None, None] * Bi)

    w = golden_section(lambda w: _size(information(w), trace), len(a), evaluations)
    P = _symmetric(_inverse(information(w)))
    y = w[:, None] * _times(Ai, a) + (1.0 - w)[:, None] * _times(Bi, b)
    return w, _times(P, y), P


def inverse_covariance_intersection(
    a: Floats, A: Floats, b: Floats, B: Floats, *, trace: bool = False, evaluations: int = 40
) -> tuple[Floats, Floats, Floats]:
    """ω (N,), x (N, n), P (N, n, n), with Γ = ω A + (1 − ω) B bounding what both know:

    P⁻¹ = A⁻¹ + B⁻¹ − Γ⁻¹,   x = P ((A⁻¹ − ω Γ⁻¹) a + (B⁻¹ − (1 − ω) Γ⁻¹) b).

    Never larger than covariance intersection; consistent where the shared part is an estimate of the same
    state fused into both (a tracker that was fed by the other), not for cross-correlations of any other kind.
    """
    Ai, Bi = _inverse(A), _inverse(B)

    def shared(w: Floats) -> Floats:
        return _inverse(w[:, None, None] * A + (1.0 - w)[:, None, None] * B)

    w = golden_section(lambda w: _size(Ai + Bi - shared(w), trace), len(a), evaluations)
    G = shared(w)
    P = _symmetric(_inverse(Ai + Bi - G))
    y = _times(Ai - w[:, None, None] * G, a) + _times(Bi - (1.0 - w)[:, None, None] * G, b)
    return w, _times(P, y), P


def tracklet(x0: Floats, P0: Floats, x1: Floats, P1: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The measurement that turns the prior x0, P0 into the posterior x1, P1:

    U⁻¹ = P1⁻¹ − P0⁻¹,     U⁻¹ u = P1⁻¹ x1 − P0⁻¹ x0.

    U⁻¹ is singular whenever the update did not measure every component. With P0 = L Lᵀ and the eigenvectors
    V of Lᵀ U⁻¹ L = V diag(λ) Vᵀ (information gained, relative to the prior) it falls apart into scalars:

    u = x0 + L V e,   U = L V diag(1/λ) Vᵀ Lᵀ,   e = (1 + λ)/λ · Vᵀ L⁻¹ (x1 − x0).

    Directions with λ below `NEWS` say nothing: e = 0, λ = `NO_INFORMATION`.
    Returns u (N, n), U (N, n, n), λ (N, n) ascending, and Σ (1 + λ)/λ (Vᵀ L⁻¹ (x1 − x0))² (N,): the NIS of
    the tracker that made the update, χ² with as many degrees of freedom as it measured.
    """
    L = np.linalg.cholesky(P0)
    M = L.mT @ np.linalg.inv(P1) @ L - np.eye(x0.shape[1])
    gain, V = np.linalg.eigh(_symmetric(M))
    d = _times(V.mT, np.linalg.solve(L, (x1 - x0)[:, :, None])[:, :, 0])
    news = gain > NEWS
    e = np.where(news, (1.0 + gain) / np.where(news, gain, 1.0) * d, 0.0)
    LV = L @ V
    U = (LV / np.where(news, gain, NO_INFORMATION)[:, None, :]) @ LV.mT
    nis = np.sum((1.0 + np.maximum(gain, 0.0)) / np.maximum(gain, NEWS) * d * d, axis=1)
    return x0 + _times(LV, e), _symmetric(U), gain, nis


def moved(x: Floats, P: Floats, dt: Floats) -> tuple[Floats, Floats]:
    """F x and F P Fᵀ over dt (N,) s for [p, v] at constant velocity, without process noise."""
    D = x.shape[1] // 2
    F = np.tile(np.eye(2 * D), (len(x), 1, 1))
    F[:, range(D), range(D, 2 * D)] = dt[:, None]
    return _times(F, x), F @ P @ F.mT


def unit_noise(dt: Floats, D: int) -> Floats:
    """Q (N, 2D, 2D) of `motion.white_acceleration` with q = 1 m²/s³ over dt (N,) s."""
    q = np.array([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]]).transpose(2, 0, 1)
    return np.asarray(np.kron(q, np.eye(D)[None]))


def least_process_noise(P0: Floats, P1: Floats, Q: Floats) -> Floats:
    """The smallest q ≥ 0 (N,) with P0 + q Q ⪰ P1: what the tracker that reported P0 and then P1 must assume.

    P0 is predicted without process noise. No tracker gets less sure by an update, so its q is not smaller; it
    is this q exactly when it measured fewer directions than there are. Any smaller q than the true one makes
    the tracklet's U larger, so the error is on the safe side.
    """
    L = np.linalg.cholesky(Q)
    W = np.linalg.solve(L, np.linalg.solve(L, P1 - P0).mT)
    return np.asarray(np.maximum(np.linalg.eigvalsh(_symmetric(W))[:, -1], 0.0))


def decorrelate(y0: Floats, y: Floats, R: Floats, rho: Floats) -> tuple[Floats, Floats, Floats]:
    """What y (N, m) says beyond y0, an earlier report moved to its time, for errors e = ρ e₀ + √(1 − ρ²) w:

    z = (y − ρ y0) / (1 − ρ),     R_z = (1 + ρ)/(1 − ρ) R        (ρ (N,))

    so that N reports of a constant carry exactly the information of the best linear estimate from all of
    them, (1 + (N − 1)(1 − ρ)/(1 + ρ)) R⁻¹. Also returns |y − y0|² against (1 − ρ²) R (N,): χ² when y0 fits.
    """
    jump = y - y0
    d2 = np.einsum("na,na->n", jump, np.linalg.solve(R, jump[:, :, None])[:, :, 0]) / (1.0 - rho**2)
    z = y + (rho / (1.0 - rho))[:, None] * jump
    return z, ((1.0 + rho) / (1.0 - rho))[:, None, None] * R, d2


def _size(information: Floats, trace: bool) -> Floats:
    """log |P|, or tr P, from P⁻¹ (N, n, n)."""
    if trace:
        return np.asarray(np.trace(np.linalg.inv(information), axis1=1, axis2=2))
    return np.asarray(-np.linalg.slogdet(information)[1])


def _inverse(A: Floats) -> Floats:
    return np.asarray(np.linalg.inv(A), np.float64)


def _times(A: Floats, x: Floats) -> Floats:
    """A x for (N, m, n) and (N, n)."""
    return np.asarray(np.einsum("nab,nb->na", A, x))


def _symmetric(A: Floats) -> Floats:
    return np.asarray(0.5 * (A + A.mT))
