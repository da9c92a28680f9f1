"""T-GOSPA against its authors' examples, against itself solved in other ways, and at its edges."""

from __future__ import annotations

import numpy as np
import pytest

import vedette.kernel.tgospa as kernel
from tests.metric.arrays import NS, paths
from tests.metric.scenes import Scene, scene
from vedette.kernel.tgospa import solve, tgospa
from vedette.metric import GospaMetric, TGospaMetric, close_pairs, track_paths, truth_paths

N = np.nan
# x(t) of each trajectory in one dimension, NaN where there is none: truths, then tracks.
EXAMPLES = {
    1: ([[1] * 5], [[2] * 5]),
    2: ([[1] * 5], [[2, 2, 2, 2, N]]),
    3: ([[1] * 5], [[1.1, 1.1, 1.1, N, N], [N, N, N, 1.1, 1.1]]),
    4: (
        [[1] * 5, [2.2, 2.2, 2.2, N, N], [N, N, N, 2.2, 2.2]],
        [[1.1, 1.1, 1.1, N, N], [N, N, N, 1.1, 1.1], [2.1] * 5],
    ),
    5: ([[1] * 4, [2.2] * 4], [[2, 2, 1.2, 1.2], [1.2, 1.2, 2, 2]]),
    6: ([[1] * 4, [2.2] * 4], [[2] * 4, [1.2, 1.2, N, N], [N, N, 1.2, 1.2]]),
    7: ([[0.5] * 5, [2, 2, N, 2, 2]], [[1.5] * 5, [0] * 5]),
    8: ([[0.5] * 5, [2] * 5], []),
}
# p → example → distance, then localisation, missed, false and switch to the power p; c = 5, γ = 1
TABLE = {
    1: {
        1: (5, 5, 0, 0, 0), 2: (6.5, 4, 2.5, 0, 0), 3: (1.5, 0.5, 0, 0, 1), 4: (3, 1, 0, 0, 2),
        5: (3.6, 1.6, 0, 0, 2), 6: (2.6, 1.6, 0, 0, 1), 7: (7, 4.5, 0, 2.5, 0), 8: (25, 0, 25, 0, 0),
    },
    2: {
        1: (2.236067977, 5, 0, 0, 0), 2: (4.062019202, 4, 12.5, 0, 0), 3: (1.024695077, 0.05, 0, 0, 1),
        4: (1.449137675, 0.1, 0, 0, 2), 5: (1.523154621, 0.32, 0, 0, 2), 6: (1.148912529, 0.32, 0, 0, 1),
        7: (3.840572874, 2.25, 0, 12.5, 0), 8: (11.18033989, 0, 125, 0, 0),
    },
}  # fmt: skip


def one_dimension(given: list[list[float]]):
    Z = np.array(given, float) if given else np.empty((0, 1))
    who, step = np.nonzero(np.isfinite(Z))
    return step, who, Z[who, step][:, None]


@pytest.mark.parametrize("p", TABLE)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_authors_eight_examples(p, example):
    X, Y = EXAMPLES[example]
    t = np.arange(len(X[0])) * NS
    truth, tracks = truth_paths(t, *one_dimension(X)), track_paths(t, *one_dimension(Y))
    pairs, counts = close_pairs(truth, tracks, 5.0), (len(truth.who), len(tracks.who))
    got = tgospa(pairs.step, pairs.i, pairs.j, pairs.d, counts, c=5.0, p=p, gamma=1.0)
    parts = (got.distance, got.localisation, got.missed, got.false, got.switch)
    assert parts == pytest.approx(TABLE[p][example], abs=5e-9)


def of(s: Scene, *, c: float = 30.0, gamma: float = 15.0, **cut: int):
    truth, tracks = paths(s)
    pairs = close_pairs(truth, tracks, c)
    counts = (len(truth.who), len(tracks.who))
    return tgospa(pairs.step, pairs.i, pairs.j, pairs.d, counts, c=c, gamma=gamma, **cut)


def test_windows_with_overlap_find_what_one_programme_finds(monkeypatch):
    for seed in range(20, 23):
        s = scene(seed, N=10, K=90, side=150.0, sigma=8.0)
        whole = of(s)
        with monkeypatch.context() as cut:
            cut.setattr(kernel, "WHOLE", 0)
            windows = of(s, window=30, overlap=15)
            short = of(s, window=5, overlap=1)
        assert windows.distance == pytest.approx(whole.distance, rel=1e-6)
        assert whole.distance * (1.0 - 1e-9) <= short.distance <= whole.distance * 1.02


@pytest.mark.parametrize("seed", range(30))
def test_the_shortest_path_equals_the_programme(seed):
    rng = np.random.default_rng(seed)
    E, T = int(rng.integers(2, 6)), int(rng.integers(1, 25))
    g = np.where(rng.random((E, T)) < 0.6, rng.uniform(0, 4, (E, T)), 0.0)
    i, j, half = np.zeros(E, np.int64), np.arange(E), float(rng.uniform(0.2, 4))
    before = np.eye(E)[seed % E] if seed % 2 else np.empty(0)

    def value(w):
        held = np.column_stack([before, w]) if before.size else w
        return (g * w).sum() - half * np.abs(np.diff(held, axis=1)).sum()

    path, programme = solve(g, i, j, half, before, 60, 20), kernel._programme(g, i, j, half, before)
    assert (path.sum(axis=0) <= 1.0).all()
    assert value(path) == pytest.approx(value(programme), abs=1e-7)


def test_without_a_price_on_switches_it_is_gospa():
    for seed in range(2):
        truth, tracks = paths(scene(seed))
        free = TGospaMetric(c=30.0, gamma=0.0).score(truth, tracks)
        gospa = GospaMetric(c=30.0).score(truth, tracks)
        assert free["tgospa_m"] == pytest.approx(gospa["gospa_m"], rel=1e-9)
        dear = [
            TGospaMetric(c=30.0, gamma=g).score(truth, tracks)["tgospa_m"] for g in (0.0, 5.0, 20.0, 60.0)
        ]
        assert dear == sorted(dear)


def test_it_is_symmetric_and_scores_nothing_as_nothing():
    s = scene(3)
    a, b = of(s), of(Scene(s.Y, s.X))
    assert a.distance == pytest.approx(b.distance, rel=1e-9)
    assert (a.missed, a.false) == pytest.approx((b.false, b.missed))
    none = np.empty(0, np.int64)
    assert tgospa(none, none, none, np.empty(0), (0, 0), c=5.0, gamma=1.0).distance == 0.0
