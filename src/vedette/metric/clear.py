"""CLEAR-MOT: misses, false positives and identity switches of one matching per step.

Bernardin & Stiefelhagen, Evaluating multiple object tracking performance: the CLEAR MOT metrics, EURASIP
J. Image and Video Processing, 2008, in the reading of trackeval 1.3.0: at each step, pairs with similarity
s = max(0, 1 − d/c) ≥ threshold are matched so that as many as possible continue from the step before, and
among those so that Σ s is greatest.

    MOTA = (TP − FP − IDSW) / (TP + FN)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.kernel.assign import assign
from vedette.metric.pairs import Pairs, close_pairs
from vedette.metric.paths import Bools, Ints, TrackPaths, TruthPaths

EPS = float(np.finfo(float).eps)
STAY = 1000.0  # what continuing a match is worth against similarity, as in trackeval


@dataclass(frozen=True, kw_only=True)
class ClearMetric:
    """MOTA, MOTP (mean distance in m, and mean similarity), switches, fragments and counts.

    c in m makes a distance a similarity; `threshold` 0.5 asks for d ≤ c / 2. Without targets MOTA is 1 if
    nothing was reported, else 1 − FP.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "mota": 1.0, "motp_m": 0.0, "motp_similarity": 1.0, "switches": 0.0, "fragments": 0.0, "missed": 0.0,
        "false": 0.0, "mostly_lost": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = "mota"
    false: ClassVar[str] = "mota"

    c: float = 100.0
    threshold: float = 0.5

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        pairs = close_pairs(truth, tracks, self.c)
        matched = match(pairs, 1.0 - pairs.d / self.c, self.threshold, truth, tracks)
        i, j, step = pairs.i[matched], pairs.j[matched], pairs.step[matched]
        TP, J, N = len(i), len(truth.who), len(tracks.who)
        switches = count_switches(i, j)
        lives = np.bincount(truth.who, minlength=len(truth.ids))
        share = np.bincount(i, minlength=len(truth.ids)) / np.maximum(lives, 1)
        d = float(pairs.d[matched].mean()) if TP else 0.0
        return {
            "mota": 1.0 - (J - TP + N - TP + switches) / max(J, 1),
            "motp_m": d,
            "motp_similarity": 1.0 - d / self.c,
            "switches": float(switches),
            "fragments": float(count_fragments(i, step, truth, tracks)),
            "matched": float(TP),
            "missed": float(J - TP),
            "false": float(N - TP),
            "mostly_tracked": float((share > 0.8).sum()),
            "mostly_lost": float((share < 0.2).sum()),
        }


def match(pairs: Pairs, s: np.ndarray, threshold: float, truth: TruthPaths, tracks: TrackPaths) -> Ints:
    """The matched pairs, as indices into `pairs`, by step."""
    holder = np.full(len(truth.ids), -1, np.int64)  # each target's track at the step before
    good = s >= threshold - EPS
    chosen: list[Ints] = []
    start = pairs.of_steps(len(truth.t))
    for a, b, idle in zip(start[:-1], start[1:], idle_steps(truth, tracks), strict=True):
        if idle:
            continue
        some = a + np.flatnonzero(good[a:b])
        i, j = pairs.i[some], pairs.j[some]
        best = assign(i, j, s[some] + STAY * (holder[i] == j), len(truth.ids), len(tracks.ids))
        holder[:] = -1
        holder[i[best]] = j[best]
        chosen.append(some[best])
    return np.concatenate([np.empty(0, np.int64), *chosen])


def idle_steps(truth: TruthPaths, tracks: TrackPaths) -> Bools:
    """(K,) steps without targets or without tracks: trackeval passes over them, and matches live on."""
    return np.asarray((np.diff(truth.start) == 0) | (np.diff(tracks.start) == 0))


def count_switches(i: Ints, j: Ints) -> int:
    """How often a target is matched with another track than the last time; matches (E,) by step."""
    order = np.argsort(i, kind="stable")
    return int(((np.diff(i[order]) == 0) & (np.diff(j[order]) != 0)).sum())


def count_fragments(i: Ints, step: Ints, truth: TruthPaths, tracks: TrackPaths) -> int:
    """How often a target is matched again after a step in which it was not; matches (E,) by step."""
    busy = np.cumsum(~idle_steps(truth, tracks))
    order = np.argsort(i, kind="stable")
    who, at = i[order], busy[step[order]] if len(step) else step
    return int(((np.diff(who) == 0) & (np.diff(at) > 1)).sum())
