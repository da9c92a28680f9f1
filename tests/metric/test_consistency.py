"""NEES and NIS against the distribution they should have."""

from __future__ import annotations

import numpy as np
import pytest

from tests.metric.arrays import NS
from vedette.errors import MeasurementError
from vedette.metric import NeesMetric, bounds, consistency, nis, normalised, track_paths, truth_paths


def errors(rng: np.random.Generator, n: int, d: int):
    A = rng.normal(0, 1, (n, d, d))
    P = A @ np.swapaxes(A, 1, 2) + 0.1 * np.eye(d)
    return np.einsum("nij,nj->ni", np.linalg.cholesky(P), rng.normal(0, 1, (n, d))), P


def test_normalised_is_the_quadratic_form():
    e, P = errors(np.random.default_rng(0), 50, 4)
    assert normalised(e, P) == pytest.approx(np.einsum("ni,nij,nj->n", e, np.linalg.inv(P), e))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_right_covariances_are_inside_as_often_as_they_should_be(level):
    rng, steps, tracks = np.random.default_rng(1), 2000, 10
    e, P = errors(rng, steps * tracks, 6)
    got = consistency(normalised(e, P), np.repeat(np.arange(steps), tracks), 6, level)
    assert got.factor == pytest.approx(1.0, abs=0.02)
    assert got.inside == pytest.approx(level, abs=3.0 * np.sqrt(level * (1 - level) / steps))
    assert got.below == pytest.approx(got.above, abs=0.03)
    assert (got.steps, got.samples) == (steps, steps * tracks)


def test_bounds_hold_between_steps_of_different_size():
    low, high = bounds(np.array([1, 50, 100]), 4)
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) < 0).all()
    assert (low < 4).all()
    assert (high > 4).all()


def test_nis_names_the_sensor_whose_noise_is_understated():
    rng, n = np.random.default_rng(2), 1000
    nu, S = errors(rng, 2 * n, 3)
    nu[n:] *= 2.0  # this sensor is twice as noisy as it says
    got = nis(["radar"] * n + ["camera"] * n, np.tile(np.arange(n) // 5, 2), nu, S)
    assert got["radar"].inside > 0.9
    assert got["camera"].factor == pytest.approx(4.0, abs=0.2)
    assert got["camera"].above > 0.9


def test_a_covariance_that_is_none_is_refused():
    with pytest.raises(MeasurementError, match="not positive definite"):
        normalised(np.ones((1, 2)), -np.eye(2)[None])


def flown(scale: float):
    """Ten targets a kilometre apart, tracked with errors `scale` times as large as the tracks say."""
    rng, N, K = np.random.default_rng(3), 10, 200
    who, step = (a.ravel() for a in np.indices((N, K)))
    x = np.zeros((N * K, 6))
    x[:, 0], x[:, 1], x[:, 4] = 1000.0 * who, 20.0 * step, 20.0
    P = np.diag([25.0, 16.0, 100.0, 4.0, 1.0, 9.0])
    y = x + scale * rng.normal(0, 1, x.shape) * np.sqrt(np.diag(P))
    t = np.arange(K) * NS
    return truth_paths(t, step, who, x), track_paths(t, step, who, y, P=np.repeat(P[None], N * K, axis=0))


@pytest.mark.parametrize(("scale", "inside"), [(1.0, 0.95), (0.7, 0.0), (1.4, 0.0)])
def test_nees_of_tracks(scale, inside):
    got = NeesMetric(c=100.0).score(*flown(scale))
    assert got["samples"] == 2000
    assert got["nees_factor"] == pytest.approx(scale**2, rel=0.05)
    assert got["position_nees_factor"] == pytest.approx(scale**2, rel=0.05)
    assert got["nees_inside"] == pytest.approx(inside, abs=0.05)
    assert got["nees_above" if scale > 1 else "nees_below"] >= 0.9 * (scale != 1.0)
