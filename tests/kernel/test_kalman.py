"""Updates against the textbook written out with dense matrices, and published out-of-sequence digits."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.kernel.gauss import cholesky
from vedette.kernel.kalman import innovation, posterior, update_mixtures
from vedette.kernel.motion import predict, white_acceleration


def random_spd(rng, *shape):
    A = rng.standard_normal((*shape, shape[-1]))
    return A @ np.swapaxes(A, -1, -2) + 0.1 * np.eye(shape[-1])


def observation(D, m, tau):
    """H written out: position τ before the state's time, then velocity."""
    H = np.zeros((m, 2 * D))
    H[:D, :D], H[:D, D:] = np.eye(D), -tau * np.eye(D)
    if m > D:
        H[D:, D:] = np.eye(D)
    return H


def textbook(x, P, z, R, H):
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    return x + K @ (z - H @ x), P - K @ S @ K.T


@pytest.mark.parametrize(("D", "m"), [(2, 2), (3, 3), (3, 6)])
@pytest.mark.parametrize("tau", [0.0, 0.7])
def test_posterior_equals_the_textbook(D, m, tau):
    rng = np.random.default_rng(4)
    x, P, z, R = (
        rng.standard_normal(2 * D),
        random_spd(rng, 2 * D),
        rng.standard_normal(m),
        random_spd(rng, m),
    )
    nu, PHt, S, L = np.empty(m), np.empty((2 * D, m)), np.empty((m, m)), np.zeros((m, m))
    innovation(x, P, z, R, tau, nu, PHt, S)
    assert cholesky(S, L, m)
    x1, P1 = np.empty(2 * D), np.empty((2 * D, 2 * D))
    posterior(x, P, nu, PHt, L, x1, P1)
    expected_x, expected_P = textbook(x, P, z, R, observation(D, m, tau))
    np.testing.assert_allclose(x1, expected_x, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(P1, expected_P, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("D", "m"), [(2, 2), (2, 4), (3, 3), (3, 6)])
def test_mixture_keeps_the_first_two_moments(D, m):
    """Two or three hypotheses per target, moments summed by hand from the textbook update."""
    rng = np.random.default_rng(5)
    x, P = rng.standard_normal((2, 2 * D)), random_spd(rng, 2, 2 * D)
    z, R, tau = rng.standard_normal((3, m)), random_spd(rng, 3, m), np.array([0.0, 0.3, 0.1])
    row, col = np.array([0, 2, 4]), np.array([0, 1, 1, 2])
    miss, hit = np.array([0.2, 0.5]), np.array([0.5, 0.3, 0.1, 0.4])
    expected = []
    for i in range(2):
        parts = [(miss[i], x[i], P[i])]
        for e in range(row[i], row[i + 1]):
            j = col[e]
            parts.append((hit[e], *textbook(x[i], P[i], z[j], R[j], observation(D, m, tau[j]))))
        mean = sum(w * y for w, y, _ in parts)
        expected.append((mean, sum(w * (C + np.outer(y - mean, y - mean)) for w, y, C in parts)))
    mu, share = np.ones((2, 1)), np.ones((4, 1))
    x, P = x[:, None].copy(), P[:, None].copy()
    update_mixtures(mu, x, P, z, R, tau, row, col, miss, hit, share)
    for i in range(2):
        np.testing.assert_allclose(x[i, 0], expected[i][0], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(P[i, 0], expected[i][1], rtol=1e-9, atol=1e-11)


def test_four_plots_in_order_give_the_published_digits():
    """1-D, q = 0.5, R = 1, plots at 1, 2, 2.5, 3 s (Bar-Shalom's out-of-sequence example, in order).

    Each axis of a 2-D state carries the same numbers.
    """
    x, P = np.array([[[0.0, 0, 10, 10]]]), np.diag([10.0, 10, 1, 1])[None, None].copy()
    t = 0.0
    for when, plot in ((1, 10.3), (2, 19.6), (2.5, 25.7), (3, 30.4)):
        predict(x, P, np.array([white_acceleration(0.5, when - t)]))
        t = when
        update_mixtures(
            np.ones((1, 1)), x, P, np.full((1, 2), plot), np.eye(2)[None], np.zeros(1),
            np.array([0, 1]), np.array([0]),
            np.zeros(1), np.ones(1), np.ones((1, 1)),
        )  # fmt: skip
    np.testing.assert_allclose(x[0, 0, [0, 2]], [30.377695028, 10.1716724131], rtol=1e-10)
    np.testing.assert_allclose(
        [P[0, 0, 0, 0], P[0, 0, 0, 2], P[0, 0, 2, 2]], [0.5574985227, 0.4061258563, 0.731651379], rtol=1e-9
    )


def test_cholesky_refuses_what_is_not_positive_definite():
    assert not cholesky(np.array([[1.0, 2.0], [2.0, 1.0]]), np.zeros((2, 2)), 2)
    assert not cholesky(np.array([[np.nan, 0.0], [0.0, 1.0]]), np.zeros((2, 2)), 2)
