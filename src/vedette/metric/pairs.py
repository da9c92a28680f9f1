"""Who is near whom: the truth and track rows of one step that are closer than c."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from vedette.metric.paths import Floats, Ints, Paths


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """By step: truth row a (E,), track row b (E,), their objects i, j (E,), step (E,), distance d (E,)."""

    a: Ints
    b: Ints
    i: Ints
    j: Ints
    step: Ints
    d: Floats

    def of_steps(self, K: int) -> Ints:
        """(K+1,) pairs of step k are start[k]:start[k+1]."""
        return np.searchsorted(self.step, np.arange(K + 1))


def close_pairs(truth: Paths, tracks: Paths, c: float) -> Pairs:
    """Every pair of the same step with Euclidean distance d < c, c > 0 in m."""
    at, of = truth.step, tracks.step
    # One tree for all steps: a fourth axis sets them 2c apart, and adds exactly nothing within a step.
    X = np.column_stack([truth.x[:, :3], at * (2.0 * c)])
    Y = np.column_stack([tracks.x[:, :3], of * (2.0 * c)])
    if len(X) == 0 or len(Y) == 0:
        none = np.empty(0, np.int64)
        return Pairs(none, none, none, none, none, np.empty(0))
    near = cKDTree(X).sparse_distance_matrix(cKDTree(Y), c, output_type="ndarray")
    near = near[near["v"] < c]
    near = near[np.lexsort((near["j"], near["i"]))]
    a, b = near["i"].astype(np.int64), near["j"].astype(np.int64)
    return Pairs(a, b, truth.who[a], tracks.who[b], at[a], near["v"].astype(float))
