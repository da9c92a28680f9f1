#!/usr/bin/env python3
"""GOSPA of very many points: how long it takes, and that it is the exact one.

    python bench/gospa.py                 # 100,000 against 100,000 points
    python bench/gospa.py --points 1000000
    python bench/gospa.py --json

Truths lie at 4 per km², estimates are those moved by 20 m noise, one in ten missed and half as many false
ones added: what a picture of a large raid looks like. c = 100 m, p = 2. The q-metric weighs a miss three
times a false estimate.

GOSPA of all points is held against one sparse assignment problem over all of them, not component by component
(scipy's LAPJVsp). On 2,000 points both metrics are held against one dense problem over all pairs, and GOSPA
against Stone Soup 1.9.1, if it is installed. `…_off_…` are relative differences.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from vedette.kernel.gospa import gospa
from vedette.types import Array

C, Q = 100.0, 0.25


def points(n: int, seed: int, dims: int = 2) -> tuple[Array, Array]:
    """Truths X (n, dims) and estimates Y, nearly as many."""
    rng = np.random.default_rng(seed)
    side = 1000.0 * np.sqrt(n / 4.0)
    X = rng.uniform(0.0, side, (n, dims))
    seen = X[rng.random(n) < 0.9]
    false = rng.uniform(0.0, side, ((n - len(seen)) // 2, dims))
    return X, rng.permutation(np.concatenate([seen + rng.normal(0.0, 20.0, seen.shape), false]))


def dense(X: Array, Y: Array, c: float, rho: float) -> float:
    """The same from the full matrix: who is given somebody at c or farther is missed, and that one false."""
    n, m = len(X), len(Y)
    cost = np.minimum(((X[:, None] - Y[None]) ** 2).sum(axis=2), c**2)
    rows, cols = linear_sum_assignment(cost)
    alone = (1.0 - rho) * max(n - m, 0) + rho * max(m - n, 0)
    return float(np.sqrt(cost[rows, cols].sum() + alone * c**2))


def whole(X: Array, Y: Array, c: float) -> float:
    """The same as one sparse problem: each truth takes an estimate closer than c, or nobody at c²."""
    n, m = len(X), len(Y)
    near = cKDTree(X).sparse_distance_matrix(cKDTree(Y), c, output_type="coo_matrix")
    price = np.concatenate([near.data**2, np.full(n, c**2)])
    rows, cols = np.concatenate([near.row, np.arange(n)]), np.concatenate([near.col, m + np.arange(n)])
    # A price of nothing would be no edge at all, so all are one higher.
    i, j = min_weight_full_bipartite_matching(csr_array((price + 1.0, (rows, cols)), shape=(n, m + n)))
    taken = j < m
    d2 = ((X[i[taken]] - Y[j[taken]]) ** 2).sum()
    return float(np.sqrt(d2 + 0.5 * c**2 * (n + m - 2 * taken.sum())))


def stone_soup(X: Array, Y: Array, c: float) -> float:
    """Stone Soup's GOSPA, p = 2, of two sets of points."""
    from stonesoup.metricgenerator.ospametric import GOSPAMetric
    from stonesoup.types.state import State

    metric = GOSPAMetric(p=2, c=c)
    states = [[State(x[:, None]) for x in some] for some in (Y, X)]
    return float(metric.compute_gospa_metric(*states)[0].value["distance"])


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="bench/gospa.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=2_000, help="points for the dense problem and Stone Soup")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    figures: dict[str, float] = {"points": asked.points}
    X, Y = points(asked.points, asked.seed)
    for name, rho in (("gospa", 0.5), ("q_metric", Q)):
        began = time.process_time()
        figures[f"{name}_m"] = gospa(X, Y, c=C, rho=rho).distance
        figures[f"{name}_s"] = time.process_time() - began
    figures["gospa_off_whole"] = abs(figures["gospa_m"] / whole(X, Y, C) - 1.0)
    X, Y = points(asked.few, asked.seed + 1)
    few = gospa(X, Y, c=C).distance
    figures["few_points"] = asked.few
    for name, rho in (("gospa", 0.5), ("q_metric", Q)):
        value = dense(X, Y, C, rho)
        figures[f"{name}_off_dense"] = abs(gospa(X, Y, c=C, rho=rho).distance / value - 1.0)
    if importlib.util.find_spec("stonesoup"):
        figures["gospa_off_stone_soup"] = abs(few / stone_soup(X, Y, C) - 1.0)
    if asked.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:24} {value:.6g}" for name, value in figures.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
