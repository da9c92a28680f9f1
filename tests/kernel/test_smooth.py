"""Smoothing against worked digits and batch least squares over the whole flight."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.kernel.motion import damped_velocity, predict, white_acceleration
from vedette.kernel.smooth import averaged, smooth, smooth_lagged, smooth_modes


def matrices(step, D):
    alpha, beta, pp, pv, vv = step
    eye = np.eye(D)
    return np.kron([[1, alpha], [0, beta]], eye), np.kron([[pp, pv], [pv, vv]], eye)


def filtered(x, P, steps, plots, R, D):
    """The Kalman filter's estimates after each plot (None: no plot)."""
    H, out = np.eye(2 * D)[:D], []
    for step, z in zip(steps, plots, strict=True):
        F, Q = matrices(step, D)
        x, P = F @ x, F @ P @ F.T + Q
        if z is not None:
            K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
            x, P = x + K @ (z - H @ x), P - K @ H @ P
        out.append((x, (P + P.T) / 2))
    return np.array([x for x, _ in out]), np.array([P for _, P in out])


def arrays(steps, D):
    """alpha, beta, Q of one model's steps."""
    return (
        np.array([step[0] for step in steps]),
        np.array([step[1] for step in steps]),
        np.array([matrices(step, D)[1] for step in steps]),
    )


def test_three_plots_to_all_digits():
    steps = [white_acceleration(0.5, 1.0)] * 3
    x0, P0 = np.array([0.0, 10]), np.diag([10.0, 1])
    x, P = filtered(x0, P0, steps, [[10.3], [19.6], [30.4]], np.eye(1), 1)
    xs, Ps = smooth(x, P, *arrays(steps[1:], 1))
    np.testing.assert_allclose(xs[0], [10.0553846462, 9.9984811596], rtol=1e-10)
    np.testing.assert_allclose(xs[1], [20.0723653755, 10.0553986539], rtol=1e-10)
    first, second = (P[[0, 0, 1], [0, 1, 1]] for P in Ps[:2])
    np.testing.assert_allclose(first, [0.6308357291, -0.2806953181, 0.4785172796], rtol=2e-10)
    np.testing.assert_allclose(second, [0.35852505, 2.6014394632e-4, 0.4581668523], rtol=1e-8)
    np.testing.assert_array_equal(xs[2], x[2])


def least_squares(x0, P0, steps, plots, R, D):
    """All states at once from prior, motion and plots: the normal equations of the whole flight."""
    n, T = 2 * D, len(steps)
    info, y = np.zeros((T * n, T * n)), np.zeros(T * n)
    F, Q = matrices(steps[0], D)
    first = np.linalg.inv(F @ P0 @ F.T + Q)
    info[:n, :n] += first
    y[:n] += first @ F @ x0
    for k in range(1, T):
        F, Q = matrices(steps[k], D)
        J = np.hstack([-F, np.eye(n)])
        block = slice((k - 1) * n, (k + 1) * n)
        info[block, block] += J.T @ np.linalg.inv(Q) @ J
    for k, z in enumerate(plots):
        if z is not None:
            block = slice(k * n, k * n + D)
            info[block, block] += np.linalg.inv(R)
            y[block] += np.linalg.inv(R) @ z
    P = np.linalg.inv(info)
    return (P @ y).reshape(T, n), np.array([P[k * n : (k + 1) * n, k * n : (k + 1) * n] for k in range(T)])


def flight(seed, D=3, T=25):
    """A flight with irregular times, two models and some misses."""
    rng = np.random.default_rng(seed)
    dt = rng.uniform(0.2, 3.0, T)
    steps = [white_acceleration(2.0, d) if k % 4 else damped_velocity(1.5, 2.0, d) for k, d in enumerate(dt)]
    plots = [rng.normal(0, 30, D) if rng.random() < 0.7 else None for _ in range(T)]
    x0, P0, R = rng.normal(0, 10, 2 * D), np.diag([200.0] * D + [90.0] * D), np.diag(rng.uniform(20, 90, D))
    return x0, P0, steps, plots, R, D, dt


