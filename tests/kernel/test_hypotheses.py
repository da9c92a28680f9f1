"""One look under joint hypotheses, against a slow twin and against the marginal filter."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from tests.kernel.bernoulli_rows import rows_of
from vedette.kernel.hypotheses import descend, gains, moments
from vedette.kernel.pmb import absorb, associate
from vedette.kernel.ranking import MISS, rank

H_OF = np.hstack([np.eye(2), np.zeros((2, 2))])
P_DETECT, CLUTTER = 0.8, 1e-3


def close_targets(rng, N, modes=1):
    """N targets within each other's gates: r (1, N), mu, x, P, as one hypothesis."""
    r = rng.uniform(0.3, 0.95, (1, N))
    mu = rng.dirichlet(np.ones(modes), (1, N))
    x = 3.0 * rng.standard_normal((1, N, modes, 4))
    root = rng.standard_normal((1, N, modes, 4, 4))
    return r, mu, x, root @ root.swapaxes(-1, -2) + 4.0 * np.eye(4)


def plots(rng, M):
    return 4.0 * rng.standard_normal((M, 2)), np.repeat(2.0 * np.eye(2)[None], M, axis=0), np.zeros(M)


def looked(w, densities, z, R, tau, K=10_000):
    N, M = densities[0].shape[1], len(z)
    p, kappa = np.full(N, P_DETECT), np.full(M, CLUTTER)
    gain, base, share = gains(w, *densities, p, True, z, R, tau, kappa, np.zeros((N, M)), 1e9)
    parent, choice, value = rank(gain, base, K, 1e9)
    new = descend(parent, choice, *densities, p, True, z, R, tau, share)
    w = np.exp(value - value.max())
    return w / w.sum(), choice, new


def twin(hypotheses, z, R):
    """The mixture by the book, in lists: hypotheses are (weight, [(r, x, P), …]); one mode."""
    found = []
    for weight, targets in hypotheses:
        for association in itertools.product(range(MISS, len(z)), repeat=len(targets)):
            taken = [j for j in association if j != MISS]
            if len(set(taken)) < len(taken):
                continue
            w, after = weight * CLUTTER ** (len(z) - len(taken)), []
            for (r, x, P), j in zip(targets, association, strict=True):
                if j == MISS:
                    w *= 1.0 - r * P_DETECT
                    after.append((r * (1.0 - P_DETECT) / (1.0 - r * P_DETECT), x, P))
                    continue
                S = H_OF @ P @ H_OF.T + R[j]
                w *= r * P_DETECT * multivariate_normal.pdf(z[j], H_OF @ x, S)
                gain = P @ H_OF.T @ np.linalg.inv(S)
                after.append((1.0, x + gain @ (z[j] - H_OF @ x), P - gain @ S @ gain.T))
            found.append((w, after))
    total = sum(w for w, _ in found)
    return sorted(((w / total, after) for w, after in found), key=lambda one: -one[0])


@pytest.mark.parametrize("seed", range(6))
def test_two_looks_equal_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    densities, w = close_targets(rng, 2), np.ones(1)
    r, _, x, P = densities
    slow = [(1.0, [(r[0, i], x[0, i, 0], P[0, i, 0]) for i in range(2)])]
    for M in (2, 3):
        z, R, tau = plots(rng, M)
        w, _, densities = looked(w, densities, z, R, tau)
        slow = twin(slow, z, R)
    np.testing.assert_allclose(w, [one[0] for one in slow], rtol=1e-9)
    for c, (_, targets) in enumerate(slow):
        for i, (r_i, x_i, P_i) in enumerate(targets):
            assert densities[0][c, i] == pytest.approx(r_i, abs=1e-9)
            np.testing.assert_allclose(densities[2][c, i, 0], x_i, rtol=1e-8, atol=1e-8)
            np.testing.assert_allclose(densities[3][c, i, 0], P_i, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("modes", [1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_all_hypotheses_of_one_look_averaged_are_the_marginal_filter(seed, modes):
    """From one hypothesis, the mixture's moments are what exact marginals and moment matching give."""
    rng = np.random.default_rng(seed)
    N, M = 3, 4
    densities = close_targets(rng, N, modes)
    z, R, tau = plots(rng, M)
    w, choice, new = looked(np.ones(1), densities, z, R, tau)
    r1, mu1, x1, P1 = moments(w, *new)
    r, mu, x, P = (a[0].copy() for a in densities)
    code, p = np.full(N, -1), np.full(N, P_DETECT)
    plot_code, kappa = np.full(M, -1), np.full(M, CLUTTER)
    rows = rows_of(r, mu, x, P, code)
    pairs = associate(rows, N, p, True, z, R, tau, plot_code, kappa, 1e9, 12, 1.0)
    absorb(rows, N, z, R, tau, plot_code, pairs, np.ones(N, bool))
    np.testing.assert_allclose(r1, r, rtol=1e-9)
    np.testing.assert_allclose(mu1, mu, rtol=1e-5, atol=2e-6)  # the marginal filter keeps a floor under modes
    np.testing.assert_allclose(x1, x, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(P1, P, rtol=1e-7, atol=1e-7)
    free = [1.0 - w @ (choice == j).any(axis=1) for j in range(M)]
    np.testing.assert_allclose(free, pairs.p_new, rtol=1e-9, atol=1e-12)


def test_names_count_as_they_do_for_the_marginal_filter():
    """Two targets, one plot that says it is the second: the factor for names decides."""
    rng = np.random.default_rng(1)
    densities, (z, R, tau) = close_targets(rng, 2), plots(rng, 1)
    p, trust = np.full(2, P_DETECT), math.log(1e6)
    names = np.array([[-trust], [trust]])
    gain, *_ = gains(np.ones(1), *densities, p, True, z, R, tau, np.full(1, CLUTTER), names, 1e9)
    plain, *_ = gains(np.ones(1), *densities, p, True, z, R, tau, np.full(1, CLUTTER), 0.0 * names, 1e9)
    np.testing.assert_allclose(gain - plain, [[[-trust], [trust]]])


def test_silence_of_a_sensor_that_only_reports_is_no_evidence():
    rng = np.random.default_rng(2)
    densities, (z, R, tau) = close_targets(rng, 2), plots(rng, 1)
    p, kappa = np.full(2, P_DETECT), np.full(1, CLUTTER)
    gain, base, share = gains(np.ones(1), *densities, p, False, z, R, tau, kappa, np.zeros((2, 1)), 1e9)
    assert base[0] == 0.0
    missed = np.full((1, 2), MISS)
    r, *_ = descend(np.zeros(1, int), missed, *densities, p, False, z, R, tau, share)
    np.testing.assert_allclose(r, densities[0], rtol=1e-12)
    l_0 = multivariate_normal.pdf(z[0], densities[2][0, 0, 0, :2], densities[3][0, 0, 0, :2, :2] + R[0])
    assert gain[0, 0, 0] == pytest.approx(math.log(densities[0][0, 0] * l_0 / CLUTTER), rel=1e-10)
