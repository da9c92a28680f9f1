"""How targets move: nearly constant velocity, in continuous time.

State of a target in D dimensions (D = 2 or 3): x = [p (D), v (D)], n = 2 D.
Every kernel works in place on a struct of arrays: x (N, n), P (N, n, n).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Noise = tuple[float, float, float]


def white_acceleration(q: float, dt: float) -> Noise:
    """(Q_pp, Q_pv, Q_vv) of continuous white-noise acceleration with density q (m²/s³) over dt (s).

    Bar-Shalom, Li & Kirubarajan (2001), eq. 6.2.2-4. Splitting dt in two gives the same result, which is
    why it serves irregular scans.
    """
    return q * dt**3 / 3.0, q * dt**2 / 2.0, q * dt


def piecewise_acceleration(variance: float, dt: float) -> Noise:
    """(Q_pp, Q_pv, Q_vv) of an acceleration constant over each step (m²/s⁴), eq. 6.3.2-4.

    Only for published scenarios with a fixed step: it is not consistent under splitting of dt.
    """
    return variance * dt**4 / 4.0, variance * dt**3 / 2.0, variance * dt**2


@njit(cache=True)
def predict(x: Floats, P: Floats, dt: float, noise: Noise) -> None:
    """x ← F x and P ← F P Fᵀ + Q for every target, in place; F = [[I, dt I], [0, I]].

    x (N, n), P (N, n, n) symmetric; noise = (Q_pp, Q_pv, Q_vv), the same along every axis.
    F is applied as block operations, so no matrix product is ever formed.
    """
    N, n = x.shape
    D = n // 2
    q_pp, q_pv, q_vv = noise
    for i in range(N):
        X, C = x[i], P[i]
        # p ← p + dt v
        for a in range(D):
            X[a] += dt * X[D + a]
        # rows:     P_p· ← P_p· + dt P_v·
        for a in range(D):
            for b in range(n):
                C[a, b] += dt * C[D + a, b]
        # columns:  P_·p ← P_·p + dt P_·v
        for a in range(n):
            for b in range(D):
                C[a, b] += dt * C[a, D + b]
        # P ← P + Q
        for a in range(D):
            C[a, a] += q_pp
            C[D + a, D + a] += q_vv
            C[a, D + a] += q_pv
            C[D + a, a] += q_pv
