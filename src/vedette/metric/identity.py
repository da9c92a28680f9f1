"""IDF1: how much of the truth is reported under one name throughout.

Ristani, Solera, Zou, Cucchiara & Tomasi, Performance measures and a data set for multi-target, multi-camera
tracking, ECCV workshops 2016, as in trackeval 1.3.0. One assignment of tracks to targets for the whole run
maximises IDTP, the steps at which the two are together:

    IDF1 = IDTP / (IDTP + ½ IDFP + ½ IDFN)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.kernel.assign import assign
from vedette.metric.pairs import close_pairs
from vedette.metric.paths import Ints, TrackPaths, TruthPaths


@dataclass(frozen=True, kw_only=True)
class IdentityMetric:
    """IDF1, its precision and recall. Together means similarity 1 − d/c ≥ threshold, c in m."""

    perfect: ClassVar[Mapping[str, float]] = {"idf1": 1.0, "id_precision": 1.0, "id_recall": 1.0}
    missed: ClassVar[str] = "idf1"
    false: ClassVar[str] = "idf1"

    c: float = 100.0
    threshold: float = 0.5

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        pairs = close_pairs(truth, tracks, self.c)
        near = 1.0 - pairs.d / self.c >= self.threshold
        idtp = together(pairs.i[near], pairs.j[near], len(truth.ids), len(tracks.ids))
        J, N = len(truth.who), len(tracks.who)
        below = {"idf1": (J + N) / 2.0, "id_precision": float(N), "id_recall": float(J)}
        # Of nothing, all was right.
        return {name: idtp / count if count else 1.0 for name, count in below.items()}


def together(i: Ints, j: Ints, N: int, M: int) -> float:
    """IDTP from target i and track j of every close pair at every step (E,)."""
    pair, steps = np.unique(i * M + j, return_counts=True)
    best = assign(pair // M, pair % M, steps.astype(float), N, M) if len(pair) else pair
    return float(steps[best].sum())
