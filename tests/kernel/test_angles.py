"""Directions update targets as an extended Kalman filter by other people does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from vedette.kernel.angles import VAGUE, gate, look, update
from vedette.tracker.bernoulli import Bernoullis

NOW = np.zeros(2, np.int64)
ORIGIN = np.array([100.0, -200.0, 10.0])


def seen(x):
    """Azimuth and elevation of state x from ORIGIN, and their slope along the state, by the textbook."""
    e, n, u = x[:3] - ORIGIN
    g, r2 = math.hypot(e, n), e * e + n * n + u * u
    H = np.zeros((2, 6))
    H[0, :2] = n / g**2, -e / g**2
    H[1, :3] = -e * u / (r2 * g), -n * u / (r2 * g), g / r2
    return np.array([math.atan2(e, n) % (2 * math.pi), math.atan2(u, g)]), H


def target(rng):
    x = np.array([*rng.uniform(-4e3, 4e3, 2), rng.uniform(50, 400), *rng.uniform(-40, 40, 3)])
    root = rng.standard_normal((6, 6)) * np.array([60.0, 60, 30, 5, 5, 2])[:, None]
    return x, root @ root.T + np.eye(6)


@pytest.mark.parametrize("seed", range(8))
def test_one_direction_is_an_extended_kalman_update(seed):
    """filterpy's EKF with the same h and H; the azimuth near north wraps."""
    filterpy = pytest.importorskip("filterpy.kalman")
    rng = np.random.default_rng(seed)
    x, P = target(rng)
    h, H = seen(x)
    R = np.diag(np.square([0.02, 0.03]))
    z = h + rng.multivariate_normal(np.zeros(2), R)
    peer = filterpy.ExtendedKalmanFilter(6, 2)
    peer.x, peer.P, peer.R = x[:, None].copy(), P.copy(), R
    peer.update(z[:, None], lambda _: H, lambda _: h[:, None])
    x1, P1 = x[None, None].copy(), P[None, None].copy()
    one, nothing = np.ones((1, 1)), np.zeros(1)
    turned = z - np.array([2 * math.pi, 0.0])
    row, col = np.array([0, 1]), np.array([0])
    update(
        one, x1, P1, h[None, None, None], H[None, None, None], NOW[:1], turned[None], R[None], row, col,
        nothing, np.ones(1), one,
    )  # fmt: skip
    np.testing.assert_allclose(x1[0, 0], peer.x[:, 0], rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(P1[0, 0], peer.P, rtol=1e-8, atol=1e-6)


def test_likelihood_is_scipys_and_far_directions_are_outside():
    rng = np.random.default_rng(3)
    x, P = target(rng)
    h, H = seen(x)
    R = np.diag(np.square([0.02, 0.03]))
    z = np.array([h + 0.02, h + 2.0])
    mu = np.full((1, 2), 0.5)
    two = [np.repeat(a[None, None], 2, axis=1) for a in (P, h, H)]
    row, col, likely, share, clear = gate(
        mu, two[0], two[1][None], two[2][None], NOW, z, np.repeat(R[None], 2, axis=0), 16.0
    )
    assert clear.all()
    assert row.tolist() == [0, 1]
    assert col.tolist() == [0]
    assert likely[0] == pytest.approx(multivariate_normal.pdf(z[0], h, H @ P @ H.T + R), rel=1e-9)
    np.testing.assert_allclose(share, [[0.5, 0.5]])


def test_a_mixture_keeps_mean_and_spread():
    """A miss and a hit with equal weight: the moments of the two-component mixture."""
    rng = np.random.default_rng(4)
    x, P = target(rng)
    h, H = seen(x)
    R, z = np.diag(np.square([0.02, 0.03])), h + np.array([0.03, -0.02])
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    after, cov = x + K @ (z - h), P - K @ S @ K.T
    mean = 0.5 * (x + after)
    spread = 0.5 * (P + np.outer(x - mean, x - mean)) + 0.5 * (cov + np.outer(after - mean, after - mean))
    x1, P1, one, half = x[None, None].copy(), P[None, None].copy(), np.ones((1, 1)), np.array([0.5])
    row, col = np.array([0, 1]), np.array([0])
    update(
        one, x1, P1, h[None, None, None], H[None, None, None], NOW[:1], z[None], R[None], row, col, half,
        half, one.copy(),
    )  # fmt: skip
    np.testing.assert_allclose(x1[0, 0], mean, rtol=1e-10)
    np.testing.assert_allclose(P1[0, 0], spread, rtol=1e-8, atol=1e-7)


def one_look(heard, r=0.8, wide=1.0, reports=0):
    """A target of existence r after a look with P_D = 0.4 and so many reports right where it is."""
    x, P = target(np.random.default_rng(6))
    P = P * wide
    b = Bernoullis(6, room=2)
    b.size, b.r[0], b.mu[0], b.x[0, 0], b.P[0, 0], b.code[0] = 1, r, 1.0, x, P, -1
    h, H = seen(x)
    R = np.tile(np.diag(np.square([0.02, 0.03])), (reports, 1, 1))
    z, t, kappa = np.tile(h, (reports, 1)), np.ones(reports, np.int64), np.full(reports, 0.1)
    pairs, used = look(
        b.rows(), 1, h[None, None, None], H[None, None, None], t * 0, z, R, t, t * 0 - 1, kappa,
        np.array([0.4]), np.array([heard]), True, 20.0, 12, 1.0, 0,
    )  # fmt: skip
    return b, pairs, used


def test_a_look_is_bayes():
    """Existence after a miss and after a report, written out."""
    b, _, used = one_look(heard=True)
    assert b.r[0] == pytest.approx(0.8 * 0.6 / (1 - 0.8 * 0.4))
    assert used.tolist() == [-1]
    b, pairs, used = one_look(heard=True, reports=1)
    likelihood = math.exp(_density(one_look(heard=True)[0]))
    odds = 0.8 * 0.4 * likelihood / 0.1
    assert b.r[0] == pytest.approx((odds + 0.8 * 0.6) / (odds + 1 - 0.8 * 0.4))
    assert pairs.p_new[0] == pytest.approx((1 - 0.8 * 0.4) / (odds + 1 - 0.8 * 0.4))
    assert used.tolist() == [0]


def _density(b):
    """log N(0; 0, S) of a report right where the target is."""
    h, H = seen(b.x[0, 0])
    return multivariate_normal.logpdf(h, h, H @ b.P[0, 0] @ H.T + np.diag(np.square([0.02, 0.03])))


def test_who_was_never_heard_is_not_doubted_for_silence():
    assert one_look(heard=False)[0].r[0] == 0.8
    assert one_look(heard=False, reports=1)[0].r[0] > 0.9


def test_whose_direction_is_anybodys_guess_is_left_alone():
    """An ellipse as wide as its distance: no slope says where a bearing across it lies."""
    b, pairs, _ = one_look(heard=True, wide=1e4, reports=1)
    _, H = seen(b.x[0, 0])
    assert H[0] @ b.P[0, 0] @ H[0] > VAGUE**2
    assert b.r[0] == 0.8
    assert len(pairs.col) == 0
