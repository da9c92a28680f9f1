"""GOSPA and OSPA against the reference implementations' digits (algorithms as published, run in Octave)."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.kernel.gospa import gospa, ospa

X = np.array([(0, 0), (10, 0), (20, 5), (35, 5)], float)
Y = np.array([(0.5, 0.5), (11, -1), (26, 5), (60, 60), (22, 4)], float)
NONE = np.empty((0, 2))


@pytest.mark.parametrize(
    ("p", "c", "distance", "localisation", "missed", "false"),
    [
        (1, 8, 16.3573883211, 4.3573883211, 4, 8),
        (2, 8, 10.1734949747, 7.5, 32, 64),
        (2, 5, 6.7082039325, 7.5, 12.5, 25),
        (1, 100, 63.3573883211, 13.3573883211, 0, 50),
    ],
)
def test_gospa_equals_the_reference(p, c, distance, localisation, missed, false):
    got = gospa(X, Y, c=c, p=p)
    assert got.distance == pytest.approx(distance, abs=1e-9)
    assert (got.localisation, got.missed, got.false) == pytest.approx((localisation, missed, false), abs=1e-9)


def test_gospa_names_the_pairs():
    assert sorted(map(tuple, gospa(X, Y, c=8).pairs.tolist())) == [(0, 0), (1, 1), (2, 4)]


def test_gospa_with_alpha_one():
    assert gospa(X, Y, c=8, p=2, alpha=1).distance == pytest.approx(11.6404467268, abs=1e-9)


def test_the_q_metric_weighs_misses_more():
    got = gospa(X, Y, c=8, p=2, rho=0.25)
    assert got.distance == pytest.approx(9.3541434669, abs=1e-9)
    assert (got.missed, got.false) == pytest.approx((48, 32))


def test_gospa_of_empty_sets():
    assert gospa(NONE, Y, c=8).distance == pytest.approx(12.6491106407, abs=1e-9)
    assert gospa(X, NONE, c=8).distance == pytest.approx(11.3137084990, abs=1e-9)
    assert gospa(NONE, NONE, c=8).distance == 0


@pytest.mark.parametrize(
    ("p", "c", "distance", "localisation", "cardinality"),
    [
        (1, 8, 4.0714776642, 2.4714776642, 1.6),
        (2, 8, 5.2057660339, 3.7815340802, 3.5777087640),
        (1, 100, 22.6714776642, 2.6714776642, 20),
        (2, 100, 44.9188156567, 4.2071367936, 44.7213595500),
    ],
)
def test_ospa_equals_the_reference(p, c, distance, localisation, cardinality):
    got = ospa(X, Y, c=c, p=p)
    assert (got.distance, got.localisation, got.cardinality) == pytest.approx(
        (distance, localisation, cardinality), abs=1e-9
    )


def test_sparse_gospa_equals_one_dense_assignment():
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(3)
    for _ in range(50):
        A, B = rng.uniform(0, 100, (rng.integers(1, 40), 2)), rng.uniform(0, 100, (rng.integers(1, 40), 2))
        c = 15.0
        cost = np.minimum(np.linalg.norm(A[:, None] - B[None], axis=-1), c) ** 2
        rows, cols = linear_sum_assignment(cost)
        dense = cost[rows, cols].sum() + c**2 / 2 * abs(len(A) - len(B))
        assert gospa(A, B, c=c).distance ** 2 == pytest.approx(dense, rel=1e-12)


@pytest.mark.parametrize(("offset", "distance"), [(0.5, 2.5), (1.0, 5.0)])
def test_stone_soups_gospa_of_constant_offsets(offset, distance):
    truths = np.column_stack([np.arange(5.0) * 50.0, np.zeros(5)])
    assert gospa(truths, truths + np.array([offset, 0.0]), c=10, p=1).distance == pytest.approx(distance)


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("offset", [0.5, 0.2])
def test_stone_soups_ospa_of_constant_offsets(offset, p):
    truths = np.column_stack([np.arange(5.0) * 50.0, np.zeros(5)])
    assert ospa(truths, truths + np.array([offset, 0.0]), c=10, p=p).distance == pytest.approx(offset)


def test_sparse_ospa_equals_one_dense_assignment():
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(4)
    for p in (1, 2):
        for _ in range(25):
            A, B = (rng.uniform(0, 100, (rng.integers(1, 40), 2)) for _ in "AB")
            c, k = 15.0, max(len(A), len(B))
            cost = np.minimum(np.linalg.norm(A[:, None] - B[None], axis=-1), c) ** p
            rows, cols = linear_sum_assignment(cost)
            dense = (cost[rows, cols].sum() + c**p * abs(len(A) - len(B))) / k
            assert ospa(A, B, c=c, p=p).distance ** p == pytest.approx(dense, rel=1e-12)


@pytest.mark.slow
def test_a_hundred_thousand_points_are_assigned_as_one_problem_would_be():
    """The programme of bench/gospa.py: against all in one at 100,000 points, and at 300 against one dense
    problem and Stone Soup, which takes half a minute for the programme's own 2,000."""
    import json
    import subprocess
    import sys
    from pathlib import Path

    script = Path(__file__).parents[2] / "bench" / "gospa.py"
    done = subprocess.run(
        [sys.executable, script, "--json", "--few", "300"], capture_output=True, check=True, text=True
    )
    got = json.loads(done.stdout)
    off = [value for name, value in got.items() if "_off_" in name]
    assert len(off) >= 3
    assert max(off) < 1e-12


def test_two_thousand_points_equal_one_dense_assignment():
    """GOSPA and the q-metric, where many are missed and few are false."""
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(6)
    A, B = rng.uniform(0, 20_000, (2000, 2)), rng.uniform(0, 20_000, (300, 2))
    B = np.concatenate([B, A[:1500] + rng.normal(0, 30, (1500, 2))])
    c = 100.0
    cost = np.minimum(((A[:, None] - B[None]) ** 2).sum(axis=2), c**2)
    pairs = cost[linear_sum_assignment(cost)].sum()
    for rho in (0.5, 0.25):
        assert gospa(A, B, c=c, rho=rho).distance ** 2 == pytest.approx(
            pairs + (1 - rho) * c**2 * 200, rel=1e-12
        )
