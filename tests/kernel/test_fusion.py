"""Track-to-track fusion against worked digits, closed forms and samples with known cross-correlation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vedette.kernel.fusion import (
    covariance_intersection,
    decorrelate,
    golden_section,
    inverse_covariance_intersection,
    least_process_noise,
    moved,
    tracklet,
    unit_noise,
)
from vedette.kernel.motion import predict, white_acceleration

A = np.array([[[4.0, 0], [0, 1]], [[5, 1], [1, 2]]])
B = np.array([[[1.0, 0], [0, 4]], [[2, -0.5], [-0.5, 6]]])
a, b = np.array([[0.0, 0], [1, 2]]), np.array([[1.0, 1], [2, 1]])


def covariance(rng, n, N):
    M = rng.standard_normal((N, n, n + 2))
    return M @ M.mT


def test_golden_section_finds_the_minima():
    at = np.array([0.0, 0.2, 0.7, 1.0])
    np.testing.assert_allclose(golden_section(lambda w: (w - at) ** 2, 4), at, atol=1e-7)


@pytest.mark.parametrize("trace", [False, True])
def test_covariance_intersection_of_mirrored_estimates(trace):
    w, x, P = covariance_intersection(a[:1], A[:1], b[:1], B[:1], trace=trace)
    np.testing.assert_allclose(w, 0.5, atol=1e-7)
    np.testing.assert_allclose(x[0], [0.8, 0.2], atol=1e-7)
    np.testing.assert_allclose(P[0], 1.6 * np.eye(2), atol=1e-6)


def test_covariance_intersection_by_trace():
    w, x, P = covariance_intersection(a, A, b, B, trace=True)
    np.testing.assert_allclose(w[1], 0.53143225, atol=5e-8)
    np.testing.assert_allclose(x[1], [1.60316906, 1.90339150], atol=5e-8)
    np.testing.assert_allclose(P[1], [[2.83056822, 0.29520453], [0.29520453, 2.69747997]], atol=2e-7)


def test_covariance_intersection_by_determinant():
    w, x, P = covariance_intersection(a, A, b, B)
    np.testing.assert_allclose(w[1], 0.59649125, atol=5e-8)
    np.testing.assert_allclose(x[1], [1.54891279, 1.93861838], atol=5e-8)
    np.testing.assert_allclose(P[1], [[3.00685795, 0.36907733], [0.36907733, 2.54488774]], atol=2e-7)


@pytest.mark.parametrize("trace", [False, True])
def test_intersection_is_consistent_whatever_the_cross_correlation(trace):
    """P ⪰ E[e eᵀ] exactly, for random admissible cross-covariances between the two errors."""
    rng = np.random.default_rng(3)
    N, n = 200, 4
    A, B = covariance(rng, n, N), covariance(rng, n, N)
    X = rng.standard_normal((N, n, n))
    X /= np.linalg.norm(X, 2, axis=(1, 2))[:, None, None]  # |X| = 1: as correlated as can be
    C = np.linalg.cholesky(A) @ X @ np.linalg.cholesky(B).mT
    w, _, P = covariance_intersection(np.zeros((N, n)), A, np.zeros((N, n)), B, trace=trace)
    K = w[:, None, None] * P @ np.linalg.inv(A)
    L = (1 - w)[:, None, None] * P @ np.linalg.inv(B)
    true = K @ A @ K.mT + L @ B @ L.mT + K @ C @ L.mT + L @ C.mT @ K.mT
    assert np.linalg.eigvalsh(P - true).min() > -1e-8
    np.testing.assert_allclose(K + L, np.broadcast_to(np.eye(n), K.shape), atol=1e-9)
    smaller = np.minimum(np.linalg.det(A), np.linalg.det(B))
    assert trace or (np.linalg.det(P) <= smaller * (1 + 1e-7)).all()


def test_inverse_intersection_is_tighter_and_consistent_with_a_shared_estimate():
    """Both hold an estimate of their own and a common one; E[e eᵀ] ⪯ P_ICI ⪯ P_CI."""
    rng = np.random.default_rng(4)
    N, n = 200, 3
    own_a, own_b, common = (np.linalg.inv(covariance(rng, n, N)) for _ in range(3))
    A, B = np.linalg.inv(own_a + common), np.linalg.inv(own_b + common)
    zero = np.zeros((N, n))
    w, _, P = inverse_covariance_intersection(zero, A, zero, B)
    _, _, wide = covariance_intersection(zero, A, zero, B)
    assert (np.linalg.det(P) <= np.linalg.det(wide) * (1 + 1e-6)).all()
    G = np.linalg.inv(w[:, None, None] * A + (1 - w)[:, None, None] * B)
    K = P @ (np.linalg.inv(A) - w[:, None, None] * G)
    L = P @ (np.linalg.inv(B) - (1 - w)[:, None, None] * G)
    C = A @ common @ B  # E[e_a e_bᵀ]: both errors hold the common one
    true = K @ A @ K.mT + L @ B @ L.mT + K @ C @ L.mT + L @ C.mT @ K.mT
    np.testing.assert_allclose(K + L, np.broadcast_to(np.eye(n), K.shape), atol=1e-9)
    assert np.linalg.eigvalsh(P - true).min() > -1e-8 * np.abs(P).max()


def update(x, P, z, R, H):
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    return x + K @ (z - H @ x), (P - K @ S @ K.T + (P - K @ S @ K.T).T) / 2


@pytest.mark.parametrize("measured", [3, 6])
def test_a_tracklet_is_the_measurement_that_was_made(measured):
    """Applied to another prior it does what the sensor's own plots would have done."""
    rng = np.random.default_rng(5)
    H, R = np.eye(6)[:measured], covariance(rng, measured, 1)[0]
    x0, P0 = rng.standard_normal(6), covariance(rng, 6, 1)[0]
    z = rng.standard_normal(measured)
    x1, P1 = update(x0, P0, z, R, H)
    u, U, gain, nis = tracklet(x0[None], P0[None], x1[None], P1[None])
    nu, S = z - H @ x0, H @ P0 @ H.T + R
    np.testing.assert_allclose(nis[0], nu @ np.linalg.solve(S, nu), rtol=1e-6)
    assert (gain > 1e-3).sum() == measured
    other_x, other_P = rng.standard_normal(6), covariance(rng, 6, 1)[0]
    x, P = update(other_x, other_P, u[0], U[0], np.eye(6))
    x_true, P_true = update(other_x, other_P, z, R, H)
    np.testing.assert_allclose(P, P_true, atol=2e-4 * np.abs(P_true).max())
    np.testing.assert_allclose(x, x_true, atol=2e-3)


