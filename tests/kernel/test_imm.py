"""Several ways of moving: against the textbook recursion written out, and closed forms of Markov chains."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.stats import multivariate_normal

from vedette.kernel.gate import gate
from vedette.kernel.imm import combine, mix, switching
from vedette.kernel.kalman import update_mixtures
from vedette.kernel.motion import predict, white_acceleration


def textbook(mu, x, P, switch, models, z, R):
    """One IMM cycle of one target, dense (Bar-Shalom, Li & Kirubarajan 2001, table 11.6.6-1)."""
    K, n = x.shape
    D = n // 2
    H = np.hstack([np.eye(D), np.zeros((D, D))])
    c = switch.T @ mu
    posts, likelihood = [], np.empty(K)
    for k in range(K):
        share = switch[:, k] * mu / c[k]
        mean = share @ x
        cov = sum(w * (C + np.outer(m - mean, m - mean)) for w, m, C in zip(share, x, P, strict=True))
        alpha, beta, pp, pv, vv = models[k]
        F = np.block([[np.eye(D), alpha * np.eye(D)], [np.zeros((D, D)), beta * np.eye(D)]])
        Q = np.block([[pp * np.eye(D), pv * np.eye(D)], [pv * np.eye(D), vv * np.eye(D)]])
        m, C = F @ mean, F @ cov @ F.T + Q
        S = H @ C @ H.T + R
        G = C @ H.T @ np.linalg.inv(S)
        likelihood[k] = multivariate_normal.pdf(z, H @ m, S)
        posts.append((m + G @ (z - H @ m), C - G @ S @ G.T))
    mu = c * likelihood / (c @ likelihood)
    return mu, np.array([m for m, _ in posts]), np.array([C for _, C in posts])


def test_one_cycle_equals_the_textbook():
    rng = np.random.default_rng(3)
    K, D = 3, 2
    A = rng.standard_normal((1, K, 2 * D, 2 * D))
    mu, x = np.array([[0.6, 0.3, 0.1]]), rng.standard_normal((1, K, 2 * D))
    P = A @ np.swapaxes(A, -1, -2) + np.eye(2 * D)
    switch = switching(np.array([20.0, 5.0, 15.0]), 1.3)
    models = [white_acceleration(q, 1.3) for q in (0.5, 5.0, 40.0)]
    z, R = rng.standard_normal((1, D)), np.eye(D)[None]
    expected = textbook(mu[0], x[0], P[0], switch, models, z[0], R[0])
    mix(mu, x, P, switch)
    predict(x, P, np.array(models))
    row, col, _, share = gate(mu, x, P, z, R, np.zeros(1), 1e9)
    update_mixtures(mu, x, P, z, R, np.zeros(1), row, col, np.zeros(1), np.ones(1), share)
    for got, wanted in zip((mu[0], x[0], P[0]), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12)


def test_likelihood_is_the_mixture_over_modes():
    rng = np.random.default_rng(4)
    mu, x = np.array([[0.7, 0.3]]), rng.standard_normal((1, 2, 4))
    P = np.tile(np.diag([2.0, 2, 1, 1]), (1, 2, 1, 1)) * np.array([1.0, 9.0])[None, :, None, None]
    z, R = rng.standard_normal((1, 2)), np.eye(2)[None]
    _, _, likely, share = gate(mu, x, P, z, R, np.zeros(1), 1e9)
    parts = [
        m * multivariate_normal.pdf(z[0], x[0, k, :2], P[0, k, :2, :2] + R[0]) for k, m in enumerate(mu[0])
    ]
    assert likely[0] == pytest.approx(sum(parts), rel=1e-12)
    np.testing.assert_allclose(share[0], np.array(parts) / sum(parts), rtol=1e-12)


def test_combining_keeps_the_first_two_moments_of_samples():
    rng = np.random.default_rng(5)
    mu = np.array([[0.5, 0.2, 0.3]])
    x, P = rng.standard_normal((1, 3, 4)), np.tile(0.3 * np.eye(4), (1, 3, 1, 1))
    mean, cov = combine(mu, x, P)
    mode = rng.choice(3, 400_000, p=mu[0])
    samples = x[0, mode] + np.sqrt(0.3) * rng.standard_normal((400_000, 4))
    np.testing.assert_allclose(mean[0], samples.mean(0), atol=0.01)
    np.testing.assert_allclose(cov[0], np.cov(samples.T), atol=0.02)


@pytest.mark.parametrize("dt", [0.0, 0.1, 1.0, 60.0])
def test_switching_is_the_matrix_exponential(dt):
    sojourn = np.array([20.0, 5.0, 15.0])
    G = np.repeat((1 / (2 * sojourn))[:, None], 3, axis=1)
    np.fill_diagonal(G, -1 / sojourn)
    np.testing.assert_allclose(switching(sojourn, dt), expm(G * dt), atol=1e-12)
    np.testing.assert_allclose(switching(sojourn, dt).sum(1), 1.0, atol=1e-12)


def test_irregular_scans_see_the_same_chain():
    """Chapman-Kolmogorov: Π(0.3) Π(0.7) = Π(1)."""
    sojourn = np.array([20.0, 5.0, 15.0])
    np.testing.assert_allclose(
        switching(sojourn, 0.3) @ switching(sojourn, 0.7), switching(sojourn, 1.0), atol=1e-12
    )
