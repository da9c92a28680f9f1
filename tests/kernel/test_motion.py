"""Prediction against the matrix exponential and against itself in two half steps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from vedette.kernel.motion import piecewise_acceleration, predict, white_acceleration


def dense(D, dt, noise):
    """F and Q as full matrices, the obvious way."""
    one = np.eye(D)
    F = np.block([[one, dt * one], [0 * one, one]])
    Q = np.block([[noise[0] * one, noise[1] * one], [noise[1] * one, noise[2] * one]])
    return F, Q


def states(D, N=5, seed=1):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((N, 2 * D, 2 * D))
    return rng.standard_normal((N, 2 * D)), A @ A.transpose(0, 2, 1)


@pytest.mark.parametrize("D", [2, 3])
def test_predict_equals_the_matrix_products(D):
    x, P = states(D)
    noise = white_acceleration(2.0, 1.7)
    F, Q = dense(D, 1.7, noise)
    expected_x, expected_P = x @ F.T, F @ P @ F.T + Q
    predict(x, P, 1.7, noise)
    np.testing.assert_allclose(x, expected_x, rtol=1e-13)
    np.testing.assert_allclose(P, expected_P, rtol=1e-12)


def test_white_acceleration_is_van_loans_integral():
    """Van Loan 1978: Q from the exponential of [[-A, G q Gᵀ], [0, Aᵀ]]."""
    q, dt = 3.0, 0.8
    A = np.array([[0.0, 1.0], [0.0, 0.0]])
    M = np.zeros((4, 4))
    M[:2, :2], M[:2, 2:], M[2:, 2:] = -A, np.diag([0.0, q]), A.T
    E = expm(M * dt)
    Q = E[2:, 2:].T @ E[:2, 2:]
    np.testing.assert_allclose([Q[0, 0], Q[0, 1], Q[1, 1]], white_acceleration(q, dt), rtol=1e-12)


def test_two_half_steps_equal_one():
    x, P = states(3)
    x2, P2 = x.copy(), P.copy()
    predict(x, P, 2.0, white_acceleration(1.0, 2.0))
    for _ in range(2):
        predict(x2, P2, 1.0, white_acceleration(1.0, 1.0))
    np.testing.assert_allclose(x2, x, rtol=1e-13)
    np.testing.assert_allclose(P2, P, rtol=1e-12)


def test_piecewise_acceleration_is_the_published_matrix():
    assert piecewise_acceleration(25.0, 1.0) == (6.25, 12.5, 25.0)
