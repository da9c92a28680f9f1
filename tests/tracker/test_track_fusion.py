"""Ways of fusing another tracker's tracks, side by side on two equal radars in one dimension."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.kernel.fusion import (
    covariance_intersection,
    decorrelate,
    inverse_covariance_intersection,
    least_process_noise,
    moved,
    tracklet,
    unit_noise,
)

RUNS, SECONDS, SIGMA = 1000, 60, 20.0
ONE = np.ones(RUNS)
START = np.broadcast_to(np.diag([SIGMA**2, 400.0]), (RUNS, 2, 2))


def predicted(x, P):
    x, P = moved(x, P, ONE)
    return x, P + unit_noise(ONE, 1)


def updated(x, P, z, R):
    """With plots z (RUNS, m), R (RUNS, m, m) of the first m components."""
    m = z.shape[1]
    K = P[:, :, :m] @ np.linalg.inv(P[:, :m, :m] + R)
    P = P - K @ P[:, :m]
    return x + np.einsum("nam,nm->na", K, z - x[:, :m]), (P + P.mT) / 2


def plot(rng, truth, sigma=SIGMA):
    return truth[:, :1] + sigma * rng.standard_normal((RUNS, 1)), np.full((RUNS, 1, 1), sigma**2)


def nees(e, P):
    return np.einsum("na,na->n", e, np.linalg.solve(P, e[:, :, None])[:, :, 0]).mean() / 2


def intersected(x, P, y, S, before):
    _, x, P = covariance_intersection(x, P, y, S, evaluations=20)
    return x, P


def naive(x, P, y, S, before):
    return updated(x, P, y, S)


def by_tracklets(x, P, y, S, before):
    x0, P0 = moved(*before, ONE)
    Q = unit_noise(ONE, 1)
    u, U, _, _ = tracklet(x0, P0 + least_process_noise(P0, S, Q)[:, None, None] * Q, y, S)
    return updated(x, P, u, U)


def decorrelated(x, P, y, S, before):
    """From standard deviations alone."""
    variance = np.diagonal(S, axis1=1, axis2=2)
    R = variance[:, :, None] * np.eye(2)
    rho = np.exp(-np.sqrt(variance[:, 1] / variance[:, 0]))
    return updated(x, P, *decorrelate(moved(before[0], S, ONE)[0], y, R, rho)[:2])


def fly(way, seed=1):
    """RMS error and NEES after the first ten seconds of a tracker with a radar and the other one's tracks."""
    rng = np.random.default_rng(seed)
    noise = np.linalg.cholesky(unit_noise(ONE[:1], 1)[0])
    truth = np.zeros((RUNS, 2))
    x, P = truth + rng.standard_normal((RUNS, 2)) * [SIGMA, 20.0], START
    theirs = truth + rng.standard_normal((RUNS, 2)) * [SIGMA, 20.0], START
    if way is not intersected:
        x, P = updated(x, P, *theirs)
    squares, values = [], []
    for k in range(SECONDS):
        truth = moved(truth, START, ONE)[0] + rng.standard_normal((RUNS, 2)) @ noise.T
        x, P = updated(*predicted(x, P), *plot(rng, truth))
        before, theirs = theirs, updated(*predicted(*theirs), *plot(rng, truth))
        x, P = way(x, P, *theirs, before)
        if k >= 10:
            squares.append(((x - truth)[:, 0] ** 2).mean())
            values.append(nees(x - truth, P))
    return float(np.sqrt(np.mean(squares))), float(np.mean(values))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "error", "consistency"),
    [(intersected, 9.4, 0.87), (by_tracklets, 7.9, 1.0), (decorrelated, 8.1, 1.0), (naive, 10.8, 3.75)],
    ids=lambda way: getattr(way, "__name__", ""),
)
def test_each_way_costs_what_the_documentation_says(way, error, consistency):
    found, value = fly(way)
    assert abs(found - error) < 0.03 * error
    assert abs(value - consistency) < 0.06 * consistency


def test_intersection_of_two_trackers_is_never_too_sure():
    """Both follow the same flights, so the flights' own noise is in both errors. Theirs has more noise."""
    rng = np.random.default_rng(2)
    noise = np.linalg.cholesky(unit_noise(ONE[:1], 1)[0])
    truth = np.zeros((RUNS, 2))
    ours, theirs = ((truth + rng.standard_normal((RUNS, 2)) * [SIGMA, 20.0], START) for _ in range(2))
    for k in range(25):
        truth = moved(truth, START, ONE)[0] + rng.standard_normal((RUNS, 2)) @ noise.T
        ours = updated(*predicted(*ours), *plot(rng, truth))
        theirs = updated(*predicted(*theirs), *plot(rng, truth, 1.5 * SIGMA))
        if k % 8 == 7:
            for fuse in (covariance_intersection, inverse_covariance_intersection):
                _, x, P = fuse(*ours, *theirs)
                assert nees(x - truth, P) < 1.06
            x, P = updated(*ours, *theirs)
            assert nees(x - truth, P) > 1.06
