"""Initiation delay: how long a target was in coverage before it was reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.association import Associations, associate
from vedette.metric.paths import Bools, Floats, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, kw_only=True)
class InitiationMetric:
    """First report that follows the target minus its first time in coverage: median and 90 % quantile.

    A target that is never reported counts with the time it was in coverage, less than its delay would have
    been: read `initiated`, the share that was reported, together with the delays.
    """

    perfect: ClassVar[Mapping[str, float]] = {"initiated": 1.0, "delay_median_s": 0.0, "delay_90_s": 0.0}
    missed: ClassVar[str] = "initiated"
    false: ClassVar[str] = NOTHING

    c: float = 50.0
    begin: int = 3
    end: int = 2

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        delay, reported = delays(truth, who)
        if len(delay) == 0:
            return {"targets": 0.0} | dict(self.perfect)
        return {
            "targets": float(len(delay)),
            "initiated": float(reported.mean()),
            "delay_median_s": float(np.quantile(delay, 0.5)),
            "delay_90_s": float(np.quantile(delay, 0.9)),
        }


def delays(truth: TruthPaths, who: Associations) -> tuple[Floats, Bools]:
    """(delay in s (T,), whether it was reported (T,)) of every target that was ever in coverage."""
    K, N, seconds = len(truth.t), len(truth.ids), truth.seconds
    step, target = truth.step[truth.covered], truth.who[truth.covered]
    first, last, report = np.full(N, K), np.full(N, -1), np.full(N, K)
    np.minimum.at(first, target, step)
    np.maximum.at(last, target, step)
    # An association is of use from the first step at which it had a covered target to follow.
    late = who.last >= first[who.truth]
    np.minimum.at(report, who.truth[late], np.maximum(who.first, first[who.truth])[late])
    seen = last >= 0
    reported = report[seen] <= last[seen]
    until = np.where(reported, report[seen], last[seen])
    return seconds[until] - seconds[first[seen]], reported
