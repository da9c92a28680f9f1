"""HOTA: detection and association weighed evenly, averaged over how strictly position is judged.

Luiten et al., HOTA: a higher order metric for evaluating multi-object tracking, IJCV 129, 2021, as in
trackeval 1.3.0, with similarity s = max(0, 1 − d/c). At each threshold α of 0.05, 0.10, … 0.95:

    DetA = TP / (TP + FN + FP)     AssA = (1/TP) Σ_{c ∈ TP} A(c)     A = TPA / (TPA + FNA + FPA)
    HOTA = sqrt(DetA AssA)

where TPA(c) counts the steps at which the pair of match c is matched, FNA and FPA the other steps of its
target and of its track. Figures are means over α.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.kernel.assign import assign
from vedette.metric.pairs import Pairs, close_pairs
from vedette.metric.paths import Floats, Ints, TrackPaths, TruthPaths

ALPHA: Floats = np.linspace(0.05, 0.95, 19)
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, kw_only=True)
class HotaMetric:
    """HOTA and its parts; c in m is the distance from which on a track is no match at all.

    An empty sky reported as empty scores 1; else, without targets or without tracks, all but `loca` are 0.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "hota": 1.0, "deta": 1.0, "assa": 1.0, "loca": 1.0, "det_recall": 1.0, "det_precision": 1.0,
        "ass_recall": 1.0, "ass_precision": 1.0,
    }  # fmt: skip
    missed: ClassVar[str] = "hota"
    false: ClassVar[str] = "hota"

    c: float = 100.0

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        J, N = len(truth.who), len(tracks.who)
        if J == 0 or N == 0:
            value = float(J == N)
            return dict.fromkeys(self.perfect, value) | {"loca": 1.0}
        pairs = close_pairs(truth, tracks, self.c)
        s = 1.0 - pairs.d / self.c
        n_truth, n_track = np.bincount(truth.who), np.bincount(tracks.who)
        best = assign(pairs.a, pairs.b, s * alignment(pairs, s, n_truth, n_track)[pair_of(pairs)], J, N)
        at = [scores(pairs.i[m], pairs.j[m], s[m], n_truth, n_track)
              for m in (best[s[best] >= alpha - EPS] for alpha in ALPHA)]  # fmt: skip
        names = ("deta", "assa", "loca", "det_recall", "det_precision", "ass_recall", "ass_precision")
        mean = {name: float(np.mean([one[name] for one in at])) for name in names}
        return {"hota": float(np.mean([np.sqrt(one["deta"] * one["assa"]) for one in at]))} | mean


def pair_of(pairs: Pairs) -> Ints:
    """(E,) which distinct (target, track) each close pair is, in ascending order of both."""
    return np.unique(pairs.i * (pairs.j.max(initial=0) + 1) + pairs.j, return_inverse=True)[1]


def alignment(pairs: Pairs, s: Floats, n_truth: Ints, n_track: Ints) -> Floats:
    """The global alignment (U,) of each distinct pair: a Jaccard index over the run, before any matching."""
    total_a, total_b = np.bincount(pairs.a, s), np.bincount(pairs.b, s)
    within = s / (total_a[pairs.a] + total_b[pairs.b] - s)
    which = pair_of(pairs)
    shared = np.bincount(which, within)
    i, j = np.zeros(len(shared), np.int64), np.zeros(len(shared), np.int64)
    i[which], j[which] = pairs.i, pairs.j
    return shared / (n_truth[i] + n_track[j] - shared)


def scores(i: Ints, j: Ints, s: Floats, n_truth: Ints, n_track: Ints) -> dict[str, float]:
    """All parts at one threshold, from the matches there: target, track, similarity (TP,)."""
    TP, J, N = len(i), int(n_truth.sum()), int(n_track.sum())
    _, first, which = np.unique(i * len(n_track) + j, return_index=True, return_inverse=True)
    tpa = np.bincount(which).astype(float)
    of_i, of_j = n_truth[i[first]], n_track[j[first]]
    per = max(TP, 1)
    return {
        "deta": TP / (J + N - TP),
        "assa": float((tpa * tpa / (of_i + of_j - tpa)).sum()) / per,
        "loca": float(s.mean()) if TP else 1.0,
        "det_recall": TP / J,
        "det_precision": TP / N,
        "ass_recall": float((tpa * tpa / of_i).sum()) / per,
        "ass_precision": float((tpa * tpa / of_j).sum()) / per,
    }
