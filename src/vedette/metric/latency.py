"""Latency: from the time of a sensor's report to the picture that first shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette import clock
from vedette.metric.paths import Floats, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, kw_only=True)
class LatencyMetric:
    """Step time minus the time of the track's last report, at the steps where that report is new.

    Gather with steps at the times the pictures were sent, and this is the delay of the whole chain; with
    steps at the times of the scans it is only how old reports are when they are used.
    """

    perfect: ClassVar[Mapping[str, float]] = {"latency_median_s": 0.0, "latency_99_s": 0.0}
    missed: ClassVar[str] = NOTHING
    false: ClassVar[str] = NOTHING

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        v = latencies(tracks)
        median, slow = np.quantile(v, [0.5, 0.99]) if len(v) else (0.0, 0.0)
        return {"latency_median_s": float(median), "latency_99_s": float(slow), "updates": float(len(v))}


def latencies(tracks: TrackPaths) -> Floats:
    """(U,) s, one for each row whose track had a report that its row before had not."""
    rows = tracks.by_object()
    same = np.diff(tracks.who[rows], prepend=-1) == 0
    newer = np.diff(tracks.t_updated[rows], prepend=0) > 0
    new = rows[~same | newer]
    return np.asarray((tracks.t[tracks.step[new]] - tracks.t_updated[new]) / clock.NS)
