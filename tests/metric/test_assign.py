"""Sparse assignment and GOSPA against one dense assignment problem."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

import vedette.kernel.assign as kernel
from vedette.kernel.assign import assign
from vedette.kernel.gospa import gospa


def dense_gain(i, j, gain, n, m) -> float:
    table = np.zeros((n, m))
    table[i, j] = np.maximum(gain, 0.0)
    a, b = linear_sum_assignment(table, maximize=True)
    return float(table[a, b].sum())


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.floats(0.05, 1.0))
def test_it_gains_as_much_as_a_dense_solver(seed, n, m, density):
    rng = np.random.default_rng(seed)
    i, j = np.nonzero(rng.random((n, m)) < density)
    gain = rng.normal(1.0, 1.0, len(i))
    best = assign(i, j, gain, n, m)
    assert len(np.unique(i[best])) == len(np.unique(j[best])) == len(best)
    assert (gain[best] > 0).all()
    assert gain[best].sum() == pytest.approx(dense_gain(i, j, gain, n, m), abs=1e-9)


def test_a_component_too_large_for_a_dense_table(monkeypatch):
    monkeypatch.setattr(kernel, "DENSE", 0)
    rng = np.random.default_rng(1)
    for _ in range(30):
        n, m = rng.integers(2, 40, 2)
        i, j = np.nonzero(rng.random((n, m)) < 0.2)
        gain = rng.uniform(-0.2, 1.0, len(i))
        best = assign(i, j, gain, n, m)
        assert gain[best].sum() == pytest.approx(dense_gain(i, j, gain, n, m), abs=1e-9)


@pytest.mark.parametrize("spread", [200.0, 1000.0, 5000.0])
def test_sparse_gospa_is_exact_from_one_clump_to_far_apart(spread):
    rng = np.random.default_rng(int(spread))
    X, Y, c = rng.uniform(0, spread, (400, 3)), rng.uniform(0, spread, (430, 3)), 60.0
    cost = np.minimum(np.linalg.norm(X[:, None] - Y[None], axis=-1), c) ** 2
    a, b = linear_sum_assignment(cost)
    dense = cost[a, b].sum() + c**2 / 2 * 30
    assert gospa(X, Y, c=c).distance ** 2 == pytest.approx(dense, rel=1e-13)


def test_a_hundred_thousand_points_add_up():
    rng = np.random.default_rng(0)
    n, c = 100_000, 100.0
    X = rng.uniform(0, 310e3, (n, 2))
    Y = X + rng.normal(0, 20.0, X.shape)
    Y[: n // 10] = rng.uniform(0, 310e3, (n // 10, 2))
    got = gospa(X, Y[rng.permutation(n)], c=c)
    assert got.missed == got.false == c**2 / 2 * (n - len(got.pairs))
    assert 0.9 * n <= len(got.pairs) < 0.902 * n  # the tenth that moved away finds a target only by chance
    assert np.sqrt(got.localisation / len(got.pairs)) == pytest.approx(20.0 * np.sqrt(2), rel=0.01)