def test_a_tracklet_without_an_update_says_nothing():
    rng = np.random.default_rng(6)
    x, P = rng.standard_normal((5, 6)), covariance(rng, 6, 5)
    u, U, gain, nis = tracklet(x, P, x, P)
    np.testing.assert_allclose(u, x)
    np.testing.assert_allclose(gain, 0.0, atol=1e-9)
    np.testing.assert_allclose(nis, 0.0)
    assert (np.linalg.eigvalsh(U - 1e5 * P) > 0).all()


def sensor_filter(rng, q, dt, R, H, scans):
    """A Kalman filter's track after each of its plots, and the plots."""
    truth = np.array([0.0, 0, 1000, 40, -30, 2])
    x, P = truth + rng.standard_normal(6) * [20, 20, 20, 15, 15, 5], np.diag([400.0] * 3 + [225, 225, 25])
    step = np.array([white_acceleration(q, dt)])
    history = [(x, P, None)]
    for _ in range(scans):
        x, P = x.copy()[None, None], P.copy()[None, None]
        predict(x, P, step)
        z = H @ (truth + np.r_[truth[3:] * dt, 0, 0, 0]) + np.linalg.cholesky(R) @ rng.standard_normal(len(H))
        truth = truth + np.r_[truth[3:] * dt, 0, 0, 0]
        x, P = update(x[0, 0], P[0, 0], z, R, H)
        history.append((x, P, z))
    return history


