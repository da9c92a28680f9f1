"""The K best joint associations are those that trying all of them finds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from vedette.kernel.ranking import MISS, best_assignment, rank


def every_association(gain, base):
    """(log weight, hypothesis, plots) of all joint associations, best first."""
    H, N, M = gain.shape
    found = []
    for h in range(H):
        for plots in itertools.product(range(MISS, M), repeat=N):
            taken = [j for j in plots if j != MISS]
            value = base[h] + sum(gain[h, i, j] for i, j in enumerate(plots) if j != MISS)
            if len(set(taken)) == len(taken) and value > -np.inf:
                found.append((value, h, plots))
    return sorted(found, key=lambda one: -one[0])


@pytest.mark.parametrize("seed", range(150))
def test_ranking_is_complete_and_in_order(seed):
    rng = np.random.default_rng(seed)
    H, N, M = rng.integers(1, 4), rng.integers(0, 5), rng.integers(0, 5)
    gain, base = 3.0 * rng.standard_normal((H, N, M)), rng.standard_normal(H)
    gain[rng.random(gain.shape) < 0.3] = -np.inf
    K = int(rng.integers(1, 60))
    parent, choice, value = rank(gain, base, K, 1e9)
    wanted = every_association(gain, base)[:K]
    np.testing.assert_allclose(value, [one[0] for one in wanted], atol=1e-12)
    assert [(h, tuple(plots)) for h, plots in zip(parent, choice, strict=True)] == [one[1:] for one in wanted]


def test_what_is_far_below_the_best_is_left_out():
    gain, base = np.array([[[0.0, -3.0], [-1.0, -20.0]]]), np.zeros(1)
    _, _, value = rank(gain, base, 100, 5.0)
    assert value.min() >= value.max() - 5.0
    assert len(value) == sum(one[0] >= value.max() - 5.0 for one in every_association(gain, base))


@pytest.mark.parametrize("seed", range(50))
def test_one_assignment_is_scipys(seed):
    """Staying without is a column of one's own that costs nothing."""
    rng = np.random.default_rng(seed)
    N, M = rng.integers(1, 12, 2)
    gain = 4.0 * rng.standard_normal((N, M))
    gain[rng.random(gain.shape) < 0.4] = -np.inf
    cost = np.concatenate([np.where(gain > -np.inf, -gain, 1e6), np.full((N, N), 1e6)], axis=1)
    cost[np.arange(N), M + np.arange(N)] = 0.0
    best = -cost[linear_sum_assignment(cost)].sum()
    choice = np.empty(N, np.int64)
    got = best_assignment(gain, 0, np.zeros(M, bool), np.zeros(M + 1, bool), choice)
    assert got == pytest.approx(best, abs=1e-9)
    assert got == pytest.approx(sum(gain[i, j] for i, j in enumerate(choice) if j != MISS), abs=1e-9)


def test_a_row_that_may_not_have_anything_has_no_assignment():
    gain, choice = np.array([[1.0], [2.0]]), np.empty(2, np.int64)
    none = np.full(2, True)
    assert best_assignment(gain, 0, np.zeros(1, bool), none, choice) == -np.inf
