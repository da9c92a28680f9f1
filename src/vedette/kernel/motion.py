"""How targets move: linear models in continuous time that share one state, [p, v].

State of a target in D dimensions (D = 2 or 3): x = [p (D), v (D)], n = 2 D; K models (modes) per target.
Along every axis a model is   p ← p + α v,   v ← β v,   with process noise [[Q_pp, Q_pv], [Q_pv, Q_vv]].
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled

Floats = NDArray[np.float64]
Step = tuple[float, float, float, float, float]  # α, β, Q_pp, Q_pv, Q_vv over one time step


def white_acceleration(q: float, dt: float) -> Step:
    """Nearly constant velocity: continuous white-noise acceleration of density q (m²/s³) over dt (s).

    Bar-Shalom, Li & Kirubarajan (2001), eq. 6.2.2-4. Splitting dt in two gives the same result, which is
    why it serves irregular scans.
    """
    return dt, 1.0, q * dt**3 / 3.0, q * dt**2 / 2.0, q * dt


def piecewise_acceleration(variance: float, dt: float) -> Step:
    """The same with an acceleration constant over each step (m²/s⁴), eq. 6.3.2-4.

    Only for published scenarios with a fixed step: it is not consistent under splitting of dt.
    """
    return dt, 1.0, variance * dt**4 / 4.0, variance * dt**3 / 2.0, variance * dt**2


def damped_velocity(q: float, relaxation: float, dt: float) -> Step:
    """Hovering: v is an Ornstein-Uhlenbeck process, dv = −v/τ dt + √q dW, and p its integral.

        β = e^{−dt/τ},  α = τ (1 − β),   Q_vv = q τ/2 (1 − β²),   Q_pv = q τ²/2 (1 − β)²,
        Q_pp = q τ² (dt − 2 τ (1 − β) + τ/2 (1 − β²))

    (Uhlenbeck & Ornstein 1930.) The speed settles at a standard deviation of √(q τ / 2).
    """
    tau = relaxation
    b = math.exp(-dt / tau)
    q_pp = q * tau**2 * (dt - 2.0 * tau * (1.0 - b) + tau / 2.0 * (1.0 - b * b))
    return tau * (1.0 - b), b, q_pp, q * tau**2 / 2.0 * (1.0 - b) ** 2, q * tau / 2.0 * (1.0 - b * b)


@compiled
def predict(x: Floats, P: Floats, steps: Floats) -> None:
    """x ← F x and P ← F P Fᵀ + Q for every target and mode, in place; F = [[I, α I], [0, β I]].

    x (N, K, n), P (N, K, n, n) symmetric; steps (K, 5): a Step per mode.
    F is applied as block operations, so no matrix product is ever formed.
    """
    N, K, n = x.shape
    D = n // 2
    for i in range(N):
        for k in range(K):
            alpha, beta = steps[k, 0], steps[k, 1]
            q_pp, q_pv, q_vv = steps[k, 2], steps[k, 3], steps[k, 4]
            # p ← p + α v,  v ← β v
            for a in range(D):
                x[i, k, a] += alpha * x[i, k, D + a]
                x[i, k, D + a] *= beta
            # rows:     P_p· ← P_p· + α P_v·,   P_v· ← β P_v·
            for a in range(D):
                for b in range(n):
                    P[i, k, a, b] += alpha * P[i, k, D + a, b]
                    P[i, k, D + a, b] *= beta
            # columns:  P_·p ← P_·p + α P_·v,   P_·v ← β P_·v
            for a in range(n):
                for b in range(D):
                    P[i, k, a, b] += alpha * P[i, k, a, D + b]
                    P[i, k, a, D + b] *= beta
            # P ← P + Q
            for a in range(D):
                P[i, k, a, a] += q_pp
                P[i, k, D + a, D + a] += q_vv
                P[i, k, a, D + a] += q_pv
                P[i, k, D + a, a] += q_pv
