"""Association marginals against an independent exact solver's digits and against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.kernel.cluster import components
from vedette.kernel.marginals import marginals


def solve(W, kappa, exact_plots):
    """Dense W (N, M), zero = not gated → p (N, M), p_miss, p_new."""
    M = W.shape[1]
    gated = W > 0
    row = np.concatenate([[0], np.cumsum(gated.sum(1))]).astype(np.int64)
    col = np.nonzero(gated)[1].astype(np.int64)
    start, members, _ = components(row, col, M)
    p, p_miss, p_new, loopy = marginals(row, col, W[gated], np.asarray(kappa), start, members, exact_plots)
    dense = np.zeros_like(W)
    dense[gated] = p
    return dense, p_miss, p_new, loopy


def brute(W, kappa):
    """Sum over every association event, spelled out."""
    N, M = W.shape
    p, p_miss, total = np.zeros((N, M)), np.zeros(N), 0.0
    for event in product(range(-1, M), repeat=N):
        used = [j for j in event if j >= 0]
        if len(set(used)) < len(used):
            continue
        weight = np.prod([W[i, j] for i, j in enumerate(event) if j >= 0]) if used else 1.0
        weight *= np.prod([kappa[j] for j in range(M) if j not in used])
        total += weight
        for i, j in enumerate(event):
            if j >= 0:
                p[i, j] += weight
            else:
                p_miss[i] += weight
    return p / total, p_miss / total


W = np.array([[0.5, 2, 0], [1, 0.3, 0.7], [0, 4, 0.1]])


def test_exact_marginals_equal_the_published_digits():
    """pyehm 2.2 (EHM2): eight digits for the 3 × 3 problem."""
    p, p_miss, p_new, _ = solve(W, np.ones(3), 12)
    np.testing.assert_allclose(p_miss, [0.57748508, 0.40543322, 0.38691089], atol=5e-9)
    expected = [
        [0.18378267, 0.23873225, 0],
        [0.30047335, 0.02037456, 0.27371887],
        [0, 0.58448240, 0.02860671],
    ]
    np.testing.assert_allclose(p, expected, atol=5e-9)
    np.testing.assert_allclose(p_new, 1 - p.sum(0), atol=1e-12)


def test_belief_propagation_reaches_the_published_fixed_point():
    p, p_miss, p_new, loopy = solve(W, np.ones(3), 0)
    assert loopy == 1
    np.testing.assert_allclose(p_miss, [0.57867143, 0.40655832, 0.38687857], atol=2e-7)
    expected = [
        [0.18300920, 0.23831937, 0],
        [0.30023180, 0.01951064, 0.27369924],
        [0, 0.58532516, 0.02779627],
    ]
    np.testing.assert_allclose(p, expected, atol=2e-7)
    np.testing.assert_allclose(p_new, [0.51675899, 0.15684483, 0.69850449], atol=2e-7)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4))
def test_exact_marginals_equal_the_sum_over_all_events(seed, N, M):
    rng = np.random.default_rng(seed)
    weights = rng.gamma(0.5, 3.0, (N, M)) * (rng.random((N, M)) < 0.7)
    kappa = rng.gamma(1.0, 1.0, M) + 1e-3
    p, p_miss, _, _ = solve(weights, kappa, 12)
    expected, expected_miss = brute(weights, kappa)
    np.testing.assert_allclose(p, expected, atol=1e-12)
    np.testing.assert_allclose(p_miss, expected_miss, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))
def test_marginals_are_probabilities(seed, N, M):
    rng = np.random.default_rng(seed)
    weights = rng.gamma(0.3, 30.0, (N, M)) * (rng.random((N, M)) < 0.5)
    for exact_plots in (0, 12):
        p, p_miss, p_new, _ = solve(weights, rng.gamma(1.0, 1.0, M) + 1e-3, exact_plots)
        np.testing.assert_allclose(p.sum(1) + p_miss, 1.0, atol=1e-9)
        assert p.min() >= 0
        assert p_new.min() >= 0
        if exact_plots:
            np.testing.assert_allclose(p.sum(0) + p_new, 1.0, atol=1e-9)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_belief_propagation_is_exact_with_one_target_or_one_plot(shape):
    rng = np.random.default_rng(7)
    weights = rng.gamma(1.0, 2.0, shape)
    kappa = rng.gamma(1.0, 1.0, shape[1]) + 0.1
    np.testing.assert_allclose(solve(weights, kappa, 0)[0], solve(weights, kappa, 12)[0], atol=1e-6)


def test_belief_propagation_is_exact_on_a_chain():
    chain = np.array([[2.0, 0, 0], [1.0, 0.5, 0], [0, 3.0, 1.0], [0, 0, 0.4]])
    np.testing.assert_allclose(solve(chain, np.ones(3), 0)[0], solve(chain, np.ones(3), 12)[0], atol=1e-6)


def test_many_targets_on_one_plot_do_not_underflow():
    crowd = np.full((400, 2), 1e3)
    p, p_miss, _, _ = solve(crowd, np.full(2, 1e-6), 12)
    np.testing.assert_allclose(p.sum(0), 1.0, atol=1e-6)
    np.testing.assert_allclose(p_miss, 1 - 2 / 400, atol=1e-6)
