"""Sparse gating and clusters against the dense, obvious way."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import multivariate_normal

from vedette.kernel.cluster import components
from vedette.kernel.gate import gate, grid


def scene(seed, N, M, D=2, m=2, area=300.0):
    rng = np.random.default_rng(seed)
    x = np.concatenate([rng.uniform(0, area, (N, D)), rng.normal(0, 15, (N, D))], axis=1)
    A = rng.standard_normal((N, 2 * D, 2 * D)) * rng.choice([1.0, 8.0], (N, 1, 1))
    P = A @ A.transpose(0, 2, 1) + 0.1 * np.eye(2 * D)
    z = np.concatenate([rng.uniform(0, area, (M, D)), rng.normal(0, 15, (M, m - D))], axis=1)
    B = rng.standard_normal((M, m, m)) * rng.choice([1.0, 5.0], (M, 1, 1))
    return x, P, z, B @ B.transpose(0, 2, 1) + np.eye(m), rng.uniform(0, 1.0, M)


def dense_gate(x, P, z, R, tau, gamma):
    found = {}
    D, m = x.shape[1] // 2, z.shape[1]
    for i in range(len(x)):
        for j in range(len(z)):
            H = np.zeros((m, 2 * D))
            H[:D, :D], H[:D, D:] = np.eye(D), -tau[j] * np.eye(D)
            if m > D:
                H[D:, D:] = np.eye(D)
            S, nu = H @ P[i] @ H.T + R[j], z[j] - H @ x[i]
            if nu @ np.linalg.solve(S, nu) < gamma:
                found[i, j] = multivariate_normal.logpdf(nu, cov=S)
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 12),
    st.integers(0, 25),
    st.sampled_from([(2, 2), (3, 3), (3, 6)]),
)
def test_gate_finds_every_pair_and_no_other(seed, N, M, shape):
    x, P, z, R, tau = scene(seed, N, M, *shape)
    row, col, likely, _ = gate(np.ones((N, 1)), x[:, None], P[:, None], z, R, tau, 16.0)
    got = {(i, int(col[e])): math.log(likely[e]) for i in range(N) for e in range(row[i], row[i + 1])}
    expected = dense_gate(x, P, z, R, tau, 16.0)
    assert got.keys() == expected.keys()
    for pair, value in expected.items():
        assert got[pair] == pytest.approx(value, abs=1e-8)


def test_rows_are_in_plot_order_whatever_the_order_of_plots():
    x, P, z, R, tau = scene(1, 20, 60, area=100.0)
    row, col, *_ = gate(np.ones((20, 1)), x[:, None], P[:, None], z, R, tau, 16.0)
    for i in range(20):
        assert list(col[row[i] : row[i + 1]]) == sorted(col[row[i] : row[i + 1]])


def test_the_grid_stays_small_over_a_huge_area():
    z = np.array([[0.0, 0.0], [1e9, 1e9], [5.0, 5.0]])
    *_, nx, ny, start, order = grid(z, 1.0)
    assert nx * ny <= 4 * 3 + 16
    assert sorted(order) == [0, 1, 2]
    assert start[-1] == 3


def test_a_flood_of_plots_in_one_place_grows_the_edge_list():
    x, P = np.zeros((3, 4)), np.repeat(np.eye(4)[None], 3, axis=0)
    z, R = np.zeros((500, 2)), np.repeat(np.eye(2)[None], 500, axis=0)
    row, col, *_ = gate(np.ones((3, 1)), x[:, None], P[:, None], z, R, np.zeros(500), 9.0)
    assert list(row) == [0, 500, 1000, 1500]
    assert len(col) == 1500


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 30))
def test_clusters_are_the_connected_components(seed, N, M):
    rng = np.random.default_rng(seed)
    edges = rng.random((N, M)) < 1.0 / max(N, M)
    row = np.concatenate([[0], np.cumsum(edges.sum(1))]).astype(np.int64)
    col = np.nonzero(edges)[1].astype(np.int64)
    start, members, plot_cluster = components(row, col, M)
    i, j = np.nonzero(edges)
    _, label = connected_components(
        coo_array((np.ones(len(i)), (i, N + j)), shape=(N + M, N + M)), directed=False
    )
    ours = {frozenset(members[a:b].tolist()) for a, b in itertools.pairwise(start)}
    theirs = {frozenset(np.flatnonzero(label[:N] == k).tolist()) for k in set(label[i])}
    assert ours == theirs
    for c, (a, b) in enumerate(itertools.pairwise(start)):
        assert set(np.flatnonzero(plot_cluster == c)) == set(
            col[np.concatenate([np.arange(row[k], row[k + 1]) for k in members[a:b]])]
        )