def test_fused_tracklets_of_a_kalman_filter_are_the_centralised_filter():
    """Our filter gets the sensor's tracks at half its rate, as tracklets; the other gets all its plots.

    Both add plots of their own; they agree, because everything between two reports is one tracklet.
    """
    rng = np.random.default_rng(7)
    q, dt, H = 2.0, 1.0, np.eye(6)[:3]
    R, ours = np.diag([400.0, 300, 900]), np.diag([100.0, 100, 100])
    history = sensor_filter(rng, q, dt, R, H, 40)
    step = np.array([white_acceleration(q, dt)])
    x, P = history[0][0], history[0][1]
    x_c, P_c = x, P
    for (x0, P0, _), (x1, P1, z) in pairwise(history):
        parts = [np.array(v)[None, None] for v in (x, P, x_c, P_c, x0, P0)]
        for k in (0, 2, 4):
            predict(parts[k], parts[k + 1], step)
        x, P, x_c, P_c, x0, P0 = (v[0, 0] for v in parts)
        u, U, _, _ = tracklet(x0[None], P0[None], x1[None], P1[None])
        x, P = update(x, P, u[0], U[0], np.eye(6))
        x_c, P_c = update(x_c, P_c, z, R, H)
        own = rng.standard_normal(3) * 10 + x_c[:3]
        x, P = update(x, P, own, ours, H)
        x_c, P_c = update(x_c, P_c, own, ours, H)
        np.testing.assert_allclose(P, P_c, rtol=1e-3, atol=1e-3 * P_c.max())
        np.testing.assert_allclose(x, x_c, atol=0.02)


def test_the_process_noise_of_a_filter_shows_in_its_covariances():
    """Exact for position plots; on the low side, where U errs to be large, when velocity is measured too."""
    rng = np.random.default_rng(8)
    for measured, low in ((3, 1.0), (6, 0.0)):
        H = np.eye(6)[:measured]
        R = np.diag([400.0, 300, 900, 4, 4, 4])[:measured, :measured]
        history = sensor_filter(rng, 3.0, 1.5, R, H, 30)
        x, P = (np.array([step[k] for step in history]) for k in (0, 1))
        dt = np.full(30, 1.5)
        _, flat = moved(x[:-1], P[:-1], dt)
        q = least_process_noise(flat, P[1:], unit_noise(dt, 3))
        assert (q <= 3.0 + 1e-6).all()
        assert (q >= 3.0 * low - 1e-6).all()


def test_unit_noise_and_motion_are_those_of_the_tracker():
    x, P = np.arange(6.0)[None, None], np.diag(np.arange(1.0, 7))[None, None]
    there, spread = moved(x[0], P[0], np.array([0.7]))
    predict(x, P, np.array([white_acceleration(2.5, 0.7)]))
    np.testing.assert_allclose(x[0], there)
    np.testing.assert_allclose(P[0], spread + 2.5 * unit_noise(np.array([0.7]), 3))


def test_decorrelated_reports_carry_the_information_of_the_best_estimate():
    """A constant and N first-order Markov errors: variance and mean of generalised least squares."""
    rng = np.random.default_rng(9)
    N, rho, sigma2 = 12, 0.8, 9.0
    C = sigma2 * rho ** np.abs(np.subtract.outer(range(N), range(N)))
    y = 5.0 + np.linalg.cholesky(C) @ rng.standard_normal(N)
    weights = np.linalg.solve(C, np.ones(N))
    one = np.full(N - 1, rho)
    z, R, _ = decorrelate(y[:-1, None], y[1:, None], np.full((N - 1, 1, 1), sigma2), one)
    information = 1 / sigma2 + (1 / R[:, 0, 0]).sum()
    np.testing.assert_allclose(information, weights.sum(), rtol=1e-12)
    mean = (y[0] / sigma2 + (z[:, 0] / R[:, 0, 0]).sum()) / information
    np.testing.assert_allclose(mean, weights @ y / weights.sum(), rtol=1e-12)


def test_the_jump_between_reports_is_chi_squared():
    rng = np.random.default_rng(10)
    R, rho = covariance(rng, 3, 1)[0], 0.6
    L = np.linalg.cholesky(R)
    e0 = rng.standard_normal((20_000, 3)) @ L.T
    e1 = rho * e0 + np.sqrt(1 - rho**2) * rng.standard_normal((20_000, 3)) @ L.T
    _, _, d2 = decorrelate(rho * e0, e1, np.broadcast_to(R, (20_000, 3, 3)), np.full(20_000, rho))
    assert abs(d2.mean() - 3.0) < 4 * np.sqrt(6 / 20_000)
