"""The registration kernels against finite differences, a batch least-squares fit, and plain matrices."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.flights import SITE
from tests.tracker.two_radars import radar
from vedette.kernel.registration import consider, given, jacobian, update, walk
from vedette.sensor import Radar2DConfig, build
from vedette.types import Kind

FLAT = Radar2DConfig(
    name="flat", bearing=40, distance=3000, height=12, range_max=60e3, reference_range=40e3, reference_rcs=0,
    reference_pd=0.9, range_resolution=50, azimuth_beamwidth=2, elevation_min=0, elevation_max=40, period=4,
    height_prior=2000, height_sigma=0.01,
)  # fmt: skip


@pytest.mark.parametrize("z", [(15e3, 0.7, 0.2), (8e3, 3.9, 0.6), (30e3, 5.5, 0.01)])
def test_the_jacobian_is_the_derivative_of_the_conversion(z):
    """Of sensor.convert, with noise so small that its debiasing is nothing."""
    for sensor, kind in ((radar("r", 40.0), Kind.RANGE_AZ_EL), (build(FLAT, SITE), Kind.RANGE_AZ)):
        m = 3 if kind is Kind.RANGE_AZ_EL else 2
        R = np.eye(m)[None] * 1e-12
        step = np.diag([1.0, 1e-5, 1e-5])[:m, :m]
        here = np.array(z[:m])

        def y(point, sensor=sensor, kind=kind, R=R):
            return sensor.convert(kind, point[None], R)[0][0]

        expected = np.zeros((3, 3))
        for k in range(m):
            expected[:, k] = (y(here + step[k]) - y(here - step[k])) / (2 * step[k, k])
        J = np.empty((3, 3))
        jacobian(y(here), *sensor.to_site, m == 2, J)
        # a 2-D plot's height follows the Earth's curvature with its distance, which J leaves out: d/R < 0.5 %
        scale = np.linalg.norm(expected, axis=0).clip(1e-9)
        assert (np.linalg.norm(J - expected, axis=0) / scale < (1e-6 if m == 3 else 6e-3)).all()


def test_the_filter_equals_batch_least_squares():
    """200 random pairs of three sensors, one by one, against one fit with the prior as twelve rows more."""
    rng = np.random.default_rng(0)
    S, prior = 3, np.diag(rng.uniform(0.5, 2.0, 12))
    truth = rng.standard_normal(12) * np.sqrt(np.diag(prior))
    b, B, rows, values = np.zeros(12), prior.copy(), [], []
    for _ in range(200):
        s1, s2 = rng.permutation(S)[:2]
        G1, G2 = rng.standard_normal((2, 3, 4))
        A = rng.standard_normal((3, 3))
        R = A @ A.T + np.eye(3)
        H = np.zeros((3, 12))
        H[:, 4 * s1 : 4 * s1 + 4], H[:, 4 * s2 : 4 * s2 + 4] = G1, -G2
        L = np.linalg.cholesky(R)
        y = H @ truth + L @ rng.standard_normal(3)
        update(b, B, s1, G1, s2, G2, y - H @ b, R, np.inf)
        rows.append(np.linalg.solve(L, H))
        values.append(np.linalg.solve(L, y))
    rows.append(np.diag(1 / np.sqrt(np.diag(prior))))
    values.append(np.zeros(12))
    A, y = np.concatenate(rows), np.concatenate(values)
    fit = np.linalg.lstsq(A, y, rcond=None)[0]
    assert np.allclose(b, fit, atol=1e-9)
    assert np.allclose(B, np.linalg.inv(A.T @ A), atol=1e-10)
    assert np.abs((b - truth) / np.sqrt(np.diag(B))).max() < 4


def test_what_lies_beyond_the_gate_changes_nothing():
    b, B, G = np.zeros(8), np.eye(8), np.ones((3, 4))
    d2 = update(b, B, 0, G, 1, G, np.array([100.0, 0, 0]), np.eye(3), 16.27)
    assert d2 > 16.27
    assert not b.any()
    assert (np.eye(8) == B).all()


def test_given_is_the_schur_complement():
    rng = np.random.default_rng(1)
    A = rng.standard_normal((12, 12))
    B = A @ A.T
    a, d = slice(8, 12), slice(0, 4)
    assert np.allclose(given(B, 2, 0), B[a, a] - B[a, d] @ np.linalg.solve(B[d, d], B[d, a]))
    assert np.allclose(given(B, 1, 1), 0.0, atol=1e-9)
    B[d] = B[:, d] = 0.0  # a datum without a bias tells nothing new
    assert (given(B, 2, 0) == B[a, a]).all()


def test_considered_covariance_is_that_of_drawn_biases():
    """J B Jᵀ + B_tt diag(v²) against 200,000 draws of bias and velocity, in the plane of a tilted sensor."""
    rng, sensor = np.random.default_rng(2), radar("r", 40.0, 60e3)
    y = np.array([[10e3, 5e3, 2e3], [0.0, 9e3, 1e3]])
    A = rng.standard_normal((4, 4)) * np.array([20.0, 0.01, 0.01, 0.3])[:, None]
    B, speed2 = A @ A.T, np.array([6400.0, 6400.0, 64.0])
    S, told = np.zeros((2, 3, 3)), np.array([True, False])
    consider(y, S, told, *sensor.to_site, False, B, speed2)
    beta = rng.multivariate_normal(np.zeros(4), B, 200_000)
    v = rng.standard_normal((len(beta), 3)) * np.sqrt(speed2)
    J = np.empty((3, 3))
    jacobian(y[0], *sensor.to_site, False, J)
    drawn = np.cov((beta[:, :3] @ J.T - v * beta[:, 3:]).T)
    assert np.allclose(S[0], drawn, atol=0.02 * np.abs(drawn).max())
    assert not S[1].any()


def test_a_bias_wanders_up_to_what_was_expected_of_it_and_no_further():
    prior = np.diag([4.0, 1.0, 0.0, 2.0])
    B = np.diag([1.0, 1.0, 0.0, 0.5])
    walk(B, prior, np.full(4, 0.1), 10.0)
    assert np.allclose(np.diag(B), [2.0, 1.0, 0.0, 1.5])
    walk(B, prior, np.full(4, 0.1), 1e6)
    assert np.allclose(B, prior)
