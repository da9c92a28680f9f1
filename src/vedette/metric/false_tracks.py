"""False tracks: reported as facts, and never near anything real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.pairs import close_pairs
from vedette.metric.paths import Ints, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, kw_only=True)
class FalseTrackMetric:
    """Tracks that were never closer than c (m) to a target, per hour of the run and per 100 km² and hour.

    `area_km2` is the area watched; state it, the default makes both rates equal. A run of a single step has
    no length and so rates of 0: see `false_tracks` there. A real track that outlives its target is not
    counted here but in SIAP's spuriousness.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "false_tracks": 0.0, "false_tracks_per_h": 0.0, "false_tracks_per_100_km2_h": 0.0,
        "false_time_s": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = NOTHING
    false: ClassVar[str] = "false_tracks"

    c: float = 50.0
    area_km2: float = 100.0

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        never = false_tracks(truth, tracks, self.c)
        first, last = tracks.spans()
        rate = len(never) / tracks.hours if tracks.hours > 0.0 else 0.0
        seconds = tracks.seconds
        return {
            "false_tracks": float(len(never)),
            "false_tracks_per_h": rate,
            "false_tracks_per_100_km2_h": rate * 100.0 / self.area_km2,
            "false_time_s": float((seconds[last[never]] - seconds[first[never]]).sum())
            if len(never)
            else 0.0,
        }


def false_tracks(truth: TruthPaths, tracks: TrackPaths, c: float) -> Ints:
    """The tracks, ascending, that were reported but never closer than c to a target."""
    return np.setdiff1d(np.unique(tracks.who), close_pairs(truth, tracks, c).j)