@pytest.mark.parametrize("seed", range(4))
def test_it_is_batch_least_squares(seed):
    x0, P0, steps, plots, R, D, _ = flight(seed)
    x, P = filtered(x0, P0, steps, plots, R, D)
    xs, Ps = smooth(x, P, *arrays(steps[1:], D))
    x_true, P_true = least_squares(x0, P0, steps, plots, R, D)
    np.testing.assert_allclose(xs, x_true, rtol=1e-9, atol=1e-9 * np.abs(x_true).max())
    np.testing.assert_allclose(Ps, P_true, rtol=1e-9, atol=1e-9 * np.abs(P_true).max())
    assert np.linalg.eigvalsh(P - Ps).min() > -1e-9 * P.max()


@pytest.mark.parametrize("lag", [0.0, 5.0, 1e9])
def test_a_fixed_lag_knows_what_was_known_then(lag):
    """At each time: least squares over all plots up to the lag; no lag is the filter."""
    x0, P0, steps, plots, R, D, dt = flight(11, T=15)
    x, P = filtered(x0, P0, steps, plots, R, D)
    t = np.cumsum(dt)
    xs, Ps = smooth_lagged(x, P, *arrays(steps[1:], D), t, lag)
    for k in range(len(t)):
        known = int(np.sum(t <= t[k] + lag))
        x_true, P_true = least_squares(x0, P0, steps[:known], plots[:known], R, D)
        np.testing.assert_allclose(xs[k], x_true[k], rtol=1e-8, atol=1e-8 * np.abs(x_true).max())
        np.testing.assert_allclose(Ps[k], P_true[k], rtol=1e-8, atol=1e-8 * np.abs(P_true).max())


def test_the_average_of_models_has_the_moments_of_their_mixture():
    rng = np.random.default_rng(12)
    T, K, D = 6, 3, 3
    M = rng.standard_normal((T, 2 * D, 8))
    x, P = rng.normal(0, 20, (T, 2 * D)), M @ M.mT
    weight = rng.dirichlet(np.ones(K), T)
    steps = np.array(
        [
            [white_acceleration(0.5, d), white_acceleration(40.0, d), damped_velocity(1.0, 2.0, d)]
            for d in rng.uniform(0.1, 4, T)
        ]
    )
    alpha, beta, Q = averaged(weight, x, P, steps)
    for k in range(T):
        each_x, each_P = np.tile(x[k], (1, K, 1)), np.tile(P[k], (1, K, 1, 1))
        predict(each_x, each_P, steps[k])
        mean = weight[k] @ each_x[0]
        off = each_x[0] - mean
        cov = np.einsum("k,kab->ab", weight[k], each_P[0]) + np.einsum("k,ka,kb->ab", weight[k], off, off)
        F = np.kron([[1, alpha[k]], [0, beta[k]]], np.eye(D))
        np.testing.assert_allclose(F @ x[k], mean, rtol=1e-12)
        np.testing.assert_allclose(F @ P[k] @ F.T + Q[k], cov, rtol=1e-10, atol=1e-10)


def test_smoothed_modes_are_those_of_all_paths():
    """Against the sum over every sequence of modes of a hidden Markov chain."""
    rng = np.random.default_rng(13)
    T, K = 6, 3
    switch = rng.dirichlet(np.ones(K), (T - 1, K))
    likelihood, start = rng.uniform(0.1, 1, (T, K)), rng.dirichlet(np.ones(K))
    paths = np.indices((K,) * T).reshape(T, -1)
    p = start[paths[0]] * likelihood[0, paths[0]]
    mu = np.empty((T, K))
    mu[0] = start * likelihood[0] / (start @ likelihood[0])
    for k in range(1, T):
        p = p * switch[k - 1, paths[k - 1], paths[k]] * likelihood[k, paths[k]]
        mu[k] = (mu[k - 1] @ switch[k - 1]) * likelihood[k]
        mu[k] /= mu[k].sum()
    expected = np.array([[p[paths[k] == m].sum() for m in range(K)] for k in range(T)]) / p.sum()
    np.testing.assert_allclose(smooth_modes(mu, switch), expected, rtol=1e-10)
