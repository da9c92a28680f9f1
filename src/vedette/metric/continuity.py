"""Continuity: whether a target keeps one track for as long as it could be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.association import Associations, associate
from vedette.metric.paths import Bools, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, kw_only=True)
class ContinuityMetric:
    """Over the steps at which a target is in coverage:

    tracked     share of target-steps that some track follows (probability of track)
    continuity  mean over targets of (mean life of its tracks on it) / (its life); 0 for one never tracked
    breaks      times that a target was followed, then not, then again, per target-hour
    switches    times that another track took a target over, with or without a break, per target-hour
    duplicates  tracks too many, per target-step that is tracked
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "tracked": 1.0, "continuity": 1.0, "breaks_per_target_h": 0.0, "switches_per_target_h": 0.0,
        "duplicates": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = "tracked"
    false: ClassVar[str] = NOTHING

    c: float = 50.0
    begin: int = 3
    end: int = 2

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        _, a, _ = who.rows(truth, tracks)
        a = a[truth.covered[a]]
        followed, steps = len(np.unique(a)), int(truth.covered.sum())
        hours = target_hours(truth)
        holders = who.holders()
        broken, switched = changes(truth, holders)
        return {
            "tracked": followed / steps if steps else 1.0,
            "continuity": continuity(truth, tracks, holders),
            "breaks_per_target_h": float(broken.sum()) / hours if hours else 0.0,
            "switches_per_target_h": float(switched.sum()) / hours if hours else 0.0,
            "duplicates": (len(a) - followed) / followed if followed else 0.0,
            "target_h": hours,
        }


def target_hours(truth: TruthPaths) -> float:
    """Σ over targets of the time from first to last in coverage."""
    order = truth.by_object()
    order = order[truth.covered[order]]
    _, first = np.unique(truth.who[order], return_index=True)
    if len(first) == 0:
        return 0.0
    last = np.r_[first[1:], len(order)] - 1
    seconds = truth.seconds[truth.step[order]]
    return float((seconds[last] - seconds[first]).sum() / 3600.0)


def continuity(truth: TruthPaths, tracks: TrackPaths, holders: Associations) -> float:
    """Mean over targets of the mean share of its covered steps that one segment lasts."""
    N = len(truth.ids)
    which, a, _ = holders.rows(truth, tracks)
    steps = np.bincount(which[truth.covered[a]], minlength=len(holders.truth))
    real = steps > 0
    life = np.bincount(truth.who[truth.covered], minlength=N)
    total = np.bincount(holders.truth[real], steps[real], minlength=N)
    segments = np.bincount(holders.truth[real], minlength=N)
    seen = life > 0
    if not seen.any():
        return 1.0
    return float((total[seen] / np.maximum(segments[seen], 1) / life[seen]).mean())


def changes(truth: TruthPaths, holders: Associations) -> tuple[Bools, Bools]:
    """(broken, switched) for each segment but the first of a target, against the segment before."""
    order = truth.by_object()
    order = order[truth.covered[order]]
    K = len(truth.t)
    code = truth.who[order] * K + truth.step[order]
    same = np.diff(holders.truth) == 0
    target, ended, begun = holders.truth[1:][same], holders.last[:-1][same], holders.first[1:][same]
    between = np.searchsorted(code, target * K + begun) - np.searchsorted(
        code, target * K + ended, side="right"
    )
    return between > 0, (np.diff(holders.track) != 0)[same]
