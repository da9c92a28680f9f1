"""Prediction against the matrix exponential and against itself in two half steps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from vedette.kernel.motion import damped_velocity, piecewise_acceleration, predict, white_acceleration


def dense(D, step):
    """F and Q as full matrices, the obvious way."""
    one = np.eye(D)
    alpha, beta, pp, pv, vv = step
    F = np.block([[one, alpha * one], [0 * one, beta * one]])
    Q = np.block([[pp * one, pv * one], [pv * one, vv * one]])
    return F, Q


def states(D, N=5, seed=1):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((N, 2 * D, 2 * D))
    P = A @ A.transpose(0, 2, 1)
    return rng.standard_normal((N, 1, 2 * D)), P[:, None].copy()


@pytest.mark.parametrize("D", [2, 3])
@pytest.mark.parametrize("step", [white_acceleration(2.0, 1.7), damped_velocity(1.0, 2.0, 1.7)])
def test_predict_equals_the_matrix_products(D, step):
    x, P = states(D)
    F, Q = dense(D, step)
    expected_x, expected_P = x @ F.T, F @ P @ F.T + Q
    predict(x, P, np.array([step]))
    np.testing.assert_allclose(x, expected_x, rtol=1e-13)
    np.testing.assert_allclose(P, expected_P, rtol=1e-12)


def van_loan(A, q, dt):
    """Van Loan 1978: F and Q from the exponential of [[-A, G q Gᵀ], [0, Aᵀ]], noise on the velocity."""
    M = np.zeros((4, 4))
    M[:2, :2], M[:2, 2:], M[2:, 2:] = -A, np.diag([0.0, q]), A.T
    E = expm(M * dt)
    F = E[2:, 2:].T
    return F, F @ E[:2, 2:]


def test_white_acceleration_is_van_loans_integral():
    F, Q = van_loan(np.array([[0.0, 1.0], [0.0, 0.0]]), 3.0, 0.8)
    expected = [F[0, 1], F[1, 1], Q[0, 0], Q[0, 1], Q[1, 1]]
    np.testing.assert_allclose(white_acceleration(3.0, 0.8), expected, rtol=1e-12)


@pytest.mark.parametrize("dt", [0.05, 0.8, 6.0])
def test_damped_velocity_is_van_loans_integral(dt):
    tau = 2.0
    F, Q = van_loan(np.array([[0.0, 1.0], [0.0, -1.0 / tau]]), 3.0, dt)
    expected = [F[0, 1], F[1, 1], Q[0, 0], Q[0, 1], Q[1, 1]]
    np.testing.assert_allclose(damped_velocity(3.0, tau, dt), expected, rtol=1e-6)


def test_two_half_steps_equal_one():
    for model in (lambda dt: white_acceleration(1.0, dt), lambda dt: damped_velocity(1.0, 3.0, dt)):
        x, P = states(3)
        x2, P2 = x.copy(), P.copy()
        predict(x, P, np.array([model(2.0)]))
        for _ in range(2):
            predict(x2, P2, np.array([model(1.0)]))
        np.testing.assert_allclose(x2, x, rtol=1e-12)
        np.testing.assert_allclose(P2, P, rtol=1e-10)


def test_piecewise_acceleration_is_the_published_matrix():
    assert piecewise_acceleration(25.0, 1.0) == (1.0, 1.0, 6.25, 12.5, 25.0)
